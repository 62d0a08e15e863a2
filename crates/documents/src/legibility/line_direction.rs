//! The classifier that tells whether a line of print stands on its head (`models/README.md`). It is part of the
//! program and its input has one size, so nothing that a file holds decides how long it takes.

use std::sync::{Arc, OnceLock};

use rten::{Model, ModelOptions, RunOptions, ThreadPool, Value, op_registry};

use super::upside_down::Piece;

/// Size of what the classifier looks at, pixels; shorter pieces leave the rest gray.
pub(super) const HEIGHT: usize = 48;
pub(super) const WIDTH: usize = 192;
/// It was made for colours.
const CHANNELS: usize = 3;
/// Less between dark and bright is no print and is not stretched to all levels.
const CONTRAST: f32 = 20.0;

static MODEL: &[u8] = include_bytes!("../../models/line_direction.onnx");

struct Classifier {
    model: Model,
    /// What is computed for a picture is computed on one thread: other work goes on beside it. (For itself the
    /// library makes a pool of its own once, which then waits.)
    threads: Arc<ThreadPool>,
}

impl Classifier {
    fn load() -> Option<Self> {
        // It sees pixels in one size whatever a file holds: nothing is to be found there, and under the sanitizer it takes
        // seconds.
        if cfg!(fuzzing) {
            return None;
        }
        let operators = op_registry!(
            Add,
            BatchNormalization,
            Cast,
            Clip,
            Concat,
            Conv,
            Div,
            GlobalAveragePool,
            HardSigmoid,
            Identity,
            MatMul,
            MaxPool,
            Mul,
            Relu,
            Reshape,
            Shape,
            Slice,
            Softmax
        );
        let model = ModelOptions::with_ops(operators).load_static_slice(MODEL).ok()?;
        Some(Self { model, threads: Arc::new(ThreadPool::with_num_threads(1)) })
    }
}

/// How surely a piece of a line looks to stand on its head, 0 to 1. `None` where there is no classifier: then nothing
/// is said.
pub(super) fn upside_down(piece: &Piece) -> Option<f32> {
    static CLASSIFIER: OnceLock<Option<Classifier>> = OnceLock::new();
    let classifier = CLASSIFIER.get_or_init(Classifier::load).as_ref()?;
    let input = Value::from_shape([1, CHANNELS, HEIGHT, WIDTH], stretched(piece)).ok()?;
    let options = RunOptions::default().with_thread_pool(Some(classifier.threads.clone()));
    let output = classifier.model.run_one(input.into(), Some(options)).ok()?;
    let ([1, 2], shares) = output.into_shape_vec::<f32, 2>().ok()? else { return None };
    shares.get(1).copied().filter(|share| share.is_finite())
}

/// Levels from −1 to 1, stretched so that dim pictures look like others.
fn stretched(piece: &Piece) -> Vec<f32> {
    let mut sorted = piece.levels.clone();
    sorted.sort_unstable();
    let nth = |hundredth: usize| f32::from(sorted.get(sorted.len() * hundredth / 100).copied().unwrap_or(0));
    let (dark, bright) = (nth(2), nth(95));
    let range = (bright - dark).max(CONTRAST);
    let mut plane = vec![0.0; HEIGHT * WIDTH];
    for (row, levels) in plane.chunks_exact_mut(WIDTH).zip(piece.levels.chunks_exact(piece.width.max(1))) {
        for (out, level) in row.iter_mut().zip(levels) {
            *out = ((f32::from(*level) - dark) / range).clamp(0.0, 1.0) * 2.0 - 1.0;
        }
    }
    plane.repeat(CHANNELS)
}

#[cfg(test)]
mod tests {
    use super::{Classifier, HEIGHT, Piece, WIDTH, upside_down};

    /// Without it nothing would be said of any picture, and nobody would notice.
    #[test]
    fn the_classifier_is_there() {
        assert!(Classifier::load().is_some());
        for width in [1, WIDTH] {
            let share = upside_down(&Piece { width, levels: vec![200; width * HEIGHT] });
            assert!(share.is_some_and(|share| (0.0..=1.0).contains(&share)), "{share:?}");
        }
    }
}
