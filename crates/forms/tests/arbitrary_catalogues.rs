//! Whatever an office writes: the checker refuses it with a remedy, or the engine judges every answer by it without
//! panic, deterministically, and the same again when handed in.
#![allow(clippy::panic, reason = "a failed expectation tells what was found")]

mod arbitrary;
mod made_up;

use std::fmt::Write;

use forms::Language;
use jiff::civil::date;
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

const KINDS: [&str; 16] = [
    "person_name",
    "id_number",
    "mobile",
    "email",
    "date",
    "sex",
    "text",
    "long_text",
    "money",
    "bank_card",
    "checkbox",
    "number",
    "passport",
    "credit_code",
    "choice",
    "birth_certificate",
];
const FIELDS: [&str; 3] = ["f0", "f1", "f2"];

/// Conditions: most of them sound, some without a truth value, some that name nothing.
fn condition() -> BoxedStrategy<String> {
    let field = || select(FIELDS.to_vec());
    let literal =
        || select(vec!["'yes'", "'a'", "'1'", "'110101199003078881'", "5", "true", "null", "today"]);
    let atom = prop_oneof![
        6 => field().prop_map(|f| format!("{f} != null")),
        4 => field().prop_map(|f| format!("{f} == null")),
        6 => (field(), literal()).prop_map(|(f, l)| format!("{f} == {l}")),
        2 => (field(), field()).prop_map(|(f, g)| format!("{f} != {g}")),
        3 => field().prop_map(|f| format!("{f} in ['yes', 'a', null]")),
        3 => field().prop_map(|f| format!("age({f}, today) != null && age({f}, today) < 18")),
        2 => field().prop_map(|f| format!("days_between({f}, today) == 3")),
        2 => field().prop_map(|f| format!("within({f}, '44')")),
        2 => field().prop_map(|f| format!("is_citizen_number({f}) == true")),
        1 => field().prop_map(|f| format!("is_residence_permit({f}) == true")),
        3 => Just("count(rows) >= 2".to_owned()),
        2 => Just("total(rows, 'amount') != null && total(rows, 'amount') > 5000".to_owned()),
        1 => Just("rows != null && size(rows) == 1".to_owned()),
        1 => unsound(),
    ];
    atom.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
            inner.prop_map(|a| format!("!({a})")),
        ]
    })
    .boxed()
}

/// Without a truth value for some answers, or refused altogether.
fn unsound() -> BoxedStrategy<String> {
    let some = ["rows[0].amount > 3", "f0 > 3", "nowhere == null", "[1, 2].all(x, x > 1)", "f1", "age(f0)"];
    select(some.to_vec()).prop_map(str::to_owned).boxed()
}

fn calculation() -> BoxedStrategy<String> {
    let field = || select(FIELDS.to_vec());
    prop_oneof![
        field().prop_map(|f| format!("birth_date_of({f})")),
        field().prop_map(|f| format!("sex_of({f})")),
        field().prop_map(|f| format!("add_months({f}, 3)")),
        field().prop_map(ToOwned::to_owned),
        field().prop_map(|f| format!("string(year_of({f}))")),
        Just("yuan(total(rows, 'amount'))".to_owned()),
        Just("string(count(rows))".to_owned()),
        condition().prop_map(|c| format!("{c} ? 'yes' : null")),
    ]
    .boxed()
}

#[derive(Debug, Clone)]
struct Question {
    kind: &'static str,
    relevant: Option<String>,
    required: Option<String>,
    calculate: Option<(String, bool)>,
    constraint: Option<String>,
    max: Option<i64>,
}

fn question() -> impl Strategy<Value = Question> {
    let rarely = |strategy: BoxedStrategy<String>| proptest::option::weighted(0.2, strategy);
    (
        select(KINDS.to_vec()),
        rarely(condition()),
        rarely(prop_oneof![Just("true".to_owned()), condition()].boxed()),
        proptest::option::weighted(0.12, (calculation(), any::<bool>())),
        rarely(condition()),
        proptest::option::weighted(0.04, 1i64..500),
    )
        .prop_map(|(kind, relevant, required, calculate, constraint, max)| Question {
            kind,
            relevant,
            required,
            calculate,
            constraint,
            max,
        })
}

impl Question {
    fn write(&self, header: &str, id: &str, out: &mut String) {
        let _ = writeln!(out, "[[{header}]]\nid = \"{id}\"\nkind = \"{}\"", self.kind);
        let _ = writeln!(out, "label = {{ zh = \"栏目 {id}\", en = \"Field {id}\" }}");
        if self.kind == "choice" {
            out.push_str("choices = [{ value = \"yes\", label = { zh = \"是\", en = \"Yes\" } }, { value = \"a\", label = { zh = \"甲\", en = \"A\" } }]\n");
        }
        for (key, condition) in [("relevant", &self.relevant), ("required", &self.required)] {
            match condition.as_deref() {
                Some("true") => {
                    let _ = writeln!(out, "{key} = true");
                }
                Some(condition) => {
                    let _ = writeln!(out, "{key} = \"{condition}\"");
                }
                None => {}
            }
        }
        if let Some((calculate, ask)) = &self.calculate {
            let _ = writeln!(out, "calculate = \"{calculate}\"");
            out.push_str(if *ask { "otherwise = \"ask\"\n" } else { "" });
        }
        if let Some(expect) = &self.constraint {
            let _ = writeln!(
                out,
                "constraints = [{{ code = \"own\", expect = \"{expect}\", message = {{ zh = \"请看看\", en = \"Look at it\" }} }}]"
            );
        }
        if let Some(max) = self.max {
            let _ = writeln!(out, "max = {max}");
        }
        out.push_str("texts.missing = { zh = \"请填\", en = \"Fill it in\" }\n\n");
    }
}

#[derive(Debug, Clone)]
struct Form {
    fields: Vec<Question>,
    columns: Vec<Question>,
    max_rows: u32,
    unique: bool,
    material: Option<String>,
}

fn form() -> impl Strategy<Value = Form> {
    (
        proptest::collection::vec(question(), 3..6),
        proptest::collection::vec(question(), 0..3),
        1u32..5,
        any::<bool>(),
        proptest::option::of(condition()),
    )
        .prop_map(|(fields, columns, max_rows, unique, material)| Form {
            fields,
            columns,
            max_rows,
            unique,
            material,
        })
}

impl Form {
    fn to_toml(&self) -> String {
        let mut out = String::new();
        if self.material.is_none() {
            out.push_str("materials = []\n");
        }
        out.push_str("[[sections]]\nid = \"all\"\ntitle = { zh = \"全部\", en = \"All\" }\n");
        for (at, field) in self.fields.iter().enumerate() {
            field.write("sections.fields", &format!("f{at}"), &mut out);
        }
        let _ = writeln!(
            out,
            "[[sections.fields]]\nid = \"rows\"\nkind = \"rows\"\nlabel = {{ zh = \"明细\", en = \"Lines\" }}\nrequired = true\ntexts.missing = {{ zh = \"请填明细\", en = \"Fill in the lines\" }}\n[sections.fields.rows]\ntitle = {{ zh = \"行\", en = \"Line\" }}\nmax = {}",
            self.max_rows
        );
        if self.unique {
            out.push_str("unique = [{ columns = [\"amount\"], code = \"twice\", message = { zh = \"第 {row} 行和第 {other} 行一样\", en = \"Line {row} is line {other}\" } }]\n");
        }
        let amount = Question {
            kind: "money",
            relevant: None,
            required: Some("true".into()),
            calculate: None,
            constraint: None,
            max: None,
        };
        amount.write("sections.fields.rows.columns", "amount", &mut out);
        for (at, column) in self.columns.iter().enumerate() {
            column.write("sections.fields.rows.columns", &format!("c{at}"), &mut out);
        }
        if let Some(condition) = &self.material {
            let _ = writeln!(
                out,
                "[[materials]]\nid = \"paper\"\ntitle = {{ zh = \"证明\", en = \"Proof\" }}\nrelevant = \"{condition}\"\n[[materials.alternatives]]\nid = \"paper\"\ntitle = {{ zh = \"证明\", en = \"Proof\" }}\nslots = [{{ id = \"paper\", title = {{ zh = \"证明\", en = \"Proof\" }} }}]"
            );
        }
        out
    }
}

#[test]
fn a_catalogue_is_refused_with_a_remedy_or_judges_every_answer() {
    let config = Config { cases: 400, failure_persistence: None, ..Config::default() };
    let (mut taken, mut refused) = (0, 0);
    let mut forms = TestRunner::new(config);
    let tally = std::cell::RefCell::new((&mut taken, &mut refused));
    let result = forms.run(&form(), |form| {
        let read = made_up::catalogue(&form.to_toml());
        let catalogue = match read {
            Ok(catalogue) => catalogue,
            Err(error) => {
                prop_assert!(
                    error
                        .complaints
                        .iter()
                        .all(|complaint| !complaint.remedy.zh.is_empty() && !complaint.remedy.en.is_empty())
                );
                prop_assert!(
                    !error.explain(Language::Zh).contains("读不懂：missing"),
                    "the test writes it wrong: {}",
                    error
                );
                *tally.borrow_mut().1 += 1;
                return Ok(());
            }
        };
        *tally.borrow_mut().0 += 1;
        let service = catalogue.service("made-up", None).expect("made up");
        let today = date(2026, 11, 22);
        let config = Config { cases: 8, failure_persistence: None, ..Config::default() };
        let cases =
            (arbitrary::answers(&catalogue, service, today), arbitrary::documents(service), arbitrary::day());
        let judged = TestRunner::new(config).run(&cases, |(answers, documents, today)| {
            arbitrary::assert_steady(&catalogue, service, &answers, &documents, today)
        });
        judged.map_err(|error| TestCaseError::fail(error.to_string()))
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(taken > 40 && refused > 40, "{taken} taken, {refused} refused: the grammar is one-sided");
}
