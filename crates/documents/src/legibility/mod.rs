//! Can a person read it? Measured on the brightness of the upright picture, at most 1600 pixels long, so that
//! thresholds mean the same for a telephone and a scanner. Everything here warns; nothing refuses.
//!
//! Where the thresholds come from: `docs/legibility.md`; the figures are printed by
//! `cargo test -p documents legibility -- --nocapture`.

mod glare;
mod ink;
mod line_direction;
mod lines;
mod sharpness;
mod upside_down;

use crate::{
    Finding, Refusal,
    outline::{self, Outline},
    picture::Plane,
    resize,
};

use ink::Ink;
use lines::Print;
pub(crate) use sharpness::Sharpness;

/// Long edge at which pictures are looked at, pixels.
pub(crate) const EDGE: u32 = 1600;
/// A longer side below this leaves small print illegible.
const SMALL: u32 = 1000;
/// Photos whose brightest twentieth stays below this level are too dark.
const DARK: u8 = 100;

/// What is looked at of a picture that is ready to be handed in, made from its brightness.
#[allow(clippy::needless_pass_by_value, reason = "it goes before anything is looked for")]
pub(crate) fn seen(luma: Plane) -> Result<Plane, Refusal> {
    resize::within(&luma.bytes, luma.size(), EDGE)
}

/// What stands out in a picture of which this was [`seen`]; the longer side of the file itself is `long_edge`.
pub(crate) fn findings(luma: Plane, long_edge: u32) -> Result<Vec<Finding>, Refusal> {
    let mut findings = Vec::new();
    if long_edge < SMALL {
        findings.push(Finding::TooSmall { long_edge });
    }
    // In the dark nothing else can be told.
    if is_dark(&luma) {
        findings.push(Finding::Dark);
        return Ok(findings);
    }
    findings.extend(Sharpness::measure(&luma).and_then(Sharpness::finding));
    findings.extend(glare::find(&luma).map(|area| Finding::Glare { area }));
    // What is looked for as a whole needs fewer pixels.
    let smaller = resize::within(&luma.bytes, luma.size(), lines::EDGE)?;
    drop(luma);
    let luma = smaller;
    let upright = not_upright(&luma);
    findings.extend(cut_off(&resize::within(&luma.bytes, luma.size(), outline::EDGE)?));
    findings.extend(upright);
    Ok(findings)
}

/// Whether the paper runs out of the picture. Nothing is said of a page that fills it.
fn cut_off(luma: &Plane) -> Option<Finding> {
    let [left, top, right, bottom] = Outline::find(luma)?.cut_off()?;
    (left || top || right || bottom).then_some(Finding::CutOff { left, top, right, bottom })
}

/// Whether lines of print run from top to bottom, or stand on their heads.
fn not_upright(luma: &Plane) -> Option<Finding> {
    let ink = Ink::find(luma)?;
    let print = Print::measure(&ink);
    print.finding().or_else(|| upside_down::finding(luma, &ink, print))
}

fn is_dark(luma: &Plane) -> bool {
    let dark = luma.bytes.iter().filter(|level| **level < DARK).count();
    !luma.bytes.is_empty() && dark * 20 > luma.bytes.len() * 19
}

#[cfg(test)]
mod rates;
#[cfg(test)]
mod tests;
