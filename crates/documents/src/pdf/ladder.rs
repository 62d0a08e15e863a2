//! One size and quality for all pictures of a file, so that no page pays for another. Steps are tried
//! from the best one predicted to fit; what an encode really gave corrects the prediction.

use crate::{Refusal, fit::Known};

/// Long edges of a page's picture in pixels (2480 × 3508 is A4 at 300 dpi, 1240 × 1754 at 150), with the best
/// quality, the least that is still good, and the least that is taken where nothing better fits. More pixels
/// are worth more than quality down to 150 dpi: print keeps its shape (figures: docs/measurements).
const LADDER: [(u32, u8, u8, u8); 9] = [
    (3508, 85, 75, 70),
    (2880, 85, 75, 66),
    (2480, 85, 75, 62),
    (2106, 85, 75, 58),
    (1754, 88, 75, 50),
    (1540, 62, 62, 50),
    (1400, 62, 62, 50),
    (1240, 62, 62, 50),
    (1100, 62, 62, 45),
];
/// Edges down to here are good.
const GOOD: u32 = 1754;
/// Files with more pixels than this (four sheets at 300 dpi) start at 150 dpi: a decoder gives half of a sheet's
/// pixels in little more than half the time, and a person waits.
const MANY_PIXELS: u64 = 36_000_000;
const MAX_TRIES: u32 = 5;
/// A try that uses this much of the room (in hundredths) is not worth another.
const ENOUGH: f64 = 0.85;
/// How much of the room a first try aims at.
const AIM: f64 = 0.97;

/// A step of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) edge: u32,
    pub(super) quality: u8,
}

/// How far down one may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Nobody would see a difference.
    Good,
    /// As long as print is legible.
    Last,
}

fn steps(reach: Reach, top: u32) -> Vec<Step> {
    let rungs =
        LADDER.into_iter().filter(|(edge, ..)| *edge <= top && (reach == Reach::Last || *edge >= GOOD));
    rungs
        .flat_map(|(edge, best, good, last)| {
            let least = if reach == Reach::Good { good } else { last };
            (least..=best).rev().map(move |quality| Step { edge, quality })
        })
        .collect()
}

/// What is known of the pictures to be encoded, and the bytes there are for all of them together.
pub(super) struct Budget<'a> {
    pub(super) pictures: &'a [Known],
    pub(super) bytes: u64,
}

impl Budget<'_> {
    /// Long edge to start at.
    fn top(&self) -> u32 {
        // Sheets are about seven tenths as wide as long.
        let pixels = self.pictures.iter().map(|known| u64::from(known.edge) * u64::from(known.edge) * 7 / 10);
        if pixels.fold(0, u64::saturating_add) > MANY_PIXELS { GOOD } else { LADDER[0].0 }
    }

    /// Bytes expected at a step.
    fn predict(&self, step: Step) -> f64 {
        self.pictures.iter().map(|known| predict(known, step)).sum()
    }

    fn predict_of(&self, which: &[usize], step: Step) -> f64 {
        which.iter().filter_map(|index| self.pictures.get(*index)).map(|known| predict(known, step)).sum()
    }
}

fn predict(known: &Known, step: Step) -> f64 {
    known.predict(step.edge.min(known.edge), step.quality)
}

/// Walks the ladder. `encode` encodes the pictures of the given numbers (all of them where there are none) at a
/// step and gives what it made with its bytes; the best that fits comes back with its step. `None` only when
/// the lowest step does not fit either. A `sample`, if there is one, is encoded first to correct predictions.
pub(super) fn climb<T>(
    budget: &Budget<'_>,
    reach: Reach,
    sample: &[usize],
    mut encode: impl FnMut(Step, &[usize]) -> Result<(T, u64), Refusal>,
) -> Result<Option<(T, Step)>, Refusal> {
    let steps = steps(reach, budget.top());
    let Some(last) = steps.last().copied() else { return Ok(None) };
    let allowed = float(budget.bytes);
    let (mut correction, mut aim, mut from) = (1.0, AIM, 0);
    if !sample.is_empty() {
        let step = steps.iter().copied().find(|step| budget.predict(*step) <= allowed * aim).unwrap_or(last);
        let (_, bytes) = encode(step, sample)?;
        correction = float(bytes) / budget.predict_of(sample, step).max(1.0);
    }
    let mut good: Option<(T, usize)> = None;
    for _ in 0..MAX_TRIES {
        let until = good.as_ref().map_or(steps.len(), |(_, index)| *index);
        let fits = |index: &usize| budget.predict(steps[*index]) * correction <= allowed * aim;
        let Some(index) = (from..until).find(fits) else { break };
        let (made, bytes) = encode(steps[index], &[])?;
        correction = float(bytes) / budget.predict(steps[index]).max(1.0);
        if bytes <= budget.bytes {
            good = Some((made, index));
            if float(bytes) >= allowed * ENOUGH {
                break;
            }
        } else {
            from = index + 1;
            // Each miss says that predictions are worth less here.
            aim -= 0.03;
        }
    }
    if let Some((made, index)) = good {
        return Ok(Some((made, steps[index])));
    }
    let (made, bytes) = encode(last, &[])?;
    Ok((bytes <= budget.bytes).then_some((made, last)))
}

fn float(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Budget, Reach, Step, climb};
    use crate::fit::Known;

    const PAGE: Known = Known { bytes: 2_500_000.0, edge: 3508, quality: 92 };

    /// A codec that makes 1.8 times what is predicted still ends within the budget, in few rounds; a sample
    /// saves the wrong ones.
    #[test]
    fn a_wrong_prediction_is_corrected() {
        let pictures = vec![PAGE; 10];
        let budget = Budget { pictures: &pictures, bytes: 1_990_000 };
        for factor in [0.4, 1.0, 1.8] {
            for (sample, most) in [(&[][..], 4), (&[0, 5, 9][..], 1)] {
                let mut rounds = 0;
                let outcome = climb(&budget, Reach::Last, sample, |step, which| {
                    rounds += u32::from(which.is_empty());
                    let count = if which.is_empty() { 10.0 } else { 3.0 };
                    let real = PAGE.predict(step.edge, step.quality) * count;
                    Ok((step, format!("{:.0}", real * factor).parse().expect("a number")))
                });
                let (step, _): (Step, Step) = outcome.expect("encodes").expect("fits");
                assert!(step.edge >= 1100 && rounds <= most, "{factor}: {step:?} after {rounds} rounds");
            }
        }
    }

    /// Pictures whose bytes hardly fall with their size defeat every prediction; the lowest step is left.
    #[test]
    fn the_last_step_is_always_tried() {
        let pictures = vec![PAGE; 10];
        let budget = Budget { pictures: &pictures, bytes: 1_990_000 };
        let outcome = climb(&budget, Reach::Last, &[], |step, _| {
            let bytes = if step.quality == 45 { 1_900_000 } else { 1_990_001 };
            Ok((step, bytes))
        });
        let (step, _) = outcome.expect("encodes").expect("fits");
        assert_eq!(step, Step { edge: 1100, quality: 45 });
    }

    #[test]
    fn what_cannot_fit_says_so() {
        let pictures = vec![Known { bytes: 9_000_000.0, edge: 3508, quality: 92 }; 200];
        let budget = Budget { pictures: &pictures, bytes: 1000 };
        for reach in [Reach::Good, Reach::Last] {
            let outcome = climb(&budget, reach, &[], |_, _| Ok(((), 5_000_000)));
            assert!(outcome.expect("encodes").is_none());
        }
    }
}
