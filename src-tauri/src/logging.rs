//! The log: one JSON object a line, a file a day, seven days. Codes, ids and durations only; never what a person
//! filled in, never the name of a file.

use std::{
    error::Error,
    io::{self, Write},
    panic,
    path::Path,
};

use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{Builder, Rotation},
};
use tracing_subscriber::EnvFilter;

const DAYS_KEPT: usize = 7;

/// Keeps the log flowing; the last lines are written when it is dropped.
pub(crate) struct Log(#[expect(dead_code, reason = "held for its drop")] WorkerGuard);

/// Starts the log. What is logged follows `YIBAN_LOG`, `info` by default.
pub(crate) fn start(folder: &Path) -> Result<Log, Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let file = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("yiban")
        .filename_suffix("log")
        .max_log_files(DAYS_KEPT)
        .build(folder)?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("YIBAN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // Somebody else's subscriber (a test's) may stand already; then it has our lines.
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(writer).try_init();
    log_panics();
    Ok(Log(guard))
}

/// A panic's message may quote what a person typed, unless it is a fixed sentence: log that and the place.
fn log_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let sentence = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("(formatted)");
        tracing::error!(place, sentence, "panic");
        // The system's journal may keep what a released program writes to its streams.
        if cfg!(debug_assertions) {
            before(panic);
        }
    }));
}

/// The program cannot come up; there may be no log yet.
pub(crate) fn last_words(error: &dyn Error) {
    tracing::error!(%error, "could not start");
    let _ = writeln!(io::stderr(), "易办医保没有启动 / Yiban could not start: {error}");
}
