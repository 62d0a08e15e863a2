//! The loop: an event goes into `sync`, effects come out. Store effects are carried out here, one after the
//! other; network effects run beside and send back what came of them.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use protocol::{ContentHash, FeedPage, Receipt, Status, SubmissionReply};
use store::{CaseChange, OutboxEntry, Quarantine, Store, StoreError};
use sync::{Effect, Event, KeepFailure, Moment, Network, Pace, Reason, Refused, State, Task, Ticket};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::sleep_until,
};
use tokio_util::sync::CancellationToken;

use super::{
    Connection,
    carrying::{self, Posting},
    jitter,
    office::Office,
    progress::Progress,
    quarantined::{RECEIPT_UNPROVEN, UNREADABLE_HERE},
    trouble::Trouble,
};
use crate::{DeskEvent, Events, Explained};

/// What reaches the loop.
#[derive(Debug)]
pub(super) enum Message {
    Nudge,
    DespiteCost,
    Probed(Ticket, Result<(), Trouble>),
    AccountOpened(Ticket, Result<(), Trouble>),
    Posted { ticket: Ticket, task: Task, posting: Box<Posting> },
    BlobPut { ticket: Ticket, task: Task, sha256: ContentHash, outcome: Result<(), Trouble> },
    FeedPolled(Ticket, Result<FeedPage, Trouble>),
    Catalogue(Option<Explained>),
    Sent { task: Task, sha256: ContentHash, bytes: u64 },
}

/// Everything the loop holds on to.
pub(super) struct Runner {
    store: Store,
    events: Events,
    telling: watch::Sender<Connection>,
    inbox: mpsc::UnboundedSender<Message>,
    network: watch::Receiver<Network>,
    requests: JoinSet<()>,
    origin: Instant,
    wake_at_ms: Option<u64>,
    progress: Option<Progress>,
    /// What the office has of documents that broke off, by its answer to the manifest.
    begun: BTreeMap<ContentHash, u64>,
    sending_problem: Option<Explained>,
    feed_problem: Option<Explained>,
    catalogue_problem: Option<Explained>,
    synced_at: Option<Timestamp>,
    /// The feed may have changed what is owed.
    owes_otherwise: bool,
}

impl Runner {
    pub(super) fn new(
        store: Store,
        events: Events,
        telling: watch::Sender<Connection>,
        inbox: mpsc::UnboundedSender<Message>,
        network: watch::Receiver<Network>,
    ) -> Self {
        Self {
            store,
            events,
            telling,
            inbox,
            network,
            requests: JoinSet::new(),
            origin: Instant::now(),
            wake_at_ms: None,
            progress: None,
            begun: BTreeMap::new(),
            sending_problem: None,
            feed_problem: None,
            catalogue_problem: None,
            synced_at: None,
            owes_otherwise: false,
        }
    }

    pub(super) async fn run(
        mut self,
        office: Office,
        mut messages: mpsc::UnboundedReceiver<Message>,
        stop: CancellationToken,
    ) {
        let (account_open, rereading) = match self.store.office_account().await {
            Ok(account) => (account.receipt_key.is_some(), account.rereading),
            Err(error) => {
                tracing::error!(code = error.code(), "the account cannot be read");
                (false, false)
            }
        };
        let mut state = State::new(Pace::ATTENDED, account_open);
        if rereading {
            state = state.rereading();
        }
        state = self.look_at_network(state, &office).await;
        state = self.look_into_outbox(state, &office).await;
        loop {
            self.tell(&state);
            let wake = self.wake_at_ms.map(|at_ms| self.origin + Duration::from_millis(at_ms));
            let message = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                message = messages.recv() => message,
                () = sleep_until(wake.unwrap_or(self.origin).into()), if wake.is_some() => {
                    self.wake_at_ms = None;
                    state = self.step(state, Event::Tick, &office).await;
                    continue;
                }
                Ok(()) = self.network.changed() => {
                    state = self.look_at_network(state, &office).await;
                    continue;
                }
                // Only collects what has ended; its outcome came as a message.
                Some(_) = self.requests.join_next() => continue,
            };
            let Some(message) = message else { break };
            state = self.hear(state, message, &office).await;
        }
        self.requests.shutdown().await;
    }

    /// An address that may not be used: says so, counts what waits, sends nothing.
    pub(super) async fn refuse(
        self,
        problem: Explained,
        mut messages: mpsc::UnboundedReceiver<Message>,
        stop: CancellationToken,
    ) {
        loop {
            let owed = self.store.outbox().await.unwrap_or_default();
            let waiting = owed.iter().filter(|entry| entry.quarantine.is_none()).count();
            self.telling.send_replace(Connection {
                waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
                last_problem: Some(problem.clone()),
                ..Connection::default()
            });
            tokio::select! {
                () = stop.cancelled() => break,
                message = messages.recv() => if message.is_none() { break },
            }
        }
    }

    async fn hear(&mut self, state: State, message: Message, office: &Office) -> State {
        let event = match message {
            Message::Nudge => {
                let state = self.look_into_outbox(state, office).await;
                return self.step(state, Event::Nudge, office).await;
            }
            Message::DespiteCost => Event::Network(Network::Free),
            Message::Sent { task, sha256, bytes } => {
                if let Some(progress) = self.progress_of(task) {
                    progress.went_out(sha256, bytes);
                }
                return state;
            }
            Message::Catalogue(problem) => {
                self.catalogue_problem = problem;
                return state;
            }
            Message::Probed(ticket, outcome) => Event::Probed { ticket, outcome: self.note_feed(outcome) },
            Message::AccountOpened(ticket, outcome) => {
                Event::AccountOpened { ticket, outcome: self.note_sending(outcome) }
            }
            Message::Posted { ticket, task, posting } => {
                let Posting { manifest, outcome, stayed } = *posting;
                if stayed {
                    // A page that is open says again that it can be taken back.
                    let (previous, status) = (Status::AwaitingUpload, Status::AwaitingUpload);
                    self.changed(CaseChange { application: task.application, previous, status });
                }
                if let (Some(manifest), Ok(SubmissionReply::Missing { missing, arrived })) =
                    (manifest, &outcome)
                {
                    self.progress = Some(Progress::of(&manifest, missing, arrived));
                    self.begun = arrived.clone();
                }
                Event::Posted { ticket, outcome: self.note_sending(outcome) }
            }
            Message::BlobPut { ticket, task, sha256, outcome } => {
                if let Some(progress) = self.progress_of(task) {
                    progress.answered(sha256, outcome.is_ok());
                }
                Event::BlobPut { ticket, outcome: self.note_sending(outcome) }
            }
            Message::FeedPolled(ticket, outcome) => {
                Event::FeedPolled { ticket, outcome: self.note_feed(outcome) }
            }
        };
        self.step(state, event, office).await
    }

    fn progress_of(&mut self, task: Task) -> Option<&mut Progress> {
        self.progress.as_mut().filter(|progress| progress.task() == task)
    }

    async fn look_at_network(&mut self, state: State, office: &Office) -> State {
        let network = *self.network.borrow_and_update();
        self.step(state, Event::Network(network), office).await
    }

    async fn look_into_outbox(&mut self, state: State, office: &Office) -> State {
        match self.outbox().await {
            Some(owed) => self.step(state, owed, office).await,
            None => state,
        }
    }

    async fn outbox(&self) -> Option<Event> {
        match self.store.outbox().await {
            Ok(owed) => {
                let owed = owed.into_iter().filter(|entry| entry.quarantine.is_none());
                let task =
                    |entry: OutboxEntry| Task { application: entry.application, revision: entry.revision };
                Some(Event::Outbox(owed.map(task).collect()))
            }
            Err(error) => {
                tracing::error!(code = error.code(), "the outbox cannot be read");
                None
            }
        }
    }

    /// One step of `sync`, and those that follow from keeping things at once.
    async fn step(&mut self, mut state: State, event: Event, office: &Office) -> State {
        let mut next = Some(event);
        while let Some(event) = next.take() {
            let (after, effects) = sync::step(state, self.moment(), event);
            state = after;
            for effect in effects {
                // At most one effect of a step is kept at once and answers at once.
                if let Some(answer) = self.carry_out(effect, office).await {
                    next = Some(answer);
                }
            }
            // What the office says may change what is owed: it lost something, or asks for it again.
            if next.is_none() && std::mem::take(&mut self.owes_otherwise) {
                next = self.outbox().await;
            }
        }
        state
    }

    async fn carry_out(&mut self, effect: Effect, office: &Office) -> Option<Event> {
        let (store, office, inbox) = (self.store.clone(), office.clone(), self.inbox.clone());
        // Sending into a closed inbox only means that the loop has ended.
        match effect {
            Effect::Probe { ticket } => {
                self.requests.spawn(async move {
                    let _ = inbox.send(Message::Probed(ticket, office.probe().await));
                });
            }
            Effect::OpenAccount { ticket } => {
                self.requests.spawn(async move {
                    let outcome = carrying::open_account(&store, &office).await;
                    let _ = inbox.send(Message::AccountOpened(ticket, outcome));
                });
            }
            Effect::PostManifest { ticket, task } => {
                self.requests.spawn(async move {
                    let posting = Box::new(carrying::post(&store, &office, task).await);
                    let _ = inbox.send(Message::Posted { ticket, task, posting });
                });
            }
            Effect::PutBlob { ticket, task, sha256 } => {
                let telling = inbox.clone();
                // Once: bytes that arrived damaged go again from the first one.
                let from = self.begun.remove(&sha256).unwrap_or(0);
                if let Some(progress) = self.progress_of(task) {
                    progress.begins(sha256, from);
                }
                let sent = move |bytes| {
                    let _ = telling.send(Message::Sent { task, sha256, bytes });
                };
                self.requests.spawn(async move {
                    let outcome = carrying::put(&store, &office, sha256, from, sent).await;
                    let _ = inbox.send(Message::BlobPut { ticket, task, sha256, outcome });
                });
            }
            Effect::PollFeed { ticket, wait_seconds } => {
                self.requests.spawn(async move {
                    let outcome = carrying::poll(&store, &office, wait_seconds).await;
                    let _ = inbox.send(Message::FeedPolled(ticket, outcome));
                });
            }
            Effect::MarkUploading { task } => self.mark_uploading(task).await,
            Effect::KeepReceipt { ticket, task, receipt } => {
                let outcome = self.keep_receipt(task, &receipt).await;
                return Some(Event::ReceiptKept { ticket, outcome });
            }
            Effect::KeepFeed { ticket, page, last } => {
                let outcome = self.keep_feed(&page, last).await;
                return Some(Event::FeedKept { ticket, outcome });
            }
            Effect::ForgetCursor => {
                if let Err(error) = self.store.forget_cursor().await {
                    tracing::warn!(code = error.code(), "forgetting the cursor");
                }
            }
            Effect::Quarantine { ticket, task, reason } => {
                let outcome = self.quarantine(task, reason).await;
                return Some(Event::SetAside { ticket, outcome });
            }
            Effect::WakeAt { at_ms } => self.wake_at_ms = Some(at_ms),
        }
        None
    }

    async fn mark_uploading(&self, task: Task) {
        match self.store.mark_uploading(task.application, task.revision).await {
            Ok(true) => self.changed(CaseChange {
                application: task.application,
                previous: Status::AwaitingUpload,
                status: Status::Uploading,
            }),
            Ok(false) => {}
            // Only the word on the page is late; the sending itself goes on.
            Err(error) => tracing::warn!(code = error.code(), "noting that an upload began"),
        }
    }

    async fn keep_receipt(&mut self, task: Task, receipt: &Receipt) -> Result<(), KeepFailure> {
        self.progress = None;
        match self.store.store_receipt(task.application, task.revision, receipt).await {
            Ok(change) => {
                tracing::info!(application = %task.application, revision = task.revision, "receipted");
                // A supplement may follow that waited for this one.
                self.owes_otherwise |= change.status == Status::AwaitingUpload;
                self.changed(change);
                Ok(())
            }
            Err(error) => {
                tracing::error!(code = error.code(), application = %task.application, "the receipt was not kept");
                match error {
                    StoreError::UnprovenReceipt(_) => Err(KeepFailure::Unproven),
                    error => {
                        self.sending_problem = Some(error.into());
                        Err(KeepFailure::Disk)
                    }
                }
            }
        }
    }

    async fn keep_feed(&mut self, page: &FeedPage, last: bool) -> Result<(), KeepFailure> {
        let kept =
            if last { self.store.finish_rereading(page).await } else { self.store.apply_feed(page).await };
        match kept {
            Ok(changes) => {
                // Also where something else of it is owed now than before.
                let owed = changes.iter().filter(|change| change.status == Status::AwaitingUpload);
                for change in owed.filter(|change| change.previous != change.status) {
                    tracing::warn!(application = %change.application, "owed again, as the feed says");
                }
                self.owes_otherwise |= !changes.is_empty();
                changes.into_iter().for_each(|change| self.changed(change));
                Ok(())
            }
            Err(error) => {
                tracing::error!(code = error.code(), "the feed was not kept");
                self.feed_problem = Some(error.into());
                Err(KeepFailure::Disk)
            }
        }
    }

    async fn quarantine(&mut self, task: Task, reason: Reason) -> Result<(), KeepFailure> {
        let reason = match reason {
            Reason::Office(problem) => Quarantine {
                code: problem.code,
                own: None,
                status: problem.status,
                findings: problem.findings,
                document: problem.document,
            },
            Reason::Desk(refused) => Quarantine {
                code: protocol::ProblemCode::Unknown,
                own: Some(
                    match refused {
                        Refused::UnprovenReceipt => RECEIPT_UNPROVEN,
                        Refused::UnreadableHere => UNREADABLE_HERE,
                    }
                    .to_owned(),
                ),
                status: 0,
                findings: vec![],
                document: None,
            },
        };
        self.progress = None;
        tracing::warn!(application = %task.application, code = ?reason.code, own = ?reason.own, "quarantined");
        match self.store.quarantine(task.application, task.revision, &reason).await {
            Ok(change) => {
                self.changed(change);
                Ok(())
            }
            // It stays in the outbox and is judged again, once there is room here.
            Err(error) => {
                tracing::error!(code = error.code(), "the quarantine was not kept");
                self.sending_problem = Some(error.into());
                Err(KeepFailure::Disk)
            }
        }
    }

    fn changed(&self, change: CaseChange) {
        self.events.send(DeskEvent::ApplicationChanged {
            application_id: change.application,
            status: change.status,
            previous: change.previous,
        });
    }

    fn note_sending<T>(&mut self, outcome: Result<T, Trouble>) -> Result<T, sync::Failure> {
        if outcome.is_ok() {
            self.feed_problem = None;
        }
        let (outcome, problem) = self.note(outcome);
        self.sending_problem = problem;
        outcome
    }

    fn note_feed<T>(&mut self, outcome: Result<T, Trouble>) -> Result<T, sync::Failure> {
        let (outcome, problem) = self.note(outcome);
        self.feed_problem = problem;
        outcome
    }

    fn note<T>(&mut self, outcome: Result<T, Trouble>) -> (Result<T, sync::Failure>, Option<Explained>) {
        match outcome {
            Ok(value) => {
                self.synced_at = Some(Timestamp::now());
                (Ok(value), None)
            }
            Err(trouble) => {
                tracing::info!(code = trouble.code(), "the office did not do as asked");
                (Err((&trouble).into()), Some(trouble.explain()))
            }
        }
    }

    /// Tells the window, where there is something new to tell.
    fn tell(&mut self, state: &State) {
        let waiting = state.waiting();
        if waiting == 0 {
            self.sending_problem = None;
        }
        let under_way = self.progress.as_ref().filter(|progress| state.sending() == Some(progress.task()));
        let connection = Connection {
            online: state.is_online(),
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
            held_back: state.held_back().map(|task| task.application).collect(),
            sending: under_way.map(Progress::now),
            last_problem: self.sending_problem.clone().or_else(|| self.feed_problem.clone()),
            catalogue_problem: self.catalogue_problem.clone(),
            last_synced_at: self.synced_at,
        };
        self.telling.send_if_modified(|told| {
            let news = *told != connection;
            *told = connection;
            news
        });
    }

    fn moment(&self) -> Moment {
        let now_ms = u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX);
        Moment { now_ms, jitter: jitter() }
    }
}
