//! What every answer means: there is none without a defined next state.

use protocol::{Problem, ProblemCode};

use crate::{Failure, Reason, Refused};

/// What follows from a failure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// The office cannot be asked right now, whatever the question.
    Unreachable,
    /// It answers, but asks for patience; `blames_item` where the question itself may be what it stumbles over.
    Later { floor_ms: Option<u64>, blames_item: bool },
    /// It does not know this account.
    Reopen,
    /// It does not know the manifest (any more): from the beginning.
    StartOver,
    /// The bytes arrived damaged.
    Resend(Box<Problem>),
    /// The cursor is too old.
    ForgetCursor,
    /// Waiting does not mend it.
    Poison(Reason),
}

/// Judges a failure.
pub(crate) fn judge(failure: Failure) -> Verdict {
    match failure {
        Failure::NoAnswer | Failure::OtherOffice => Verdict::Unreachable,
        Failure::Unreadable { retry_after_ms, .. } => {
            Verdict::Later { floor_ms: retry_after_ms, blames_item: true }
        }
        Failure::UnreadableHere => Verdict::Poison(Reason::Desk(Refused::UnreadableHere)),
        Failure::Refused { problem, retry_after_ms } => of_problem(problem, retry_after_ms),
    }
}

fn of_problem(problem: Box<Problem>, floor_ms: Option<u64>) -> Verdict {
    match problem.code {
        ProblemCode::RateLimited | ProblemCode::Busy | ProblemCode::StorageFull | ProblemCode::Locked => {
            Verdict::Later { floor_ms, blames_item: false }
        }
        ProblemCode::Internal => Verdict::Later { floor_ms, blames_item: true },
        ProblemCode::Unauthorised => Verdict::Reopen,
        ProblemCode::NotFound => Verdict::StartOver,
        ProblemCode::HashMismatch => Verdict::Resend(problem),
        ProblemCode::CursorExpired => Verdict::ForgetCursor,
        ProblemCode::Malformed
        | ProblemCode::Forbidden
        | ProblemCode::Conflict
        | ProblemCode::StaleRevision
        | ProblemCode::SupplementExpired
        | ProblemCode::PreconditionFailed
        | ProblemCode::TooLarge
        | ProblemCode::UnfitDocument
        | ProblemCode::NotReady
        | ProblemCode::UnknownService => Verdict::Poison(Reason::Office(problem)),
        // A newer office: its status class still tells whose fault it is.
        ProblemCode::Unknown if problem.status >= 500 || matches!(problem.status, 408 | 425 | 429) => {
            Verdict::Later { floor_ms, blames_item: true }
        }
        ProblemCode::Unknown => Verdict::Poison(Reason::Office(problem)),
    }
}
