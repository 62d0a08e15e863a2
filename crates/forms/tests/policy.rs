//! What the shipped files say of newborn children, gaps, bank cards, documents and regions.
#![allow(clippy::panic, reason = "a failed expectation tells what was found")]

use std::sync::Arc;

use forms::{Answer, Answers, Catalogue, Evaluation, Finding, ReviewPromise, Severity, Target};
use jiff::{
    ToSpan,
    civil::{Date, date},
};

const TODAY: Date = date(2026, 11, 22);

fn catalogue() -> &'static Arc<Catalogue> {
    Catalogue::embedded_with_examples().expect("fit")
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    Answers(pairs.iter().map(|(field, value)| ((*field).to_owned(), Answer::Text((*value).into()))).collect())
}

fn evaluate(service: &str, pairs: &[(&str, &str)], today: Date) -> Evaluation {
    let definition = catalogue().service(service, None).expect("shipped");
    definition.evaluate(catalogue(), &answers(pairs), &[], today)
}

fn told(evaluation: &Evaluation) -> Vec<&str> {
    let all = evaluation.blocking.iter().chain(&evaluation.warnings);
    all.map(|finding| finding.code.as_str()).collect()
}

/// A child with a birth certificate, born so many days ago, at a place.
fn newborn(days: i32, place: &str) -> Evaluation {
    let born = TODAY.checked_sub(days.days()).expect("a date").to_string();
    let given = [
        ("newborn_number", "birth_certificate"),
        ("birth_date", &born),
        ("residence_region", place),
        ("category", "student"),
    ];
    evaluate("newborn-enrolment", &given, TODAY)
}

#[test]
fn benefits_of_a_newborn_child_begin_with_the_birth_within_the_days_of_the_place() {
    let places = [("330106", 90), ("440106", 180), ("441900", 180), ("990101", 60), ("990202", 120)];
    for (place, days) in places {
        let last = newborn(days, place);
        assert!(!told(&last).contains(&"birth_date.late"), "{place}: day {days} counts");
        assert_eq!(last.fields["benefits_from"].value, last.fields["birth_date"].value, "{place}");
        let after = newborn(days + 1, place);
        assert!(!after.fields["benefits_from"].relevant, "{place}");
        let late = after.warnings.iter().find(|finding| finding.code == "birth_date.late").expect(place);
        assert!(late.message.zh.contains(&format!("超过 {days} 天")), "{place}: {}", late.message.zh);
    }
    assert!(newborn(-1, "330106").blocking.iter().any(|finding| finding.code == "birth_date.future"));
}

#[test]
fn newborn_children_are_insured_for_the_running_year_all_the_year_round() {
    assert_eq!(newborn(20, "330106").fee.expect("costs something").year, 2026);
}

#[test]
fn what_two_regions_do_differently_is_seen() {
    let resident = |place: &str, today| {
        let given = [("residence_region", place), ("household_region", "330106"), ("category", "student")];
        evaluate("resident-enrolment", &given, today)
    };
    let asked = |evaluation: &Evaluation| {
        let relevant = evaluation.materials.iter().filter(|material| material.relevant);
        relevant.map(|material| material.id.clone()).collect::<Vec<_>>()
    };
    let (one, two) = (resident("990101", TODAY), resident("990201", TODAY));
    assert!(
        asked(&one).contains(&"community_letter".to_owned()) && !asked(&one).contains(&"portrait".to_owned())
    );
    assert!(
        !asked(&two).contains(&"community_letter".to_owned()) && asked(&two).contains(&"portrait".to_owned())
    );
    let owed = |evaluation: &Evaluation| {
        evaluation.fee.as_ref().map(|fee| (fee.year, fee.personal_fen)).expect("costs something")
    };
    assert_eq!((owed(&one), owed(&two)), ((2027, Some(40_000)), (2027, Some(35_000))));
    // In the new year the window of the one is closed, that of the other still open: for the year that has begun.
    let winter = date(2027, 2, 1);
    assert_eq!((owed(&resident("990101", winter)).0, owed(&resident("990201", winter)).0), (2027, 2027));
    let real = resident("330106", TODAY);
    assert_eq!(owed(&real), (2027, None), "no tariff of a real place is invented");
}

#[test]
fn a_gap_is_waited_for_with_its_working() {
    let waited = |lapsed: &str, repaid: &str, exemption: &str| {
        let given = [
            ("residence_region", "330106"),
            ("lapsed_years", lapsed),
            ("repaid_years", repaid),
            ("waiting_exemption", exemption),
        ];
        evaluate("resume-enrolment", &given, TODAY).waiting.expect("the rule is national")
    };
    for ((lapsed, repaid), months) in
        [(("1", "0"), 4), (("2", "1"), 4), (("3", "3"), 3), (("5", "0"), 8), (("5", "5"), 6), (("0", "0"), 0)]
    {
        let waiting = waited(lapsed, repaid, "none");
        assert_eq!(waiting.months, months, "{lapsed} years, {repaid} paid back");
        let sum: i32 = waiting.lines.iter().map(|line| line.months).sum();
        assert_eq!(u32::try_from(sum).ok(), Some(months), "the working adds up");
    }
    let exempt = waited("3", "0", "soldier");
    assert_eq!(exempt.months, 0);
    assert!(exempt.lines.iter().any(|line| line.label.zh.contains("退役军人")));
    let more = evaluate("resume-enrolment", &[("lapsed_years", "1"), ("repaid_years", "2")], TODAY);
    assert!(told(&more).contains(&"repaid_years.more_than_lapsed"));
}

#[test]
fn an_odd_card_number_is_believed_when_typed_twice() {
    let card = |number: &str, again: &str| {
        let given = [("payment_way", "bank_debit"), ("bank_card", number), ("bank_card_again", again)];
        evaluate("flexible-enrolment", &given, TODAY)
    };
    let good = card("6222020100123456780", "");
    assert!(!good.fields["bank_card_again"].relevant);
    // The mission's own sample is refused, not asked for twice.
    let sample = card("6222020100123456789", "");
    assert!(told(&sample).contains(&"bank_card.checksum") && !sample.fields["bank_card_again"].relevant);
    let odd = card("4111111111111112", "4111111111111121");
    assert!(told(&odd).contains(&"bank_card_again.differs"), "{:?}", told(&odd));
    assert!(!told(&card("4111111111111112", "4111 1111 1111 1112")).contains(&"bank_card_again.differs"));
}

#[test]
fn who_chooses_no_document_has_an_identity_card() {
    for given in [&[][..], &[("document_type", "")], &[("document_type", "01")]] {
        let evaluation = evaluate("resident-enrolment", given, TODAY);
        let document = &evaluation.fields["document_type"];
        assert_eq!(document.value, Some(Answer::Text("01".into())));
        assert!(
            document.display.zh.starts_with("居民身份证") && document.findings.is_empty(),
            "{document:?}"
        );
        assert!(evaluation.fields["id_number"].relevant && !evaluation.fields["passport"].relevant);
    }
    let foreign = evaluate("resident-enrolment", &[("document_type", "08")], TODAY);
    assert!(!foreign.fields["id_number"].relevant && foreign.fields["passport"].relevant);
}

#[test]
fn documents_without_a_birth_date_ask_for_it() {
    let with = |pairs: &[(&str, &str)]| {
        let state = evaluate("resident-enrolment", pairs, TODAY).fields["birth_date"].clone();
        (state.relevant, state.derived)
    };
    assert_eq!(with(&[]), (false, false));
    assert_eq!(with(&[("id_number", "110101199003078881")]), (true, true));
    assert_eq!(with(&[("document_type", "08"), ("passport", "AB1234567")]), (true, false));
    assert_eq!(with(&[("document_type", "07"), ("permanent_residence", "911398199012310021")]), (true, true));
    let permit = [("document_type", "17"), ("id_number", "110101199003078881")];
    assert!(told(&evaluate("resident-enrolment", &permit, TODAY)).contains(&"id_number.permit"));
}

#[test]
fn whoever_pays_for_someone_else_says_who_they_are() {
    let own = evaluate("premium-payment", &[("paying_for", "self")], TODAY);
    assert!(!own.fields["payer_name"].relevant);
    let other = evaluate("premium-payment", &[("paying_for", "other"), ("payer_relation", "01")], TODAY);
    assert!(other.fields["payer_name"].required);
    assert!(told(&other).contains(&"payer_relation.self"));
    let child = evaluate("premium-payment", &[("id_number", "110101201903070041")], TODAY);
    assert!(child.fields["guardian_consent"].relevant);
    assert!(child.materials.is_empty());
}

/// Paying for a year at a place.
fn payment(place: &str, year: &str) -> Evaluation {
    let given = [("insured_region", place), ("insurance_period", year), ("category", "ordinary")];
    evaluate("premium-payment", &given, TODAY)
}

fn about_the_year(evaluation: &Evaluation) -> Vec<&Finding> {
    let target = Target::Field { id: "insurance_period".into() };
    evaluation.blocking.iter().filter(|finding| finding.target == target).collect()
}

#[test]
fn a_year_without_a_published_tariff_cannot_be_handed_in() {
    let unpublished = payment("330106", "2027");
    let [finding] = about_the_year(&unpublished)[..] else { panic!("{:#?}", unpublished.blocking) };
    assert_eq!((finding.code.as_str(), finding.severity), ("insurance_year.unpublished", Severity::Wrong));
    assert!(finding.message.zh.starts_with("2027 年度的缴费标准还没有公布"), "{}", finding.message.zh);
    assert!(finding.message.zh.contains("12393") && finding.message.en.contains("12393"));
    assert!(!unpublished.ready && unpublished.fee.is_some_and(|fee| fee.personal_fen.is_none()));

    // The choices say so before one is made, and where none can be made, that is said instead of asking for one.
    let choices = unpublished.fields["insurance_period"].choices.clone().expect("they depend on the day");
    assert!(
        choices.iter().all(|choice| choice.hint.as_ref().is_some_and(|hint| hint.zh.contains("没有公布")))
    );
    let nothing = payment("330106", "");
    let [finding] = about_the_year(&nothing)[..] else { panic!("{:#?}", nothing.blocking) };
    assert!(finding.message.zh.starts_with("2027、2026 年度"), "{}", finding.message.zh);

    // A year whose window is over is not answered by one without a tariff.
    let over = payment("330106", "2025");
    let [finding] = about_the_year(&over)[..] else { panic!("{:#?}", over.blocking) };
    assert!(
        finding.code == "insurance_year.closed" && !finding.message.zh.contains("现在可以选"),
        "{finding:?}"
    );

    // A place that published it takes it; before the place is known nothing is said of it.
    let city = payment("990101", "2027");
    assert!(about_the_year(&city).is_empty() && city.fee.is_some_and(|fee| fee.personal_fen == Some(40_000)));
    let nowhere = payment("", "2027");
    assert!(about_the_year(&nowhere).is_empty() && !nowhere.ready);
    assert!(told(&nowhere).contains(&"region.missing"));
}

/// Nothing collects money: no promise and no sentence may speak of it as paid.
#[test]
fn the_payment_is_a_declaration() {
    let definition = catalogue().service("premium-payment", None).expect("shipped");
    let service = definition.view();
    assert_eq!(service.review.promise, ReviewPromise::NotPromised);
    let notice = service.notice.paragraphs.iter().chain([&service.declaration, &service.summary]);
    let said: String = notice.map(|text| text.zh.as_str()).collect();
    for claim in ["缴费成功", "出具的缴费凭证", "凭证上会写明"] {
        assert!(!said.contains(claim), "{claim}");
    }
    assert!(service.title.zh.ends_with("登记") && said.contains("不收钱") && said.contains("这时还没有缴费"));
}

/// A claim with two bills of these numbers.
fn two_bills(one: &str, other: &str) -> Evaluation {
    let bill = |number: &str| {
        let given =
            [("number", number), ("date", "2026-11-02"), ("hospital", "示例市医院"), ("amount", "12.50")];
        answers(&given)
    };
    let mut given = Answers::default();
    given.set("invoices", Some(Answer::Rows(vec![bill(one), bill(other)])));
    let definition = catalogue().service("reimbursement", None).expect("shipped");
    definition.evaluate(catalogue(), &given, &[], TODAY)
}

#[test]
fn a_bill_counts_once_however_its_number_is_typed() {
    for again in
        ["0045678912", "0045 678912", "００４５６７８９１２", " 0045-6789-12\u{200B}", "0045　678912"]
    {
        let claim = two_bills("0045678912", again);
        assert!(told(&claim).contains(&"invoices.twice"), "{again}: {:?}", told(&claim));
    }
    assert!(told(&two_bills("ab45678912", "AB 45678912")).contains(&"invoices.twice"));
    let claim = two_bills("0045 678912", "0045678913");
    assert!(!told(&claim).contains(&"invoices.twice"));
    assert!(!told(&claim).contains(&"invoices.number.unusual"), "blanks make no number unusual");
    let Some(Answer::Rows(rows)) = &claim.fields["invoices"].value else { panic!("rows") };
    assert_eq!(rows[0].text("number"), Some("0045678912"), "handed in without its blanks");
}

#[test]
fn an_application_number_is_taken_as_the_receipt_shows_it() {
    let asked = |number: &str| {
        evaluate("consultation", &[("topic", "progress"), ("application_number", number)], TODAY)
    };
    for number in
        ["202511200000018", "20251120 0000018", "2025 1120 0000 018", "２０２５１１２０-００００-０１８"]
    {
        let evaluation = asked(number);
        assert!(evaluation.fields["application_number"].findings.is_empty(), "{number}");
        let expected = Some(Answer::Text("202511200000018".into()));
        assert_eq!(evaluation.fields["application_number"].value, expected, "{number}");
    }
    assert!(asked("暂 1234 5678").fields["application_number"].findings.is_empty());
    assert!(told(&asked("20251120 0000019")).contains(&"application_number.check"));
    assert!(told(&asked("20251120 000001")).contains(&"application_number.shape"));
}

/// Nothing sends text messages or e-mails: whoever wants to know looks into My cases, or is called by the staff.
#[test]
fn no_text_promises_messages_that_nobody_sends() {
    let promises = [
        "通知到这里",
        "会通知",
        "办理通知",
        "缴费通知",
        "邮件通知",
        "通知发到",
        "用来通知您",
        "You are told here",
        "to be told how it goes",
        "told by e-mail",
        "you are told there",
    ];
    for (path, text) in Catalogue::embedded_files() {
        let found: Vec<_> = promises.iter().filter(|promise| text.contains(**promise)).collect();
        assert!(found.is_empty(), "{path}: {found:?}");
    }
    let contact = |service: &str| {
        let definition = catalogue().service(service, None).expect("shipped");
        let mut fields = definition.view().sections.iter().flat_map(|section| &section.fields);
        let email = fields.find(|field| field.id == "email").expect("asked");
        email.hint.clone().expect("explained").zh
    };
    for service in ["resident-enrolment", "newborn-enrolment", "premium-payment"] {
        assert!(contact(service).contains("不发邮件"), "{service}: {}", contact(service));
    }
}

#[test]
fn only_the_numbers_of_residence_permits_pass_as_those() {
    let mut asked = 0;
    for summary in catalogue().services() {
        let definition = catalogue().service(&summary.id, None).expect("listed");
        let fields = || definition.view().sections.iter().flat_map(|section| &section.fields);
        if !["document_type", "id_number"].iter().all(|id| fields().any(|field| field.id == *id)) {
            continue;
        }
        asked += 1;
        let complains = |number: &str| {
            let given = [("document_type", "17"), ("id_number", number)];
            told(&evaluate(&summary.id, &given, TODAY)).contains(&"id_number.permit")
        };
        for permit in ["810000199408230021", "820000199408230023", "830000199201300022"] {
            assert!(!complains(permit), "{} {permit}", summary.id);
        }
        // A citizen's, and that of a foreign permanent resident.
        for other in ["110101199003078881", "911398199012310021"] {
            assert!(complains(other), "{} {other}", summary.id);
        }
    }
    assert!(asked >= 8, "{asked} services ask for a residence permit");
}

#[test]
fn a_child_needs_a_guardian_to_be_paid_for_whatever_its_document() {
    let papers: [&[(&str, &str)]; 4] = [
        &[("document_type", "08"), ("passport", "AB1234567")],
        &[("document_type", "04"), ("home_return_permit", "H12345678")],
        &[("document_type", "06"), ("taiwan_permit", "12345678")],
        &[("document_type", "99"), ("birth_certificate", "U440123456")],
    ];
    for paper in papers {
        let born = |day: &str| {
            let given: Vec<_> = paper.iter().copied().chain([("birth_date", day)]).collect();
            evaluate("premium-payment", &given, TODAY)
        };
        let undated = evaluate("premium-payment", paper, TODAY);
        assert!(
            undated.fields["birth_date"].required && told(&undated).contains(&"date.missing"),
            "{paper:?}"
        );
        // Fourteen tomorrow, and fourteen today.
        let child = born("2012-11-23");
        assert!(
            child.fields["guardian_consent"].required && told(&child).contains(&"consent.missing"),
            "{paper:?}"
        );
        assert!(!born("2012-11-22").fields["guardian_consent"].relevant, "{paper:?}");
    }
    let followed = evaluate("premium-payment", &[("id_number", "110101201903070041")], TODAY);
    assert!(followed.fields["birth_date"].derived && followed.fields["guardian_consent"].required);
}
