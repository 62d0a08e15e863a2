//! Whether a submission is new, a repetition, or refused: the rule that makes sending twice harmless. Pure, so
//! that whatever stands for an office (a store of the server, the simulation of `sync`) can go by the same one.

use crate::{ContentHash, Status};

/// What the office's rows say about a submission, read in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The application, where anything of it ever arrived.
    pub application: Option<KnownApplication>,
    /// The manifest for which the account used this idempotency key.
    pub key: Option<ContentHash>,
    /// The application's revision of this number.
    pub revision: Option<KnownRevision>,
}

/// An application that the office has heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownApplication {
    /// Whether it belongs to the account that asks.
    pub own: bool,
    /// The newest complete revision; 0 where there is none.
    pub newest: u32,
    /// Where it stands; `None` as long as no revision is complete.
    pub status: Option<Status>,
}

/// A revision that the office has heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownRevision {
    /// Canonical hash of its manifest.
    pub manifest: ContentHash,
    /// Whether it has a receipt.
    pub complete: bool,
}

/// What a submission is to the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Not accepted yet: to be judged. It may replace an incomplete revision of its number.
    New,
    /// Accepted before; what is missing is to be sent.
    Accepted,
    /// Done; the receipt is answered again.
    Complete,
    /// The key or the revision already stands for other content.
    OtherContent {
        /// What it stands for.
        stored: ContentHash,
    },
    /// The revision does not follow the newest one, or nothing was asked for.
    OutOfTurn,
    /// A supplement after its time.
    TooLate,
    /// The application belongs to another account.
    Foreign,
}

impl Known {
    /// What a submission of this manifest under this revision is. The order of the questions matters: ownership
    /// first, so that a stranger learns nothing else.
    #[must_use]
    pub fn turn(&self, revision: u32, manifest: ContentHash) -> Turn {
        if self.application.is_some_and(|application| !application.own) {
            return Turn::Foreign;
        }
        if let Some(stored) = self.key.filter(|stored| *stored != manifest) {
            return Turn::OtherContent { stored };
        }
        match self.revision {
            Some(known) if known.manifest == manifest && known.complete => Turn::Complete,
            Some(known) if known.manifest == manifest => self.closed().unwrap_or(Turn::Accepted),
            // A complete revision never changes. An incomplete one may be replaced, but not by a key whose
            // content was itself replaced since.
            Some(known) if known.complete || self.key.is_some() => {
                Turn::OtherContent { stored: known.manifest }
            }
            _ => self.in_turn(revision),
        }
    }

    fn in_turn(&self, revision: u32) -> Turn {
        let newest = self.application.map_or(0, |application| application.newest);
        if newest.checked_add(1) != Some(revision) {
            return Turn::OutOfTurn;
        }
        self.closed().unwrap_or(Turn::New)
    }

    /// Why the application takes no further revision.
    fn closed(&self) -> Option<Turn> {
        match self.application.and_then(|application| application.status) {
            None | Some(Status::SupplementNeeded) => None,
            Some(Status::SupplementExpired) => Some(Turn::TooLate),
            Some(_) => Some(Turn::OutOfTurn),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(content: &str) -> ContentHash {
        ContentHash::of(content.as_bytes())
    }

    fn known(newest: u32, status: Option<Status>) -> Known {
        let application = KnownApplication { own: true, newest, status };
        Known { application: Some(application), key: None, revision: None }
    }

    #[test]
    fn the_same_again_is_the_same_again_under_whatever_key() {
        for key in [None, Some(hash("a"))] {
            let mut known = Known { key, ..known(0, None) };
            known.revision = Some(KnownRevision { manifest: hash("a"), complete: false });
            assert_eq!(known.turn(1, hash("a")), Turn::Accepted);
            known = Known { key, ..self::known(1, Some(Status::Approved)) };
            known.revision = Some(KnownRevision { manifest: hash("a"), complete: true });
            assert_eq!(known.turn(1, hash("a")), Turn::Complete, "however the case went on");
        }
    }

    #[test]
    fn a_key_stands_for_one_content_for_ever() {
        let known = Known { key: Some(hash("a")), ..known(0, None) };
        assert_eq!(known.turn(1, hash("b")), Turn::OtherContent { stored: hash("a") });
    }

    #[test]
    fn what_is_complete_never_changes_and_what_is_not_may_be_replaced_once() {
        let mut known = known(1, Some(Status::Submitted));
        known.revision = Some(KnownRevision { manifest: hash("a"), complete: true });
        assert_eq!(known.turn(1, hash("b")), Turn::OtherContent { stored: hash("a") });

        let mut known = self::known(0, None);
        known.revision = Some(KnownRevision { manifest: hash("a"), complete: false });
        assert_eq!(known.turn(1, hash("b")), Turn::New, "mended at the desk, under a key of its own");
        known.key = Some(hash("b"));
        assert_eq!(known.turn(1, hash("b")), Turn::OtherContent { stored: hash("a") }, "replaced since");
    }

    #[test]
    fn revisions_come_in_turn_and_a_later_one_only_when_asked_for() {
        assert_eq!(Known::default().turn(1, hash("a")), Turn::New);
        for revision in [0, 2, u32::MAX] {
            assert_eq!(Known::default().turn(revision, hash("a")), Turn::OutOfTurn, "{revision}");
        }
        let next = |status| known(1, Some(status)).turn(2, hash("b"));
        assert_eq!(next(Status::SupplementNeeded), Turn::New);
        assert_eq!(next(Status::SupplementExpired), Turn::TooLate);
        for status in [Status::Submitted, Status::InReview, Status::Approved, Status::Rejected] {
            assert_eq!(next(status), Turn::OutOfTurn, "{status:?}");
        }
    }

    #[test]
    fn a_stranger_learns_nothing_else() {
        let mut known = known(1, Some(Status::Submitted));
        known.application = known.application.map(|known| KnownApplication { own: false, ..known });
        known.key = Some(hash("a"));
        assert_eq!(known.turn(1, hash("b")), Turn::Foreign);
    }
}
