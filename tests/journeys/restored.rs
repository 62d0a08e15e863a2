//! An office that lost its disk and came back from a backup: what it had acknowledged since arrives again by itself.

use std::{sync::Arc, time::Duration};

use desk::{Desk, Network};
use protocol::{ApplicationId, Status};
use server::Config;
use tests::office::Reviewer;
use tokio::time::{sleep, timeout};

use crate::ground::{Ground, PATIENCE, told_until, until, until_connection};

async fn handed_in(ground: &Ground, desk: &Desk) -> ApplicationId {
    let id = ground.ready(desk).await;
    // A document that nothing else has.
    ground.replace_portrait(desk, id).await;
    ground.submit(desk, id).await;
    until(desk, id, Status::Submitted).await;
    id
}

async fn notice(desk: &Desk, id: ApplicationId) -> Option<String> {
    desk.view(id).await.unwrap().notice.map(|notice| notice.code)
}

async fn until_notice(desk: &Desk, id: ApplicationId, code: &str) {
    let told = timeout(PATIENCE, async {
        while notice(desk, id).await.as_deref() != Some(code) {
            sleep(Duration::from_millis(100)).await;
        }
    });
    assert!(
        told.await.is_ok(),
        "{code} was not told: {:?}, {:?}",
        notice(desk, id).await,
        desk.connection().await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_after_the_backup_arrives_again_once_and_the_person_hears_of_it() {
    let ground = Ground::new();
    let office = ground.office().await;
    let password = office.reviewer_password.as_ref().expect("a first run").to_string();
    let desk = ground.desk(&ground.office_url()).await;
    let known = ground.ready(&desk).await;
    desk.submit(known, true).await.unwrap();
    until(&desk, known, Status::Submitted).await;
    ground.back_up().await;
    let lost = handed_in(&ground, &desk).await;
    let before = desk.view(lost).await.unwrap();
    assert_eq!((before.notice, before.earlier_numbers), (None, vec![]));

    office.stop().await;
    ground.come_back().await;
    let mut events = desk.events().subscribe();
    // So that it can be seen on its way: documents wait.
    desk.network_is(Network::Metered);
    let office = ground.office().await;
    until_connection(&desk, "owed again", |told| told.held_back == [lost]).await;
    until_notice(&desk, lost, "office_restored_sending_again").await;
    assert_eq!(desk.view(lost).await.unwrap().number, before.number, "the number stays meanwhile");
    let listed = desk.cases().await.unwrap();
    let told: Vec<ApplicationId> =
        listed.iter().filter(|case| case.notice.is_some()).map(|case| case.id).collect();
    assert_eq!(told, [lost], "我的办件 says it, too");

    desk.send_despite_cost().await.unwrap();
    let statuses = told_until(&mut events, lost, Status::Submitted).await;
    assert_eq!(statuses, [Status::AwaitingUpload, Status::Uploading, Status::Submitted]);
    until_notice(&desk, lost, "office_restored_arrived_again").await;
    let after = desk.view(lost).await.unwrap();
    assert_eq!(
        (after.number, after.earlier_numbers),
        (before.number, vec![]),
        "its receipt proved the number"
    );
    assert_eq!(notice(&desk, known).await, None, "what the office knows is not sent again");
    let reviewer = Reviewer::log_in(&office.url, "reviewer", &password).await.unwrap();
    assert_eq!(reviewer.queue().await.unwrap().as_array().expect("a list").len(), 2);
    desk.close().await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_was_closed_meanwhile_finds_it_out_and_is_judged_by_the_first_arrival() {
    let ground = Ground::new();
    let office = ground.office().await;
    let password = office.reviewer_password.as_ref().expect("a first run").to_string();
    // Before this desk was known at all.
    ground.back_up().await;
    let desk = ground.desk(&ground.office_url()).await;
    let lost = handed_in(&ground, &desk).await;
    let number = desk.view(lost).await.unwrap().number;
    desk.close().await;
    drop(desk);
    office.stop().await;
    ground.come_back().await;
    // The window for which it was handed in is over.
    let later = |config: &mut Config| config.clock = Arc::new(|| "2027-05-10T02:00:00Z".parse().unwrap());
    let office = ground.office_as(later).await;
    let desk = ground.desk(&ground.office_url()).await;
    until_notice(&desk, lost, "office_restored_arrived_again").await;
    let view = desk.view(lost).await.unwrap();
    assert_eq!((view.status, view.number), (Status::Submitted, number));
    let reviewer = Reviewer::log_in(&office.url, "reviewer", &password).await.unwrap();
    assert_eq!(reviewer.queue().await.unwrap().as_array().expect("a list").len(), 1);
    desk.close().await;
    office.stop().await;
}
