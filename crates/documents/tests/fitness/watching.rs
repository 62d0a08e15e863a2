//! Progress and cancelling.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use documents::{Edit, Limits, Refusal, Stage, Watch};

use crate::made;

#[derive(Default)]
struct Notes {
    seen: Mutex<Vec<(Stage, f32)>>,
}

impl Watch for Notes {
    fn progress(&self, stage: Stage, fraction: f32) {
        self.seen.lock().unwrap().push((stage, fraction));
    }

    fn is_cancelled(&self) -> bool {
        false
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

/// Stops the run as soon as a stage is under way.
struct StopsAt {
    stage: Stage,
    stopped: AtomicBool,
}

impl Watch for StopsAt {
    fn progress(&self, stage: Stage, _: f32) {
        if stage == self.stage {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// That it does not wait for a decoder is told by the fence's own tests, that decoders stop by theirs.
#[test]
fn whoever_stops_is_told_so_at_every_stage() {
    let sheet = made::sheet(2400, 1800, 2);
    let heavy = made::encode(&sheet, 97, turbojpeg::Subsamp::None, true);
    let pdf = made::pdf(vec![made::jpeg_stream(heavy.clone(), 2400, 1800)], |_| {});
    let png = made::raster(&image::DynamicImage::ImageRgb8(sheet), image::ImageFormat::Png);
    let limits = Limits { max_output_bytes: 400_000, ..Limits::default() };
    for (what, source) in [("JPEG", heavy), ("PNG", png), ("PDF", pdf)] {
        for stage in [Stage::Reading, Stage::Decoding, Stage::Fitting, Stage::Finishing] {
            let watch = StopsAt { stage, stopped: AtomicBool::new(false) };
            let outcome = documents::prepare(source.as_slice(), &Edit::default(), &limits, &watch);
            assert_eq!(outcome, Err(Refusal::Cancelled), "{what}, {stage:?}");
        }
    }
}
