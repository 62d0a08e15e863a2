//! The office: what it keeps, and how it serves a request in durable steps between any of which it may die.
//! Whether a submission is new, a repetition or refused is asked of `protocol`, as the real office does.

use std::{collections::BTreeMap, rc::Rc};

use jiff::Timestamp;
use protocol::{
    ApplicationId, ApplicationNumber, CaseState, ContentHash, FeedPage, Known, KnownApplication,
    KnownRevision, ProblemCode, Receipt, Status, SubmissionReply, TimelineEntry, Turn,
};
use sync::{Failure, Task};

use super::{
    mutants::Broken,
    network::{Answer, Ask, refused},
    papers::{self, Paper},
};

/// A row of the applications.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) newest: u32,
    pub(crate) status: Option<Status>,
    pub(crate) number: Option<(u32, ApplicationNumber)>,
    pub(crate) timeline: Vec<TimelineEntry>,
    pub(crate) feed_seq: u64,
}

/// A row of the revisions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Revision {
    pub(crate) paper: Rc<Paper>,
    pub(crate) day: i64,
    pub(crate) receipt: Option<Rc<Receipt>>,
}

/// What a database and a folder hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Rows {
    pub(crate) account: bool,
    pub(crate) cases: BTreeMap<ApplicationId, Case>,
    pub(crate) revisions: BTreeMap<Task, Revision>,
    pub(crate) keys: BTreeMap<u128, ContentHash>,
    pub(crate) held: BTreeMap<ContentHash, u64>,
    /// The folder; what lies there without a row is harmless.
    pub(crate) blobs: BTreeMap<ContentHash, Rc<str>>,
    pub(crate) feed_seq: u64,
    issued: u32,
}

#[derive(Default)]
pub(crate) struct Office {
    pub(crate) rows: Rows,
    pub(crate) disk_full: bool,
    /// The disk is full after so many more writes.
    pub(crate) room_for: Option<u32>,
    /// Breaks over what it should refuse or take.
    pub(crate) buggy: bool,
    pub(crate) day: i64,
    pub(crate) broken: Broken,
    /// So many may be begun and not finished.
    pub(crate) most_unfinished: Option<usize>,
    /// What each copy of the office has of documents that broke off, and whether it is sound.
    pub(crate) beginnings: [BTreeMap<ContentHash, bool>; 2],
    pub(crate) manifests_to: usize,
    pub(crate) documents_to: usize,
    /// As of the day it was made; the office of the first day is one, too.
    pub(crate) backup: Rows,
    /// How often it came back from one.
    pub(crate) epoch: u32,
}

/// A request that is being served, in memory only.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) call: u64,
    pub(crate) ask: Ask,
    stage: u8,
}

impl Job {
    pub(crate) fn new(call: u64, ask: Ask) -> Self {
        Self { call, ask, stage: 0 }
    }
}

type Served = Result<Option<Answer>, Failure>;

impl Office {
    /// The next durable step; `None` where there is another one before the answer.
    pub(crate) fn serve(&mut self, job: &mut Job) -> Option<Answer> {
        let stage = job.stage;
        job.stage += 1;
        let served = match &job.ask {
            Ask::Probe => Ok(Some(Answer::Probed)),
            Ask::Open => self.write().map(|()| {
                self.rows.account = true;
                Some(Answer::Opened)
            }),
            _ if !self.rows.account => Err(refused(ProblemCode::Unauthorised, 401)),
            Ask::Post { key, paper } if stage == 0 => self.accept(*key, paper),
            Ask::Post { paper, .. } => self.complete(paper),
            Ask::Put { sha256, rest: true, .. } if stage == 0 && !self.goes_on(*sha256) => {
                Err(refused(ProblemCode::OffsetMismatch, 409))
            }
            Ask::Put { sha256, bytes, rest } => self.put(*sha256, bytes, *rest, stage),
            Ask::Feed { after, .. } => self.page(after).map(|page| Some(Answer::Feed(page))),
        };
        served.unwrap_or_else(|failure| Some(Answer::Failed(failure)))
    }

    /// Every transaction asks for room first: all of it or nothing.
    fn write(&mut self) -> Result<(), Failure> {
        self.disk_full |= self.room_for == Some(0);
        self.room_for = self.room_for.map(|left| left.saturating_sub(1));
        if !self.disk_full {
            return Ok(());
        }
        if self.broken == Broken::OfficeWritesHalf {
            self.rows.feed_seq += 1;
        }
        Err(refused(ProblemCode::StorageFull, 507))
    }

    fn accept(&mut self, key: u128, paper: &Rc<Paper>) -> Served {
        if self.buggy && paper.manifest.service == "breaks" {
            return Err(refused(ProblemCode::Internal, 500));
        }
        let task = task_of(paper);
        let mut turn = self.known(key, task).turn(task.revision, paper.hash);
        if self.broken == Broken::OfficeOverwrites && matches!(turn, Turn::OtherContent { .. }) {
            turn = Turn::New;
        }
        match turn {
            Turn::Complete => return self.complete(paper),
            Turn::Accepted => {}
            Turn::New => {
                if paper.manifest.service == "faulty" {
                    return Err(refused(ProblemCode::NotReady, 422));
                }
                let newest = Task { revision: task.revision - 1, ..task };
                let parent = self.rows.revisions.get(&newest).map(|before| before.paper.hash);
                if parent != paper.manifest.parent {
                    return Err(refused(ProblemCode::StaleRevision, 409));
                }
                let begun = self.rows.revisions.iter().filter(|(other, _)| **other != task);
                let unfinished = begun.filter(|(_, row)| row.receipt.is_none()).count();
                if self.most_unfinished.is_some_and(|most| unfinished >= most) {
                    return Err(refused(ProblemCode::TooManyUnfinished, 429));
                }
                self.write()?;
                let day = self.day;
                self.rows.revisions.insert(task, Revision { paper: Rc::clone(paper), day, receipt: None });
                let case = Case { newest: 0, status: None, number: None, timeline: vec![], feed_seq: 0 };
                self.rows.cases.entry(task.application).or_insert(case);
            }
            Turn::OtherContent { .. } => return Err(refused(ProblemCode::Conflict, 409)),
            Turn::OutOfTurn => return Err(refused(ProblemCode::StaleRevision, 409)),
            Turn::TooLate => return Err(refused(ProblemCode::SupplementExpired, 409)),
            Turn::Foreign => return Err(refused(ProblemCode::NotFound, 404)),
        }
        // The same content under a key of its own is the same submission.
        self.write()?;
        self.rows.keys.entry(key).or_insert(paper.hash);
        let missing = self.missing(paper);
        if missing.is_empty() || self.broken == Broken::OfficeCompletesWithoutFiles {
            return Ok(None);
        }
        let here = &self.beginnings[self.manifests_to];
        let arrived = missing.iter().filter(|hash| here.contains_key(hash)).map(|hash| (*hash, 1)).collect();
        Ok(Some(Answer::Posted(SubmissionReply::Missing { missing, arrived })))
    }

    fn known(&self, key: u128, task: Task) -> Known {
        let application = self.rows.cases.get(&task.application);
        let revision = self.rows.revisions.get(&task);
        Known {
            application: application.map(|case| KnownApplication {
                own: true,
                newest: case.newest,
                status: case.status,
            }),
            key: self.rows.keys.get(&key).copied(),
            revision: revision
                .map(|known| KnownRevision { manifest: known.paper.hash, complete: known.receipt.is_some() }),
        }
    }

    fn missing(&self, paper: &Paper) -> Vec<ContentHash> {
        let hashes = paper.blobs.iter().map(|(hash, _)| *hash);
        hashes.filter(|hash| !self.rows.held.contains_key(hash)).collect()
    }

    /// Number, receipt, status and feed in one transaction; the same receipt when repeated.
    fn complete(&mut self, paper: &Rc<Paper>) -> Served {
        let task = task_of(paper);
        let before =
            self.rows.revisions.get(&task).cloned().ok_or_else(|| refused(ProblemCode::Internal, 500))?;
        if let Some(receipt) = before.receipt
            && self.broken != Broken::OfficeNumbersEveryRequest
        {
            return Ok(Some(complete(&receipt)));
        }
        // Another one may have replaced it between the two transactions.
        let paper = Rc::clone(&before.paper);
        let Some(case) = self.rows.cases.get(&task.application).cloned() else {
            return Err(refused(ProblemCode::Internal, 500));
        };
        let status = Status::on_arrival(task.revision);
        let allowed = case.status.is_none_or(|now| now.may_become(status));
        let careless = [Broken::OfficeTakesAnyStatus, Broken::OfficeNumbersEveryRequest];
        if !allowed && !careless.contains(&self.broken) {
            return Err(refused(ProblemCode::SupplementExpired, 409));
        }
        if !self.missing(&paper).is_empty() && self.broken != Broken::OfficeCompletesWithoutFiles {
            return Err(refused(ProblemCode::Internal, 500));
        }
        self.write()?;
        let known = case.number.filter(|_| self.broken != Broken::OfficeNumbersEveryRequest);
        let sequence = known.map_or(self.rows.issued + 1, |(sequence, _)| sequence);
        let receipt = papers::receipt(&paper, sequence, before.day);
        if self.broken == Broken::OfficeAnswersBeforeItCommits {
            // Only memory knows; it is written with the next change, if the office lives that long.
            return Ok(Some(complete(&receipt)));
        }
        self.rows.issued = self.rows.issued.max(sequence);
        let number = receipt.body.number.clone();
        if let Some(row) = self.rows.revisions.get_mut(&task) {
            row.receipt = Some(Rc::clone(&receipt));
        }
        if let Some(row) = self.rows.cases.get_mut(&task.application) {
            row.newest = task.revision;
            row.number = Some((sequence, number));
        }
        self.move_to(task.application, status);
        Ok(Some(complete(&receipt)))
    }

    /// Whether the copy that documents come to has the beginning of this one.
    fn goes_on(&self, sha256: ContentHash) -> bool {
        self.rows.held.contains_key(&sha256) || self.beginnings[self.documents_to].contains_key(&sha256)
    }

    /// A document broke off; what is here of it stays with the copy that it came to.
    pub(crate) fn keep_beginning(&mut self, sha256: ContentHash) {
        self.beginnings[self.documents_to].entry(sha256).or_insert(true);
    }

    pub(crate) fn beginnings_rot(&mut self) {
        let all = self.beginnings.iter_mut().flat_map(BTreeMap::values_mut);
        all.for_each(|sound| *sound = false);
    }

    pub(crate) const fn balance(&mut self, manifests: usize, documents: usize) {
        (self.manifests_to, self.documents_to) = (manifests % 2, documents % 2);
    }

    fn put(&mut self, sha256: ContentHash, bytes: &Rc<str>, rest: bool, stage: u8) -> Served {
        let declared = |revision: &Revision| revision.paper.blobs.iter().any(|(hash, _)| *hash == sha256);
        if !self.rows.revisions.values().any(declared) {
            return Err(refused(ProblemCode::NotFound, 404));
        }
        if self.rows.held.contains_key(&sha256) {
            return Ok(Some(Answer::Put));
        }
        let before = if stage == 0 { self.beginnings[self.documents_to].remove(&sha256) } else { None };
        let sound = !rest || before != Some(false);
        if !sound || ContentHash::of(bytes.as_bytes()) != sha256 {
            // Which of both is damaged nobody knows.
            return Err(if rest {
                refused(ProblemCode::OffsetMismatch, 409)
            } else {
                refused(ProblemCode::HashMismatch, 422)
            });
        }
        if bytes.starts_with("unfit") {
            return Err(refused(ProblemCode::UnfitDocument, 415));
        }
        if self.buggy && bytes.starts_with("breaks") {
            return Err(refused(ProblemCode::Internal, 500));
        }
        self.write()?;
        let row_first = self.broken == Broken::OfficeWritesRowBeforeFile;
        if (stage == 0) == row_first {
            self.rows.held.insert(sha256, bytes.len().try_into().unwrap_or(u64::MAX));
        } else {
            self.rows.blobs.insert(sha256, Rc::clone(bytes));
        }
        Ok((stage > 0).then_some(Answer::Put))
    }

    fn page(&self, after: &str) -> Result<FeedPage, Failure> {
        let (epoch, after) = match after {
            "" => (self.epoch, 0),
            cursor => place(cursor).ok_or_else(|| refused(ProblemCode::Malformed, 400))?,
        };
        if epoch != self.epoch || after > self.rows.feed_seq {
            return Err(refused(ProblemCode::CursorExpired, 410));
        }
        let mut changed: Vec<_> = self.rows.cases.iter().filter(|(_, case)| case.feed_seq > after).collect();
        changed.sort_by_key(|(_, case)| case.feed_seq);
        // Two a page, so that pages matter.
        changed.truncate(2);
        let cursor = changed.last().map_or(after, |(_, case)| case.feed_seq);
        let changes = changed.into_iter().filter_map(|(id, case)| state_of(*id, case)).collect();
        Ok(FeedPage { changes, cursor: format!("{}:{cursor}", self.epoch) })
    }

    pub(crate) fn back_up(&mut self) {
        self.backup.clone_from(&self.rows);
    }

    /// The disk is lost, and everything since the backup with it. Numbers that may have been given are left out. Returns
    /// what is lost.
    pub(crate) fn come_back(&mut self) -> Rows {
        let lost = std::mem::replace(&mut self.rows, self.backup.clone());
        self.rows.issued = lost.issued + 1;
        self.epoch += 1;
        self.beginnings.iter_mut().for_each(BTreeMap::clear);
        lost
    }

    /// Goes back to a copy from before the files came. Nothing was acknowledged yet.
    pub(crate) fn loses_files(&mut self) {
        if self.rows.revisions.values().all(|row| row.receipt.is_none()) {
            self.rows.held.clear();
            self.rows.blobs.clear();
        }
    }

    pub(crate) fn has_news(&self, after: &str) -> bool {
        self.page(after).map_or(true, |page| !page.changes.is_empty())
    }

    /// What a reviewer or the calendar does.
    pub(crate) fn review(&mut self, application: ApplicationId, next: Status) {
        let Some(now) = self.rows.cases.get(&application).and_then(|case| case.status) else { return };
        // Whoever decides has taken the case in hand before.
        let first = (now == Status::Submitted && next != Status::InReview).then_some(Status::InReview);
        for next in first.into_iter().chain([next]) {
            let now = self.rows.cases.get(&application).and_then(|case| case.status);
            // A case that waits for a supplement is in review again when that comes, not before.
            let waits = now == Some(Status::SupplementNeeded) && next == Status::InReview;
            let allowed = now.is_some_and(|now| now.may_become(next)) && !waits;
            if (allowed || self.broken == Broken::OfficeTakesAnyStatus) && self.write().is_ok() {
                self.move_to(application, next);
            }
        }
    }

    fn move_to(&mut self, application: ApplicationId, status: Status) {
        self.rows.feed_seq += 1;
        let feed_seq = self.rows.feed_seq;
        if let Some(case) = self.rows.cases.get_mut(&application) {
            case.status = Some(status);
            case.feed_seq = feed_seq;
            case.timeline.push(TimelineEntry { at: Timestamp::UNIX_EPOCH, status, note: None });
        }
    }
}

fn complete(receipt: &Rc<Receipt>) -> Answer {
    Answer::Posted(SubmissionReply::Complete { receipt: Box::new(Receipt::clone(receipt)) })
}

/// Epoch and position of a cursor.
pub(crate) fn place(cursor: &str) -> Option<(u32, u64)> {
    let (epoch, position) = cursor.split_once(':')?;
    Some((epoch.parse().ok()?, position.parse().ok()?))
}

pub(crate) fn task_of(paper: &Paper) -> Task {
    Task { application: paper.manifest.application, revision: paper.manifest.revision }
}

pub(crate) fn state_of(application: ApplicationId, case: &Case) -> Option<CaseState> {
    Some(CaseState {
        application,
        number: case.number.as_ref()?.1.clone(),
        revision: case.newest,
        status: case.status?,
        findings: vec![],
        reason: None,
        supplement_by: None,
        supplement_by_estimated: false,
        due_on: None,
        due_on_estimated: false,
        timeline: case.timeline.clone(),
    })
}
