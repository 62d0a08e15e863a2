//! The office: commits before it answers, gives one number a key, wants every document first.

use std::collections::{BTreeMap, BTreeSet};

use forms::Answers;
use jiff::Timestamp;
use protocol::{
    ApplicationNumber, ContentHash, FeedPage, Manifest, ProblemCode, ReceiptBody, ReceiptSigner,
    SubmissionReply,
};
use sync::{Effect, Event, Failure, Task};

use super::{documents_of, refused};

/// What is wrong with an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poison {
    None,
    /// The office refuses its manifest.
    Manifest,
    /// The office refuses its document.
    Document,
    /// The office breaks over it, every time.
    Breaks,
}

#[derive(Default)]
pub(crate) struct Office {
    pub(crate) accounts_open: bool,
    expected: BTreeMap<Task, Poison>,
    blobs: BTreeSet<ContentHash>,
    numbers: BTreeMap<Task, Vec<u32>>,
    issued: u32,
}

impl Office {
    pub(crate) fn expect(&mut self, task: Task, poison: Poison) {
        self.expected.insert(task, poison);
    }

    pub(crate) fn numbers_of(&self, task: Task) -> usize {
        self.numbers.get(&task).map_or(0, Vec::len)
    }

    pub(crate) fn answer(&mut self, asked: &Effect) -> Event {
        match asked {
            Effect::Probe { ticket } => Event::Probed { ticket: *ticket, outcome: Ok(()) },
            Effect::OpenAccount { ticket } => {
                self.accounts_open = true;
                Event::AccountOpened { ticket: *ticket, outcome: Ok(()) }
            }
            Effect::PostManifest { ticket, task } => {
                Event::Posted { ticket: *ticket, outcome: self.known().and_then(|()| self.post(*task)) }
            }
            Effect::PutBlob { ticket, task, sha256 } => Event::BlobPut {
                ticket: *ticket,
                outcome: self.known().and_then(|()| self.put(*task, *sha256)),
            },
            Effect::PollFeed { ticket, .. } => {
                let page = FeedPage { changes: vec![], cursor: self.issued.to_string() };
                Event::FeedPolled { ticket: *ticket, outcome: self.known().map(|()| page) }
            }
            other => panic!("{other:?} is no request"),
        }
    }

    fn known(&self) -> Result<(), Failure> {
        if self.accounts_open { Ok(()) } else { Err(refused(ProblemCode::Unauthorised, 401)) }
    }

    fn post(&mut self, task: Task) -> Result<SubmissionReply, Failure> {
        match self.expected[&task] {
            Poison::Manifest => return Err(refused(ProblemCode::NotReady, 422)),
            Poison::Breaks => return Err(refused(ProblemCode::Internal, 500)),
            Poison::None | Poison::Document => {}
        }
        let missing: Vec<ContentHash> =
            documents_of(task).into_iter().filter(|sha256| !self.blobs.contains(sha256)).collect();
        if !missing.is_empty() {
            return Ok(SubmissionReply::Missing { missing });
        }
        let numbers = self.numbers.entry(task).or_default();
        if numbers.is_empty() {
            self.issued += 1;
            numbers.push(self.issued);
        }
        Ok(SubmissionReply::Complete { receipt: Box::new(receipt(task, numbers[0])) })
    }

    fn put(&mut self, task: Task, sha256: ContentHash) -> Result<(), Failure> {
        let own = ContentHash::of(task.application.0.as_bytes());
        if self.expected[&task] == Poison::Document && sha256 == own {
            return Err(refused(ProblemCode::UnfitDocument, 415));
        }
        self.blobs.insert(sha256);
        Ok(())
    }
}

fn receipt(task: Task, sequence: u32) -> protocol::Receipt {
    let day = jiff::civil::date(2026, 11, 21);
    let manifest = Manifest {
        application: task.application,
        revision: task.revision,
        parent: None,
        service: "resident-enrolment".into(),
        service_version: 1,
        answers: Answers::default(),
        documents: vec![],
        consents: vec![],
        prepared_at: Timestamp::UNIX_EPOCH,
    };
    ReceiptSigner::new(&[7; 32]).sign(ReceiptBody {
        application: task.application,
        revision: task.revision,
        number: ApplicationNumber::issue(day, sequence).expect("fits"),
        manifest: manifest.canonical_hash(),
        documents: vec![],
        received_at: Timestamp::UNIX_EPOCH,
        due_on: Some(day),
    })
}
