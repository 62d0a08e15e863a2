//! A desk without a window and without a disk: what it does next decides the real `sync`, every request is a real one.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use protocol::{
    AccountId, ApplicationId, ContentHash, NewAccount, OpenedAccount, Receipt, ReceiptKey, Submission,
    SubmissionReply,
};
use reqwest::Method;
use sync::{Effect, Event, Moment, Pace, State, Task, step};
use testkit::handing::Papers;
use tokio::{
    sync::{mpsc::UnboundedSender, watch},
    time::sleep_until,
};
use uuid::Uuid;

use super::line::{Heard, Kind, Line};

/// A desk that owes one application.
pub(super) struct Desk {
    line: Line,
    account: AccountId,
    key: Uuid,
    papers: Papers,
    pinned: Option<ReceiptKey>,
    cursor: Mutex<String>,
}

/// What a desk has verified, and when.
pub(super) struct Acked {
    pub(super) application: ApplicationId,
    pub(super) receipt: Receipt,
    pub(super) at: Instant,
}

impl Desk {
    pub(super) fn new(base: &str, number: u32, papers: Papers) -> Self {
        let account = AccountId::new();
        Self {
            line: Line::new(base, number, account),
            account,
            key: Uuid::now_v7(),
            papers,
            pinned: None,
            cursor: Mutex::default(),
        }
    }

    /// Opens the account, long before the outage.
    pub(super) async fn open(&mut self, heard: &Heard) -> Result<()> {
        let secret = ContentHash::of(self.account.0.as_bytes()).to_string();
        let body = serde_json::to_vec(&NewAccount { id: self.account, secret })?;
        let opened: Result<OpenedAccount, _> =
            self.line.read(heard, Kind::Account, Method::POST, "/v1/accounts", &[], body).await;
        match opened {
            Ok(opened) => self.pinned = Some(opened.receipt_key),
            Err(failure) => bail!("no account: {failure:?}"),
        }
        Ok(())
    }

    /// Hands in without any patience, for the measure of what the office can do.
    pub(super) async fn hand_in(&self, heard: &Heard) -> Result<Acked> {
        for _ in 0..2 {
            match self.post(heard).await {
                Ok(SubmissionReply::Complete { receipt }) => return self.prove(*receipt),
                Ok(SubmissionReply::Missing { missing, .. }) => {
                    for sha256 in missing {
                        if let Err(failure) = self.put(heard, sha256).await {
                            bail!("a document was refused: {failure:?}");
                        }
                    }
                }
                Err(failure) => bail!("a manifest was refused: {failure:?}"),
            }
        }
        bail!("the office wants the same documents again and again")
    }

    fn prove(&self, receipt: Receipt) -> Result<Acked> {
        let pinned = self.pinned.as_ref().context("an account")?;
        receipt.verify(pinned, &self.papers.manifest).context("a receipt that proves nothing")?;
        Ok(Acked { application: self.papers.application(), receipt, at: Instant::now() })
    }

    async fn post(&self, heard: &Heard) -> Result<SubmissionReply, sync::Failure> {
        let submission = Submission { manifest: self.papers.manifest.clone() };
        let body = serde_json::to_vec(&submission).unwrap_or_default();
        let key = [("idempotency-key", self.key.to_string())];
        self.line.read(heard, Kind::Manifest, Method::POST, "/v1/applications", &key, body).await
    }

    async fn put(&self, heard: &Heard, sha256: ContentHash) -> Result<(), sync::Failure> {
        let kind = [("content-type", "application/octet-stream".to_owned())];
        let bytes = self.papers.bytes_of(sha256).to_vec();
        self.line
            .ask(heard, Kind::Document, Method::PUT, &format!("/v1/blobs/{sha256}"), &kind, bytes)
            .await
            .map(drop)
    }

    /// Does what `sync` says until told to stop; hands over the receipt as soon as it has proven itself.
    pub(super) async fn live(
        self,
        heard: Arc<Heard>,
        origin: Instant,
        acked: UnboundedSender<Acked>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<()> {
        let task = Task { application: self.papers.application(), revision: self.papers.manifest.revision };
        let mut state = State::new(Pace::ATTENDED, true);
        let mut events = vec![Event::Outbox(vec![task])];
        let mut under_way: FuturesUnordered<BoxFuture<'_, Event>> = FuturesUnordered::new();
        let mut wake = None;
        loop {
            while let Some(event) = events.pop() {
                let now_ms = u64::try_from(origin.elapsed().as_millis())?;
                let (next, effects) = step(state, Moment { now_ms, jitter: fastrand::u32(..) }, event);
                state = next;
                for effect in effects {
                    match effect {
                        Effect::WakeAt { at_ms } => wake = Some(origin + Duration::from_millis(at_ms)),
                        Effect::KeepReceipt { ticket, receipt, .. } => {
                            let proven = self.prove(*receipt)?;
                            // Nobody listens any more only where the bench has failed.
                            let _ = acked.send(proven);
                            events.push(Event::ReceiptKept { ticket, outcome: Ok(()) });
                        }
                        Effect::KeepFeed { ticket, page, .. } => {
                            self.goes_on_behind(page.cursor);
                            events.push(Event::FeedKept { ticket, outcome: Ok(()) });
                        }
                        Effect::ForgetCursor => self.goes_on_behind(String::new()),
                        Effect::MarkUploading { .. } => {}
                        Effect::Quarantine { reason, .. } => bail!("set aside: {reason:?}"),
                        asking => under_way.push(self.carry_out(&heard, asking)),
                    }
                }
            }
            let due = tokio::time::Instant::from_std(wake.unwrap_or_else(|| Instant::now() + DAY));
            tokio::select! {
                Some(event) = under_way.next() => events.push(event),
                () = sleep_until(due) => {
                    wake = None;
                    events.push(Event::Tick);
                }
                _ = stop.changed() => return Ok(()),
            }
        }
    }

    fn goes_on_behind(&self, cursor: String) {
        *self.cursor.lock().unwrap_or_else(PoisonError::into_inner) = cursor;
    }

    fn carry_out<'d>(&'d self, heard: &'d Heard, effect: Effect) -> BoxFuture<'d, Event> {
        async move {
            match effect {
                Effect::Probe { ticket } => {
                    let outcome =
                        self.line.ask(heard, Kind::Probe, Method::GET, "/healthz", &[], Vec::new()).await;
                    Event::Probed { ticket, outcome: outcome.map(drop) }
                }
                Effect::PostManifest { ticket, .. } => {
                    Event::Posted { ticket, outcome: self.post(heard).await }
                }
                Effect::PutBlob { ticket, sha256, .. } => {
                    Event::BlobPut { ticket, outcome: self.put(heard, sha256).await }
                }
                Effect::PollFeed { ticket, wait_seconds } => {
                    let cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    let outcome = self.line.poll(heard, &cursor, wait_seconds).await;
                    Event::FeedPolled { ticket, outcome }
                }
                // The account is open; the rest is done where it is asked for.
                _ => Event::Tick,
            }
        }
        .boxed()
    }
}

const DAY: Duration = Duration::from_hours(24);
