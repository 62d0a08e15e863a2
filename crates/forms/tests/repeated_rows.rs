//! Repeated groups: a claim with its invoices, row by row and together.
#![allow(clippy::panic, reason = "a failed expectation tells what was found")]

mod made_up;

use std::sync::OnceLock;

use forms::{Answer, Answers, Catalogue, Evaluation, Severity, Target};
use jiff::civil::date;
use made_up::{answers, rows};

const CLAIM: &str = r#"
materials = []

[[sections]]
id = "costs"
title = { zh = "费用", en = "Costs" }

[[sections.fields]]
id = "treated_on"
kind = "date"
label = { zh = "看病日期", en = "Treated on" }

[[sections.fields]]
id = "invoices"
kind = "rows"
label = { zh = "发票", en = "Invoices" }
required = true
texts.missing = { zh = "请至少填一张发票", en = "Fill in at least one invoice" }
constraints = [{ code = "small", expect = "total(invoices, 'amount') == null || total(invoices, 'amount') < 10000000", message = { zh = "合计超过 10 万元，请到窗口办理", en = "Above 100,000 yuan; go to the counter" } }]
[sections.fields.rows]
title = { zh = "发票", en = "Invoice" }
counted = { zh = "{n} 张发票", en = "{n} invoices" }
min = 1
max = 4
unique = [{ columns = ["number", "code"], code = "twice", message = { zh = "第 {row} 张和第 {other} 张是同一张发票", en = "Invoice {row} is invoice {other} again" }, elsewhere = { zh = "第 {row} 张在 {case} 里", en = "Invoice {row} is in {case}" } }]

[[sections.fields.rows.columns]]
id = "number"
kind = "text"
label = { zh = "发票号码", en = "Number" }
required = true
texts.missing = { zh = "请写发票号码", en = "Write the number" }

[[sections.fields.rows.columns]]
id = "code"
kind = "text"
label = { zh = "发票代码", en = "Code" }
calculate = "number == '044001' ? '1' : null"
otherwise = "ask"

[[sections.fields.rows.columns]]
id = "issued_on"
kind = "date"
label = { zh = "开票日期", en = "Issued on" }
constraints = [{ code = "early", expect = "treated_on == null || issued_on >= treated_on", severity = "doubtful", message = { zh = "开票日期早于看病日期", en = "Issued before the treatment" } }]

[[sections.fields.rows.columns]]
id = "amount"
kind = "money"
label = { zh = "金额", en = "Amount" }
required = true
texts.missing = { zh = "请写金额", en = "Write the amount" }
constraints = [{ code = "nothing", expect = "amount > 0", message = { zh = "金额不能是 0，请看看发票", en = "The amount is 0; look at the invoice" } }]

[[sections.fields.rows.columns]]
id = "reason"
kind = "text"
label = { zh = "为什么金额较大", en = "Why so much" }
relevant = "amount != null && amount > 1000000"
required = true
texts.missing = { zh = "请写原因", en = "Write why" }

[[sections.fields]]
id = "total"
kind = "money"
label = { zh = "合计", en = "Total" }
calculate = "yuan(total(invoices, 'amount'))"

[[sections.fields]]
id = "several"
kind = "checkbox"
label = { zh = "分开支付", en = "Pay one by one" }
relevant = "count(invoices) >= 2"
"#;

fn claim() -> &'static Catalogue {
    static READ: OnceLock<Catalogue> = OnceLock::new();
    READ.get_or_init(|| made_up::catalogue(CLAIM).unwrap_or_else(|error| panic!("{error}")))
}

fn evaluate(answers: &Answers) -> Evaluation {
    claim().service("made-up", None).expect("made up").evaluate(claim(), answers, &[], date(2026, 11, 22))
}

fn with(invoices: Answer) -> Answers {
    let mut answers = answers([]);
    answers.set("invoices", Some(invoices));
    answers
}

fn told(evaluation: &Evaluation) -> Vec<(&str, Severity, &Target)> {
    let findings = evaluation.blocking.iter().chain(&evaluation.warnings);
    findings.map(|finding| (finding.code.as_str(), finding.severity, &finding.target)).collect()
}

fn cell(row: u32, column: &str) -> Target {
    Target::Cell { id: "invoices".into(), row, column: column.into() }
}

#[test]
fn a_claim_adds_up() {
    let evaluation = evaluate(&with(rows([
        &[("number", " 044002 "), ("amount", "１２.5")],
        &[],
        &[("number", "  "), ("amount", "")],
        &[("number", "044003"), ("amount", "100"), ("reason", "not asked")],
    ])));
    assert!(evaluation.ready, "{:?}", evaluation.blocking);
    assert_eq!(evaluation.fields["total"].display.zh, "112.50 元");
    assert_eq!(evaluation.fields["invoices"].display.zh, "2 张发票");
    assert!(evaluation.fields["several"].relevant);
    assert_eq!(evaluation.fields["invoices"].rows.len(), 4);
    let handed_in =
        rows([&[("number", "044002"), ("amount", "12.50")], &[("number", "044003"), ("amount", "100.00")]]);
    assert_eq!(evaluation.fields["invoices"].value, Some(handed_in));
    assert_eq!((evaluation.sections[0].filled, evaluation.sections[0].missing), (2, 0));
}

#[test]
fn no_row_is_the_group_missing_and_an_empty_row_is_none() {
    for invoices in [rows([]), rows([&[]]), rows([&[("number", " ")], &[]]), Answer::Text(" ".into())] {
        let evaluation = evaluate(&with(invoices));
        let [finding] = &evaluation.blocking[..] else { panic!("{:?}", evaluation.blocking) };
        assert_eq!(
            (finding.code.as_str(), finding.message.zh.as_str()),
            ("rows.missing", "请至少填一张发票")
        );
        assert_eq!(finding.target, Target::Field { id: "invoices".into() });
        assert_eq!(evaluation.fields["total"].value, None);
    }
}

#[test]
fn every_cell_is_judged_where_it_stands() {
    let mut answers = with(rows([
        &[("amount", "0")],
        &[("number", "1"), ("amount", "3,5,x")],
        &[("number", "2"), ("amount", "20000"), ("issued_on", "2026-10-01")],
    ]));
    answers.set("treated_on", Some(Answer::Text("2026-10-02".into())));
    let evaluation = evaluate(&answers);
    assert_eq!(
        told(&evaluation),
        [
            ("text.missing", Severity::Missing, &cell(0, "number")),
            ("invoices.amount.nothing", Severity::Wrong, &cell(0, "amount")),
            ("money.number", Severity::Wrong, &cell(1, "amount")),
            ("text.missing", Severity::Missing, &cell(2, "reason")),
            ("invoices.issued_on.early", Severity::Doubtful, &cell(2, "issued_on")),
        ]
    );
    let section = &evaluation.sections[0];
    assert_eq!((section.filled, section.to_mend, section.missing), (2, 2, 2));
}

#[test]
fn the_same_invoice_twice_is_told_with_both_rows() {
    let evaluation = evaluate(&with(rows([
        &[("number", "044001"), ("amount", "1")],
        &[],
        &[("number", "044001"), ("amount", "2")],
        &[("number", "7"), ("code", "1"), ("amount", "2")],
    ])));
    let [finding] = &evaluation.blocking[..] else { panic!("{:?}", evaluation.blocking) };
    assert_eq!(finding.target, cell(2, "number"));
    assert_eq!(
        (finding.code.as_str(), finding.message.zh.as_str()),
        ("invoices.twice", "第 3 张和第 1 张是同一张发票")
    );
}

#[test]
fn what_follows_in_a_row_is_asked_only_where_it_does_not() {
    let evaluation = evaluate(&with(rows([
        &[("number", "044001"), ("code", "2"), ("amount", "1")],
        &[("number", "5"), ("code", "2"), ("amount", "1")],
    ])));
    assert_eq!(told(&evaluation), [("text.contradiction", Severity::Wrong, &cell(0, "code"))]);
    let [first, second] = &evaluation.fields["invoices"].rows[..] else { panic!("two rows") };
    assert!(first.fields["code"].derived && !second.fields["code"].derived);
    let Some(Answer::Rows(handed_in)) = &evaluation.fields["invoices"].value else { panic!("rows") };
    assert_eq!((handed_in[0].text("code"), handed_in[1].text("code")), (None, Some("2")));
}

#[test]
fn a_groups_own_rules_and_bounds() {
    let evaluation = evaluate(&with(rows([&[("number", "1"), ("amount", "99999999"), ("reason", "x")]])));
    assert_eq!(told(&evaluation)[0].0, "invoices.small");
    let many = Answer::Rows(vec![answers([("number", "1"), ("amount", "1")]); 100_000]);
    let evaluation = evaluate(&with(many));
    assert_eq!(evaluation.fields["invoices"].rows.len(), 4);
    assert_eq!(evaluation.blocking[0].code, "rows.many");
    assert!(evaluation.blocking[0].message.zh.contains("最多 4 项，现在 100000 项"));
}

#[test]
fn answers_of_another_shape_do_no_harm() {
    let mut nested = rows([&[("number", "1")]]);
    for _ in 0..50 {
        nested = Answer::Rows(vec![Answers([("amount".to_owned(), nested)].into())]);
    }
    let evaluation = evaluate(&with(nested));
    assert_eq!(told(&evaluation)[1], ("money.shape", Severity::Wrong, &cell(0, "amount")));
    let evaluation = evaluate(&with(Answer::Bool(true)));
    assert_eq!(evaluation.blocking[0].code, "rows.shape");
    let mut answers = with(rows([&[("number", "1"), ("colour", "red")], &[("colour", "green")]]));
    answers.set("total", Some(rows([])));
    let service = claim().service("made-up", None).expect("made up");
    assert_eq!(service.unknown_answers(&answers), ["invoices.colour"]);
}

#[test]
fn an_example_fills_the_rows() {
    let service = claim().service("made-up", None).expect("made up");
    let example = service.example(claim(), date(2026, 11, 22), None);
    assert!(example.evaluation.ready, "{:?}", example.evaluation.blocking);
    assert_eq!(example.evaluation.fields["invoices"].display.en, "1 invoices");
}

/// The claim with one thing changed is refused, with the line and these words.
fn assert_told(from: &str, to: &str, words: &str) {
    assert!(CLAIM.contains(from), "{from}");
    let error =
        made_up::catalogue(&CLAIM.replacen(from, to, 1)).err().unwrap_or_else(|| panic!("{to} was taken"));
    let told = |complaint: &forms::Complaint| {
        complaint.problem.en.contains(words) && complaint.line.is_some() && !complaint.remedy.zh.is_empty()
    };
    assert!(error.complaints.iter().any(told), "{to}:\n{error}");
}

#[test]
fn mistakes_in_groups_are_told() {
    assert_told(
        "id = \"code\"\nkind = \"text\"",
        "id = \"total\"\nkind = \"text\"",
        "cannot be used or is taken",
    );
    assert_told(
        "id = \"code\"\nkind = \"text\"",
        "id = \"number\"\nkind = \"text\"",
        "cannot be used or is taken",
    );
    assert_told("id = \"code\"\nkind = \"text\"", "id = \"code\"\nkind = \"rows\"", "cannot be a column");
    assert_told("columns = [\"number\", \"code\"]", "columns = [\"colour\"]", "names no column");
    assert_told("max = 4", "max = 0", "numbers of rows do not fit");
    assert_told(
        "expect = \"amount > 0\"",
        "expect = \"count(invoices) > 0\"",
        "cannot look at the whole group",
    );
    assert_told("expect = \"amount > 0\"", "expect = \"amounts > 0\"", "no field of this service");
    assert_told("amount != null && amount > 1000000", "amount > 1000000", "gives no fit value");
    assert_told("count(invoices) >= 2", "invoices.exists(i, i.amount > 3)", "loops");
    assert_told(
        "kind = \"date\"\nlabel = { zh = \"看",
        "kind = \"rows\"\nlabel = { zh = \"看",
        "belong together",
    );
    assert_told("kind = \"checkbox\"", "kind = \"consent\"", "states the class");
    assert_told(
        "kind = \"checkbox\"",
        "kind = \"checkbox\"\nexample = \"yes\"",
        "nothing that this field takes",
    );
    assert_told("kind = \"checkbox\"", "kind = \"checkbox\"\notherwise = \"ask\"", "only beside calculate");
    assert_told("kind = \"checkbox\"", "kind = \"checkbox\"\nmin = 3", "belong to numbers");
    assert_told(
        "kind = \"checkbox\"",
        "kind = \"checkbox\"\ndocument_number = true",
        "document_number belongs to text",
    );
}

#[test]
fn what_another_application_has_is_wrong_in_its_row_and_the_rest_stays() {
    let definition = claim().service("made-up", None).expect("it is there");
    let claimed = |rows: Answer| {
        let mut answers = Answers::default();
        answers.set("invoices", Some(rows));
        answers
    };
    let mine = claimed(rows([
        &[("number", "001"), ("code", "5"), ("amount", "1")],
        &[("number", "002"), ("code", "5"), ("amount", "1")],
    ]));
    let judged = definition.evaluate(claim(), &mine, &[], date(2026, 11, 22));
    assert!(judged.ready && definition.has_what_stands_once(), "{:?}", judged.blocking);
    let same_number_only = claimed(rows([&[("number", "002"), ("code", "6"), ("amount", "1")]]));
    let both = claimed(rows([&[("number", "002"), ("code", "5"), ("amount", "9")]]));
    let others = |answers| vec![("20261122".to_owned(), answers)];

    let mut untouched = judged.clone();
    definition.refuse_what_stands_elsewhere(&mut untouched, &others(&same_number_only));
    assert_eq!(untouched, judged, "the columns must be the same together");

    let mut refused = judged.clone();
    definition.refuse_what_stands_elsewhere(&mut refused, &others(&both));
    assert!(!refused.ready);
    let [finding] = &refused.blocking[..] else { panic!("one bill: {:?}", refused.blocking) };
    assert_eq!(finding.message.zh, "第 2 张在 20261122 里");
    assert_eq!((finding.code.as_str(), finding.severity), ("invoices.twice", Severity::Wrong));
    let target = Target::Cell { id: "invoices".into(), row: 1, column: "number".into() };
    assert_eq!(finding.target, target);
    let cells = &refused.fields["invoices"].rows;
    assert_eq!(cells[1].fields["number"].findings, std::slice::from_ref(finding));
    assert!(cells[0].fields["number"].findings.is_empty());
    assert_eq!(refused.sections[0].to_mend, 1);
}
