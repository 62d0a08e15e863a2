//! Help, channels and the adviser: found by what people type, refused where they name what does not exist.

mod edited;

use edited::{assert_told, with};
use forms::{Answer, Answers, Catalogue};
use jiff::civil::date;

const HELP: &str = r#"
topic = { zh = "材料", en = "Documents" }

[[entries]]
id = "trial_large"
question = { zh = "照片太大怎么办？", en = "My photo is too large" }
paragraphs = [{ zh = "不用管，照片会自动变小。", en = "Nothing to do: photos are made smaller by themselves." }]
codes = ["document_too_large", "material.surplus"]
services = ["resident-enrolment"]
channels = ["trial_hotline"]
keywords = ["压缩", "2MB"]

[[entries]]
id = "trial_checksum"
question = { zh = "身份证号提示最后一位不对", en = "The ID number's last digit is said to be wrong" }
paragraphs = [{ zh = "请对照身份证再看一遍每一位数字。", en = "Compare every digit with the card." }]
codes = ["id_number.checksum", "enrolled_elsewhere.twice", "mobile.missing"]
"#;

const CHANNELS: &str = r#"
[[channels]]
id = "trial_hotline"
kind = "hotline"
name = { zh = "12393 医保服务热线", en = "12393 hotline" }
about = { zh = "打电话咨询。", en = "Ask by telephone." }
phone = "12393"
source = { zh = "国家医保局公布", en = "published by the National Healthcare Security Administration" }
"#;

const ADVISER: &str = r#"
id = "insurance"
title = { zh = "我适合哪种医保", en = "Which insurance fits me" }
intro = { zh = "回答几个问题。", en = "Answer a few questions." }

[[questions]]
id = "employed"
kind = "choice"
label = { zh = "有工作单位吗？", en = "Do you have an employer?" }
choices = [
  { value = "yes", label = { zh = "有", en = "Yes" } },
  { value = "no", label = { zh = "没有", en = "No" } },
]

[[questions]]
id = "earning"
kind = "choice"
label = { zh = "自己做事有收入吗？", en = "Do you earn on your own?" }
relevant = "employed == 'no'"
choices = [
  { value = "yes", label = { zh = "有", en = "Yes" } },
  { value = "no", label = { zh = "没有", en = "No" } },
]

[[outcomes]]
id = "employee"
when = "employed == 'yes'"
title = { zh = "职工医保", en = "Employee insurance" }
text = { zh = "由单位办理。", en = "Your employer enrols you." }
services = []

[[outcomes]]
id = "resident"
title = { zh = "居民医保", en = "Resident insurance" }
text = { zh = "可以参加居民医保。", en = "Resident insurance is open to you." }
services = ["resident-enrolment"]

[comparison]
columns = [{ zh = "居民", en = "Resident" }, { zh = "职工", en = "Employee" }]
[[comparison.rows]]
label = { zh = "谁缴费", en = "Who pays" }
cells = [{ zh = "个人", en = "The person" }, { zh = "单位和个人", en = "Employer and person" }]
source = { zh = "公开办事资料", en = "public guide" }
"#;

const FILES: [(&str, &str); 3] =
    [("help/trial.toml", HELP), ("channels/trial.toml", CHANNELS), ("advisers/insurance.toml", ADVISER)];

/// With this and no other help and adviser.
fn catalogue() -> Catalogue {
    let mut files = edited::files();
    files.retain(|path, _| !path.starts_with("help/") && !path.starts_with("advisers/"));
    files.extend(FILES.map(|(path, text)| (path.to_owned(), text.to_owned())));
    Catalogue::read(files).expect("fit")
}

fn ids(found: Vec<forms::HelpEntry>) -> Vec<String> {
    found.into_iter().map(|entry| entry.id).collect()
}

#[test]
fn help_is_found_by_what_people_type() {
    let catalogue = catalogue();
    let search = |query| ids(catalogue.search_help(query));
    assert_eq!(search(""), ["trial_large", "trial_checksum"]);
    for query in ["照片", "zhaopian", "zptd", "photo", "2mb", "压缩", "照片太大了怎么传"] {
        assert_eq!(search(query).first().map(String::as_str), Some("trial_large"), "{query}");
    }
    assert_eq!(search("digit ID"), ["trial_checksum"]);
    assert_eq!(search("退休年龄"), [""; 0]);
}

#[test]
fn an_error_leads_to_its_help() {
    let catalogue = catalogue();
    assert_eq!(ids(catalogue.help_for("id_number.checksum")), ["trial_checksum"]);
    assert_eq!(ids(catalogue.help_for("material.surplus")), ["trial_large"]);
    assert_eq!(ids(catalogue.help_for("unheard_of")), [""; 0]);
    let hotline = catalogue.channels().iter().find(|channel| channel.id == "trial_hotline");
    assert_eq!(hotline.and_then(|channel| channel.phone.as_deref()), Some("12393"));
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    Answers(pairs.iter().map(|(id, text)| ((*id).to_owned(), Answer::Text((*text).to_owned()))).collect())
}

#[test]
fn the_adviser_waits_until_enough_is_answered() {
    let catalogue = catalogue();
    let advise = |pairs: &[(&str, &str)]| {
        let advice = catalogue.advise(&answers(pairs), date(2026, 11, 22));
        assert_eq!(advice.fields.len(), catalogue.adviser().questions.len());
        advice.outcome.map(|outcome| outcome.id)
    };
    assert_eq!(advise(&[]), None);
    assert_eq!(advise(&[("employed", "yes")]).as_deref(), Some("employee"));
    assert_eq!(advise(&[("employed", "no")]), None);
    assert_eq!(advise(&[("employed", "no"), ("earning", "maybe")]), None);
    assert_eq!(advise(&[("employed", "no"), ("earning", "no")]).as_deref(), Some("resident"));
}

#[test]
fn mistakes_are_told() {
    let changed = |file: usize, from: &str, to: &str, words: &str| {
        let (path, text) = FILES[file];
        assert!(text.contains(from), "{from}");
        let text = text.replacen(from, to, 1);
        let mut files = FILES;
        files[file].1 = &text;
        assert_told(&files, path, words);
    };
    changed(0, "\"id_number.checksum\"", "\"id_number.chequesum\"", "no code “id_number.chequesum”");
    changed(0, "\"document_too_large\"", "\"Document too large\"", "no code");
    changed(0, "\"resident-enrolment\"", "\"residents\"", "no service “residents”");
    changed(0, "channels = [\"trial_hotline\"]", "channels = [\"fax\"]", "no channel “fax”");
    changed(0, "id = \"trial_checksum\"", "id = \"trial_large\"", "used twice");
    changed(
        0,
        "[{ zh = \"请对照身份证再看一遍每一位数字。\", en = \"Compare every digit with the card.\" }]",
        "[]",
        "no answer",
    );
    changed(1, "phone = \"12393\"", "phone = \"call us\"", "only digits");
    changed(1, "phone = \"12393\"", "", "no phone");
    changed(1, "kind = \"hotline\"", "kind = \"website\"", "no url");
    changed(1, "phone = \"12393\"", "phone = \"12393\"\nurl = \"http://example.cn\"", "https://");
    changed(1, "phone = \"12393\"", "phone = \"12393\"\nregion = \"445599\"", "no such region");
    changed(2, "when = \"employed == 'yes'\"", "when = \"employer == 'yes'\"", "employer is no question");
    changed(2, "services = [\"resident-enrolment\"]", "services = [\"resident\"]", "no service “resident”");
    changed(2, "relevant = \"employed == 'no'\"", "relevant = \"work == 'no'\"", "work in");
    changed(2, "cells = [{ zh = \"个人\", en = \"The person\" }, ", "cells = [", "1 cells instead of 2");
    changed(2, "id = \"resident\"", "id = \"employee\"", "used twice");
}

#[test]
fn a_catalogue_may_go_without() {
    let mut files = edited::files();
    files.retain(|path, _| !path.starts_with("advisers/") && !path.starts_with("help/"));
    let catalogue = Catalogue::read(files).expect("fit");
    assert!(catalogue.adviser().questions.is_empty() && catalogue.help().is_empty());
    assert_eq!(catalogue.advise(&Answers::default(), date(2026, 1, 1)).outcome, None);
    assert!(with(&[]).is_ok());
}
