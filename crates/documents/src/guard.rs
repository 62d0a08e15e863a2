//! The fence around codecs: each run has a thread of its own with a large stack, so that a panic, deep
//! nesting or a hang costs the file, not the program, and so that cancelling answers at once even while
//! a codec is deep in one call (the thread then ends at its next step and its result is dropped).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{Refusal, Stage, Watch};

/// Address space for nested PDF objects; pages are only touched when used.
const STACK_BYTES: usize = 64 * 1024 * 1024;
/// How long one file may take. Ordinary files take under a second; a slow, loaded machine gets the rest.
const DEADLINE: Duration = Duration::from_secs(120);
/// How often the watcher is asked whether to go on.
const POLL: Duration = Duration::from_millis(20);

enum Message<T> {
    Progress(Stage, f32),
    Done(Result<T, Refusal>),
}

/// What the work holds: where to report, and whether to go on.
pub(crate) struct Ticket {
    report: Box<dyn Fn(Stage, f32) + Send>,
    cancelled: Arc<AtomicBool>,
    until: Instant,
}

impl Ticket {
    /// Reports progress; an `Err` says stop here.
    pub(crate) fn step(&self, stage: Stage, fraction: f32) -> Result<(), Refusal> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(Refusal::Cancelled);
        }
        if Instant::now() > self.until {
            return Err(Refusal::TooComplex);
        }
        (self.report)(stage, fraction);
        Ok(())
    }
}

/// Runs `work` inside the fence, passing progress and cancelling through.
pub(crate) fn run<T: Send + 'static>(
    watch: &dyn Watch,
    work: impl FnOnce(&Ticket) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    if watch.is_cancelled() {
        return Err(Refusal::Cancelled);
    }
    let (sender, receiver) = channel();
    let cancelled = Arc::new(AtomicBool::new(false));
    let until = Instant::now() + DEADLINE;
    let ticket = Ticket { report: reporter(sender.clone()), cancelled: Arc::clone(&cancelled), until };
    let body = move || {
        let outcome = work(&ticket);
        // The receiver is gone when the run was cancelled; then nobody wants the outcome.
        let _ = sender.send(Message::Done(outcome));
    };
    if thread::Builder::new().name("document".into()).stack_size(STACK_BYTES).spawn(body).is_err() {
        return Err(Refusal::TooComplex);
    }
    loop {
        let message = receiver.recv_timeout(POLL);
        if watch.is_cancelled() {
            cancelled.store(true, Ordering::Relaxed);
            return Err(Refusal::Cancelled);
        }
        match message {
            Ok(Message::Progress(stage, fraction)) => watch.progress(stage, fraction),
            Ok(Message::Done(outcome)) => return outcome,
            // The thread ended without an outcome: it panicked.
            Err(RecvTimeoutError::Disconnected) => return Err(Refusal::Damaged),
            Err(RecvTimeoutError::Timeout) if Instant::now() > until => {
                cancelled.store(true, Ordering::Relaxed);
                return Err(Refusal::TooComplex);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn reporter<T: Send + 'static>(sender: Sender<Message<T>>) -> Box<dyn Fn(Stage, f32) + Send> {
    Box::new(move |stage, fraction| {
        let _ = sender.send(Message::Progress(stage, fraction));
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use std::time::{Duration, Instant};

    use super::run;
    use crate::{Refusal, Stage, Watch};

    struct Impatient(Instant);

    impl Watch for Impatient {
        fn progress(&self, _: Stage, _: f32) {}

        fn is_cancelled(&self) -> bool {
            self.0.elapsed() > Duration::from_millis(30)
        }
    }

    #[test]
    fn a_panic_is_a_damaged_file() {
        assert_eq!(run::<()>(&(), |_| panic!("a codec fell over")), Err(Refusal::Damaged));
    }

    #[test]
    fn cancelling_does_not_wait_for_the_codec() {
        let begun = Instant::now();
        let outcome = run(&Impatient(begun), |_| {
            std::thread::sleep(Duration::from_secs(3));
            Ok(())
        });
        assert_eq!(outcome, Err(Refusal::Cancelled));
        assert!(begun.elapsed() < Duration::from_secs(1), "took {:?}", begun.elapsed());
    }
}
