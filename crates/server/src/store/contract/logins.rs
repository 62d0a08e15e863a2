//! Reviewers, lock-out, sessions.

use jiff::Timestamp;
use protocol::ContentHash;

use super::{
    Copies,
    papers::{after, morning},
};
use crate::store::LoginAttempt;

pub(super) async fn holds(copies: &Copies) {
    reviewers_are_added_and_renewed(copies).await;
    the_fifth_failure_locks(copies).await;
    parallel_guesses_are_counted_one_by_one(copies).await;
    sessions_end(copies).await;
    a_look_is_written_down(copies).await;
}

async fn add(copies: &Copies, name: &str, hash: &str, replace: bool) -> bool {
    copies.any().add_reviewer(name, hash, replace, morning()).await.expect("adds")
}

async fn attempt(copies: &Copies, name: &str, at: Timestamp) -> LoginAttempt {
    copies.any().attempt_login(name, at).await.expect("counts")
}

async fn reviewers_are_added_and_renewed(copies: &Copies) {
    assert!(!copies.any().has_reviewers().await.expect("reads"));
    assert!(add(copies, "wang", "one", false).await);
    assert!(copies.any().has_reviewers().await.expect("reads"));
    assert!(!add(copies, "wang", "two", false).await, "the name is taken");
    let LoginAttempt::Proceed { password_hash, locks_until } = attempt(copies, "wang", morning()).await
    else {
        panic!("not locked")
    };
    assert_eq!((password_hash.as_deref(), locks_until), (Some("one"), None));
    let token = ContentHash::of(b"wang");
    copies.any().open_session("wang", token, morning()).await.expect("opens");
    assert!(add(copies, "wang", "two", true).await);
    assert_eq!(copies.any().session(token, after(1)).await.expect("reads"), None, "every session ends");
    let LoginAttempt::Proceed { password_hash, .. } = attempt(copies, "wang", morning()).await else {
        panic!("not locked")
    };
    assert_eq!(password_hash.as_deref(), Some("two"));
}

async fn the_fifth_failure_locks(copies: &Copies) {
    // Also a name that nobody has: whether somebody has it is not to be found out.
    for name in ["li", "nobody"] {
        add(copies, "li", "hash", true).await;
        for tried in 1..=5 {
            let outcome = attempt(copies, name, after(tried)).await;
            let until = (tried == 5).then(|| after(35));
            assert!(
                matches!(outcome, LoginAttempt::Proceed { locks_until, .. } if locks_until == until),
                "{tried}: {outcome:?}"
            );
        }
        for minutes in [5, 34] {
            let outcome = attempt(copies, name, after(minutes)).await;
            assert!(matches!(outcome, LoginAttempt::Locked { until } if until == after(35)), "{outcome:?}");
        }
        let outcome = attempt(copies, name, after(35)).await;
        assert!(matches!(outcome, LoginAttempt::Proceed { locks_until: None, .. }), "{outcome:?}");
    }
    // A success starts the count again.
    for round in 0..3 {
        for _ in 0..4 {
            let outcome = attempt(copies, "wang", after(100)).await;
            assert!(
                matches!(outcome, LoginAttempt::Proceed { locks_until: None, .. }),
                "{round}: {outcome:?}"
            );
        }
        let token = ContentHash::of(&[round]);
        copies.any().open_session("wang", token, after(100)).await.expect("opens");
    }
}

async fn parallel_guesses_are_counted_one_by_one(copies: &Copies) {
    let guesses = (0..40).map(|_| {
        let store = copies.any();
        tokio::spawn(async move { store.attempt_login("crowd", after(200)).await.expect("counts") })
    });
    let guesses: Vec<_> = guesses.collect();
    let (mut looked_at, mut locked) = (0, 0);
    for guess in guesses {
        match guess.await.expect("ends") {
            LoginAttempt::Proceed { .. } => looked_at += 1,
            LoginAttempt::Locked { .. } => locked += 1,
        }
    }
    assert_eq!((looked_at, locked), (5, 35));
}

async fn sessions_end(copies: &Copies) {
    let name = |token, at| {
        let store = copies.any();
        async move { store.session(token, at).await.expect("reads") }
    };
    let token = ContentHash::of(b"a token");
    assert_eq!(name(token, after(300)).await, None);
    copies.any().open_session("wang", token, after(300)).await.expect("opens");
    // Kept alive by being used, for twelve hours at most.
    for minutes in (300..300 + 12 * 60).step_by(29) {
        assert_eq!(name(token, after(minutes)).await.as_deref(), Some("wang"), "{minutes}");
    }
    assert_eq!(name(token, after(300 + 12 * 60)).await, None);

    let idle = ContentHash::of(b"idle");
    copies.any().open_session("wang", idle, after(300)).await.expect("opens");
    assert_eq!(name(idle, after(329)).await.as_deref(), Some("wang"));
    assert_eq!(name(idle, after(329 + 30)).await, None);

    let ended = ContentHash::of(b"ended");
    copies.any().open_session("wang", ended, after(300)).await.expect("opens");
    for _ in 0..2 {
        copies.any().end_session(ended, after(301)).await.expect("ends");
    }
    assert_eq!(name(ended, after(301)).await, None);
}

async fn a_look_is_written_down(copies: &Copies) {
    let rows = |store: std::sync::Arc<dyn crate::store::Store>| async move {
        store.verify_audit().await.expect("reads").expect("whole")
    };
    let before = rows(copies.any()).await;
    let application = protocol::ApplicationId::new();
    for page in ["1", "2"] {
        let look = crate::store::Look { application, action: "page_seen", detail: page };
        copies.any().record_look("wang", &look, after(400)).await.expect("writes");
    }
    assert_eq!(rows(copies.any()).await, before + 2);
}
