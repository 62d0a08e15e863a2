//! What goes wrong on the way: each time the application arrives exactly once and the desk says what is so.

use desk::Network;
use protocol::Status;
use server::Tls;
use testkit::network::{Fault, Proxy};

use crate::ground::{Ground, until, until_connection};

const POST: &str = "POST /v1/applications";
const PUT: &str = "PUT /v1/blobs";

/// Every commit's answer is lost once: the account, the manifest, a blob, the receipt. The office has one
/// application in the end, under one number.
#[tokio::test(flavor = "multi_thread")]
async fn answers_lost_after_the_commit_double_nothing() {
    let ground = Ground::new();
    let office = ground.office().await;
    let password = password(&office);
    let network = Proxy::start().await;
    network.open(&office.url);
    network.next("POST /v1/accounts", Fault::LoseAnswer);
    network.next(POST, Fault::LoseAnswer);
    network.next(PUT, Fault::LoseAnswer);
    let desk = ground.desk(&network.url()).await;
    let id = ground.ready(&desk).await;
    desk.submit(id, true).await.unwrap();
    // The receipt is the answer to the post that follows the last blob.
    until_connection(&desk, "three answers lost", |_| network.is_done()).await;
    network.next(POST, Fault::LoseAnswer);
    network.next(POST, Fault::LoseAnswer);
    until(&desk, id, Status::Submitted).await;
    assert!(network.is_done());
    assert_eq!(received(&office, &password).await, 1);
    desk.close().await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_answers_500_is_waited_for_and_told_apart_from_being_offline() {
    let ground = Ground::new();
    let office = ground.office().await;
    let password = password(&office);
    let network = Proxy::start().await;
    network.open(&office.url);
    for _ in 0..2 {
        network.next(POST, Fault::Answer(500));
    }
    network.next(PUT, Fault::Answer(503));
    network.next(PUT, Fault::LoseRequest);
    let desk = ground.desk(&network.url()).await;
    let id = ground.ready(&desk).await;
    desk.submit(id, true).await.unwrap();
    let told = until_connection(&desk, "a fault", |told| {
        told.last_problem.as_ref().is_some_and(|problem| problem.code == "server_fault")
    });
    assert_eq!(told.await.waiting, 1);
    until(&desk, id, Status::Submitted).await;
    assert!(network.is_done());
    assert_eq!(received(&office, &password).await, 1);
    desk.close().await;
    office.stop().await;
}

/// On a shaky line a document gets on with every try: what arrived is not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_broke_off_goes_on_where_it_stood() {
    const BEGINNING: usize = 600_000;
    let ground = Ground::new();
    let office = ground.office().await;
    let password = password(&office);
    let network = Proxy::start().await;
    network.open(&office.url);
    let desk = ground.desk(&network.url()).await;
    let id = ground.ready(&desk).await;
    let size = ground.the_same_photo_everywhere(&desk, id).await;
    assert!(size > 900_000, "{size} bytes are too few to be cut");
    network.next(PUT, Fault::CutRequest(BEGINNING));
    desk.submit(id, true).await.unwrap();
    until(&desk, id, Status::Submitted).await;
    assert_eq!((network.seen(PUT), network.seen("PATCH /v1/blobs")), (1, 1));
    let rest = network.brought("PATCH /v1/blobs");
    let again = rest.saturating_sub(size - u64::try_from(BEGINNING).unwrap());
    println!("{size} bytes, cut after {BEGINNING}: {rest} went later, {again} of them again");
    assert!(again <= 256 * 1024, "{again} bytes were sent again");
    assert_eq!(received(&office, &password).await, 1);
    desk.close().await;
    office.stop().await;
}

/// The manifest goes, for its arrival counts; documents wait, and are sent where the person does not want to.
#[tokio::test(flavor = "multi_thread")]
async fn over_a_network_that_costs_money_documents_wait_until_the_person_sends_them_anyway() {
    let ground = Ground::new();
    let office = ground.office().await;
    let password = password(&office);
    let desk = ground.desk(&office.url).await;
    desk.network_is(Network::Metered);
    let id = ground.ready(&desk).await;
    desk.submit(id, true).await.unwrap();
    let told = until_connection(&desk, "documents held back", |told| told.held_back == [id]).await;
    assert_eq!((told.waiting, told.online, told.sending), (1, true, None));
    assert_eq!(received(&office, &password).await, 0, "no application without its files");
    desk.send_despite_cost().await.unwrap();
    until(&desk, id, Status::Submitted).await;
    assert_eq!(desk.connection().await.unwrap().held_back, []);
    assert_eq!(received(&office, &password).await, 1);
    desk.close().await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_hears_everything_twice_has_it_once() {
    let ground = Ground::new();
    let office = ground.office().await;
    let password = password(&office);
    let network = Proxy::start().await;
    network.open(&office.url);
    for request in ["POST /v1/accounts", POST, PUT, PUT, POST] {
        network.next(request, Fault::Twice);
    }
    let desk = ground.desk(&network.url()).await;
    let id = ground.ready(&desk).await;
    desk.submit(id, true).await.unwrap();
    until(&desk, id, Status::Submitted).await;
    assert!(network.is_done());
    assert_eq!(received(&office, &password).await, 1);
    desk.close().await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_dies_between_two_blobs_gets_only_what_is_missing_afterwards() {
    let ground = Ground::new();
    let office = ground.office().await;
    let password = password(&office);
    let network = Proxy::start().await;
    network.open(&office.url);
    network.next("PUT /v1/blobs", Fault::Twice);
    network.next("PUT /v1/blobs", Fault::Close);
    let desk = ground.desk(&network.url()).await;
    let id = ground.ready(&desk).await;
    desk.submit(id, true).await.unwrap();
    until_connection(&desk, "offline", |told| !told.online && network.is_done()).await;
    assert_eq!(desk.view(id).await.unwrap().status, Status::Uploading, "the office has the manifest");
    drop(office);
    desk.close().await;
    drop(desk);
    let desk = ground.desk(&network.url()).await;
    assert_eq!(desk.view(id).await.unwrap().status, Status::Uploading, "still so after a start");

    let before = network.seen(PUT);
    let office = ground.office().await;
    network.open(&office.url);
    until(&desk, id, Status::Submitted).await;
    // Three pictures in five slots, one of which had arrived.
    assert_eq!(network.seen(PUT) - before, 2, "what had arrived is not sent again");
    assert_eq!(received(&office, &password).await, 1);
    desk.close().await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_certificate_is_named_and_nothing_is_sent() {
    let ground = Ground::new();
    let other = Ground::new();
    let office = ground.office_with(Tls::SelfSigned(vec![])).await;
    let elsewhere = other.office_with(Tls::SelfSigned(vec![])).await;
    let url = office.url.clone();
    assert!(url.starts_with("https://"));

    let desk = ground.desk_trusting(&url, elsewhere.certificate_pem.clone()).await;
    let id = ground.ready(&desk).await;
    desk.submit(id, true).await.unwrap();
    let told = until_connection(&desk, "refused", |told| told.last_problem.is_some()).await;
    assert_eq!(told.last_problem.unwrap().code, "server_certificate");
    assert_eq!(desk.view(id).await.unwrap().status, Status::AwaitingUpload);
    desk.close().await;
    drop(desk);

    let desk = ground.desk_trusting(&url, office.certificate_pem.clone()).await;
    until(&desk, id, Status::Submitted).await;
    desk.close().await;
    elsewhere.stop().await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_encrypted_is_refused_and_everything_is_kept() {
    let ground = Ground::new();
    let desk = ground.desk("http://office.example").await;
    let id = ground.ready(&desk).await;
    desk.submit(id, true).await.unwrap();
    let told = until_connection(&desk, "refused", |told| told.waiting == 1).await;
    assert_eq!(told.last_problem.unwrap().code, "server_address_not_encrypted");
    assert!(!told.online);
    assert_eq!(desk.view(id).await.unwrap().status, Status::AwaitingUpload);
    desk.close().await;
}

/// The password that the office's first start made.
fn password(office: &server::Running) -> String {
    office.reviewer_password.as_ref().expect("a first run").to_string()
}

/// How many applications the office has.
async fn received(office: &server::Running, password: &str) -> usize {
    let reviewer = tests::office::Reviewer::log_in(&office.url, "reviewer", password).await.unwrap();
    reviewer.queue().await.unwrap().as_array().expect("a list").len()
}
