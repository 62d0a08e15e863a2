//! What every answer means: there is none without a defined next state.

use protocol::{Problem, ProblemCode};

use crate::{Failure, Pace, Reason, Refused, backoff::Asked};

/// What follows from a failure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// No answer, whatever the question.
    Unreachable,
    /// It answers, but asks for patience; `blames_item` where the question itself may be what it stumbles over.
    Later { asked: Asked, blames_item: bool },
    /// It answers, and has this one wait; the others need not.
    LaterAlone(Asked),
    /// It does not know this account.
    Reopen,
    /// It does not know the manifest (any more): from the beginning.
    StartOver,
    /// Whoever heard this has not the bytes that the document was to follow: all of it.
    SendWhole,
    /// The bytes arrived damaged.
    Resend(Box<Problem>),
    /// The cursor is too old.
    ForgetCursor,
    /// Waiting does not mend it.
    Poison(Reason),
}

impl Verdict {
    /// What the office asked for, where what was asked is no application that could wait by itself.
    pub(crate) fn asked(&self) -> Asked {
        match self {
            Self::Later { asked, .. } | Self::LaterAlone(asked) => *asked,
            _ => Asked::default(),
        }
    }
}

/// Judges a failure.
pub(crate) fn judge(failure: Failure) -> Verdict {
    match failure {
        Failure::NoAnswer | Failure::OtherOffice => Verdict::Unreachable,
        Failure::Unreadable { retry_after_ms, .. } => {
            Verdict::Later { asked: Asked::floor(retry_after_ms), blames_item: true }
        }
        Failure::UnreadableHere => Verdict::Poison(Reason::Desk(Refused::UnreadableHere)),
        Failure::Refused { problem, retry_after_ms } => of_problem(problem, retry_after_ms),
    }
}

impl Pace {
    /// How long to wait, in milliseconds, before the office is asked again for something that is no part of sending:
    /// with the same jitter and the same respect for what it asks for. `failures` in a row, this one counted.
    #[must_use]
    pub fn wait_beside(self, failures: u32, failure: Failure, jitter: u32) -> u64 {
        let (cap_ms, asked) = match judge(failure) {
            Verdict::Unreachable => (self.cap_unreachable_ms, Asked::default()),
            verdict => (self.cap_ms, verdict.asked()),
        };
        self.wait(failures, cap_ms, asked, jitter)
    }
}

fn of_problem(problem: Box<Problem>, floor_ms: Option<u64>) -> Verdict {
    let asked = Asked { floor_ms, within_ms: problem.within_ms };
    match problem.code {
        // 408: this body did not arrive whole, so it may be the body.
        ProblemCode::Busy => Verdict::Later { asked, blames_item: problem.status == 408 },
        ProblemCode::RateLimited | ProblemCode::StorageFull | ProblemCode::Locked => {
            Verdict::Later { asked, blames_item: false }
        }
        ProblemCode::TooManyUnfinished => Verdict::LaterAlone(asked),
        ProblemCode::Internal => Verdict::Later { asked, blames_item: true },
        ProblemCode::Unauthorised => Verdict::Reopen,
        ProblemCode::NotFound => Verdict::StartOver,
        ProblemCode::OffsetMismatch => Verdict::SendWhole,
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
        ProblemCode::Unknown => of_status(problem, asked),
    }
}

/// A newer office has a word that this program does not know: the status still tells whose turn it is.
fn of_status(problem: Box<Problem>, asked: Asked) -> Verdict {
    match problem.status {
        401 => Verdict::Reopen,
        404 => Verdict::StartOver,
        410 => Verdict::ForgetCursor,
        // 426: a newer program is needed. Nothing is wrong with any application, so none goes to quarantine.
        423 | 426 | 429 | 503 | 507 => Verdict::Later { asked, blames_item: false },
        408 | 425 | 500.. => Verdict::Later { asked, blames_item: true },
        _ => Verdict::Poison(Reason::Office(problem)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY_CODE: [ProblemCode; 22] = [
        ProblemCode::Malformed,
        ProblemCode::Unauthorised,
        ProblemCode::Forbidden,
        ProblemCode::NotFound,
        ProblemCode::Conflict,
        ProblemCode::StaleRevision,
        ProblemCode::SupplementExpired,
        ProblemCode::CursorExpired,
        ProblemCode::OffsetMismatch,
        ProblemCode::PreconditionFailed,
        ProblemCode::TooLarge,
        ProblemCode::UnfitDocument,
        ProblemCode::HashMismatch,
        ProblemCode::NotReady,
        ProblemCode::UnknownService,
        ProblemCode::Locked,
        ProblemCode::RateLimited,
        ProblemCode::TooManyUnfinished,
        ProblemCode::Internal,
        ProblemCode::Busy,
        ProblemCode::StorageFull,
        ProblemCode::Unknown,
    ];

    fn said(code: ProblemCode, status: u16) -> String {
        let title = String::new();
        let problem = Problem {
            code,
            status,
            title,
            findings: vec![],
            document: None,
            hashes: vec![],
            within_ms: None,
        };
        let failure = Failure::Refused { problem: Box::new(problem), retry_after_ms: Some(7) };
        match judge(failure) {
            Verdict::Later { asked: Asked { floor_ms: Some(7), .. }, blames_item: true } => {
                "later, and it may be this one".into()
            }
            Verdict::Later { asked: Asked { floor_ms: Some(7), .. }, blames_item: false } => "later".into(),
            Verdict::LaterAlone(Asked { floor_ms: Some(7), .. }) => "later, this one alone".into(),
            Verdict::Later { .. } | Verdict::LaterAlone(_) => "later, but forgets the floor".into(),
            Verdict::Unreachable => "unreachable".into(),
            Verdict::Reopen => "open the account".into(),
            Verdict::StartOver => "start over".into(),
            Verdict::SendWhole => "send all of it".into(),
            Verdict::Resend(_) => "send again".into(),
            Verdict::ForgetCursor => "forget the cursor".into(),
            Verdict::Poison(_) => "quarantine".into(),
        }
    }

    /// The table in `docs/sync.md`, by the statuses that an older desk has to go by.
    #[test]
    fn every_status_that_a_newer_office_may_use_has_its_next_state() {
        let table = [
            (400, "quarantine"),
            (401, "open the account"),
            (403, "quarantine"),
            (404, "start over"),
            (408, "later, and it may be this one"),
            (409, "quarantine"),
            (410, "forget the cursor"),
            (413, "quarantine"),
            (415, "quarantine"),
            (422, "quarantine"),
            (423, "later"),
            (425, "later, and it may be this one"),
            (426, "later"),
            (429, "later"),
            (500, "later, and it may be this one"),
            (502, "later, and it may be this one"),
            (503, "later"),
            (504, "later, and it may be this one"),
            (507, "later"),
            (599, "later, and it may be this one"),
        ];
        for (status, wanted) in table {
            assert_eq!(said(ProblemCode::Unknown, status), wanted, "{status}");
        }
    }

    #[test]
    fn no_fault_of_the_office_ever_puts_an_application_into_quarantine() {
        for code in EVERY_CODE {
            for status in 500..=599 {
                let transient = matches!(
                    code,
                    ProblemCode::Locked
                        | ProblemCode::RateLimited
                        | ProblemCode::TooManyUnfinished
                        | ProblemCode::Internal
                        | ProblemCode::Busy
                        | ProblemCode::StorageFull
                        | ProblemCode::Unknown
                );
                if transient {
                    assert!(said(code, status).starts_with("later"), "{code:?} {status}");
                }
            }
        }
    }

    /// An office that has one wait says so by its word. A desk that does not know the word goes by the status, and all
    /// it has waits.
    #[test]
    fn one_that_has_to_wait_does_so_alone() {
        assert_eq!(said(ProblemCode::TooManyUnfinished, 429), "later, this one alone");
        assert_eq!(said(ProblemCode::RateLimited, 429), "later");
        assert_eq!(said(ProblemCode::Unknown, 429), "later");
    }

    #[test]
    fn a_page_of_somebody_else_never_puts_an_application_into_quarantine() {
        for status in 100..=599 {
            let strange = Failure::Unreadable { status, retry_after_ms: None };
            assert!(matches!(judge(strange), Verdict::Later { blames_item: true, .. }), "{status}");
        }
    }
}
