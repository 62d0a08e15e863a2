//! A small service whose rules differ from place to place, and three made-up counties in two cities of a province.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::collections::BTreeMap;

use forms::{Answer, Answers, Catalogue, CatalogueError, Evaluation, Supplied};
use jiff::civil::Date;

pub(crate) const SERVICE: &str = r#"
id = "trial"
version = 1
group = { zh = "试", en = "Trial" }
title = { zh = "试办", en = "Trial" }
summary = { zh = "试", en = "Trial" }
minutes = 1
bring = { zh = "无", en = "Nothing" }
keywords = []
place = "where"
declaration = { zh = "我声明", en = "I declare" }
review = { at_once = true, supplement_working_days = 10 }
notice = { version = 1, paragraphs = [], consents = [] }

[parameters]
days = { value = 90, source = { zh = "试", en = "trial" } }

[fee]
tariff = "trial"
window = "trial"
category = "category"
year = "year"

[waiting]
rules = "national"
lapsed_years = "lapsed"
repaid_years = "repaid"
exempt = [{ when = "category == 'baby'", text = { zh = "新生儿不用等", en = "Newborn children do not wait" } }]

[[sections]]
id = "all"
title = { zh = "全部", en = "All" }

[[sections.fields]]
id = "age_days"
kind = "number"
label = { zh = "出生天数", en = "Days since birth" }
relevant = "days > 0"
constraints = [{ code = "late", expect = "age_days <= days", severity = "doubtful", message = { zh = "超过 {days} 天", en = "More than {days} days" } }]

[[sections.fields]]
id = "elsewhere"
kind = "checkbox"
label = { zh = "不在本地", en = "Elsewhere" }

[[sections.fields]]
id = "where"
kind = "region"
label = { zh = "参保地", en = "Place" }
relevant = "elsewhere == null || elsewhere == false || elsewhere == true"

[[sections.fields]]
id = "category"
kind = "choice"
label = { zh = "类别", en = "Category" }
choices = [
  { value = "adult", label = { zh = "成人", en = "Adult" } },
  { value = "baby", label = { zh = "新生儿", en = "Newborn" } },
]

[[sections.fields]]
id = "year"
kind = "insurance_year"
label = { zh = "年度", en = "Year" }
required = true
texts.missing = { zh = "请选年度", en = "Choose the year" }

[[sections.fields]]
id = "lapsed"
kind = "number"
label = { zh = "断保年数", en = "Years not paid" }

[[sections.fields]]
id = "repaid"
kind = "number"
label = { zh = "补缴年数", en = "Years paid back" }

[[materials]]
id = "portrait"
title = { zh = "照片", en = "Portrait" }
required = false
reasons = [{ text = { zh = "{days} 天内的", en = "Not older than {days} days" } }]
alternatives = [{ id = "portrait", title = { zh = "照片", en = "Portrait" }, slots = [{ id = "portrait", title = { zh = "照片", en = "Portrait" } }] }]
"#;

pub(crate) const PROVINCE: &str = r#"
region = "980000"
name = { zh = "试省", en = "Trial Province" }
source = { zh = "为测试编写", en = "made up for tests" }
verified_at = "2026-11-22"
[services.trial.parameters]
days = 180
[services.trial.notes]
age_days = { zh = "试省：{days} 天", en = "Trial Province: {days} days" }
"#;

pub(crate) const CITY: &str = r#"
region = "980100"
name = { zh = "试市", en = "Trial City" }
source = { zh = "为测试编写", en = "made up for tests" }
verified_at = "2026-11-22"
[services.trial]
without = ["portrait"]
[services.trial.parameters]
days = 60
[[services.trial.materials]]
id = "letter"
title = { zh = "证明", en = "Letter" }
relevant = "category == 'adult'"
reasons = [{ text = { zh = "试市要 {days} 天内的证明", en = "Trial City wants a letter not older than {days} days" } }]
alternatives = [{ id = "letter", title = { zh = "证明", en = "Letter" }, slots = [{ id = "letter", title = { zh = "证明", en = "Letter" } }] }]
"#;

const DIVISIONS: &str = "code\tname\tparent\tpinyin\tinitials\n\
    980000\t试省\t\tshisheng\tss\n\
    980100\t试市\t980000\tshishi\tss\n\
    980101\t试县\t980100\tshixian\tsx\n\
    980200\t别市\t980000\tbieshi\tbs\n\
    980201\t别县\t980200\tbiexian\tbx\n\
    970000\t远省\t\tyuansheng\tys\n\
    970101\t远县\t970000\tyuanxian\tyx\n";

fn tariff(head: &str, years: &[(i16, i64)]) -> String {
    let years = years.iter().map(|(year, fen)| {
        format!(
            "[[years]]\nyear = {year}\nverified_at = \"2026-11-22\"\nsource = {{ zh = \"试\", en = \"trial\" }}\n\
             note = {{ zh = \"试\", en = \"trial\" }}\nrates = [{{ categories = [\"adult\", \"baby\"], \
             label = {{ zh = \"个人\", en = \"personal\" }}, personal_fen = {fen} }}]\n"
        )
    });
    head.to_owned() + "\n" + &years.collect::<String>()
}

fn window(head: &str, opens: (u8, u8), closes: (u8, u8), late: bool) -> String {
    format!(
        "{head}\nopens = {{ month = {}, day = {} }}\ncloses = {{ month = {}, day = {} }}\nlate = {late}\n\
         source = {{ zh = \"试\", en = \"trial\" }}\n",
        opens.0, opens.1, closes.0, closes.1
    )
}

/// The repository's catalogue with the trial service and its places.
pub(crate) fn files() -> BTreeMap<String, String> {
    let regional = |region: &str| format!("id = \"trial-{region}\"\nof = \"trial\"\nregion = \"{region}\"");
    let ours = [
        ("services/trial.toml", SERVICE.to_owned()),
        ("regions/trial.tsv", DIVISIONS.to_owned()),
        ("overlays/980000.toml", PROVINCE.to_owned()),
        ("overlays/980100.toml", CITY.to_owned()),
        ("tariffs/trial.toml", tariff("id = \"trial\"", &[(2026, 40000), (2027, 41000)])),
        ("tariffs/trial-980000.toml", tariff(&regional("980000"), &[(2027, 50000)])),
        ("tariffs/trial-980100.toml", tariff(&regional("980100"), &[(2026, 60000)])),
        ("windows/trial.toml", window("id = \"trial\"", (9, 1), (12, 31), true)),
        ("windows/trial-980100.toml", window(&regional("980100"), (10, 1), (2, 28), true)),
        ("windows/trial-970101.toml", window(&regional("970101"), (9, 15), (11, 30), false)),
    ];
    let mut files = crate::edited::files();
    files.retain(|path, _| !path.starts_with("examples/"));
    files.extend(ours.map(|(path, text)| (path.to_owned(), text)));
    files
}

/// As [`files`] with one text replaced in one of them.
pub(crate) fn changed(file: &str, from: &str, to: &str) -> Result<Catalogue, CatalogueError> {
    let mut files = files();
    let text = files.get_mut(file).expect("there");
    assert!(text.contains(from), "{from} stands in {file}");
    *text = text.replacen(from, to, 1);
    Catalogue::read(files)
}

pub(crate) fn catalogue() -> Catalogue {
    Catalogue::read(files()).expect("fit")
}

pub(crate) fn answers(pairs: &[(&str, &str)]) -> Answers {
    Answers(pairs.iter().map(|(id, text)| ((*id).to_owned(), Answer::Text((*text).to_owned()))).collect())
}

pub(crate) fn judge(catalogue: &Catalogue, answers: &Answers, today: Date) -> Evaluation {
    let service = catalogue.service("trial", None).expect("there");
    service.evaluate(catalogue, answers, &[] as &[Supplied], today)
}
