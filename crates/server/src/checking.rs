//! Looking into strangers' files. Parsers and decoders run in a process of their own for each file, `yiban-checker`, with
//! hard limits on memory, time and files (see `child`), so that a file made to break one breaks only that process and
//! meets nobody else's file in it. A photograph as our desks make them needs neither: its bits are counted here, in safe
//! code whose time and memory the file's length bounds.

use std::{io, path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use bytes::Bytes;
use protocol::DocumentKind;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

/// Who looks into a document.
#[derive(Debug, Clone)]
pub enum Checker {
    /// The program `yiban-checker`.
    ChildProcess(PathBuf),
    /// The calling process: only for tests that have no binary at hand.
    InProcess,
}

impl Checker {
    /// The checker that lies in the same folder as the running program, of the same version.
    ///
    /// # Errors
    /// Where there is none.
    pub fn beside_this_program() -> io::Result<Self> {
        let name = format!("yiban-checker{}", std::env::consts::EXE_SUFFIX);
        let program = std::env::current_exe()?.canonicalize()?.with_file_name(name);
        let version = std::process::Command::new(&program).arg("--version").output();
        let expected = concat!("yiban-checker ", env!("CARGO_PKG_VERSION"));
        if version.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).trim() == expected) {
            return Ok(Self::ChildProcess(program));
        }
        let told =
            format!("{} is missing or of another version: it belongs beside yiban-server", program.display());
        Err(io::Error::new(io::ErrorKind::NotFound, told))
    }
}

/// Largest document that is accepted, in bytes (MISSION §5).
pub(crate) const LARGEST_DOCUMENT: u64 = 2_000_000;
/// Longest a child may take, by the clock on the wall: more than its limit of processor time, so that a document that
/// takes long is told from a machine that is busy.
const LONGEST_LOOK: Duration = Duration::from_secs(45);
/// Longest to wait for a free child.
const LONGEST_QUEUE: Duration = Duration::from_secs(20);
/// How a program ends that does not know what it was asked (`clap`).
const MISUNDERSTOOD: i32 = 2;
/// Largest answer of a child: a rendered page.
const LARGEST_ANSWER: u64 = 64 * 1024 * 1024;

/// What was found in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fit {
    pub(crate) kind: DocumentKind,
    pub(crate) pages: u32,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckFailure {
    /// The document is at fault; a stable code.
    #[error("the document is not fit: {0}")]
    Unfit(String),
    /// Too many documents at once, or the machine has no room for a checker.
    #[error("no checker is free")]
    Busy,
    /// The office is at fault.
    #[error("the checker could not run: {0}")]
    Broken(#[from] io::Error),
}

/// The first line of a child's answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// Fit, as described.
    Fit(Fit),
    /// A PNG follows.
    Rendered,
    /// Not fit; a stable code.
    Refused(String),
}

/// What the office holds documents to: the desk's limits, and nothing larger than may be handed in.
pub(crate) fn limits() -> documents::Limits {
    documents::Limits { max_input_bytes: LARGEST_DOCUMENT, ..documents::Limits::default() }
}

/// Looks into documents, a few at a time.
#[derive(Clone)]
pub(crate) struct Inspector {
    checker: Checker,
    places: Arc<Semaphore>,
}

impl Inspector {
    pub(crate) fn new(checker: Checker) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { checker, places: Arc::new(Semaphore::new(cores)) }
    }

    /// Judges a document that is to be stored. What only a parser or a decoder can judge goes to a child; most are
    /// photographs whose every bit is read here, without either.
    pub(crate) async fn check(&self, bytes: Bytes) -> Result<Fit, CheckFailure> {
        let (place, here) = (self.place().await?, bytes.clone());
        let looked = spawn_blocking(move || (documents::check_without_decoding(&here, &limits()), place));
        let place = match looked.await {
            Ok((Some(checked), _)) => return Ok(fit(checked)),
            Ok((None, place)) => place,
            Err(error) => {
                tracing::warn!(%error, "reading a photograph fell over; a decoder judges it");
                self.place().await?
            }
        };
        match self.ask(place, bytes, &["check"], check_here).await? {
            (Verdict::Fit(fit), _) => Ok(fit),
            (Verdict::Refused(code), _) => Err(CheckFailure::Unfit(code)),
            (Verdict::Rendered, _) => Err(CheckFailure::Unfit("damaged".into())),
        }
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, CheckFailure> {
        let place = timeout(LONGEST_QUEUE, Arc::clone(&self.places).acquire_owned()).await;
        place.ok().and_then(Result::ok).ok_or(CheckFailure::Busy)
    }

    /// Draws a page (from 0) as PNG, at most `edge` pixels long.
    pub(crate) async fn render(&self, bytes: Bytes, page: u32, edge: u32) -> Result<Bytes, CheckFailure> {
        let (page_text, edge_text) = (page.to_string(), edge.to_string());
        let arguments = ["render", "--page", &page_text, "--edge", &edge_text];
        let place = self.place().await?;
        match self.ask(place, bytes, &arguments, move |bytes| render_here(bytes, page, edge)).await? {
            (Verdict::Rendered, png) => Ok(png.into()),
            (Verdict::Refused(code), _) => Err(CheckFailure::Unfit(code)),
            (Verdict::Fit(_), _) => Err(CheckFailure::Unfit("damaged".into())),
        }
    }

    async fn ask(
        &self,
        _place: OwnedSemaphorePermit,
        bytes: Bytes,
        arguments: &[&str],
        here: impl FnOnce(&[u8]) -> (Verdict, Vec<u8>) + Send + 'static,
    ) -> Result<(Verdict, Vec<u8>), CheckFailure> {
        match &self.checker {
            Checker::InProcess => {
                let looked = spawn_blocking(move || here(&bytes)).await;
                looked.map_err(|_| CheckFailure::Unfit("damaged".into()))
            }
            Checker::ChildProcess(program) => {
                let asked = ask_child(program, arguments, &bytes);
                timeout(LONGEST_LOOK, asked).await.unwrap_or_else(|_| Err(too_slow()))
            }
        }
    }
}

/// In the calling process: what the child does, and what tests without a child do.
pub(crate) fn check_here(bytes: &[u8]) -> (Verdict, Vec<u8>) {
    let verdict = match documents::check(bytes, &limits()) {
        Ok(checked) => Verdict::Fit(fit(checked)),
        Err(refusal) => Verdict::Refused(refusal.code().to_owned()),
    };
    (verdict, Vec::new())
}

/// See [`check_here`].
pub(crate) fn render_here(bytes: &[u8], page: u32, edge: u32) -> (Verdict, Vec<u8>) {
    match documents::render_page(bytes, page, edge, &limits()) {
        Ok(page) => (Verdict::Rendered, page.png),
        Err(refusal) => (Verdict::Refused(refusal.code().to_owned()), Vec::new()),
    }
}

const fn fit(checked: documents::Checked) -> Fit {
    let kind = match checked.kind {
        documents::Kind::Jpeg => DocumentKind::Jpeg,
        documents::Kind::Pdf => DocumentKind::Pdf,
    };
    Fit { kind, pages: checked.pages }
}

async fn ask_child(
    program: &PathBuf,
    arguments: &[&str],
    bytes: &[u8],
) -> Result<(Verdict, Vec<u8>), CheckFailure> {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let (Some(mut to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(CheckFailure::Broken(io::Error::other("the child has no pipes")));
    };
    let mut answer = Vec::new();
    let mut from = from.take(LARGEST_ANSWER);
    let sending = async {
        // A child that has seen enough closes its end early; its answer tells.
        let _ = to.write_all(bytes).await;
        drop(to);
    };
    let (_, read) = tokio::join!(sending, from.read_to_end(&mut answer));
    read?;
    let ended = child.wait().await?;
    // A machine that runs out of memory kills whom it likes; no limit of the child's does that.
    if was_killed(ended) {
        tracing::warn!("a checker was killed from outside");
        return Err(CheckFailure::Busy);
    }
    // It does not understand the question: the files of two versions lie here.
    if ended.code() == Some(MISUNDERSTOOD) {
        return Err(CheckFailure::Broken(io::Error::other("the checker is of another version")));
    }
    // Ended by a limit, a signal or its own stack: the document did that.
    if !ended.success() {
        tracing::warn!(status = %ended, "a document broke its checker");
        return Err(CheckFailure::Unfit("damaged".into()));
    }
    let line = answer.iter().position(|byte| *byte == b'\n').unwrap_or(answer.len());
    let verdict = serde_json::from_slice(&answer[..line])
        .map_err(|error| CheckFailure::Broken(io::Error::other(error)))?;
    Ok((verdict, answer.split_off((line + 1).min(answer.len()))))
}

/// What a look that did not end says. A child that has no limit of processor time may be at it for ever.
fn too_slow() -> CheckFailure {
    if cfg!(unix) { CheckFailure::Busy } else { CheckFailure::Unfit("too_slow".into()) }
}

#[cfg(unix)]
fn was_killed(ended: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    ended.signal() == Some(rustix::process::Signal::KILL.as_raw())
}

#[cfg(not(unix))]
const fn was_killed(_ended: std::process::ExitStatus) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    /// What becomes of a document whose checker ends like this.
    async fn ended_by(command: &str) -> CheckFailure {
        let dir = tempfile::tempdir().expect("a directory");
        let program = dir.path().join("checker");
        fs::write(&program, format!("#!/bin/sh\n{command}\n")).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("executable");
        let inspector = Inspector::new(Checker::ChildProcess(program));
        inspector.check(Bytes::from_static(b"a document")).await.expect_err("no verdict")
    }

    #[tokio::test]
    async fn a_document_is_not_blamed_for_a_checker_that_the_system_killed_or_that_is_not_ours() {
        assert!(matches!(ended_by("kill -KILL $$").await, CheckFailure::Busy));
        assert!(matches!(ended_by("exit 2").await, CheckFailure::Broken(_)));
        for of_its_own_doing in ["kill -XCPU $$", "kill -ABRT $$", "kill -SEGV $$", "exit 1"] {
            assert!(
                matches!(ended_by(of_its_own_doing).await, CheckFailure::Unfit(code) if code == "damaged")
            );
        }
    }
}
