//! One application as it stands now: its row, documents, the office's word, the form engine's verdict, and what
//! may be changed. Read as a whole before anything is shown or done, so that all use cases see the same.

use std::{collections::BTreeMap, sync::Arc};

use forms::{
    Answer, Catalogue, Evaluation, Finding, ReviewPromise, ServiceDefinition, Severity, Supplied, Target,
    Text,
};
use jiff::civil::Date;
use protocol::{ApplicationId, CaseState, LocalNumber, Manifest, Receipt, Status, Supplement, TimelineEntry};
use store::{ApplicationRow, AppliedRow, DocumentRow, Quarantine, Store};

use crate::{
    ApplicationView, Desk, EarlierApplication, Editable, Explained, HandedIn, again,
    attaching::document_view,
    clock::office_day,
    editing,
    opening::Opened,
    restored::{Restored, Stands},
    sending::explain_quarantine,
};

pub(crate) struct Case {
    pub(crate) row: ApplicationRow,
    pub(crate) documents: Vec<DocumentRow>,
    pub(crate) office: Option<CaseState>,
    /// The newest edition that has the version it was started with.
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) definition: Arc<ServiceDefinition>,
    pub(crate) evaluation: Evaluation,
    /// The office's day by which it is judged.
    day: Date,
    /// The office's day now.
    today: Date,
    /// The newest revision that the office receipted, where a supplement is being filled.
    pub(crate) baseline: Option<Manifest>,
    /// `None` = everything.
    pub(crate) editable: Option<Editable>,
    /// The revision that is on its way or stands in quarantine; 0 where none does.
    pub(crate) owed: u32,
    /// It was handed in and has not left this desk.
    may_take_back: bool,
    /// Applications for the same person and year that were handed in here, where they were looked for.
    pub(crate) earlier: Vec<EarlierApplication>,
    /// All of the service that were handed in here, where any of it may stand in one alone.
    applied: Vec<AppliedRow>,
    handed_in: Option<Manifest>,
    receipt: Option<Receipt>,
    quarantine: Option<Quarantine>,
    restored: Restored,
}

impl Desk {
    pub(crate) async fn case(&self, opened: &Opened, id: ApplicationId) -> Result<Case, Explained> {
        let row = opened.store.application(id).await?.ok_or_else(unknown)?;
        self.case_of(&opened.store, row).await
    }

    pub(crate) async fn case_of(&self, store: &Store, row: ApplicationRow) -> Result<Case, Explained> {
        let (catalogue, definition) = self.definition(&row.service, Some(row.service_version))?;
        let documents = store.documents(row.id).await?;
        let day = self.judged_on(store, &row).await?;
        let evaluation = definition.evaluate(&catalogue, &row.answers, &supplied(&documents), day);
        let mut case = Case {
            row,
            documents,
            office: None,
            catalogue,
            definition,
            evaluation,
            day,
            today: self.0.clock.today(),
            baseline: None,
            editable: None,
            owed: 0,
            may_take_back: false,
            earlier: vec![],
            applied: vec![],
            handed_in: None,
            receipt: None,
            quarantine: None,
            restored: Restored::default(),
        };
        if case.row.revision > 0 {
            self.read_what_was_handed_in(store, &mut case).await?;
        }
        case.editable = case.may_change();
        self.compare(store, &mut case).await?;
        Ok(case)
    }

    /// With what other applications have that may stand in one alone. A supplement has the same as before.
    async fn compare(&self, store: &Store, case: &mut Case) -> Result<(), Explained> {
        if case.editable.is_some() || !case.definition.has_what_stands_once() {
            return Ok(());
        }
        case.applied = store.applied(&case.row.service, case.row.id, None).await?;
        again::refuse_what_stands_elsewhere(&case.definition, &mut case.evaluation, &case.applied);
        Ok(())
    }

    async fn read_what_was_handed_in(&self, store: &Store, case: &mut Case) -> Result<(), Explained> {
        let (id, revision) = (case.row.id, case.row.revision);
        case.office = store.case(id).await?;
        case.receipt = store.receipt(id, revision).await?;
        case.handed_in = Some(store.revision(id, revision).await?);
        case.restored = Restored::of(store, id).await?;
        if case.row.status == Status::SupplementNeeded {
            case.baseline.clone_from(&case.handed_in);
        }
        if matches!(case.row.status, Status::AwaitingUpload | Status::Uploading | Status::Quarantined) {
            let owed = store.outbox().await?.into_iter().find(|entry| entry.application == id);
            if let Some(owed) = owed {
                // An earlier one than the newest, where the office lost several.
                if owed.revision > 1 && case.row.status == Status::Quarantined {
                    case.baseline = Some(store.revision(id, owed.revision - 1).await?);
                }
                case.owed = owed.revision;
                case.may_take_back = case.row.status == Status::AwaitingUpload
                    && owed.revision == case.row.revision
                    && !owed.left;
                case.quarantine = owed.quarantine;
            }
        }
        Ok(())
    }

    /// A draft is judged as of today. What was handed in is judged by the day on which the office received its
    /// first revision, also while a supplement is filled: waiting changes no age and no insurance year. Until the
    /// receipt tells, that is the day of handing in; what the office refused is handed in anew, and what it lost goes
    /// by the receipt that it gave.
    async fn judged_on(&self, store: &Store, row: &ApplicationRow) -> Result<Date, Explained> {
        if row.revision == 0 {
            return Ok(self.0.clock.today());
        }
        if let Some(receipt) = store.receipt(row.id, 1).await? {
            return Ok(office_day(receipt.body.received_at));
        }
        if row.status == Status::Quarantined {
            return Ok(self.0.clock.today());
        }
        let lost = store.lost_receipts(row.id).await?;
        let first = lost.iter().find(|receipt| receipt.body.revision == 1);
        Ok(office_day(match first {
            Some(receipt) => receipt.body.received_at,
            None => store.revision(row.id, 1).await?.prepared_at,
        }))
    }
}

impl Case {
    /// As it would be judged with one answer more.
    pub(crate) fn evaluation_with(&self, field: &str, answer: Option<&Answer>) -> Evaluation {
        let mut answers = self.row.answers.clone();
        answers.set(field, answer.cloned());
        let mut evaluation =
            self.definition.evaluate(&self.catalogue, &answers, &supplied(&self.documents), self.day);
        again::refuse_what_stands_elsewhere(&self.definition, &mut evaluation, &self.applied);
        evaluation
    }

    /// The office's day now.
    pub(crate) fn today(&self) -> Date {
        self.today
    }

    fn may_change(&self) -> Option<Editable> {
        // What was thrown away comes back by undoing that, or not at all.
        if self.row.discarded {
            return Some(Editable::default());
        }
        match (self.row.status, self.supplement()) {
            (Status::Draft, _) | (Status::Quarantined, None) => None,
            (Status::SupplementNeeded | Status::Quarantined, Some(supplement)) => {
                editing::opened_by(&supplement, &self.row.answers, &supplied(&self.documents))
            }
            _ => Some(Editable::default()),
        }
    }

    /// What the office asked for, where a supplement is being filled.
    pub(crate) fn supplement(&self) -> Option<Supplement<'_>> {
        let findings = self.office.as_ref().map_or(&[][..], |office| &office.findings[..]);
        self.baseline.as_ref().map(|before| Supplement {
            catalogue: &self.catalogue,
            definition: &self.definition,
            day: self.day,
            findings,
            before,
        })
    }

    pub(crate) fn view(self) -> ApplicationView {
        let timeline = self.timeline();
        let reason = self.reason();
        let problem = self.problem();
        let due_on = self.due_on();
        let office = self.office.as_ref();
        let supplement_by_estimated = office.is_some_and(|office| office.supplement_by_estimated);
        let due_on_estimated = office.is_some_and(|office| office.due_on_estimated);
        let overdue_days = self.overdue_days();
        let handed_in = self.what_was_handed_in();
        let supplement_days_left = self.supplement_days_left();
        let notice = self.notice();
        let earlier_numbers = self.restored.earlier_numbers(self.row.number.as_ref());
        let (findings, supplement_by) = match (self.row.status, self.office) {
            (Status::SupplementNeeded | Status::Quarantined | Status::SupplementExpired, Some(office)) => {
                (office.findings, office.supplement_by)
            }
            (Status::Rejected, Some(office)) => (office.findings, None),
            _ => (Vec::new(), None),
        };
        ApplicationView {
            id: self.row.id,
            service: self.row.service,
            service_version: self.row.service_version,
            status: self.row.status,
            local_number: LocalNumber::of(self.row.id),
            number: self.row.number,
            earlier_numbers,
            place: self.row.place,
            answers: self.row.answers,
            hidden: self.definition.hidden(),
            evaluation: self.evaluation,
            documents: self.documents.iter().map(document_view).collect(),
            consents: self.row.consents,
            editable: self.editable,
            earlier: self.earlier,
            may_take_back: self.may_take_back,
            findings,
            reason,
            problem,
            notice,
            supplement_by,
            supplement_by_estimated,
            supplement_days_left,
            due_on,
            due_on_estimated,
            overdue_days,
            timeline,
            saved_at: self.row.saved_at,
            revision: self.row.revision,
            handed_in,
        }
    }

    /// Where the office came back from a backup and had lost something of it.
    pub(crate) fn notice(&self) -> Option<Explained> {
        self.restored.notice(&Stands {
            status: self.row.status,
            owed: self.owed,
            receipted: self.receipt.is_some(),
            number: self.row.number.as_ref(),
        })
    }

    /// By the receipt where there is one, else by the frozen manifest.
    fn what_was_handed_in(&self) -> Option<HandedIn> {
        let manifest = self.handed_in.as_ref()?;
        let receipt = self.receipt.as_ref().map(|receipt| &receipt.body);
        let documents = receipt.map_or(&manifest.documents, |body| &body.documents);
        let judged =
            self.definition.evaluate(&self.catalogue, &manifest.answers, &manifest.supplied(), self.day);
        Some(HandedIn {
            revision: manifest.revision,
            receipted: receipt.is_some(),
            at: receipt.map_or(manifest.prepared_at, |body| body.received_at),
            documents: u32::try_from(documents.len()).unwrap_or(u32::MAX),
            names: self.definition.names(&judged),
            fields: judged.fields,
        })
    }

    /// By when the office answers: its own word, else its receipt; `None` where it promises nothing.
    pub(crate) fn due_on(&self) -> Option<Date> {
        let said = self.office.as_ref().and_then(|office| office.due_on);
        said.or_else(|| self.receipt.as_ref()?.body.due_on)
    }

    /// Days since the day by which the office was to answer; `None` where it is not late, has answered or promised no
    /// review. Days by which the newest revision is not meant do not count.
    pub(crate) fn overdue_days(&self) -> Option<i32> {
        let waits = matches!(self.row.status, Status::Submitted | Status::InReview);
        let promised = matches!(self.definition.view().review.promise, ReviewPromise::WorkingDays { .. });
        let of_the_newest = self.office.as_ref().is_none_or(|office| office.revision >= self.row.revision);
        let due_on = self.due_on().filter(|_| waits && promised && of_the_newest)?;
        Some((self.today - due_on).get_days()).filter(|days| *days > 0)
    }

    /// Days until a supplement must be in, 0 = today is the last one.
    pub(crate) fn supplement_days_left(&self) -> Option<i32> {
        let by =
            self.office.as_ref().filter(|_| self.row.status == Status::SupplementNeeded)?.supplement_by?;
        Some((by - self.today).get_days())
    }

    /// Why it is not being sent, with what the office found; a refused document is found by its place here.
    fn problem(&self) -> Option<Explained> {
        let mut quarantine = self.quarantine.clone()?;
        // The same bytes may stand in two places.
        for document in self.documents.iter().filter(|one| Some(one.sha256) == quarantine.document) {
            quarantine.findings.push(Finding {
                code: "document_refused".to_owned(),
                severity: Severity::Wrong,
                target: Target::Slot { id: document.slot.clone() },
                message: Text::new(
                    format!("“{}”受理机构没有收下，请换一份。", document.source_name),
                    format!("The office did not take “{}”; please replace it.", document.source_name),
                ),
            });
        }
        Some(explain_quarantine(&quarantine))
    }

    fn reason(&self) -> Option<Text> {
        if let Some(problem) = self.problem() {
            return Some(*problem.message);
        }
        let reason = self.office.as_ref()?.reason.as_ref()?;
        // A reviewer writes one language.
        Some(Text::new(reason, reason))
    }

    /// What the office tells, between what only this desk knows.
    fn timeline(&self) -> Vec<TimelineEntry> {
        let entry = |at, status| TimelineEntry { at, status, note: None };
        let mut timeline = vec![entry(self.row.created_at, Status::Draft)];
        timeline.extend(self.office.iter().flat_map(|office| office.timeline.iter().cloned()));
        let known = self.office.as_ref().map_or(0, |office| office.revision);
        if known < self.row.revision {
            if let Some(receipt) = &self.receipt {
                timeline.push(entry(receipt.body.received_at, Status::Submitted));
            } else if let Some(handed_in) = self.handed_in.as_ref().filter(|_| !self.row.status.is_final()) {
                timeline.push(entry(handed_in.prepared_at, self.row.status));
            }
        }
        timeline
    }
}

pub(crate) fn unknown() -> Explained {
    Explained::new("application_unknown", "没有找到这个办件。", "There is no such application.")
        .hint("请回到“我的办件”再打开一次。", "Please go back to My applications and open it again.")
}

fn supplied(documents: &[DocumentRow]) -> Vec<Supplied> {
    let mut counts: BTreeMap<&String, u32> = BTreeMap::new();
    for document in documents {
        *counts.entry(&document.slot).or_default() += 1;
    }
    counts.into_iter().map(|(slot, count)| Supplied { slot: slot.clone(), count }).collect()
}
