//! Chooses size before quality, so that the result fits with few encodes: the largest long edge whose
//! predicted bytes fit at quality 85 to 90; quality goes down to 75 only to rescue a near miss. The
//! guideline's 1080 × 1920 is a floor: fewer pixels are tried only when nothing else fits.
//!
//! Three encodes are enough for what people hand in (`tests/fitness/encodes.rs` counts them): the first tells what the
//! picture weighs, the second how far predictions hold for it, the third aims low by as much as they did not. A fourth
//! is for pictures whose bytes hardly fall, or rise, where they should fall, such as halftones that turn into moiré
//! when they are made smaller; refusing those would be worse than the wait.

use crate::{
    Refusal, Stage,
    guard::Ticket,
    jpeg::{Chroma, Tables, encode_with},
    limits::A4_AT_300_DPI,
    picture::Picture,
};

/// Long edges tried, largest first, in pixels: A4 at 300 dpi, then the steps text survives.
const EDGES: [u32; 8] = [A4_AT_300_DPI, 2880, 2560, GUIDELINE.1, 1600, 1280, 1024, 800];
/// The guideline's bound, either way round: pictures of at least this size are legible.
const GUIDELINE: (u32, u32) = (1080, 1920);
/// Quality range wanted at the first try.
const GOOD: std::ops::RangeInclusive<u8> = 85..=90;
/// Below this, small print suffers; size is given up first.
const FLOOR: u8 = 75;
/// For the guideline's own size, before a smaller one is tried, and for the smallest size.
const LAST: u8 = 50;
/// Bytes of a pixel at quality 90 in the busiest of photographs.
const BYTES_PER_PIXEL: f64 = 0.5;
/// How bytes fall with the quantiser's scale, and with pixels (measured: research, imaging).
const BY_SCALE: f64 = 0.62;
const BY_PIXELS: f64 = 0.95;
/// Predictions aim a little below the limit.
const AIM: f64 = 0.97;
/// How much less the third try aims at, and those after it.
const THIRD: f64 = 0.95;
const LATER: f64 = 0.85;
/// The least part of a prediction that is ever taken to come true.
const LEAST_TRUST: f64 = 0.4;
/// Encodes in all. The third fits but for the rarest; see above.
const MAX_TRIES: u32 = 10;

/// Something known about bytes at a size and quality: the source itself, or an encode just made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) bytes: f64,
    pub(crate) edge: u32,
    pub(crate) quality: u8,
}

impl Known {
    /// Bytes to expect at another size and quality.
    pub(crate) fn predict(&self, edge: u32, quality: u8) -> f64 {
        let pixels = (f64::from(edge) / f64::from(self.edge)).powi(2);
        let scale = coarseness(quality) / coarseness(self.quality);
        self.bytes * pixels.powf(BY_PIXELS) * scale.powf(-BY_SCALE)
    }
}

/// What was learned from encodes that came out too large.
#[derive(Default)]
struct Misses {
    count: u32,
    /// The one before, as long as nothing but size and quality was changed since.
    before: Option<Known>,
}

impl Misses {
    /// Notes another one, and gives the bytes that the next prediction must not exceed.
    fn add(&mut self, known: Known, aim: f64) -> f64 {
        self.count += 1;
        let margin = match self.count {
            1 => 1.0,
            2 => THIRD,
            _ => LATER,
        };
        let trust = self.before.map_or(1.0, |before| trust(&before, &known));
        self.before = Some(known);
        // Of a fall that is predicted that part comes true: a deeper one must be asked for.
        known.bytes * (aim * margin / known.bytes).powf(1.0 / trust)
    }
}

/// Which part of the fall in bytes (of its logarithm) that was predicted from one encode to the next came true.
fn trust(before: &Known, after: &Known) -> f64 {
    let predicted = before.predict(after.edge, after.quality) / before.bytes;
    // Too small a step tells nothing.
    if predicted > 0.95 {
        return 1.0;
    }
    ((after.bytes / before.bytes).ln() / predicted.ln()).clamp(LEAST_TRUST, 1.0)
}

/// The encoder's scale for its quantiser tables.
fn coarseness(quality: u8) -> f64 {
    let quality = f64::from(quality.clamp(1, 99));
    if quality < 50.0 { 5000.0 / quality } else { 200.0 - 2.0 * quality }
}

/// What to fit and how far one may go.
pub(crate) struct Task {
    /// Long edge of the source in pixels.
    pub(crate) edge: u32,
    /// Its short edge.
    pub(crate) short: u32,
    /// The source's own bytes and quality, where it is a JPEG.
    pub(crate) known: Option<Known>,
    /// The source's size may stay as it is even beyond the largest step (it is small in bytes already).
    pub(crate) keep_edge: bool,
    /// Longest edge allowed, where a caller asked for one.
    pub(crate) most: Option<u32>,
    /// Colour at full resolution is worth a try where a picture has it.
    pub(crate) full_colour: bool,
    pub(crate) limit: u64,
}

/// An encoded picture that fits.
pub(crate) struct Fitted {
    pub(crate) bytes: Vec<u8>,
    pub(crate) picture: Picture,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) edge: u32,
    pub(crate) quality: u8,
}

impl Task {
    /// The sizes this source may take, largest first.
    pub(crate) fn edges(&self) -> Vec<u32> {
        let top = if self.keep_edge { self.edge } else { self.edge.min(EDGES[0]) };
        let top = self.most.map_or(top, |most| top.min(most));
        let least = self.guideline();
        let mut edges = vec![top.max(1)];
        edges.extend(EDGES.into_iter().chain([least]).filter(|edge| *edge < top));
        edges.sort_unstable_by(|a, b| b.cmp(a));
        edges.dedup();
        edges
    }

    /// The long edge at which both sides reach the guideline's size; of long strips, what A4 has.
    fn guideline(&self) -> u32 {
        let long = u64::from(GUIDELINE.0) * u64::from(self.edge) / u64::from(self.short.max(1));
        u32::try_from(long).unwrap_or(u32::MAX).clamp(GUIDELINE.1, A4_AT_300_DPI)
    }

    /// Best quality worth writing: no better than the source's own where that is known to be high.
    fn best(&self) -> u8 {
        match self.known {
            Some(known) if self.keep_edge => known.quality.clamp(*GOOD.end(), 95),
            _ => *GOOD.end(),
        }
    }

    /// Tables of the picture's own cost a pass over it: only where its bytes may be needed.
    fn tables(&self, picture: &Picture, choice: Choice) -> Tables {
        let blind = f64::from(picture.width) * f64::from(picture.height) * BYTES_PER_PIXEL;
        let bytes = self.known.map_or(blind, |known| known.predict(choice.edge, choice.quality));
        if bytes * 1.2 <= self.aim() { Tables::Standard } else { Tables::Optimised }
    }

    fn aim(&self) -> f64 {
        f64::from(u32::try_from(self.limit).unwrap_or(u32::MAX)) * AIM
    }

    /// The first thing to try.
    fn first(&self, edges: &[u32]) -> Choice {
        let blind = Choice { edge: edges[0], quality: self.best() };
        self.known.map_or(blind, |known| self.choose(&known, edges, None, self.aim()))
    }

    /// The largest size that is predicted to take at most `aim` bytes. `missed`: at this size an encode has just come out
    /// too large.
    fn choose(&self, known: &Known, edges: &[u32], missed: Option<Choice>, aim: f64) -> Choice {
        let (last, least) = (edges.len() - 1, self.guideline());
        for (index, edge) in edges.iter().copied().enumerate() {
            let (mut top, mut floor) = (self.best(), *GOOD.start());
            if let Some(missed) = missed {
                if edge > missed.edge {
                    continue;
                }
                if edge == missed.edge {
                    (top, floor) =
                        (missed.quality.saturating_sub(1), FLOOR.min(missed.quality.saturating_sub(1)));
                }
            }
            if edge < least {
                floor = FLOOR;
            }
            if edge == least || index == last {
                floor = LAST;
            }
            let fits = (floor..=top).rev().find(|quality| known.predict(edge, *quality) <= aim);
            if let Some(quality) = fits {
                return Choice { edge, quality };
            }
        }
        // Nothing is predicted to fit: the lowest step, a little lower each time.
        let quality = missed
            .filter(|missed| missed.edge == edges[last])
            .map_or(LAST, |missed| missed.quality.min(LAST + 1) - 1);
        Choice { edge: edges[last], quality }
    }
}

/// Encodes until it fits, and tells of a step for each encode. `render` gives the picture at a long edge; the one
/// before, where it is not needed any more, is given back to it.
pub(crate) fn fit(
    task: &Task,
    ticket: &Ticket,
    mut render: impl FnMut(u32, Option<Picture>) -> Result<Picture, Refusal>,
) -> Result<Fitted, Refusal> {
    let edges = task.edges();
    let mut choice = task.first(&edges);
    let mut picture = render(choice.edge, None)?;
    let full = task.full_colour && picture.has_fine_colour();
    let mut chroma = if full { Chroma::Full } else { Chroma::Quarter };
    let mut rendered = choice.edge;
    let mut tables = task.tables(&picture, choice);
    let mut smallest = u64::MAX;
    let mut good: Option<Fitted> = None;
    let mut misses = Misses::default();
    for attempt in 0..MAX_TRIES {
        ticket.step(Stage::Fitting, 0.5 + 0.1 * f32::from(u8::try_from(attempt.min(3)).unwrap_or(3)))?;
        let bytes = encode_with(&picture, choice.quality, chroma, tables)?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        smallest = smallest.min(length);
        let known = Known {
            bytes: f64::from(u32::try_from(length).unwrap_or(u32::MAX)),
            edge: choice.edge,
            quality: choice.quality,
        };
        let plain = std::mem::replace(&mut tables, Tables::Optimised) == Tables::Standard;
        let next = if length <= task.limit {
            // A timid prediction may have cost a size; look once.
            let larger = edges.iter().copied().take_while(|edge| *edge > choice.edge).last();
            let larger =
                larger.filter(|edge| attempt == 0 && known.predict(*edge, *GOOD.start()) <= task.aim() * AIM);
            let Some(edge) = larger else { return Ok(Fitted { bytes, picture }) };
            let kept = std::mem::replace(&mut picture, render(edge, None)?);
            rendered = edge;
            good = Some(Fitted { bytes, picture: kept });
            let quality = GOOD.rev().find(|quality| known.predict(edge, *quality) <= task.aim() * AIM);
            Choice { edge, quality: quality.unwrap_or(*GOOD.start()) }
        } else if let Some(good) = good.take() {
            return Ok(good);
        } else if plain && known.bytes * 0.94 <= task.aim() {
            // Tables of its own make a picture a few hundredths smaller.
            misses.count += 1;
            choice
        } else if chroma == Chroma::Full {
            // The same picture with less colour is about a third smaller; how much is learned from the next one alone.
            chroma = Chroma::Quarter;
            let aim = misses.add(known, task.aim()).max(task.aim() * THIRD);
            misses.before = None;
            let less = Known { bytes: known.bytes * 0.7, ..known };
            task.choose(&less, &edges, Some(Choice { quality: 91, ..choice }), aim)
        } else if choice.edge == edges[edges.len() - 1] && choice.quality <= LAST - 5 {
            break;
        } else {
            let aim = misses.add(known, task.aim());
            task.choose(&known, &edges, Some(choice), aim)
        };
        if next.edge != rendered {
            picture = render(next.edge, Some(picture))?;
            rendered = next.edge;
        }
        choice = next;
    }
    good.ok_or(Refusal::CannotFit { bytes: smallest, max: task.limit, pages: 1 })
}

#[cfg(test)]
mod tests {
    use super::{AIM, Choice, Known, Misses, THIRD, Task};

    fn task(edge: u32, known: Option<Known>) -> Task {
        Task {
            edge,
            short: edge * 3 / 4,
            known,
            keep_edge: false,
            most: None,
            full_colour: false,
            limit: 2_000_000,
        }
    }

    /// The measured figures of three sources stay within a fifth of what the model says.
    #[test]
    fn predictions_match_what_was_measured() {
        let photo = Known { bytes: 3_400_000.0, edge: 4032, quality: 93 };
        let at_1920 = photo.predict(1920, 90);
        assert!((520_000.0..760_000.0).contains(&at_1920), "{at_1920}");
        let at_2560 = photo.predict(2560, 90);
        assert!((900_000.0..1_350_000.0).contains(&at_2560), "{at_2560}");
    }

    #[test]
    fn size_goes_before_quality() {
        let task = task(4032, Some(Known { bytes: 3_400_000.0, edge: 4032, quality: 93 }));
        let edges = task.edges();
        assert_eq!(edges, [3508, 2880, 2560, 1920, 1600, 1280, 1024, 800]);
        let first = task.first(&edges);
        assert_eq!(first.edge, 3508);
        assert!((85..=90).contains(&first.quality), "{first:?}");
        // A small miss is rescued by quality, a large one by size.
        let near = Known { bytes: 2_100_000.0, edge: 3508, quality: 88 };
        assert_eq!(
            task.choose(&near, &edges, Some(Choice { edge: 3508, quality: 88 }), task.aim()).edge,
            3508
        );
        let far = Known { bytes: 6_000_000.0, edge: 3508, quality: 88 };
        assert!(task.choose(&far, &edges, Some(Choice { edge: 3508, quality: 88 }), task.aim()).edge < 2560);
    }

    #[test]
    fn small_pictures_are_not_enlarged() {
        assert_eq!(task(640, None).edges(), [640]);
        assert_eq!(task(1100, None).edges(), [1100, 1024, 800]);
    }

    /// Nothing below 1080 × 1920 is tried while a lower quality of that size would fit.
    #[test]
    fn the_guideline_is_left_last() {
        let task = task(4032, None);
        let edges = task.edges();
        let missed = |edge, quality, bytes| {
            let known = Known { bytes, edge, quality };
            task.choose(&known, &edges, Some(Choice { edge, quality }), task.aim())
        };
        let heavy = missed(1920, 85, 2_700_000.0);
        assert!(heavy.edge == 1920 && (50..75).contains(&heavy.quality), "{heavy:?}");
        assert!(missed(1920, 85, 6_000_000.0).edge < 1920);
        // A long strip (a receipt, a screenshot) keeps 1080 across; sizes do not depend on which way it lies.
        let strip = Task { short: 900, ..Task { edge: 2400, ..task } };
        assert_eq!(strip.edges(), [2400, 1920, 1600, 1280, 1024, 800], "its own width is less");
        let strip = Task { edge: 5400, short: 1800, known: None, ..strip };
        assert_eq!(strip.edges()[..4], [3508, 3240, 2880, 2560]);
        assert_eq!(strip.guideline(), 3240);
    }

    #[test]
    fn a_caller_may_ask_for_less() {
        let asked = |most| Task { most: Some(most), ..task(4032, None) }.edges();
        assert_eq!(asked(1920), [1920, 1600, 1280, 1024, 800]);
        assert_eq!(asked(2000), [2000, 1920, 1600, 1280, 1024, 800]);
        assert_eq!(asked(9000)[0], 3508);
    }

    /// A picture whose bytes fall by half of what is predicted fits at the third encode.
    #[test]
    fn the_third_try_knows_how_far_predictions_hold() {
        let task = task(4032, None);
        let edges = task.edges();
        let first = Known { bytes: 5_000_000.0, edge: 3508, quality: 90 };
        let real = |choice: Choice| {
            let predicted = first.predict(choice.edge, choice.quality) / first.bytes;
            Known { bytes: first.bytes * predicted.sqrt(), edge: choice.edge, quality: choice.quality }
        };
        let mut misses = Misses::default();
        let missed = Choice { edge: 3508, quality: 90 };
        let second = task.choose(&first, &edges, Some(missed), misses.add(first, task.aim()));
        let known = real(second);
        assert!(known.bytes > 2_000_000.0, "the second misses: {}", known.bytes);
        let third = task.choose(&known, &edges, Some(second), misses.add(known, task.aim()));
        let bytes = real(third).bytes;
        assert!((1_000_000.0..2_000_000.0).contains(&bytes), "{third:?}: {bytes}");
    }

    /// Where predictions hold, no more is given away than the third try's margin.
    #[test]
    fn a_prediction_that_came_true_is_trusted() {
        let aim = 2_000_000.0 * AIM;
        let first = Known { bytes: 4_000_000.0, edge: 3508, quality: 90 };
        let mut misses = Misses::default();
        assert!((misses.add(first, aim) - aim).abs() < 1.0);
        let as_told = Known { bytes: first.predict(2560, 88), edge: 2560, quality: 88 };
        assert!((misses.add(as_told, aim) - aim * THIRD).abs() < 1.0);
    }
}
