//! The office changes its catalogue: the desk follows, what was started stays as it was started, and what cannot be
//! trusted or read is kept out.

use std::fs;

use desk::{Desk, DeskEvent, Explained};
use forms::Catalogue;
use jiff::civil::date;
use protocol::{CatalogueBundle, ReceiptSigner, Status};
use testkit::network::Proxy;
use tokio::time::timeout;

use crate::ground::{Ground, PATIENCE, offered, until, until_connection, until_offered};

const SERVICE: &str = "resident-enrolment";

/// The office promises five working days instead of three, in a new version; and offers a service more.
/// In `examples/` stands a table.
fn changed(ground: &Ground) -> std::path::PathBuf {
    let folder = ground.catalogue(|path, text| match path {
        "services/resident-enrolment.toml" => {
            let raised = raise(&text, "version");
            raised.replacen("max_working_days = 3", "max_working_days = 5", 1)
        }
        "catalogue.toml" => raise(&text, "edition"),
        _ => text,
    });
    let service = fs::read_to_string(folder.join("services/resident-enrolment.toml")).unwrap();
    let more = service.replacen("id = \"resident-enrolment\"", "id = \"trial-enrolment\"", 1);
    fs::write(folder.join("services/trial-enrolment.toml"), more).unwrap();
    let table = fs::read_to_string(folder.join("tables/sex.toml")).unwrap();
    fs::create_dir_all(folder.join("examples/tables")).unwrap();
    fs::write(folder.join("examples/tables/trial.toml"), table.replace("id = \"sex\"", "id = \"trial\""))
        .unwrap();
    folder
}

/// One more than it says.
fn raise(text: &str, word: &str) -> String {
    let says = |line: &&str| line.starts_with(&format!("{word} = "));
    let line = text.lines().find(says).unwrap();
    let number: u32 = line.split('=').nth(1).unwrap().trim().parse().unwrap();
    text.replacen(line, &format!("{word} = {}", number + 1), 1)
}

async fn until_problem(desk: &Desk, code: &str) -> Explained {
    let told = until_connection(desk, code, |told| {
        told.catalogue_problem.as_ref().is_some_and(|problem| problem.code == code)
    });
    told.await.catalogue_problem.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_follows_its_office_and_what_was_started_stays() {
    let ground = Ground::new();
    let desk = ground.desk(&ground.office_url()).await;
    let before = offered(&desk, SERVICE).unwrap();
    let started = ground.ready(&desk).await;
    assert!(desk.catalogue().choices("trial").is_empty());

    // Whatever the desk knew so far came with the program.
    let folder = changed(&ground);
    let mut events = desk.events().subscribe();
    let office = ground
        .office_as(|config| {
            config.catalogue = Some(folder);
            config.example_regions = true;
        })
        .await;
    desk.sync_now().await.unwrap();
    until_offered(&desk, SERVICE, before + 1).await;
    // It is on the shelf a moment before the window hears of it.
    let told = async { while !matches!(events.recv().await.unwrap(), DeskEvent::CatalogueChanged { .. }) {} };
    timeout(PATIENCE, told).await.expect("the window hears of it");
    assert!(offered(&desk, "trial-enrolment").is_some());
    assert!(
        !desk.catalogue().choices("trial").is_empty(),
        "what is made up came along, as the office wants it"
    );
    assert_eq!(desk.service(SERVICE, Some(before)).unwrap().version, before);
    assert_eq!(desk.view(started).await.unwrap().service_version, before);
    let fresh = ground.ready(&desk).await;
    assert_eq!(desk.view(fresh).await.unwrap().service_version, before + 1);
    desk.close().await;
    drop(desk);
    office.stop().await;

    // Offline, after a start.
    let desk = ground.desk(&ground.office_url()).await;
    assert_eq!(offered(&desk, SERVICE), Some(before + 1));
    assert!(!desk.catalogue().choices("trial").is_empty());
    let (old, new) = (desk.view(started).await.unwrap(), desk.view(fresh).await.unwrap());
    assert_eq!((old.service_version, new.service_version), (before, before + 1));
    assert!(old.evaluation.ready && new.evaluation.ready);
    desk.submit(fresh, true).await.unwrap();
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_judges_by_the_version_that_an_application_was_started_with() {
    let ground = Ground::new();
    let office = ground.office().await;
    let desk = ground.desk(&ground.office_url()).await;
    let before = offered(&desk, SERVICE).unwrap();
    let started = ground.ready(&desk).await;
    office.stop().await;
    let folder = changed(&ground);
    let office = ground.office_as(|config| config.catalogue = Some(folder)).await;
    desk.sync_now().await.unwrap();
    until_offered(&desk, SERVICE, before + 1).await;
    let fresh = ground.ready(&desk).await;
    for (id, due_on) in [(started, date(2026, 11, 25)), (fresh, date(2026, 11, 27))] {
        ground.submit(&desk, id).await;
        until(&desk, id, Status::Submitted).await;
        assert_eq!(desk.view(id).await.unwrap().due_on, Some(due_on));
    }
    desk.close().await;
    office.stop().await;
}

fn forged(signer: &ReceiptSigner, change: impl FnOnce(&mut CatalogueBundle)) -> (String, Vec<u8>, Vec<u8>) {
    let mut bundle = CatalogueBundle::of(Catalogue::embedded().unwrap(), Catalogue::embedded_files(), false);
    bundle.edition += 1;
    change(&mut bundle);
    let bytes = bundle.to_bytes();
    let offer = signer.offer(&bundle, &bytes);
    (offer.sha256.to_string(), serde_json::to_vec(&offer).unwrap(), bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_program_wrote_is_kept_out_whole_and_told() {
    let ground = Ground::new();
    let office = ground.office().await;
    let network = Proxy::start().await;
    network.open(&office.url);
    type Change = fn(&mut CatalogueBundle);
    let newer_format: Change = |bundle| {
        bundle.format = 99;
        bundle.files.insert("catalogue.toml".into(), "format = 99\nedition = 7\nshape = \"spiral\"\n".into());
    };
    let unknown_kind: Change = |bundle| {
        let service = bundle.files.get_mut("services/resident-enrolment.toml").unwrap();
        *service = raise(service, "version").replacen("kind = \"person_name\"", "kind = \"voice_print\"", 1);
    };
    for change in [newer_format, unknown_kind] {
        let (sha256, offer, bytes) = forged(&ground.signer(), change);
        network.say_nothing_instead();
        network.say_instead(format!("GET /v1/catalogue/{sha256}"), bytes);
        network.say_instead("GET /v1/catalogue", offer);
        let desk = ground.desk(&network.url()).await;
        let before = offered(&desk, SERVICE);
        desk.sync_now().await.unwrap();
        let problem = until_problem(&desk, "catalogue_needs_newer_program").await;
        assert!(problem.hint.zh.contains("安装新版本") && problem.hint.en.contains("newer version"));
        assert_eq!(offered(&desk, SERVICE), before, "nothing of it is half-read");
        desk.close().await;
    }
    // Whoever hears nothing new from the office goes on as before.
    network.say_nothing_instead();
    let desk = ground.desk(&network.url()).await;
    let id = ground.ready(&desk).await;
    desk.submit(id, true).await.unwrap();
    until(&desk, id, Status::Submitted).await;
    until_connection(&desk, "all well", |told| told.catalogue_problem.is_none()).await;
    desk.close().await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_come_from_the_office_as_it_was_offered_is_refused() {
    let ground = Ground::new();
    let office = ground.office().await;
    let network = Proxy::start().await;
    network.open(&office.url);
    let (sha256, offer, mut bytes) = forged(&ground.signer(), |_| {});
    let (_, foreign, _) = forged(&ReceiptSigner::new(&[9; 32]), |_| {});
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    for (offer, code) in [(foreign, "catalogue_unproven"), (offer, "catalogue_damaged")] {
        network.say_nothing_instead();
        network.say_instead(format!("GET /v1/catalogue/{sha256}"), bytes.clone());
        network.say_instead("GET /v1/catalogue", offer);
        let desk = ground.desk(&network.url()).await;
        let edition = desk.catalogue().edition();
        desk.sync_now().await.unwrap();
        let problem = until_problem(&desk, code).await;
        assert!(!problem.hint.zh.is_empty());
        assert_eq!(desk.catalogue().edition(), edition);
        desk.close().await;
    }
    office.stop().await;
}
