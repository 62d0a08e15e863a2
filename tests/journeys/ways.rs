//! The whole way: offline, received, reviewed, supplemented, approved.

use std::time::{Duration, Instant};

use forms::{Target, Text};
use protocol::{Decision, ReviewFinding, ReviewOutcome, Status};
use tests::office::Reviewer;

use crate::ground::{Ground, told_until, until, until_connection};

fn decision(revision: u32, outcome: ReviewOutcome) -> Decision {
    let finding = ReviewFinding {
        code: "unreadable".into(),
        target: Target::Slot { id: "portrait".into() },
        message: Text::new("照片看不清", "The picture cannot be read"),
    };
    let findings = if outcome == ReviewOutcome::RequestSupplement { vec![finding] } else { vec![] };
    Decision { revision, outcome, findings, reason: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn handed_in_offline_it_goes_by_itself_when_the_office_opens() {
    let ground = Ground::new();
    let desk = ground.desk(&ground.office_url()).await;
    let id = ground.ready(&desk).await;
    let mut events = desk.events().subscribe();
    assert_eq!(desk.submit(id, true).await.unwrap().status, Status::AwaitingUpload);
    let offline = until_connection(&desk, "offline", |told| !told.online && told.waiting == 1).await;
    assert_eq!(offline.last_problem.unwrap().code, "server_unreachable");
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(desk.view(id).await.unwrap().status, Status::AwaitingUpload, "nothing is claimed meanwhile");

    let office = ground.office().await;
    let opened = Instant::now();
    let told = told_until(&mut events, id, Status::Submitted).await;
    assert_eq!(told, [Status::AwaitingUpload, Status::Uploading, Status::Submitted]);
    println!("the open office was found after {:?}", opened.elapsed());
    let view = desk.view(id).await.unwrap();
    assert!(view.number.is_some());
    let online = until_connection(&desk, "all sent", |told| told.online && told.waiting == 0).await;
    assert_eq!((online.last_problem, online.sending), (None, None));
    desk.close().await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_pushed_to_the_desk_and_a_supplement_goes_round() {
    let ground = Ground::new();
    let office = ground.office().await;
    let desk = ground.desk(&ground.office_url()).await;
    let id = ground.ready(&desk).await;
    desk.submit(id, true).await.unwrap();
    until(&desk, id, Status::Submitted).await;
    let number = desk.view(id).await.unwrap().number;

    let password = office.reviewer_password.as_ref().expect("a first run").to_string();
    let reviewer = Reviewer::log_in(&office.url, "reviewer", &password).await.unwrap();
    let mut events = desk.events().subscribe();
    reviewer.claim(id).await.unwrap();
    told_until(&mut events, id, Status::InReview).await;

    reviewer.decide(id, &decision(1, ReviewOutcome::RequestSupplement)).await.unwrap();
    let decided = Instant::now();
    told_until(&mut events, id, Status::SupplementNeeded).await;
    println!("the decision was heard after {:?}", decided.elapsed());
    assert!(decided.elapsed() < Duration::from_secs(10), "found by the next poll, not pushed");

    ground.replace_portrait(&desk, id).await;
    desk.submit(id, true).await.unwrap();
    until(&desk, id, Status::InReview).await;
    let view = desk.view(id).await.unwrap();
    assert_eq!((view.revision, view.number), (2, number), "the number stays");
    let answer = "请带身份证原件到窗口领取。\n周一到周五都可以。";
    let approval = Decision { reason: Some(answer.into()), ..decision(2, ReviewOutcome::Approve) };
    reviewer.decide(id, &approval).await.unwrap();
    until(&desk, id, Status::Approved).await;
    let told = desk.view(id).await.unwrap().reason.expect("what the office wrote");
    assert_eq!(told.zh, answer);
    desk.close().await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_is_closed_while_it_waits_goes_on_after_the_next_start() {
    let ground = Ground::new();
    let desk = ground.desk(&ground.office_url()).await;
    let id = ground.ready(&desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    drop(desk);
    let office = ground.office().await;
    let desk = ground.desk(&ground.office_url()).await;
    until(&desk, id, Status::Submitted).await;
    desk.close().await;
    office.stop().await;
}
