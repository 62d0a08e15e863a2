//! Editions of the catalogue: offered and signed, kept for ever, refused where they would break a promise.

use std::{fs, path::Path, process::Command};

use forms::Catalogue;
use protocol::{CatalogueOffer, ContentHash, Manifest, ProblemCode};
use reqwest::StatusCode;
use server::{Checker, Config, StartError};
use tempfile::TempDir;
use uuid::Uuid;

use crate::harness::{Office, Papers, binary, http, problem};

/// The program's own catalogue in a folder.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in Catalogue::embedded_files() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} stands in {file}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Something of its own in `examples/`.
fn example(folder: &Path) {
    let table = fs::read_to_string(folder.join("tables/sex.toml")).unwrap();
    fs::create_dir_all(folder.join("examples/tables")).unwrap();
    fs::write(folder.join("examples/tables/trial.toml"), table.replace("id = \"sex\"", "id = \"trial\""))
        .unwrap();
}

const RESIDENT: &str = "services/resident-enrolment.toml";

/// The version of the resident's enrolment that the program was built with, and the line that says so.
fn version() -> (u32, String) {
    let version = Catalogue::embedded().unwrap().service("resident-enrolment", None).unwrap().view().version;
    (version, format!("\nversion = {version}\n"))
}

pub(crate) async fn offer(base: &str) -> CatalogueOffer {
    http().get(format!("{base}/v1/catalogue")).send().await.unwrap().json().await.unwrap()
}

/// The program's own catalogue with the next version of the resident's enrolment, and which that is.
pub(crate) fn with_a_raised_version() -> (TempDir, u32) {
    let (folder, (before, line)) = (folder(), version());
    edit(folder.path(), RESIDENT, &line, &format!("\nversion = {}\n", before + 1));
    edit(folder.path(), RESIDENT, "max_working_days = 3", "max_working_days = 5");
    (folder, before + 1)
}

/// Ready by a version of the service that differs in its number only.
pub(crate) fn papers_of(version: u32) -> Papers {
    let mut papers = Papers::resident();
    papers.manifest.service_version = version;
    // The declaration and the consents of the form are of this version.
    let given = |record: &protocol::ConsentRecord| record.consent == "declaration";
    for record in papers.manifest.consents.iter_mut().filter(|record| given(record)) {
        record.notice_version = version;
    }
    papers
}

#[tokio::test]
async fn the_offer_is_signed_and_its_bundle_is_immutable() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let offer = offer(&office.url("")).await;
    offer.verify(&desk.key).unwrap();
    let answer = http().get(office.url(&format!("/v1/catalogue/{}", offer.sha256))).send().await.unwrap();
    assert!(answer.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let bundle = offer.open(&answer.bytes().await.unwrap()).unwrap();
    let read = bundle.read().unwrap();
    assert_eq!(read.edition(), offer.edition);
    assert_eq!(read.services(), Catalogue::embedded().unwrap().services());
    assert!(bundle.files.keys().all(|path| !path.starts_with("examples/") && !path.ends_with(".md")));
    for unknown in [ContentHash::of(b"other").to_string(), "x".into()] {
        let answer = http().get(office.url(&format!("/v1/catalogue/{unknown}"))).send().await.unwrap();
        assert_eq!(problem(answer).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn made_up_regions_are_served_on_demand_only() {
    let mut office = Office::open().await;
    let folder = folder();
    example(folder.path());
    office.restart_with(|config| config.catalogue = Some(folder.path().to_owned())).await;
    let plain = offer(&office.url("")).await;
    let with_examples = |config: &mut Config| {
        config.catalogue = Some(folder.path().to_owned());
        config.example_regions = true;
    };
    office.restart_with(with_examples).await;
    let with_examples = offer(&office.url("")).await;
    assert_ne!(plain.sha256, with_examples.sha256);
    let path = format!("/v1/catalogue/{}", with_examples.sha256);
    let bytes = http().get(office.url(&path)).send().await.unwrap().bytes().await.unwrap();
    let read = with_examples.open(&bytes).unwrap().read().unwrap();
    assert!(!read.choices("trial").is_empty());
}

#[tokio::test]
async fn who_started_with_an_earlier_version_is_judged_by_it() {
    let mut office = Office::open().await;
    let mut desk = office.desk().await;
    let (before, _) = version();
    let old = Papers::resident();
    let first = offer(&office.url("")).await;

    let (folder, raised) = with_a_raised_version();
    office.restart_with(|config| config.catalogue = Some(folder.path().to_owned())).await;
    desk.base = office.url("");
    assert_ne!(offer(&office.url("")).await.sha256, first.sha256);

    let receipt = desk.hand_in(&old).await;
    assert_eq!(
        receipt.body.due_on.unwrap().to_string(),
        "2026-11-26",
        "three working days, as promised then"
    );
    let case: serde_json::Value =
        office.reviewer().await.get(&format!("cases/{}", old.application())).await.json().await.unwrap();
    assert_eq!(case["service"]["version"], before);

    let new = papers_of(raised);
    let receipt = desk.hand_in(&new).await;
    assert_eq!(receipt.body.due_on.unwrap().to_string(), "2026-11-30");

    // Every edition that was ever served can still be had, also after a start without the folder.
    office.restart().await;
    desk.base = office.url("");
    let bytes = http().get(office.url(&format!("/v1/catalogue/{}", first.sha256))).send().await.unwrap();
    assert!(first.open(&bytes.bytes().await.unwrap()).is_ok());
    let mut again = Papers { manifest: Manifest { ..new.manifest.clone() }, ..Papers::resident() };
    again.manifest.application = protocol::ApplicationId::new();
    assert_eq!(desk.submit(Uuid::now_v7(), &again.manifest).await.status(), StatusCode::CREATED);
    again.manifest.application = protocol::ApplicationId::new();
    again.manifest.service_version = before + 2;
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &again.manifest).await).await;
    assert_eq!(found.code, ProblemCode::UnknownService);
    office.audited().await;
}

#[tokio::test]
async fn a_service_that_changes_without_a_new_version_is_not_served() {
    let mut office = Office::open().await;
    office.stop().await;
    let (before, line) = version();
    let folder = folder();
    edit(folder.path(), RESIDENT, "max_working_days = 3", "max_working_days = 5");
    let mut config = Config::new(office.dir.path(), Checker::InProcess);
    config.listen = ([127, 0, 0, 1], 0).into();
    config.catalogue = Some(folder.path().to_owned());
    let refused = server::start(config.clone()).await.err().unwrap();
    let StartError::Catalogue(fault) = &refused else { panic!("{refused}") };
    assert_eq!(fault.code(), "catalogue_version_reused");
    let told = refused.to_string();
    assert!(told.contains(RESIDENT) && told.contains(&format!("version 改成 {}", before + 1)), "{told}");

    // Remarks may change, and a raised version may say anything.
    edit(folder.path(), RESIDENT, "max_working_days = 5", "# so far\nmax_working_days = 3");
    server::start(config.clone()).await.unwrap().stop().await;
    edit(folder.path(), RESIDENT, "max_working_days = 3", "max_working_days = 5");
    edit(folder.path(), RESIDENT, &line, &format!("\nversion = {}\n", before + 1));
    server::start(config).await.unwrap().stop().await;
}

#[test]
fn a_mistake_is_told_with_file_line_and_remedy_and_the_office_does_not_start() {
    let folder = folder();
    let check = || Command::new(binary()).arg("check-catalog").arg(folder.path()).output().unwrap();
    let fit = check();
    assert!(fit.status.success(), "{}", String::from_utf8_lossy(&fit.stderr));
    assert!(String::from_utf8_lossy(&fit.stdout).contains("fit to be served"));

    edit(folder.path(), RESIDENT, "kind = \"person_name\"", "kind = \"persn_name\"");
    let data = tempfile::tempdir().unwrap();
    let serve = Command::new(binary())
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(data.path())
        .arg("--catalog")
        .arg(folder.path())
        .output()
        .unwrap();
    for said in [check(), serve] {
        assert!(!said.status.success());
        let told = String::from_utf8_lossy(&said.stderr).into_owned();
        let line = told.split(&format!("{RESIDENT}:")).nth(1).unwrap_or_else(|| panic!("{told}"));
        assert!(line.starts_with(|c: char| c.is_ascii_digit()), "{told}");
        assert!(told.contains("persn_name") && told.contains('→'), "{told}");
    }
    fs::remove_dir_all(folder.path()).unwrap();
    assert!(!check().status.success(), "no folder, no catalogue");
}
