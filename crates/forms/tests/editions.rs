//! A catalogue says in which form it is written and which edition it is; several editions stand side by side.

mod edited;

use std::sync::Arc;

use edited::{assert_told, files, with};
use forms::{Catalogue, Language, Library};

const SERVICE: &str = "services/resident-enrolment.toml";

#[test]
fn a_newer_form_is_refused_whole_with_the_way_out() {
    // The rest may be written in ways that this program cannot read; only the way out is told.
    let newer = "format = 2\nedition = 7\nnew_kind_of_rule = true\n";
    let error = with(&[("catalogue.toml", newer), (SERVICE, "shape = 'unknown'")]).expect_err("refused");
    assert!(error.needs_newer_program());
    let told = error.explain(Language::Zh);
    assert_eq!(error.complaints.len(), 1);
    assert!(told.contains("catalogue.toml:1") && told.contains("升级到最新版本"), "{told}");
    assert!(error.explain(Language::En).contains("upgrade this program"));
}

#[test]
fn what_is_unknown_in_a_known_form_is_an_ordinary_mistake() {
    assert_told(&[("catalogue.toml", "format = 1\nedition = 1\nmode = 3\n")], "catalogue.toml", "mode");
    assert_told(&[("catalogue.toml", "format = 1\nedition = 0\n")], "catalogue.toml", "begin at 1");
    let mut without = files();
    without.remove("catalogue.toml");
    assert!(Catalogue::read(without).expect_err("refused").to_string().contains("missing"));
}

fn edition(edition: u32, version: u32) -> Arc<Catalogue> {
    let service = files()[SERVICE].clone();
    let line = service.lines().find(|line| line.starts_with("version = ")).expect("there").to_owned();
    let service = service.replacen(&line, &format!("version = {version}"), 1);
    let head = format!("format = 1\nedition = {edition}\n");
    Arc::new(with(&[("catalogue.toml", &head), (SERVICE, &service)]).expect("fit"))
}

#[test]
fn an_application_goes_on_with_the_version_it_began_with() {
    let library = Library::new(edition(2, 12)).with(edition(3, 13)).with(edition(1, 11));
    assert_eq!(library.current().edition(), 3);
    assert_eq!(library.editions().map(|catalogue| catalogue.edition()).collect::<Vec<_>>(), [3, 2, 1]);
    let found = |version| {
        let (catalogue, service) = library.service("resident-enrolment", version)?;
        Some((catalogue.edition(), service.view().version))
    };
    assert_eq!(found(None), Some((3, 13)));
    assert_eq!(found(Some(12)), Some((2, 12)));
    assert_eq!(found(Some(11)), Some((1, 11)));
    assert_eq!(found(Some(99)), None);
    assert!(library.service("nothing", None).is_none());

    let replaced = library.with(edition(3, 14));
    assert_eq!(replaced.service("resident-enrolment", None).map(|(_, s)| s.view().version), Some(14));
    assert!(replaced.service("resident-enrolment", Some(13)).is_some());
}
