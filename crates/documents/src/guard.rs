//! The fence around codecs: each run has a thread of its own with a large stack, so that a panic, deep
//! nesting or a hang costs the file, not the program, and so that cancelling answers at once even while
//! a codec is deep in one call (the thread then ends at its next step and its result is dropped).
//!
//! A thread that was left behind still holds its picture and a core. The next run waits a moment for it to
//! end, so that somebody who drops file after file does not pile them up; it does not wait for a hang.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI32, AtomicU8, Ordering},
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

/// How long a run waits for threads that were left behind. The largest JPEG is decoded in less.
const PATIENCE: Duration = Duration::from_secs(3);

/// Threads left behind that have not ended yet.
static LEFT_BEHIND: AtomicI32 = AtomicI32::new(0);

/// A run's life: who ends it first, the work or the watcher.
#[derive(Clone)]
struct Life(Arc<AtomicU8>);

impl Life {
    const GOING: u8 = 0;
    const LEFT: u8 = 1;
    const ENDED: u8 = 2;

    fn new() -> Self {
        Self(Arc::new(AtomicU8::new(Self::GOING)))
    }

    fn is_left(&self) -> bool {
        self.0.load(Ordering::Relaxed) == Self::LEFT
    }

    /// The watcher goes; the thread will find out at its next step.
    fn leave(&self) {
        if self.0.compare_exchange(Self::GOING, Self::LEFT, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            LEFT_BEHIND.fetch_add(1, Ordering::AcqRel);
        }
    }
}

/// Stands on the thread's stack, so that a panic, too, is an end.
struct Thread(Life);

impl Drop for Thread {
    fn drop(&mut self) {
        if self.0.0.swap(Life::ENDED, Ordering::AcqRel) == Life::LEFT {
            LEFT_BEHIND.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

enum Message<T> {
    Progress(Stage, f32),
    Done(Result<T, Refusal>),
}

/// What the work holds: where to report, and whether to go on.
pub(crate) struct Ticket {
    report: Box<dyn Fn(Stage, f32) + Send>,
    life: Life,
    until: Instant,
}

impl Ticket {
    /// An `Err` says stop here.
    pub(crate) fn go_on(&self) -> Result<(), Refusal> {
        if self.life.is_left() {
            return Err(Refusal::Cancelled);
        }
        if Instant::now() > self.until {
            return Err(Refusal::TooComplex);
        }
        Ok(())
    }

    /// Reports progress; an `Err` says stop here.
    pub(crate) fn step(&self, stage: Stage, fraction: f32) -> Result<(), Refusal> {
        self.go_on()?;
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
    await_left_behind(watch)?;
    let (sender, receiver) = channel();
    let life = Life::new();
    let until = Instant::now() + DEADLINE;
    let ticket = Ticket { report: reporter(sender.clone()), life: life.clone(), until };
    let thread = Thread(life.clone());
    let body = move || {
        let _thread = thread;
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
            life.leave();
            return Err(Refusal::Cancelled);
        }
        match message {
            Ok(Message::Progress(stage, fraction)) => watch.progress(stage, fraction),
            Ok(Message::Done(outcome)) => return outcome,
            // The thread ended without an outcome: it panicked.
            Err(RecvTimeoutError::Disconnected) => return Err(Refusal::Damaged),
            Err(RecvTimeoutError::Timeout) if Instant::now() > until => {
                life.leave();
                return Err(Refusal::TooComplex);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn await_left_behind(watch: &dyn Watch) -> Result<(), Refusal> {
    let begun = Instant::now();
    while LEFT_BEHIND.load(Ordering::Acquire) > 0 && begun.elapsed() < PATIENCE {
        if watch.is_cancelled() {
            return Err(Refusal::Cancelled);
        }
        thread::sleep(POLL);
    }
    Ok(())
}

fn reporter<T: Send + 'static>(sender: Sender<Message<T>>) -> Box<dyn Fn(Stage, f32) + Send> {
    Box::new(move |stage, fraction| {
        let _ = sender.send(Message::Progress(stage, fraction));
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        time::{Duration, Instant},
    };

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
    fn cancelling_does_not_wait_for_the_codec_but_the_next_run_does() {
        let over = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&over);
        let begun = Instant::now();
        let outcome = run(&Impatient(begun), move |_| {
            std::thread::sleep(Duration::from_millis(1500));
            end.store(true, Ordering::Release);
            Ok(())
        });
        assert_eq!(outcome, Err(Refusal::Cancelled));
        assert!(begun.elapsed() < Duration::from_secs(1), "took {:?}", begun.elapsed());
        assert!(!over.load(Ordering::Acquire), "it was left while it worked");
        let outcome = run(&(), move |_| Ok(over.load(Ordering::Acquire)));
        assert_eq!(outcome, Ok(true), "the other had ended before this began");
    }
}
