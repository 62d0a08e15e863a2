//! The queue, a case, its documents, a decision.

use protocol::{ProblemCode, Status};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Office, Papers, problem};

#[tokio::test]
async fn a_case_goes_from_the_queue_to_its_approval() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let reviewer = office.reviewer().await;
    let papers = Papers::resident();
    let receipt = desk.hand_in(&papers).await;
    let id = papers.application();

    let page: Value = reviewer.get("queue").await.json().await.unwrap();
    assert_eq!((&page["open"], &page["waiting"], &page["next"]), (&json!(1), &json!(0), &json!(null)));
    let queue = &page["items"];
    assert_eq!(queue.as_array().unwrap().len(), 1);
    assert_eq!(queue[0]["number"], receipt.body.number.as_str());
    assert_eq!(queue[0]["serviceTitle"]["zh"], "城乡居民医保参保登记");
    assert_ne!(queue[0]["applicant"], "林小满", "names in lists are masked");
    assert_eq!(queue[0]["overdue"], false);

    let case: Value = reviewer.get(&format!("cases/{id}")).await.json().await.unwrap();
    assert_eq!(case["status"], "submitted");
    assert_eq!(case["evaluation"]["ready"], true);
    assert_eq!(case["documents"].as_array().unwrap().len(), 5);
    let name = case["answers"].as_array().unwrap().iter().find(|line| line["field"] == "full_name").unwrap();
    assert_eq!(name["display"]["zh"], "林小满");
    // What the page shows before it is asked for more.
    for (field, hidden) in [("id_number", "19900307"), ("mobile", "13800138000"), ("address", "301")] {
        let answers = case["answers"].as_array().unwrap();
        let line = answers.iter().find(|line| line["field"] == field).unwrap();
        let told = |as_shown: &str| line[as_shown]["zh"].as_str().unwrap().replace(' ', "");
        assert!(told("display").contains(hidden) && !told("masked").contains(hidden), "{field}");
    }

    let decision = json!({ "revision": 1, "outcome": "approve", "findings": [], "reason": null });
    let (status, _) = problem(reviewer.decide(id, &decision).await).await;
    assert_eq!(status, StatusCode::CONFLICT, "nobody has claimed it");
    assert_eq!(reviewer.claim(id).await.status(), StatusCode::OK);
    assert_eq!(reviewer.claim(id).await.status(), StatusCode::OK);
    let approved: Value = reviewer.decide(id, &decision).await.json().await.unwrap();
    assert_eq!(approved["status"], "approved");
    let (status, _) = problem(reviewer.decide(id, &decision).await).await;
    assert_eq!(status, StatusCode::CONFLICT, "a final status stays");

    let change = &desk.feed("", 0).await.changes[0];
    assert_eq!(change.status, Status::Approved);
    let told: Vec<_> = change.timeline.iter().map(|entry| entry.status).collect();
    assert_eq!(told, [Status::Submitted, Status::InReview, Status::Approved]);
    office.audited().await;
}

#[tokio::test]
async fn documents_are_shown_as_pictures_and_every_look_is_written_down() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let reviewer = office.reviewer().await;
    let papers = Papers::resident();
    desk.hand_in(&papers).await;
    let place = format!("cases/{}/revisions/1/documents/portrait/0", papers.application());
    let before = office.audited().await;

    let page = reviewer.get(&format!("{place}/pages/0.png?edge=120")).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(page.headers()["content-type"], "image/png");
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    let png = image::load_from_memory(&page.bytes().await.unwrap()).unwrap();
    assert_eq!(png.width().max(png.height()), 120);

    let original = reviewer.get(&format!("{place}/original")).await;
    let disposition = original.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment; filename=\"20261123000001"), "{disposition}");
    let portrait = papers.manifest.documents.iter().find(|d| d.slot == "portrait").unwrap().sha256;
    assert_eq!(original.bytes().await.unwrap(), papers.bytes_of(portrait));
    assert_eq!(office.audited().await, before + 2);

    for absent in ["pages/0", "pages/x.png", "pages/-1.png"] {
        assert_eq!(reviewer.get(&format!("{place}/{absent}")).await.status(), StatusCode::NOT_FOUND);
    }
    let (_, found) = problem(reviewer.get(&format!("{place}/pages/7.png")).await).await;
    assert_eq!(found.code, ProblemCode::UnfitDocument);
    let elsewhere = format!("cases/{}/revisions/2/documents/portrait/0/original", papers.application());
    assert_eq!(reviewer.get(&elsewhere).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn decisions_that_do_not_hold_are_refused() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let reviewer = office.reviewer().await;
    let papers = Papers::resident();
    desk.hand_in(&papers).await;
    let id = papers.application();
    reviewer.claim(id).await;
    let finding = |target: Value| json!({ "code": "unreadable", "target": target, "message": { "zh": "看不清", "en": "" } });
    let decision = |outcome: &str, findings: Vec<Value>, reason: Value| json!({ "revision": 1, "outcome": outcome, "findings": findings, "reason": reason });
    let known = json!({ "kind": "slot", "id": "portrait" });
    let unknown = json!({ "kind": "field", "id": "shoe_size" });
    let mut stale = decision("approve", vec![], json!(null));
    stale["revision"] = json!(2);
    let mut silent = finding(known.clone());
    silent["message"] = json!({ "zh": " ", "en": "" });
    for (body, status) in [
        (stale, StatusCode::PRECONDITION_FAILED),
        (decision("request_supplement", vec![], json!(null)), StatusCode::BAD_REQUEST),
        (decision("request_supplement", vec![finding(unknown)], json!(null)), StatusCode::BAD_REQUEST),
        (decision("request_supplement", vec![silent], json!(null)), StatusCode::BAD_REQUEST),
        (
            decision("request_supplement", vec![finding(json!({ "kind": "whole" }))], json!(null)),
            StatusCode::BAD_REQUEST,
        ),
        (decision("reject", vec![], json!("  ")), StatusCode::BAD_REQUEST),
        (decision("approve", vec![finding(known)], json!(null)), StatusCode::BAD_REQUEST),
        (json!({ "outcome": "approve" }), StatusCode::BAD_REQUEST),
    ] {
        let (found, _) = problem(reviewer.decide(id, &body).await).await;
        assert_eq!(found, status, "{body}");
    }
    let rejected = reviewer.decide(id, &decision("reject", vec![], json!("不在本地参保范围"))).await;
    assert_eq!(rejected.status(), StatusCode::OK);
    let change = desk.feed("", 0).await.changes.remove(0);
    assert_eq!((change.status, change.reason.as_deref()), (Status::Rejected, Some("不在本地参保范围")));
}

#[tokio::test]
async fn one_reviewer_at_a_time() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let first = office.reviewer().await;
    let password = server::add_reviewer(office.dir.path(), "second", false).await.unwrap();
    let papers = Papers::resident();
    desk.hand_in(&papers).await;
    let id = papers.application();
    assert_eq!(first.claim(id).await.status(), StatusCode::OK);
    let second = office.login("second", &password).await;
    let cookie = second.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let session: Value = second.json().await.unwrap();
    let claim = office
        .client
        .post(office.url(&format!("/console/api/cases/{id}/claim")))
        .header("cookie", cookie)
        .header("x-csrf-token", session["csrfToken"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(claim.status(), StatusCode::CONFLICT);
}

/// What the audit log says was done to a case by reviewers, oldest first.
async fn done(office: &Office, id: protocol::ApplicationId) -> Vec<(String, String, String)> {
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(office.dir.path().join("office.sqlite"));
    let database = sqlx::SqlitePool::connect_with(file.read_only(true)).await.unwrap();
    sqlx::query_as(
        "SELECT actor, action, detail FROM audit WHERE subject = ? AND actor IN ('reviewer', 'wang') ORDER BY seq",
    )
    .bind(id.to_string())
    .fetch_all(&database)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_case_is_given_back_and_taken_over_and_all_of_it_is_written_down() {
    let office = Office::open().await;
    let (desk, first) = (office.desk().await, office.reviewer().await);
    let password = server::add_reviewer(office.dir.path(), "wang", false).await.unwrap();
    let second = office.reviewer_named("wang", &password).await;
    let papers = Papers::resident();
    desk.hand_in(&papers).await;
    let id = papers.application();
    let (claim, release) = (format!("cases/{id}/claim"), format!("cases/{id}/release"));
    let take_over = json!({ "takeOver": true });

    assert_eq!(first.post(&release, &json!(null)).await.status(), StatusCode::CONFLICT, "nobody has it");
    assert_eq!(first.claim(id).await.status(), StatusCode::OK);
    assert_eq!(first.claim(id).await.status(), StatusCode::OK);
    assert_eq!(second.claim(id).await.status(), StatusCode::CONFLICT);
    assert_eq!(second.post(&release, &json!(null)).await.status(), StatusCode::CONFLICT, "not theirs");
    let free: Value = first.post(&release, &json!(null)).await.json().await.unwrap();
    assert_eq!((&free["status"], &free["claimedBy"]), (&json!("in_review"), &json!(null)));
    let decision = json!({ "revision": 1, "outcome": "approve", "findings": [], "reason": null });
    assert_eq!(first.decide(id, &decision).await.status(), StatusCode::CONFLICT, "given back");
    assert_eq!(second.claim(id).await.status(), StatusCode::OK);
    let taken: Value = first.post(&claim, &take_over).await.json().await.unwrap();
    assert_eq!(taken["claimedBy"], "reviewer");
    assert_eq!(second.decide(id, &decision).await.status(), StatusCode::CONFLICT);
    assert_eq!(first.decide(id, &decision).await.status(), StatusCode::OK);
    assert_eq!(first.post(&claim, &take_over).await.status(), StatusCode::CONFLICT, "decided");
    assert_eq!(first.post(&claim, &json!({ "takeover": true })).await.status(), StatusCode::BAD_REQUEST);

    let change = &desk.feed("", 0).await.changes[0];
    assert_eq!(change.timeline.len(), 3, "whose hands it is in is not the applicant's business");
    let log = done(&office, id).await;
    let log: Vec<_> = log.iter().map(|(who, what, detail)| format!("{who} {what} {detail}")).collect();
    assert_eq!(
        log,
        [
            "reviewer case_claimed ",
            "reviewer case_opened revision 1",
            "reviewer case_released ",
            "wang case_claimed ",
            "reviewer case_taken_over from wang",
            "reviewer case_decided revision 1, approved",
        ]
    );
    office.audited().await;
}

#[tokio::test]
async fn the_queue_comes_in_pages_and_a_case_is_found_by_its_number() {
    let office = Office::open().await;
    let (desk, reviewer) = (office.desk().await, office.reviewer().await);
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.push(desk.hand_in(&Papers::resident()).await.body.number.to_string());
    }
    let page = async |path: String| -> Value { reviewer.get(&path).await.json().await.unwrap() };
    let told = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["number"].as_str().unwrap().to_owned()).collect()
    };
    let first = page("queue?view=open&limit=2".into()).await;
    let rest = page(format!("queue?view=open&limit=2&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!((first["open"].clone(), rest["next"].clone()), (json!(3), json!(null)));
    assert_eq!([told(&first), told(&rest)].concat(), numbers);
    let blanks = format!("{} {} {}", &numbers[1][..8], &numbers[1][8..14], &numbers[1][14..]);
    for typed in [numbers[1].clone(), blanks.replace(' ', "%20"), blanks.replace(' ', "+")] {
        assert_eq!(told(&page(format!("queue?number={typed}")).await), [numbers[1].clone()], "{typed}");
    }
    let of_the_day = page(format!("queue?limit=2&number={}", &numbers[0][..8])).await;
    assert_eq!(told(&of_the_day).len(), 2);
    assert!(of_the_day["next"].is_string());
    for nonsense in ["queue?number=abc", "queue?number=", "queue?after=1"] {
        let (status, _) = problem(reviewer.get(nonsense).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{nonsense}");
    }
}
