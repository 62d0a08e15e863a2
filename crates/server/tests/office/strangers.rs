//! Who asks for what is not theirs learns nothing.

use protocol::{AccountId, ProblemCode};
use reqwest::{Method, StatusCode};
use uuid::Uuid;

use crate::harness::{Office, Papers, problem};

#[tokio::test]
async fn another_account_sees_nothing() {
    let office = Office::open().await;
    let (owner, stranger) = (office.desk().await, office.desk().await);
    let papers = Papers::resident();
    owner.hand_in(&papers).await;
    let hash = papers.manifest.documents[0].sha256;
    let mut taken_over = papers.clone();
    taken_over.answer("address", "别处");

    let (_, found) = problem(stranger.submit(Uuid::now_v7(), &papers.manifest).await).await;
    assert_eq!(found.code, ProblemCode::NotFound);
    let (_, found) = problem(stranger.submit(Uuid::now_v7(), &taken_over.manifest).await).await;
    assert_eq!(found.code, ProblemCode::NotFound);
    let (_, found) = problem(stranger.put(papers.bytes_of(hash)).await).await;
    assert_eq!(found.code, ProblemCode::NotFound);
    let head = stranger.ask(Method::HEAD, &format!("/v1/blobs/{hash}")).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::NOT_FOUND);
    assert!(stranger.feed("", 0).await.changes.is_empty());

    // Declaring a document that somebody else handed over does not say so: it has to be sent.
    let mut own = papers.clone();
    own.manifest.application = protocol::ApplicationId::new();
    let wanted = crate::harness::missing(stranger.submit(Uuid::now_v7(), &own.manifest).await).await;
    assert_eq!(wanted.len(), 5);
}

#[tokio::test]
async fn without_an_account_every_address_says_401() {
    let office = Office::open().await;
    let owner = office.desk().await;
    // Whom the office knows by now; that must not help who only knows the name.
    owner.feed("", 0).await;
    let (id, _) = owner.token.split_once('.').unwrap();
    let wrong = format!("{id}.{}", "0".repeat(64));
    let unknown = format!("{}.{}", AccountId::new(), "0".repeat(64));
    let hash = "0".repeat(64);
    for (method, path) in [
        (Method::POST, "/v1/applications".to_owned()),
        (Method::PUT, format!("/v1/blobs/{hash}")),
        (Method::GET, "/v1/feed".to_owned()),
        (Method::GET, "/console/api/session".to_owned()),
        (Method::GET, "/console/api/queue".to_owned()),
        (Method::GET, format!("/console/api/cases/{}", Uuid::now_v7())),
        (Method::POST, format!("/console/api/cases/{}/claim", Uuid::now_v7())),
        (Method::POST, format!("/console/api/cases/{}/decision", Uuid::now_v7())),
        (Method::POST, "/console/api/logout".to_owned()),
    ] {
        for token in ["", "nonsense", &wrong, &unknown] {
            let request = office.client.request(method.clone(), office.url(&path)).bearer_auth(token);
            let (status, found) = problem(request.send().await.unwrap()).await;
            assert_eq!((status, found.code), (StatusCode::UNAUTHORIZED, ProblemCode::Unauthorised), "{path}");
        }
    }
    // A desk's account opens nothing of the reviewers'.
    let queue = owner.ask(Method::GET, "/console/api/queue").send().await.unwrap();
    assert_eq!(queue.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_account_is_opened_again_only_with_its_secret() {
    let office = Office::open().await;
    let id = AccountId::new();
    for (secret, expected) in [
        ("a".repeat(64), StatusCode::CREATED),
        ("a".repeat(64), StatusCode::OK),
        ("b".repeat(64), StatusCode::CONFLICT),
        ("short".into(), StatusCode::BAD_REQUEST),
    ] {
        let body = serde_json::json!({ "id": id, "secret": secret });
        let asked = office.client.post(office.url("/v1/accounts")).json(&body).send().await.unwrap();
        assert_eq!(asked.status(), expected);
    }
}
