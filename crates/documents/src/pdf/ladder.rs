//! One size and quality for all pictures of a file, so that no page pays for another. Steps are tried
//! from the best one predicted to fit; what an encode really gave corrects the prediction.

use crate::{Refusal, fit::Known};

/// Long edges of a page's picture in pixels; 2480 × 3508 is A4 at 300 dpi, 1240 × 1754 at 150.
const EDGES: [u32; 9] = [3508, 2880, 2480, 2106, 1754, 1540, 1400, 1240, 1100];
/// Quality at every edge but the last.
const GOOD: std::ops::RangeInclusive<u8> = 75..=85;
/// Quality at the last edge.
const LAST: u8 = 45;
const MAX_TRIES: u32 = 5;
/// Steps by which a second try must be better.
const WORTHWHILE: usize = 6;

/// A step of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) edge: u32,
    pub(super) quality: u8,
}

fn steps() -> Vec<Step> {
    let last = EDGES[EDGES.len() - 1];
    let good = EDGES.into_iter().flat_map(|edge| GOOD.rev().map(move |quality| Step { edge, quality }));
    good.chain((LAST..*GOOD.start()).rev().map(|quality| Step { edge: last, quality })).collect()
}

/// What is known of the pictures to be encoded, and the bytes there are for all of them together.
pub(super) struct Budget<'a> {
    pub(super) pictures: &'a [Known],
    pub(super) bytes: u64,
}

impl Budget<'_> {
    /// Bytes expected at a step. No picture grows beyond its own size.
    fn predict(&self, step: Step) -> f64 {
        self.pictures.iter().map(|known| known.predict(step.edge.min(known.edge), step.quality)).sum()
    }
}

/// Walks the ladder. `encode` encodes everything at a step and gives what it made with its bytes; the
/// best that fits comes back with its step. `None` only when the lowest step does not fit either.
pub(super) fn climb<T>(
    budget: &Budget<'_>,
    mut encode: impl FnMut(Step) -> Result<(T, u64), Refusal>,
) -> Result<Option<(T, Step)>, Refusal> {
    let steps = steps();
    let allowed = float(budget.bytes);
    let (mut correction, mut aim, mut from) = (1.0, 0.98, 0);
    let mut good: Option<(T, usize)> = None;
    for _ in 0..MAX_TRIES {
        let until = good.as_ref().map_or(steps.len(), |(_, index)| *index);
        let fits = |index: &usize| budget.predict(steps[*index]) * correction <= allowed * aim;
        let Some(index) = (from..until).find(fits) else { break };
        // When something fits already, only a clearly better step is worth another round.
        if good.as_ref().is_some_and(|(_, fitted)| fitted - index < WORTHWHILE) {
            break;
        }
        let (made, bytes) = encode(steps[index])?;
        correction = float(bytes) / budget.predict(steps[index]).max(1.0);
        if bytes <= budget.bytes {
            good = Some((made, index));
        } else {
            from = index + 1;
            // Each miss says that predictions are worth less here.
            aim -= 0.04;
        }
    }
    if let Some((made, index)) = good {
        return Ok(Some((made, steps[index])));
    }
    let last = steps[steps.len() - 1];
    let (made, bytes) = encode(last)?;
    Ok((bytes <= budget.bytes).then_some((made, last)))
}

fn float(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Budget, Step, climb};
    use crate::fit::Known;

    /// A codec that makes 1.8 times what is predicted still ends within the budget, in few rounds.
    #[test]
    fn a_wrong_prediction_is_corrected() {
        let pictures = vec![Known { bytes: 2_500_000.0, edge: 3508, quality: 92 }; 10];
        let budget = Budget { pictures: &pictures, bytes: 1_990_000 };
        for factor in [0.4, 1.0, 1.8] {
            let mut rounds = 0;
            let outcome = climb(&budget, |step| {
                rounds += 1;
                let real: f64 = pictures.iter().map(|known| known.predict(step.edge, step.quality)).sum();
                Ok((step, format!("{:.0}", real * factor).parse().expect("a number")))
            });
            let (step, _): (Step, Step) = outcome.expect("encodes").expect("fits");
            assert!(step.edge >= 1100 && rounds <= 4, "{factor}: {step:?} after {rounds} rounds");
        }
    }

    /// Pictures whose bytes hardly fall with their size defeat every prediction; the lowest step is left.
    #[test]
    fn the_last_step_is_always_tried() {
        let pictures = vec![Known { bytes: 2_500_000.0, edge: 3508, quality: 92 }; 10];
        let budget = Budget { pictures: &pictures, bytes: 1_990_000 };
        let outcome = climb(&budget, |step| {
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
        let outcome = climb(&budget, |_| Ok(((), 5_000_000)));
        assert!(outcome.expect("encodes").is_none());
    }
}
