//! From the manifest to the receipt.

use forms::{Answers, Catalogue};
use protocol::{ApplicationId, ConsentRecord, ContentHash, DocumentKind, ProblemCode, Status};
use reqwest::{Body, Method, StatusCode};
use uuid::Uuid;

use crate::harness::{Office, Papers, missing, photo, problem, receipt};

#[tokio::test]
async fn a_whole_submission_ends_with_a_receipt_a_number_and_a_place_in_the_feed() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let papers = Papers::resident();
    let key = Uuid::now_v7();

    let wanted = missing(desk.submit(key, &papers.manifest).await).await;
    assert_eq!(wanted.len(), 5);
    for (sent, hash) in wanted.iter().enumerate() {
        let still = missing(desk.submit(key, &papers.manifest).await).await;
        assert_eq!(still.len(), wanted.len() - sent);
        assert_eq!(desk.put(papers.bytes_of(*hash)).await.status(), StatusCode::CREATED);
        assert_eq!(desk.put(papers.bytes_of(*hash)).await.status(), StatusCode::OK);
        let head = desk.ask(Method::HEAD, &format!("/v1/blobs/{hash}")).send().await.unwrap();
        assert_eq!(head.headers()["upload-offset"], head.headers()["upload-length"]);
    }
    let receipt = receipt(desk.submit(key, &papers.manifest).await).await;
    receipt.verify(&desk.key, &papers.manifest).unwrap();
    assert!(receipt.body.number.as_str().starts_with("20261123000001"));
    assert_eq!(receipt.body.due_on, Some(jiff::civil::date(2026, 11, 26)));

    let page = desk.feed("", 0).await;
    assert_eq!(page.changes.len(), 1);
    assert_eq!(page.changes[0].status, Status::Submitted);
    assert_eq!(page.changes[0].number, receipt.body.number);
    assert!(desk.feed(&page.cursor, 0).await.changes.is_empty());
    assert!(office.audited().await >= 8);
}

#[tokio::test]
async fn a_replay_is_answered_byte_for_byte_even_after_a_restart_on_another_day() {
    let mut office = Office::open().await;
    let mut desk = office.desk().await;
    let papers = Papers::resident();
    let first = desk.hand_in(&papers).await;
    office.later(jiff::SignedDuration::from_hours(400));
    office.restart().await;
    desk.base = office.url("");
    // Another key for the same content is the same submission too: a desk may have lost its own.
    for key in [Uuid::now_v7(), Uuid::now_v7()] {
        let one = desk.submit(key, &papers.manifest).await.bytes().await.unwrap();
        let other = desk.submit(key, &papers.manifest).await.bytes().await.unwrap();
        assert_eq!(one, other);
        assert_eq!(receipt(desk.submit(key, &papers.manifest).await).await, first);
    }
}

#[tokio::test]
async fn the_same_key_with_other_content_is_a_conflict_that_names_both() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let papers = Papers::resident();
    let key = Uuid::now_v7();
    missing(desk.submit(key, &papers.manifest).await).await;
    let mut other = papers.clone();
    other.answer("address", "别处");
    let before = office.audited().await;
    for _ in 0..3 {
        let (status, found) = problem(desk.submit(key, &other.manifest).await).await;
        assert_eq!((status, found.code), (StatusCode::CONFLICT, ProblemCode::Conflict));
        assert_eq!(found.hashes, [papers.manifest.canonical_hash(), other.manifest.canonical_hash()]);
    }
    assert_eq!(office.audited().await, before + 1, "written down once");
}

#[tokio::test]
async fn a_complete_revision_cannot_be_replaced() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let papers = Papers::resident();
    desk.hand_in(&papers).await;
    let mut other = papers.clone();
    other.answer("address", "别处");
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &other.manifest).await).await;
    assert_eq!(found.code, ProblemCode::Conflict);
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &papers.supplement().manifest).await).await;
    assert_eq!(found.code, ProblemCode::StaleRevision, "nobody asked for a supplement");
}

#[tokio::test]
async fn documents_are_taken_only_as_declared() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let papers = Papers::resident();
    missing(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
    let declared = papers.manifest.documents[0].sha256;
    let huge = vec![0; 2_000_001];

    let undeclared = desk.put(&photo()).await;
    let wrong_hash = desk.put_as(declared, &photo()).await;
    let too_large = desk.put_as(declared, &huge).await;
    let unmeasured = desk
        .ask(Method::PUT, &format!("/v1/blobs/{declared}"))
        .body(Body::wrap_stream(futures::stream::iter(
            huge.chunks(50_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>(),
        )))
        .send()
        .await
        .unwrap();
    let no_hash = desk.ask(Method::PUT, "/v1/blobs/readme.txt").body("x").send().await.unwrap();
    for (response, status, code) in [
        (undeclared, StatusCode::NOT_FOUND, ProblemCode::NotFound),
        (wrong_hash, StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::HashMismatch),
        (too_large, StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::TooLarge),
        (unmeasured, StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::TooLarge),
        (no_hash, StatusCode::NOT_FOUND, ProblemCode::NotFound),
    ] {
        let (found, problem) = problem(response).await;
        assert_eq!((found, problem.code), (status, code));
    }
    // None of it left a trace.
    assert_eq!(desk.put(papers.bytes_of(declared)).await.status(), StatusCode::CREATED);
}

/// What the office remembers is the newest manifest; that may be the wrong one.
#[tokio::test]
async fn a_document_that_a_manifest_declared_rightly_is_taken_whatever_a_later_one_says() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let papers = Papers::resident();
    missing(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
    let mut wrong = papers.manifest.clone();
    wrong.application = ApplicationId::new();
    wrong.documents[0].size_bytes += 1;
    wrong.documents[1].kind = DocumentKind::Pdf;
    missing(desk.submit(Uuid::now_v7(), &wrong).await).await;
    for document in &papers.manifest.documents {
        let put = desk.put(papers.bytes_of(document.sha256)).await;
        assert_eq!(put.status(), StatusCode::CREATED, "{}", document.slot);
    }
}

#[tokio::test]
async fn the_same_bytes_may_stand_in_two_places() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let mut papers = Papers::resident();
    let same = photo();
    papers.attach("id_card_front", 0, same.clone(), DocumentKind::Jpeg);
    papers.attach("id_card_back", 0, same, DocumentKind::Jpeg);
    let wanted = missing(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
    assert_eq!(wanted.len(), 4);
    assert_eq!(desk.hand_in(&papers).await.body.documents.len(), 5);
}

#[tokio::test]
async fn many_identical_requests_at_once_make_one_application() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let papers = Papers::resident();
    let key = Uuid::now_v7();
    let firsts = (0..8).map(|_| desk.submit(key, &papers.manifest));
    for response in futures::future::join_all(firsts).await {
        assert_eq!(missing(response).await.len(), 5);
    }
    for bytes in &papers.bytes {
        // Two at once of each document as well.
        let (one, other) = tokio::join!(desk.put(bytes), desk.put(bytes));
        assert!(one.status().is_success() && other.status().is_success());
    }
    let lasts = (0..8).map(|_| desk.submit(key, &papers.manifest));
    let mut receipts = Vec::new();
    for response in futures::future::join_all(lasts).await {
        receipts.push(receipt(response).await);
    }
    receipts.dedup();
    assert_eq!(receipts.len(), 1);
    let next = desk.hand_in(&Papers::resident()).await;
    assert!(next.body.number.as_str().starts_with("20261123000002"), "no number was wasted");
}

#[tokio::test]
async fn a_text_that_calls_itself_jpeg_is_refused_by_name_and_can_be_put_right() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let mut papers = Papers::resident();
    let text = "这不是照片".repeat(100).into_bytes();
    papers.attach("portrait", 0, text.clone(), DocumentKind::Jpeg);
    let wanted = missing(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
    assert!(wanted.contains(&ContentHash::of(&text)));
    let (status, found) = problem(desk.put(&text).await).await;
    assert_eq!((status, found.code), (StatusCode::UNSUPPORTED_MEDIA_TYPE, ProblemCode::UnfitDocument));
    assert_eq!(found.document, Some(ContentHash::of(&text)));

    // An incomplete revision may be replaced under a new key.
    papers.attach("portrait", 0, photo(), DocumentKind::Jpeg);
    desk.hand_in(&papers).await;
}

#[tokio::test]
async fn a_picture_declared_as_pdf_is_refused() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let mut papers = Papers::resident();
    let picture = photo();
    papers.attach("portrait", 0, picture.clone(), DocumentKind::Pdf);
    missing(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
    let (_, found) = problem(desk.put(&picture).await).await;
    assert_eq!(found.code, ProblemCode::UnfitDocument);
}

#[tokio::test]
async fn a_file_that_breaks_off_is_refused() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let mut papers = Papers::resident();
    let mut half = photo();
    half.truncate(half.len() / 2);
    papers.attach("portrait", 0, half.clone(), DocumentKind::Jpeg);
    missing(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
    let (_, found) = problem(desk.put(&half).await).await;
    assert_eq!(found.code, ProblemCode::UnfitDocument);
}

#[tokio::test]
async fn the_office_judges_for_itself() {
    let office = Office::open().await;
    let desk = office.desk().await;
    type Change = fn(&mut Papers);
    let cases: [(&str, Change); 13] = [
        ("id_number", |p| p.answer("id_number", "330106199003072221")),
        ("answer.not_asked", |p| p.answer("religion", "none")),
        ("answer.not_asked", |p| p.answer("guardian_name", "林大满")),
        ("consent.missing", |p| p.manifest.consents.clear()),
        ("consent.missing", |p| p.manifest.consents.retain(|given| given.consent != "declaration")),
        ("consent.missing", |p| p.manifest.consents[1].notice_hash = "of another text".into()),
        ("consent.missing", |p| p.manifest.consents[0].notice_version += 1),
        ("consent.not_asked", |p| {
            let more = ConsentRecord { consent: "status_consent".into(), ..p.manifest.consents[0].clone() };
            p.manifest.consents.push(more);
        }),
        ("consent.not_asked", |p| p.manifest.consents.push(p.manifest.consents[0].clone())),
        ("slot.not_asked", |p| p.attach("category_proof", 0, photo(), DocumentKind::Jpeg)),
        ("slot.too_many", |p| p.attach("portrait", 1, photo(), DocumentKind::Jpeg)),
        ("", |p| p.manifest.documents.retain(|document| document.slot != "portrait")),
        ("insurance_year.unpublished", |p| {
            // Whatever a desk took it for: no tariff of 2027 is published there.
            let catalogue = Catalogue::embedded().unwrap();
            let payment = catalogue.service("premium-payment", None).unwrap().view();
            (p.manifest.service, p.manifest.service_version) = (payment.id.clone(), payment.version);
            p.manifest.documents.clear();
            p.manifest.answers = Answers::default();
            p.answer("insured_region", "330106");
            p.answer("insurance_period", "2027");
        }),
    ];
    for (code, change) in cases {
        let mut papers = Papers::resident();
        change(&mut papers);
        let (status, found) = problem(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
        assert_eq!((status, found.code), (StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::NotReady), "{code}");
        assert!(found.findings.iter().any(|f| f.code.starts_with(code)), "{code}: {:?}", found.findings);
    }
    let mut papers = Papers::resident();
    papers.manifest.service_version = 99;
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
    assert_eq!(found.code, ProblemCode::UnknownService);
    let mut papers = Papers::resident();
    papers.manifest.documents[0].size_bytes = 2_000_001;
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
    assert_eq!(found.code, ProblemCode::TooLarge);
    assert!(desk.feed("", 0).await.changes.is_empty());
}

#[tokio::test]
async fn an_account_begins_only_so_many_and_is_not_shut_out_for_ever() {
    let office = Office::open().await;
    let (desk, other) = (office.desk().await, office.desk().await);
    let begun = |papers: &Papers| {
        let mut next = papers.clone();
        next.manifest.application = ApplicationId::new();
        next
    };
    let papers = Papers::resident();
    let (key, first) = (Uuid::now_v7(), Papers::resident());
    assert_eq!(desk.submit(key, &first.manifest).await.status(), StatusCode::ACCEPTED);
    for _ in 1..200 {
        let answer = desk.submit(Uuid::now_v7(), &begun(&papers).manifest).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
    }
    let refused = desk.submit(Uuid::now_v7(), &begun(&papers).manifest).await;
    assert!(refused.headers().contains_key("retry-after"));
    let (status, found) = problem(refused).await;
    assert_eq!((status, found.code), (StatusCode::TOO_MANY_REQUESTS, ProblemCode::TooManyUnfinished));
    // What is begun is finished meanwhile, and its receipt can be had again.
    for hash in missing(desk.submit(key, &first.manifest).await).await {
        assert_eq!(desk.put(first.bytes_of(hash)).await.status(), StatusCode::CREATED);
    }
    for _ in 0..2 {
        receipt(desk.submit(key, &first.manifest).await).await;
    }
    // It made room for one.
    assert_eq!(desk.submit(Uuid::now_v7(), &begun(&papers).manifest).await.status(), StatusCode::ACCEPTED);
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &begun(&papers).manifest).await).await;
    assert_eq!(found.code, ProblemCode::TooManyUnfinished);
    assert_eq!(other.submit(Uuid::now_v7(), &begun(&papers).manifest).await.status(), StatusCode::ACCEPTED);
    office.later(jiff::SignedDuration::from_hours(8 * 24));
    let answer = desk.submit(Uuid::now_v7(), &begun(&papers).manifest).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED, "what was given up counts no longer");
}

#[tokio::test]
async fn one_place_opens_only_so_many_accounts_a_minute() {
    let office = Office::open().await;
    let ask = || office.client.post(office.url("/v1/accounts")).body("{}").send();
    for _ in 0..30 {
        assert_eq!(ask().await.unwrap().status(), StatusCode::BAD_REQUEST);
    }
    let refused = ask().await.unwrap();
    assert!(refused.headers().contains_key("retry-after"));
    let (status, found) = problem(refused).await;
    assert_eq!((status, found.code), (StatusCode::TOO_MANY_REQUESTS, ProblemCode::RateLimited));
    office.reviewer().await;
}
