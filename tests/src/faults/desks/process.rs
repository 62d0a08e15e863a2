//! The real desk as a process of its own: started, killed, started again on what it left.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::time::sleep;

use super::told::Told;
use crate::{
    faults::Row,
    process::{Kept, descendant_running, kill},
};

/// Longest for what is waited for, on a busy machine and under a tracer; a desk waits up to a minute by itself.
const PATIENCE: Duration = Duration::from_secs(180);
/// Lines of its output that an error quotes.
const LAST_WORDS: usize = 12;

/// A desk with its data in a place that stays.
pub(super) struct DeskProcess {
    program: PathBuf,
    folder: PathBuf,
    pub(super) data: PathBuf,
    office: String,
    log: PathBuf,
    running: Option<Kept>,
    traced: bool,
}

impl DeskProcess {
    /// A desk whose keychain and papers lie in `folder`, beside which everything else is harmed.
    pub(super) fn new(folder: &Path, office: String) -> Result<Self> {
        Ok(Self {
            program: std::env::current_exe()?,
            folder: folder.to_owned(),
            data: folder.join("desk"),
            office,
            log: folder.join("desk.log"),
            running: None,
            traced: false,
        })
    }

    /// The same desk with its data elsewhere.
    pub(super) fn with_data(mut self, data: PathBuf) -> Self {
        self.log = self.folder.join(format!("desk-{}.log", data.to_string_lossy().replace('/', "-")));
        self.data = data;
        self
    }

    /// Starts it and does not wait.
    pub(super) fn start(&mut self) -> Result<()> {
        self.start_under(&[], false)
    }

    /// The same, as the last argument of another program.
    pub(super) fn start_under(&mut self, wrapper: &[&str], only_send: bool) -> Result<()> {
        let mut words = wrapper.iter().map(PathBuf::from).chain([self.program.clone()]);
        let mut command = Command::new(words.next().context("a program")?);
        command.args(words).args(["desk", "--office", &self.office, "--folder"]).arg(&self.folder);
        command.arg("--data").arg(&self.data);
        if only_send {
            command.arg("--only-send");
        }
        self.running = Some(Kept::start(&mut command, &self.log)?);
        self.traced = !wrapper.is_empty();
        Ok(())
    }

    /// What it told since it was started.
    pub(super) fn told(&self) -> Result<Told> {
        Told::read(&self.log)
    }

    /// Waits until it told enough.
    pub(super) async fn until(&mut self, what: &str, enough: impl Fn(&Told) -> bool) -> Result<()> {
        let patience = Instant::now() + PATIENCE;
        while !enough(&self.told()?) {
            if self.ended()? {
                bail!("the desk ended by itself before {what}: {}", self.last_words());
            }
            if Instant::now() > patience {
                bail!("{what}: waited {PATIENCE:?} in vain; the desk said last: {}", self.last_words());
            }
            sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    fn ended(&mut self) -> Result<bool> {
        Ok(match &mut self.running {
            Some(running) => running.child().try_wait()?.is_some(),
            None => true,
        })
    }

    /// `kill -9`; what it had told.
    pub(super) async fn kill(&mut self) -> Result<Told> {
        if let Some(running) = self.running.take() {
            // Under a tracer the desk is the tracer's child.
            let traced = self.traced.then(|| descendant_running(running.id(), &self.program)).flatten();
            kill(traced.unwrap_or(running.id())).await?;
        }
        self.told()
    }

    /// Comes up, says what it has, sends what is owed, and ends; what it told. Nothing may be in the way any more.
    pub(super) async fn send_everything(&mut self) -> Result<Told> {
        self.start_under(&[], true)?;
        let patience = Instant::now() + PATIENCE;
        let ended = loop {
            let running = self.running.as_mut().context("it was started")?;
            if let Some(ended) = running.child().try_wait()? {
                break ended;
            }
            if Instant::now() > patience {
                let words = self.last_words();
                bail!(
                    "what is owed does not arrive although nothing is in the way; the desk said last: {words}"
                );
            }
            sleep(Duration::from_millis(20)).await;
        };
        self.running = None;
        if !ended.success() {
            bail!("the desk ended with {ended}: {}", self.last_words());
        }
        self.told()
    }

    /// Sends what is owed and compares: with what it had `told` before it was harmed, and with the office whose data
    /// lie in `office`.
    pub(super) async fn compare(&mut self, row: &mut Row, told: &mut Told, office: &Path) -> Result<()> {
        let later = self.send_everything().await?;
        row.lost += u64::try_from(told.lost_by(&later))?;
        told.add(later);
        told.compare(row, office).await
    }

    fn last_words(&self) -> String {
        let said = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(LAST_WORDS)..].join(" | ")
    }
}
