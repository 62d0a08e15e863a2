//! What was handed in and what was acknowledged, kept outside of everything that is harmed; and the comparison with
//! what the office has.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use protocol::ReceiptKey;
use reqwest::StatusCode;
use tokio::{task::JoinSet, time::sleep};

use super::{
    Row,
    counter::{Attempt, Counter, HandIn},
};

/// Counters that hand in at the same time.
const COUNTERS: usize = 4;
/// Longest for everything owed to arrive once the fault is over, and for whatever is waited for under load.
const PATIENCE: Duration = Duration::from_secs(120);

type Owned = (Arc<Counter>, HandIn);

/// Everything that a row of the campaign hands in.
pub(super) struct Ledger {
    counters: Vec<Arc<Counter>>,
    acked: Mutex<Vec<Owned>>,
    pending: Mutex<Vec<Owned>>,
    /// Answers that said there is no room.
    pub(super) full: AtomicU64,
    /// All other refusals, and lines that broke.
    pub(super) failed: AtomicU64,
}

impl Ledger {
    pub(super) async fn open(base: &str) -> Result<Arc<Self>> {
        let mut counters = Vec::new();
        for _ in 0..COUNTERS {
            counters.push(Arc::new(Counter::open(base).await?));
        }
        Ok(Arc::new(Self {
            counters,
            acked: Mutex::default(),
            pending: Mutex::default(),
            full: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }))
    }

    /// What the office signs receipts with.
    pub(super) fn key(&self) -> &ReceiptKey {
        &self.counters[0].key
    }

    /// The hash of a document that was acknowledged.
    pub(super) fn a_document(&self) -> Result<String> {
        let acked = locked(&self.acked);
        let (_, it) = acked.first().context("nothing was acknowledged")?;
        Ok(it.papers.manifest.documents.first().context("without documents")?.sha256.to_string())
    }

    /// Refusals of every kind so far, and lines that broke.
    pub(super) fn refused(&self) -> u64 {
        self.failed.load(Ordering::Relaxed) + self.full.load(Ordering::Relaxed)
    }

    /// How many were acknowledged so far. Whatever comes of the office after this call must have them.
    pub(super) fn acked(&self) -> usize {
        locked(&self.acked).len()
    }

    /// Counters hand in until the load is ended.
    pub(super) fn begin(self: &Arc<Self>, base: &str) -> Load {
        self.begin_at(&[base.to_owned()])
    }

    /// The same where several copies of an office answer: each try goes to the next one.
    pub(super) fn begin_at(self: &Arc<Self>, copies: &[String]) -> Load {
        let stop = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for (at, counter) in self.counters.iter().enumerate() {
            let (ledger, counter, stop) = (Arc::clone(self), Arc::clone(counter), Arc::clone(&stop));
            let mut copies = copies.to_vec();
            let turned = at % copies.len().max(1);
            copies.rotate_left(turned);
            tasks.spawn(async move { ledger.work(&copies, &counter, &stop).await });
        }
        Load { stop, tasks }
    }

    async fn work(&self, copies: &[String], counter: &Arc<Counter>, stop: &AtomicBool) -> Result<()> {
        let mut bases = copies.iter().cycle();
        while !stop.load(Ordering::Relaxed) {
            let mine = self.take_of(counter);
            let it = match mine {
                Some(it) => it,
                None => tokio::task::spawn_blocking(HandIn::new).await?,
            };
            // Known before it is sent: what is sent and not answered may be at the office all the same.
            self.send(&mut bases, counter, it, stop).await?;
        }
        Ok(())
    }

    fn take_of(&self, counter: &Arc<Counter>) -> Option<HandIn> {
        let mut pending = locked(&self.pending);
        let at = pending.iter().position(|(of, _)| Arc::ptr_eq(of, counter))?;
        Some(pending.swap_remove(at).1)
    }

    async fn send(
        &self,
        bases: &mut impl Iterator<Item = &String>,
        counter: &Arc<Counter>,
        mut it: HandIn,
        stop: &AtomicBool,
    ) -> Result<()> {
        loop {
            let base = bases.next().context("an office to hand in at")?;
            let attempt = counter.attempt(base, &it).await;
            match attempt {
                Ok(Attempt::Acked(receipt)) => {
                    it.receipt = Some(*receipt);
                    locked(&self.acked).push((Arc::clone(counter), it));
                    return Ok(());
                }
                Ok(Attempt::Refused(StatusCode::INSUFFICIENT_STORAGE)) => {
                    self.full.fetch_add(1, Ordering::Relaxed);
                }
                // Nothing of this kind may come of any fault here; waiting would not mend it.
                Ok(Attempt::Refused(status))
                    if status.is_client_error() && !matches!(status.as_u16(), 404 | 408 | 429) =>
                {
                    bail!("the office refuses for good: {status}");
                }
                Ok(Attempt::Refused(_)) | Err(_) => {
                    self.failed.fetch_add(1, Ordering::Relaxed);
                }
            }
            if stop.load(Ordering::Relaxed) {
                locked(&self.pending).push((Arc::clone(counter), it));
                return Ok(());
            }
            sleep(Duration::from_millis(40)).await;
        }
    }

    /// Everything owed is handed in, now that nothing is in the way.
    pub(super) async fn finish(self: &Arc<Self>, base: &str) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        let never = AtomicBool::new(false);
        let base = base.to_owned();
        loop {
            let Some((counter, it)) = locked(&self.pending).pop() else { return Ok(()) };
            let left = until.saturating_duration_since(Instant::now());
            let mut bases = std::iter::repeat(&base);
            match tokio::time::timeout(left, self.send(&mut bases, &counter, it, &never)).await {
                Ok(sent) => sent?,
                Err(_) => bail!("what is owed does not arrive although nothing is in the way"),
            }
        }
    }

    /// Compares with the office at `base`, whose data lie in `data`: integrity, the first `acked` receipts from
    /// `from` on, and that nothing is there twice.
    pub(super) async fn compare(
        &self,
        row: &mut Row,
        base: &str,
        data: &Path,
        (from, acked): (usize, usize),
    ) -> Result<()> {
        self.compare_receipts(row, base, (from, acked)).await?;
        let sound = server::verify(data).await;
        self.judge(row, sound.map(|sound| sound.receipts).map_err(|fault| fault.to_string()))
    }

    /// Whether the office at `base` gives the first `acked` receipts from `from` on as it did, each with a number of
    /// its own.
    pub(super) async fn compare_receipts(
        &self,
        row: &mut Row,
        base: &str,
        (from, acked): (usize, usize),
    ) -> Result<()> {
        let known: Vec<Owned> = std::mem::take(&mut *locked(&self.acked));
        let mut gone = Vec::new();
        for (at, (counter, it)) in known.iter().enumerate().take(acked).skip(from) {
            let (now, status) = counter.receipt_now(base, it).await?;
            if now != it.receipt {
                gone.push((at + 1, status));
            }
        }
        row.lost += u64::try_from(gone.len())?;
        // Which ones tells a loss from a comparison with the wrong office.
        if let ([(first, status), ..], false) = (&gone[..], row.control) {
            println!("   lost: {} of {acked}, from number {first} on, answered {status}", gone.len());
        }
        let numbers: BTreeSet<_> =
            known.iter().filter_map(|(_, it)| Some(it.receipt.as_ref()?.body.number.clone())).collect();
        row.doubled += u64::try_from(known.len() - numbers.len())?;
        locked(&self.acked).extend(known);
        row.acked = row.acked.max(u64::try_from(self.acked())?);
        Ok(())
    }

    /// What looking at everything in the office found: how many receipts, all of them sound, or what is not.
    pub(super) fn judge(&self, row: &mut Row, found: Result<u64, String>) -> Result<()> {
        let begun = u64::try_from(self.acked() + locked(&self.pending).len())?;
        match found {
            // Replaying made nothing new: every receipt there belongs to something that was begun here.
            Ok(receipts) => row.doubled += receipts.saturating_sub(begun),
            Err(fault) => row.unsound = Some(fault),
        }
        Ok(())
    }
}

/// Counters at work.
pub(super) struct Load {
    stop: Arc<AtomicBool>,
    tasks: JoinSet<Result<()>>,
}

impl Load {
    /// Waits while the counters work; what ends one of them ends this, too.
    pub(super) async fn until(&mut self, what: &str, so: impl Fn() -> bool) -> Result<()> {
        let patience = Instant::now() + PATIENCE;
        while !so() {
            if let Some(ended) = self.tasks.try_join_next() {
                ended??;
            }
            if Instant::now() > patience {
                bail!("waited {PATIENCE:?} in vain until {what}");
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Ends after what each counter is doing; what was not acknowledged stays owed.
    pub(super) async fn end(mut self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended??;
        }
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
