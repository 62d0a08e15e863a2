//! Claims, decisions, deadlines.

use jiff::civil::date;
use protocol::{ApplicationId, ReviewOutcome, Status};

use super::{
    Copies,
    papers::{account, after, decision, done, first, hand_in, handed_in, next, sent_back, until},
};
use crate::store::{CaseRecord, DecisionOutcome, NewRevision, Standing};

pub(super) async fn holds(copies: &Copies) {
    one_reviewer_has_a_case(copies).await;
    a_decision_is_about_what_was_seen(copies).await;
    a_status_never_goes_backwards(copies).await;
    a_day_that_was_estimated_says_so(copies).await;
    supplements_end_when_their_day_has_passed(copies).await;
}

async fn claim(copies: &Copies, id: ApplicationId, reviewer: &str, take_over: bool) -> DecisionOutcome {
    copies.any().claim(id, reviewer, take_over, after(5)).await.expect("answers")
}

async fn case(copies: &Copies, id: ApplicationId) -> CaseRecord {
    copies.any().case(id).await.expect("reads").expect("is there")
}

async fn one_reviewer_has_a_case(copies: &Copies) {
    assert!(matches!(claim(copies, ApplicationId::new(), "li", false).await, DecisionOutcome::NotFound));
    let begun = first(account(copies).await, 1);
    copies.any().accept_manifest(&begun).await.expect("accepts");
    let outcome = claim(copies, begun.manifest.application, "li", false).await;
    assert!(matches!(outcome, DecisionOutcome::NotFound), "not complete: {outcome:?}");

    let new = handed_in(copies).await;
    let id = new.manifest.application;
    assert_eq!(done(claim(copies, id, "li", false).await), new.account);
    assert_eq!(done(claim(copies, id, "li", false).await), new.account, "one's own");
    assert!(matches!(claim(copies, id, "wang", false).await, DecisionOutcome::ClaimedByOther));
    let released = copies.any().release(id, "wang", after(6)).await.expect("answers");
    assert!(matches!(released, DecisionOutcome::ClaimedByOther));
    done(claim(copies, id, "wang", true).await);
    assert_eq!(case(copies, id).await.claimed_by.as_deref(), Some("wang"));
    done(copies.any().release(id, "wang", after(6)).await.expect("answers"));
    let kept = case(copies, id).await;
    assert_eq!((kept.claimed_by, kept.state.status), (None, Status::InReview), "its status stays");
    assert_eq!(kept.state.timeline.len(), 2, "claims and returns are no news to the applicant");
    let again = copies.any().release(id, "wang", after(6)).await.expect("answers");
    assert!(matches!(again, DecisionOutcome::NotNow { status: Status::InReview }));
    done(claim(copies, id, "li", false).await);
}

async fn a_decision_is_about_what_was_seen(copies: &Copies) {
    let id = handed_in(copies).await.manifest.application;
    let decide = |reviewer: &'static str, outcome, revision| {
        let store = copies.any();
        async move {
            store.decide(id, reviewer, &decision(outcome, revision), None, after(7)).await.expect("answers")
        }
    };
    let outcome = decide("li", ReviewOutcome::Approve, 1).await;
    assert!(matches!(outcome, DecisionOutcome::NotNow { status: Status::Submitted }), "{outcome:?}");
    done(claim(copies, id, "li", false).await);
    let outcome = decide("li", ReviewOutcome::Approve, 2).await;
    assert!(matches!(outcome, DecisionOutcome::StaleRevision { newest: 1 }), "{outcome:?}");
    let outcome = decide("wang", ReviewOutcome::Approve, 1).await;
    assert!(matches!(outcome, DecisionOutcome::ClaimedByOther), "{outcome:?}");
    assert_eq!(case(copies, id).await.state.status, Status::InReview);
    done(decide("li", ReviewOutcome::Approve, 1).await);
    assert_eq!(case(copies, id).await.state.status, Status::Approved);
    let outcome = decide("li", ReviewOutcome::Reject, 1).await;
    assert!(matches!(outcome, DecisionOutcome::NotNow { status: Status::Approved }), "{outcome:?}");
    assert!(matches!(claim(copies, id, "li", true).await, DecisionOutcome::NotNow { .. }));
}

async fn a_status_never_goes_backwards(copies: &Copies) {
    let new = sent_back(copies, "li").await;
    let id = new.manifest.application;
    let state = case(copies, id).await.state;
    assert_eq!((state.status, state.supplement_by), (Status::SupplementNeeded, Some(date(2026, 12, 1))));
    let supplement = next(&new);
    hand_in(copies, &supplement).await;
    let kept = case(copies, id).await;
    assert_eq!((kept.state.status, kept.state.revision), (Status::InReview, 2));
    assert_eq!(kept.claimed_by.as_deref(), Some("li"), "who sent it back gets it again");
    let outcome = copies.any().decide(id, "li", &decision(ReviewOutcome::Approve, 1), None, after(8)).await;
    assert!(matches!(outcome, Ok(DecisionOutcome::StaleRevision { newest: 2 })), "{outcome:?}");
    let statuses: Vec<_> = kept.state.timeline.iter().map(|entry| entry.status).collect();
    let expected = [Status::Submitted, Status::InReview, Status::SupplementNeeded, Status::InReview];
    assert_eq!(statuses, expected);
}

async fn a_day_that_was_estimated_says_so(copies: &Copies) {
    let new = NewRevision { due_estimated: true, ..first(account(copies).await, 1) };
    hand_in(copies, &new).await;
    let id = new.manifest.application;
    let estimated = async || {
        let state = case(copies, id).await.state;
        let told = copies.any().page_feed(new.account, 0, 10).await.expect("reads").page.changes.remove(0);
        assert_eq!(told, state, "the feed says what the case says");
        (state.due_on_estimated, state.supplement_by_estimated)
    };
    assert_eq!(estimated().await, (true, false));
    done(claim(copies, id, "li", false).await);
    let (asked, day) = (decision(ReviewOutcome::RequestSupplement, 1), until(date(2027, 1, 8), false));
    done(copies.any().decide(id, "li", &asked, Some(day), after(6)).await.expect("decides"));
    assert_eq!(estimated().await, (true, true));
    hand_in(copies, &next(&new)).await;
    assert_eq!(estimated().await, (false, false), "a new revision has a day of its own");
}

async fn supplements_end_when_their_day_has_passed(copies: &Copies) {
    let (idle, begun) = (sent_back(copies, "li").await, sent_back(copies, "li").await);
    copies.any().accept_manifest(&next(&begun)).await.expect("accepts");
    let expire = |day| {
        let store = copies.any();
        async move { store.expire_supplements(day, after(9)).await.expect("looks") }
    };
    assert!(!expire(date(2026, 12, 1)).await.contains(&idle.account), "the day itself is in time");
    let ended = expire(date(2026, 12, 2)).await;
    assert!(ended.contains(&idle.account) && !ended.contains(&begun.account));
    assert!(!expire(date(2026, 12, 3)).await.contains(&idle.account), "once");
    assert_eq!(case(copies, idle.manifest.application).await.state.timeline.len(), 4);
    let late = copies.any().accept_manifest(&next(&idle)).await.expect("answers");
    assert!(matches!(late, Standing::TooLate), "{late:?}");
}
