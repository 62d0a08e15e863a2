//! A mistake in the catalogue is told with file, line and remedy, and all mistakes at once.
#![allow(clippy::panic, reason = "a failed expectation tells what was taken")]

mod edited;

use std::{fs, path::Path};

use edited::files;
use forms::{Catalogue, CatalogueError, Language};

const SERVICE: &str = "services/resident-enrolment.toml";
const TARIFF: &str = "tariffs/resident.toml";

fn read_with(file: &str, from: &str, to: &str) -> Result<Catalogue, CatalogueError> {
    let mut files = files();
    let text = files.get_mut(file).expect("there");
    assert!(text.contains(from), "{from} stands in {file}");
    *text = text.replacen(from, to, 1);
    Catalogue::read(files)
}

/// The mistake is told: in the file, with a line where there is one, with these words.
fn assert_told(file: &str, from: &str, to: &str, words: &str) {
    let error = read_with(file, from, to).err().unwrap_or_else(|| panic!("{to} was taken"));
    let told = error.explain(Language::En);
    assert!(told.contains(file) && told.contains(words) && told.contains('→'), "{to}:\n{told}");
    assert!(error.complaints.iter().all(|complaint| !complaint.remedy.zh.is_empty()));
}

#[test]
fn the_unchanged_catalogue_is_fit() {
    assert_eq!(Catalogue::read(files()).err(), None);
}

#[test]
fn mistakes_of_shape() {
    assert_told(SERVICE, "minutes = 15", "minuets = 15", "minuets");
    assert_told(SERVICE, "kind = \"mobile\"", "kind = \"telephone\"", "telephone");
    assert_told(SERVICE, "en = \"Full name\"", "", "missing field `en`");
    assert_told(TARIFF, "personal_fen = 40000", "personal_fen = 400.00", "invalid type");
    assert_told(
        "regions/divisions.tsv",
        "110101\t东城区\t110000",
        "110101\t东城区\t999999",
        "not a division",
    );
}

#[test]
fn mistakes_of_meaning() {
    assert_told(SERVICE, "birth_date_of(id_number)", "birth_date_of(id_card)", "id_card in");
    assert_told(SERVICE, "sex_of(id_number)", "gender_of(id_number)", "no function gender_of");
    assert_told(SERVICE, "sex_of(id_number)", "sex_of(id_number", "cannot be read");
    assert_told(
        SERVICE,
        "birth_date != null && age(birth_date, today) < 14",
        "age(birth_date, today) < 14",
        "null",
    );
    assert_told(SERVICE, "enrolled_elsewhere == 'yes'", "elsewhere_where != null", "circle");
    assert_told(SERVICE, "id = \"email\"", "id = \"mobile\"", "used twice");
    assert_told(SERVICE, "id = \"email\"", "id = \"E-mail\"", "cannot be used");
    assert_told(
        SERVICE,
        "texts.missing = { zh = \"请写手机号，有需要时工作人员可能打这个号码\"",
        "texts.unusual = { zh = \"好\"",
        "no words for being empty",
    );
    assert_told(
        SERVICE,
        "texts.missing = { zh = \"请写手机号",
        "texts.checksum = { zh = \"请写手机号",
        "no fault of this kind",
    );
    assert_told(SERVICE, "min = 1, max = 4", "min = 5, max = 4", "min may not exceed max");
    assert_told(SERVICE, "assumed = \"01\"", "assumed = \"02\"", "assumed belongs to a choice");
    assert_told(
        SERVICE,
        "assumed = \"01\"",
        "assumed = \"01\"\nrequired = true\ntexts.missing = { zh = \"请选\", en = \"Choose\" }",
        "assumed belongs to a choice",
    );
    assert_told(SERVICE, "tariff = \"resident\"", "tariff = \"residents\"", "does not exist");
    assert_told(TARIFF, "\"ordinary\", \"student\"", "\"ordinary\"", "student stands 0 times");
    assert_told("tables/sex.toml", "id = \"sex\"", "id = \"gender\"", "rename the file to gender.toml");
    assert_told("catalogue.toml", "\"auto-debit\"", "\"auto-debits\"", "no service `auto-debits`");
    assert_told("catalogue.toml", "\"auto-debit\"", "\"reimbursement\"", "stands there twice");
    assert_told("calendars/holidays.toml", "\"2024-01-01\"", "\"2023-01-01\"", "not of this year");
}

#[test]
fn mistakes_of_wording() {
    assert_told(SERVICE, "请写手机号，有需要时工作人员可能打这个号码", "手机号无效", "无效");
    assert_told(SERVICE, "en = \"Full name\"", "en = \" \"", "empty in en");
}

#[test]
fn complaints_name_the_line() {
    let error = read_with(SERVICE, "sex_of(id_number)", "sex_of(idnumber)").expect_err("refused");
    let text = &files()[SERVICE];
    let line = text.lines().position(|line| line == "id = \"sex\"").map(|at| at + 1);
    let places: Vec<_> =
        error.complaints.iter().map(|complaint| (complaint.place.as_str(), complaint.line)).collect();
    assert_eq!(places, [("fields.sex.calculate", line)]);
}

#[test]
fn stray_files_and_doubled_versions_are_told() {
    let mut with_stray = files();
    with_stray.insert("prices/resident.toml".into(), "year = 2027".into());
    assert!(Catalogue::read(with_stray).expect_err("refused").to_string().contains("has no room"));

    let mut doubled = files();
    doubled.insert("services/copy.toml".into(), doubled[SERVICE].clone());
    assert!(Catalogue::read(doubled).expect_err("refused").to_string().contains("share this id and version"));

    let shipped = Catalogue::embedded().expect("fit").service("resident-enrolment", None).expect("listed");
    let (now, next) = (shipped.view().version, shipped.view().version + 1);
    let mut raised = files();
    raised.insert(
        "services/resident-enrolment-next.toml".into(),
        raised[SERVICE].replacen(&format!("version = {now}"), &format!("version = {next}"), 1),
    );
    let catalogue = Catalogue::read(raised).expect("two versions may stand side by side");
    let listed = catalogue.services().iter().filter(|service| service.id == "resident-enrolment").count();
    assert_eq!(listed, 1, "only the newest is listed");
    let version =
        |wanted| catalogue.service("resident-enrolment", wanted).map(|service| service.view().version);
    assert_eq!((version(None), version(Some(now)), version(Some(next + 1))), (Some(next), Some(now), None));
}

#[test]
fn nothing_the_engine_says_blames_or_explains_nothing() {
    let unwelcome = ["非法", "无效", "校验失败", "参数错误", "系统异常", "please try again"];
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut rooms = vec![source];
    while let Some(room) = rooms.pop() {
        for entry in fs::read_dir(room).expect("there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                rooms.push(path);
            } else if !path.ends_with("wording.rs") {
                let text = fs::read_to_string(&path).expect("text");
                assert!(unwelcome.iter().all(|word| !text.contains(word)), "{}", path.display());
            }
        }
    }
}
