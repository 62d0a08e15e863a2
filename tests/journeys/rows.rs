//! Repeated rows: filled in, judged on both sides, pointed at by a reviewer, mended.

use std::fs;

use forms::{Answer, Answers, Target, Text};
use protocol::{Decision, ReviewFinding, ReviewOutcome, Status};
use tests::office::Reviewer;

use crate::ground::{Ground, until, until_offered};

/// A service of this office alone: a name and up to three bills. Nothing is promised.
const BILLS: &str = r#"
id = "bills"
version = 1
group = { zh = "试办", en = "Trial" }
title = { zh = "票据试办", en = "Bills on trial" }
summary = { zh = "试一试表格行", en = "Trying out rows" }
minutes = 1
bring = { zh = "票据", en = "Bills" }
keywords = ["trial"]
materials = []
declaration = { zh = "我声明：以上真实。", en = "I declare that this is true." }
review = { supplement_working_days = 10 }

[notice]
version = 1
paragraphs = [{ zh = "只是试办。", en = "Only a trial." }]
consents = [{ id = "notice", class = "notice", text = { zh = "我同意处理票据。", en = "I agree to the processing of my bills." } }]

[[sections]]
id = "claim"
title = { zh = "票据", en = "Bills" }

[[sections.fields]]
id = "full_name"
kind = "person_name"
label = { zh = "姓名", en = "Name" }
required = true
texts.missing = { zh = "请填写姓名", en = "Fill in the name" }

[[sections.fields]]
id = "bills"
kind = "rows"
label = { zh = "票据", en = "Bills" }
required = true
texts.missing = { zh = "请至少写一张票据", en = "Write at least one bill" }

[sections.fields.rows]
title = { zh = "票据", en = "Bill" }
counted = { zh = "{n} 张票据", en = "{n} bills" }
max = 3

[[sections.fields.rows.columns]]
id = "number"
kind = "text"
label = { zh = "号码", en = "Number" }
required = true
texts.missing = { zh = "请写票据号码", en = "Write the bill's number" }

[[sections.fields.rows.columns]]
id = "amount"
kind = "money"
label = { zh = "金额", en = "Amount" }
required = true
texts.missing = { zh = "请写金额", en = "Write the amount" }
"#;

fn rows(bills: &[&[(&str, &str)]]) -> Option<Answer> {
    let row = |cells: &&[(&str, &str)]| {
        let mut row = Answers::default();
        for (column, text) in *cells {
            row.set(*column, Some(Answer::Text((*text).into())));
        }
        row
    };
    Some(Answer::Rows(bills.iter().map(row).collect()))
}

fn asking(target: Target) -> Decision {
    let message = Text::new("金额看不清", "The amount cannot be read");
    let finding = ReviewFinding { code: "unreadable".into(), target, message };
    Decision { revision: 1, outcome: ReviewOutcome::RequestSupplement, findings: vec![finding], reason: None }
}

fn cell(row: u32, column: &str) -> Target {
    Target::Cell { id: "bills".into(), row, column: column.into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_go_out_and_a_reviewer_has_one_of_them_mended() {
    let ground = Ground::new();
    let folder = ground.catalogue(|_, text| text);
    fs::write(folder.join("services/bills.toml"), BILLS).unwrap();
    let office = ground.office_as(|config| config.catalogue = Some(folder)).await;
    let desk = ground.desk(&ground.office_url()).await;
    until_offered(&desk, "bills", 1).await;

    let id = desk.start("bills").await.unwrap().id;
    desk.agree(id, &["notice".into()]).await.unwrap();
    desk.answer(id, "full_name", Some(Answer::Text("林小满".into()))).await.unwrap();
    let strange = rows(&[&[("number", "A1"), ("colour", "red")]]);
    assert_eq!(desk.answer(id, "bills", strange).await.unwrap_err().code, "field_unknown");
    let endless = rows(&[&[("number", "7".repeat(300_000).as_str())]]);
    assert_eq!(desk.answer(id, "bills", endless).await.unwrap_err().code, "answer_too_long");
    let filled =
        desk.answer(id, "bills", rows(&[&[("number", "A1"), ("amount", "12")], &[("number", "B2")]])).await;
    let blocking = filled.unwrap().evaluation.blocking;
    assert_eq!(blocking.iter().map(|one| &one.target).collect::<Vec<_>>(), [&cell(1, "amount")]);
    assert_eq!(desk.submit(id, true).await.unwrap_err().code, "not_ready");
    let whole = [&[("number", "A1"), ("amount", "12")][..], &[("number", "B2"), ("amount", "3.5")][..]];
    desk.answer(id, "bills", rows(&whole)).await.unwrap();
    desk.submit(id, true).await.unwrap();
    until(&desk, id, Status::Submitted).await;
    assert_eq!(desk.view(id).await.unwrap().due_on, None, "nothing is promised");
    let promised = ground.ready(&desk).await;
    desk.submit(promised, true).await.unwrap();
    until(&desk, promised, Status::Submitted).await;

    let password = office.reviewer_password.as_ref().expect("a first run").to_string();
    let reviewer = Reviewer::log_in(&office.url, "reviewer", &password).await.unwrap();
    let queue = reviewer.queue().await.unwrap();
    assert_eq!((&queue[0]["service"], &queue[1]["service"]), (&"resident-enrolment".into(), &"bills".into()));
    assert!(queue[1]["dueOn"].is_null(), "what has a day to be answered by comes first");
    reviewer.claim(id).await.unwrap();
    let case = reviewer.case(id).await.unwrap();
    assert_eq!(case["evaluation"]["fields"]["bills"]["rows"][1]["fields"]["number"]["display"]["zh"], "B2");
    for nowhere in [cell(2, "amount"), cell(1, "colour")] {
        assert!(reviewer.decide(id, &asking(nowhere)).await.is_err());
    }
    reviewer.decide(id, &asking(cell(1, "amount"))).await.unwrap();
    until(&desk, id, Status::SupplementNeeded).await;

    let view = desk.view(id).await.unwrap();
    assert_eq!(view.editable.unwrap().fields, ["bills"], "the rows open, and nothing else");
    assert_eq!(view.findings[0].target, cell(1, "amount"));
    let other = desk.answer(id, "full_name", Some(Answer::Text("林大满".into()))).await;
    assert_eq!(other.unwrap_err().code, "not_opened");
    let mended = [&[("number", "A1"), ("amount", "12")][..], &[("number", "B2"), ("amount", "4.50")][..]];
    desk.answer(id, "bills", rows(&mended)).await.unwrap();
    desk.submit(id, true).await.unwrap();
    until(&desk, id, Status::InReview).await;
    let case = reviewer.case(id).await.unwrap();
    let bills = case["answers"].as_array().unwrap().iter().find(|line| line["field"] == "bills").unwrap();
    assert_eq!(bills["changed"], true);
    desk.close().await;
    office.stop().await;
}
