//! 我的办件: nothing is hidden, and what cannot be sent says why, where and how to get on.

use desk::DeskEvent;
use forms::{Finding, Severity, Target, Text};
use protocol::{ApplicationId, FeedPage, ProblemCode, ReviewFinding, Status};
use store::{NewApplication, Quarantine};
use testkit::papers;

use crate::world::{World, ready, text};

#[tokio::test(flavor = "multi_thread")]
async fn an_application_of_a_newer_program_is_listed_with_the_reason() {
    let world = World::new();
    let desk = world.desk().await;
    desk.start("resident-enrolment").await.unwrap();
    desk.close().await;
    let store = world.store().await;
    let (newer, strange) = (ApplicationId::new(), ApplicationId::new());
    for (id, service) in [(newer, "resident-enrolment"), (strange, "hovercraft-insurance")] {
        let created_at = "2026-11-21T03:00:00Z".parse().unwrap();
        let new = NewApplication { id, service: service.into(), service_version: 99, created_at };
        store.create_application(&new).await.unwrap();
    }
    store.close().await.unwrap();
    drop(store);
    let cases = world.desk().await.cases().await.unwrap();
    assert_eq!(cases.len(), 3);
    let problems: Vec<_> =
        cases.iter().filter_map(|case| Some((case.id, case.problem.as_ref()?.code.as_str()))).collect();
    assert_eq!(problems.len(), 2);
    assert!(
        problems.contains(&(newer, "service_unknown")) && problems.contains(&(strange, "service_unknown"))
    );
    assert!(cases.iter().all(|case| !case.title.zh.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_office_refused_says_why_and_where_and_can_be_mended() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    let view = desk.submit(id, true).await.unwrap();
    assert_eq!(view.problem, None);
    let portrait = view.documents.iter().find(|one| one.slot == "portrait").unwrap().index;
    desk.close().await;
    let store = world.store().await;
    let manifest = store.revision(id, 1).await.unwrap();
    let refused = manifest.documents.iter().find(|one| one.slot == "portrait").unwrap().sha256;
    let finding = Finding {
        code: "address.unknown".into(),
        severity: Severity::Wrong,
        target: Target::Field { id: "address".into() },
        message: Text::new("没有这个地址", "No such address"),
    };
    let reason = Quarantine {
        code: ProblemCode::UnfitDocument,
        own: None,
        status: 422,
        findings: vec![finding.clone()],
        document: Some(refused),
    };
    store.quarantine(id, 1, &reason).await.unwrap();
    store.close().await.unwrap();
    drop(store);

    let desk = world.desk().await;
    let view = desk.view(id).await.unwrap();
    let problem = view.problem.unwrap();
    assert_eq!(problem.code, "office_refused_document");
    assert!(!problem.hint.zh.is_empty());
    let findings = problem.details.unwrap()["findings"].take();
    let findings: Vec<Finding> = serde_json::from_value(findings).unwrap();
    assert_eq!(findings[0], finding);
    let portrait_is_named = |one: &Finding| one.target == Target::Slot { id: "portrait".into() };
    assert!(findings[1..].iter().any(portrait_is_named), "{findings:?}");

    assert_eq!((view.status, view.editable), (Status::Quarantined, None), "everything may be mended");
    desk.answer(id, "address", text("文三路 1 号")).await.unwrap();
    let scan = world.scan("新.jpg", &papers::better_portrait_jpeg());
    let outcome = desk.attach_files(id, "portrait", Some(portrait), vec![scan]).await.unwrap();
    assert_eq!(outcome.refused, vec![]);
    let view = desk.submit(id, true).await.unwrap();
    assert_eq!((view.status, view.revision, view.problem), (Status::AwaitingUpload, 1, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_left_for_a_supplement_are_the_offices() {
    let mut world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    let finding = ReviewFinding {
        code: "unreadable".into(),
        target: Target::Field { id: "address".into() },
        message: Text::new("看不清", "Unreadable"),
    };
    // Until the 4th of December.
    world.office_says(id, Status::SupplementNeeded, vec![finding]).await;
    for (now, left) in [
        ("2026-12-02T15:59:59Z", Some(2)),
        ("2026-12-02T16:00:00Z", Some(1)),
        ("2026-12-04T02:00:00Z", Some(0)),
        ("2026-12-04T16:00:00Z", Some(-1)),
    ] {
        world.now = now.parse().unwrap();
        let desk = world.desk().await;
        assert_eq!(desk.view(id).await.unwrap().supplement_days_left, left, "{now}");
        assert_eq!(desk.cases().await.unwrap()[0].supplement_days_left, left, "{now}");
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_missed_events_hears_of_everything() {
    let world = World::new();
    let desk = world.closed_desk();
    assert_eq!(desk.everything().await, vec![]);
    let desk = world.desk().await;
    let one = desk.start("resident-enrolment").await.unwrap().id;
    let other = desk.start("resident-enrolment").await.unwrap().id;
    let events = desk.everything().await;
    for id in [one, other] {
        let changed = DeskEvent::ApplicationChanged {
            application_id: id,
            status: Status::Draft,
            previous: Status::Draft,
        };
        assert!(events.contains(&changed), "and without a notification, since nothing moved");
    }
    assert!(events.iter().any(|event| matches!(event, DeskEvent::ConnectionChanged(_))));
}

/// The feed, begun anew, names nothing: the office came back from a backup.
async fn the_office_knows_nothing(world: &World) {
    let store = world.store().await;
    store.forget_cursor().await.unwrap();
    store.finish_rereading(&FeedPage { changes: vec![], cursor: "2".into() }).await.unwrap();
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_sent_again_because_the_office_lost_it_hears_so_and_keeps_the_number() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    world.office_says(id, Status::InReview, vec![]).await;
    let desk = world.desk().await;
    let before = desk.view(id).await.unwrap();
    assert_eq!((before.notice.clone(), desk.cases().await.unwrap()[0].notice.clone()), (None, None));
    desk.close().await;
    the_office_knows_nothing(&world).await;

    let desk = world.desk().await;
    let view = desk.view(id).await.unwrap();
    assert_eq!((view.status, &view.number), (Status::AwaitingUpload, &before.number));
    let notice = view.notice.expect("it is told");
    assert_eq!(notice.code, "office_restored_sending_again");
    assert!(notice.hint.zh.contains(before.number.unwrap().as_str()), "{}", notice.hint.zh);
    assert!(view.handed_in.is_some_and(|handed_in| !handed_in.receipted), "not at the office");
    assert_eq!(desk.cases().await.unwrap()[0].notice.as_ref(), Some(&notice));
    assert!(view.editable.is_some_and(|editable| editable.is_empty()), "nothing to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_case_that_the_office_forgot_stays_as_it_was_and_says_so() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    world.office_says(id, Status::Approved, vec![]).await;
    the_office_knows_nothing(&world).await;
    let desk = world.desk().await;
    let view = desk.view(id).await.unwrap();
    assert_eq!(view.status, Status::Approved);
    assert_eq!(view.notice.expect("it is told").code, "office_restored_without_closed_case");
    assert_eq!(desk.connection().await.unwrap().waiting, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_case_shows_what_the_rejection_is_about() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    let finding = ReviewFinding {
        code: "mismatch".into(),
        target: Target::Field { id: "address".into() },
        message: Text::new("和户口本不一样", "Differs from the household register"),
    };
    world.office_says(id, Status::Rejected, vec![finding.clone()]).await;
    let view = world.desk().await.view(id).await.unwrap();
    assert_eq!((view.status, view.findings), (Status::Rejected, vec![finding]));
    assert!(view.editable.is_some_and(|editable| editable.is_empty()), "nothing is opened by it");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_due_day_the_office_is_late_and_can_be_asked_with_the_number_filled_in() {
    let mut world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    // Its receipt says: by 25 November.
    world.office_says(id, Status::InReview, vec![]).await;
    world.now = "2026-11-25T15:59:59Z".parse().unwrap();
    let desk = world.desk().await;
    assert_eq!(desk.view(id).await.unwrap().overdue_days, None, "the day itself is not over at the office");
    assert_eq!(desk.urge(id).await.unwrap_err().code, "not_overdue");
    desk.close().await;

    world.now = "2026-11-25T16:00:00Z".parse().unwrap();
    let desk = world.desk().await;
    let view = desk.view(id).await.unwrap();
    assert_eq!(view.overdue_days, Some(1));
    let listed = desk.cases().await.unwrap();
    assert_eq!(listed.iter().map(|case| case.overdue_days).collect::<Vec<_>>(), [Some(1)]);

    let number = view.number.expect("it has one");
    let asked = desk.urge(id).await.unwrap();
    assert_eq!((asked.service.as_str(), asked.status), ("consultation", Status::Draft));
    assert_eq!(asked.answers.text("application_number"), Some(number.as_str()));
    assert_eq!(asked.answers.text("topic"), Some("progress"));
    assert!(asked.answers.text("question").unwrap().contains(number.as_str()));
    let wrong = asked.evaluation.blocking.iter().filter(|finding| finding.severity == Severity::Wrong);
    assert_eq!(wrong.count(), 0, "what is filled in is right: {:?}", asked.evaluation.blocking);
    assert_eq!(desk.urge(id).await.unwrap().id, asked.id, "asked once");
    desk.close().await;
    world.office_says(id, Status::Approved, vec![]).await;
    assert_eq!(world.desk().await.view(id).await.unwrap().overdue_days, None, "it has answered");
}
