//! Progress and cancelling.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use documents::{Edit, Limits, Refusal, Stage, Watch};

use crate::made;

#[derive(Default)]
struct Notes {
    seen: Mutex<Vec<(Stage, f32)>>,
    stop: AtomicBool,
}

impl Watch for Notes {
    fn progress(&self, stage: Stage, fraction: f32) {
        self.seen.lock().unwrap().push((stage, fraction));
    }

    fn is_cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

#[test]
fn progress_goes_forward() {
    let notes = Notes::default();
    let source =
        made::raster(&image::DynamicImage::ImageRgb8(made::sheet(1200, 900, 1)), image::ImageFormat::Png);
    documents::prepare(source.as_slice(), &Edit::default(), &Limits::default(), &notes).unwrap();
    let seen = notes.seen.lock().unwrap();
    assert_eq!(seen.first().map(|(stage, _)| *stage), Some(Stage::Reading));
    assert_eq!(seen.last().map(|(stage, _)| *stage), Some(Stage::Finishing));
    assert!(seen.is_sorted_by(|a, b| a.1 <= b.1), "{seen:?}");
}

#[test]
fn cancelling_answers_at_once() {
    let source = made::encode(&made::sheet(4000, 3000, 2), 97, turbojpeg::Subsamp::None, true);
    let notes = Notes::default();
    let (outcome, took) = std::thread::scope(|scope| {
        let run = scope
            .spawn(|| documents::prepare(source.as_slice(), &Edit::default(), &Limits::default(), &notes));
        std::thread::sleep(Duration::from_millis(60));
        notes.stop.store(true, Ordering::Relaxed);
        let asked = Instant::now();
        (run.join().unwrap(), asked.elapsed())
    });
    assert_eq!(outcome, Err(Refusal::Cancelled));
    // 100 ms on a quiet machine; this one may be busy.
    assert!(took < Duration::from_millis(500), "{took:?}");
}

/// The heaviest files that are let through, cancelled again and again on their way.
#[test]
fn cancelling_the_heaviest_files_answers_at_once() {
    let photo = made::encode(&made::sheet(8064, 6048, 3), 80, turbojpeg::Subsamp::Sub2x2, false);
    let scan = made::raster(
        &image::DynamicImage::ImageLuma8(image::GrayImage::from_fn(10_950, 10_950, |x, _| {
            image::Luma([(x % 251) as u8])
        })),
        image::ImageFormat::Png,
    );
    for (what, source) in [("JPEG, 48 MP", photo), ("PNG, 120 MP", scan)] {
        let mut slowest = Duration::ZERO;
        for wait in [5, 60, 120, 250, 400] {
            let notes = Notes::default();
            let took = std::thread::scope(|scope| {
                let run = scope.spawn(|| {
                    documents::prepare(source.as_slice(), &Edit::default(), &Limits::default(), &notes)
                });
                std::thread::sleep(Duration::from_millis(wait));
                notes.stop.store(true, Ordering::Relaxed);
                let asked = Instant::now();
                // It may have been done already.
                let _ = run.join().unwrap();
                asked.elapsed()
            });
            slowest = slowest.max(took);
        }
        println!("{what}: the slowest of five answers to a cancel took {slowest:?}");
        assert!(slowest < Duration::from_millis(500), "{what}: {slowest:?}");
    }
}
