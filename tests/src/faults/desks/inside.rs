//! The desk as a process of its own, to be harmed: hands in one application after the other and says on its standard
//! output what it says to a person, a line for each thing that was saved, and as it happens. What the disk refuses it
//! tells, too, and does again.

use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use anyhow::{Result, bail};
use desk::{Desk, Explained, VaultState};
use forms::Answer;
use protocol::Status;
use testkit::enrolment::{ANSWERS, SERVICE};
use tokio::time::sleep;

use crate::faults::ground::{Shifted, at, papers};

/// Applications on their way at the same time, at most; more are begun when they have arrived.
pub(super) const UNDER_WAY: usize = 3;
/// Before something that was refused is done again.
const PAUSE: Duration = Duration::from_millis(60);
/// What a desk may say of a disk that refuses. `store_fault` is what a transaction hears that the disk ended before.
const OF_THE_DISK: [&str; 5] = ["disk_full", "disk_refused", "store_fault", "key_file", "local_disk"];

/// Where a desk is.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// Where its papers and its keychain lie, which nothing harms.
    #[arg(long)]
    folder: PathBuf,
    /// Where it keeps its data.
    #[arg(long)]
    data: PathBuf,
    /// The office's address.
    #[arg(long)]
    office: String,
}

/// Works until it is killed; with `only_send` it says everything that it has, begins nothing new, and ends when nothing
/// is owed.
///
/// # Errors
/// What the desk refuses for another reason than its disk.
pub async fn work(place: &Place, only_send: bool) -> Result<()> {
    let desk = at(place.data.clone(), &place.folder.join("keychain"), &place.office, Shifted::default())?;
    come_up(&desk).await?;
    if only_send {
        say_everything(&desk).await?;
        say("up")?;
        let owed = AtomicUsize::new(usize::MAX);
        tell(&desk, &owed, |owed| owed == 0).await?;
        desk.close().await;
        return Ok(());
    }
    // Not known before it was counted.
    let owed = AtomicUsize::new(usize::MAX);
    tokio::select! {
        failed = fill_in(&desk, &place.folder, &owed) => failed,
        failed = tell(&desk, &owed, |_| false) => failed,
    }
}

/// One application after the other, while few are on their way.
async fn fill_in(desk: &Desk, folder: &Path, owed: &AtomicUsize) -> Result<()> {
    loop {
        if owed.load(Ordering::SeqCst) < UNDER_WAY {
            hand_in(desk, folder).await?;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Tries until the door opens: what stands in the way may go away.
async fn come_up(desk: &Desk) -> Result<()> {
    loop {
        let vault = desk.vault().await;
        match (vault.state, &vault.problem) {
            (VaultState::Open, _) => return Ok(()),
            (VaultState::Failed, Some(problem)) if is_of_the_disk(problem) => {
                say(&format!("closed {}", problem.code))?;
            }
            _ => bail!("the vault does not open: {vault:?}"),
        }
        sleep(PAUSE).await;
    }
}

/// One application from beginning to end.
async fn hand_in(desk: &Desk, folder: &Path) -> Result<()> {
    let papers = papers(folder)?;
    let id = again(async || desk.start(SERVICE).await).await?.id;
    say(&format!("started {id}"))?;
    again(async || desk.agree(id, &["notice".into(), "identity_documents".into()]).await).await?;
    for (field, value) in *ANSWERS {
        again(async || desk.answer(id, field, Some(Answer::Text(value.into()))).await).await?;
        say(&format!("answered {id} {field}"))?;
    }
    for (slot, path) in &papers {
        again(async || {
            let outcome = desk.attach_files(id, slot, None, vec![path.clone()]).await?;
            outcome.refused.into_iter().next().map_or(Ok(()), |file| Err(file.error))
        })
        .await?;
        say(&format!("attached {id} {slot}"))?;
    }
    again(async || {
        // All of them are for one person.
        let beside: Vec<_> = desk.view(id).await?.earlier.iter().map(|earlier| earlier.id).collect();
        match desk.submit_beside(id, true, &beside).await {
            // Handed in at the try before, and only the look at it afterwards was refused.
            Err(told) if told.code == "already_handed_in" => Ok(()),
            handed_in => handed_in.map(drop),
        }
    })
    .await?;
    say(&format!("handed-in {id}"))
}

/// As a person would who is told that the disk refuses.
async fn again<T>(step: impl AsyncFn() -> Result<T, Explained>) -> Result<T> {
    loop {
        match step().await {
            Ok(done) => return Ok(done),
            Err(told) if is_of_the_disk(&told) => say(&format!("refused {}", told.code))?,
            Err(told) => bail!("the desk refuses: {told:?}"),
        }
        sleep(PAUSE).await;
    }
}

fn is_of_the_disk(told: &Explained) -> bool {
    OF_THE_DISK.contains(&told.code.as_str())
}

/// Says which applications have a number, once each, and why sending waits, until `enough` of how many were handed in
/// and have none yet.
async fn tell(desk: &Desk, owed: &AtomicUsize, enough: impl Fn(usize) -> bool) -> Result<()> {
    let (mut told, mut waits) = (BTreeSet::new(), String::new());
    loop {
        let mut without = 0;
        for case in again(async || desk.cases().await).await? {
            match (&case.number, case.status) {
                (Some(number), _) => {
                    let line = format!("received {} {}", case.id, number.as_str());
                    if told.insert(line.clone()) {
                        say(&line)?;
                    }
                }
                (None, Status::Draft) => {}
                // Nothing here gives the office a reason.
                (None, Status::Quarantined) => bail!("the office refused {} for good", case.id),
                (None, _) => without += 1,
            }
        }
        owed.store(without, Ordering::SeqCst);
        if enough(without) {
            return Ok(());
        }
        let problem = again(async || desk.connection().await).await?.last_problem;
        let why = problem.filter(is_of_the_disk).map(|told| told.code).unwrap_or_default();
        if why != waits && !why.is_empty() {
            say(&format!("waits {why}"))?;
        }
        waits = why;
        sleep(Duration::from_millis(40)).await;
    }
}

/// Everything that it has, in the words in which it was told when it was saved.
async fn say_everything(desk: &Desk) -> Result<()> {
    for case in again(async || desk.cases().await).await? {
        let (id, view) = (case.id, again(async || desk.view(case.id).await).await?);
        say(&format!("started {id}"))?;
        for (field, value) in *ANSWERS {
            if view.answers.text(field) == Some(value) {
                say(&format!("answered {id} {field}"))?;
            }
        }
        for document in &view.documents {
            say(&format!("attached {id} {}", document.slot))?;
        }
        if view.status != Status::Draft {
            say(&format!("handed-in {id}"))?;
        }
        if let Some(number) = &view.number {
            say(&format!("received {id} {}", number.as_str()))?;
        }
    }
    Ok(())
}

/// In one piece: who reads may be killed for it at any moment, and so may this.
fn say(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
