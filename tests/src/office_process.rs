//! The real office as a process of its own: started, killed, started again on what it left.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::time::sleep;

use crate::process::{Kept, built, descendant_running, free_port, kill};

/// Longest for the office to come up, on a busy machine and under a tracer.
const PATIENCE: Duration = Duration::from_secs(120);

/// An office with a data directory and an address that stay.
pub(crate) struct Server {
    program: PathBuf,
    port: u16,
    pub(crate) data: PathBuf,
    log: PathBuf,
    options: Vec<String>,
    variables: Vec<(&'static str, String)>,
    running: Option<Kept>,
    traced: bool,
}

impl Server {
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        Ok(Self {
            program: built("yiban-server")?,
            port: free_port()?,
            data: folder.join("office"),
            log: folder.join("log"),
            options: Vec::new(),
            variables: Vec::new(),
            running: None,
            traced: false,
        })
    }

    /// The same office with its data elsewhere, at an address of its own.
    pub(crate) fn with_data(mut self, data: PathBuf) -> Self {
        self.data = data;
        self
    }

    /// The same office with more options and variables, such as where it shares what it keeps.
    pub(crate) fn with(mut self, options: Vec<String>, variables: Vec<(&'static str, String)>) -> Self {
        (self.options, self.variables) = (options, variables);
        self
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its process, while it runs.
    pub(crate) fn process(&self) -> Option<u32> {
        self.running.as_ref().map(Kept::id)
    }

    /// Starts it and waits until it can work.
    pub(crate) async fn start(&mut self) -> Result<()> {
        self.start_under(&[]).await
    }

    /// The same, as the last argument of another program.
    pub(crate) async fn start_under(&mut self, wrapper: &[&str]) -> Result<()> {
        self.spawn_under(wrapper)?;
        self.says_well("/readyz").await
    }

    /// Starts it and waits until it answers at all, also where it cannot work.
    pub(crate) async fn start_alive(&mut self) -> Result<()> {
        self.spawn_under(&[])?;
        self.says_well("/livez").await
    }

    async fn says_well(&mut self, path: &str) -> Result<()> {
        let http = crate::counter::client()?;
        let asked = format!("{}{path}", self.url());
        let patience = Instant::now() + PATIENCE;
        while !http.get(&asked).send().await.is_ok_and(|answer| answer.status().is_success()) {
            let ended = match &mut self.running {
                Some(running) => running.child().try_wait()?,
                None => None,
            };
            if ended.is_some() || Instant::now() > patience {
                self.running = None;
                bail!("the office did not start: {}", self.last_words());
            }
            sleep(Duration::from_millis(15)).await;
        }
        Ok(())
    }

    /// Starts it and does not wait.
    pub(crate) fn spawn_under(&mut self, wrapper: &[&str]) -> Result<()> {
        let mut words = wrapper.iter().map(PathBuf::from).chain([self.program.clone()]);
        let mut command = Command::new(words.next().context("a program")?);
        command
            .args(words)
            .args(["serve", "--listen", &format!("127.0.0.1:{}", self.port), "--data-dir"])
            .arg(&self.data)
            .args(&self.options)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("YIBAN_SERVER_LOG", "warn");
        self.running = Some(Kept::start(&mut command, &self.log)?);
        self.traced = !wrapper.is_empty();
        Ok(())
    }

    /// `kill -9`.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        if let Some(running) = self.running.take() {
            // Under a tracer the office is the tracer's child; its own children look into documents.
            let traced = self.traced.then(|| descendant_running(running.id(), &self.program)).flatten();
            kill(traced.unwrap_or(running.id())).await?;
        }
        Ok(())
    }

    fn last_words(&self) -> String {
        fs::read_to_string(&self.log)
            .unwrap_or_default()
            .lines()
            .rev()
            .take(5)
            .collect::<Vec<_>>()
            .join(" | ")
    }
}
