//! Our office as a process of its own on its embedded defaults, and the counters that hand in there.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result, bail, ensure};

use super::cpu::Spent;
use crate::{
    counter::{Attempt, Counter, HandIn},
    office_process::Server,
};

/// A running office with counters that have accounts.
pub(super) struct Ours {
    pub(super) server: Server,
    pub(super) counters: Vec<Arc<Counter>>,
}

impl Ours {
    /// Accounts are limited to 30 a minute for each address; the counters of a bench are fewer.
    pub(super) async fn start(folder: &Path, counters: usize) -> Result<Self> {
        let mut server = Server::new(folder)?;
        server.start().await?;
        let mut opened = Vec::new();
        for _ in 0..counters {
            opened.push(Arc::new(Counter::open(&server.url()).await?));
        }
        Ok(Self { server, counters: opened })
    }

    pub(super) fn spent(&self) -> Result<Spent> {
        Spent::of(self.server.process().context("it runs")?)
    }

    /// Integrity, receipts, and every document with its hash; then the number of receipts.
    pub(super) async fn compare(&self, acked: usize) -> Result<()> {
        let sound = server::verify(&self.server.data).await?;
        let there = usize::try_from(sound.receipts)?;
        ensure!(there == acked, "the office has {there} receipts of {acked}");
        Ok(())
    }
}

/// Goes the whole way; anything but a receipt that proves itself is a failure here.
pub(super) async fn hand_in(counter: &Counter, base: &str, it: &HandIn) -> Result<()> {
    match counter.attempt(base, it).await? {
        Attempt::Acked(_) => Ok(()),
        Attempt::Refused(status) => bail!("the office refused: {status}"),
    }
}
