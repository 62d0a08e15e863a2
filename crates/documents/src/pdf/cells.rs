//! Cells of patterns.

use lopdf::{Dictionary, Document, Object};

/// How often a cell is drawn to fill one tile: cells may be larger than the step between them.
pub(super) fn copies(cell: &Dictionary, document: &Document, most: u64) -> u64 {
    let number = |key: &[u8]| cell.get_deref(key, document).and_then(Object::as_float).unwrap_or(0.0).abs();
    let sides =
        cell.get_deref(b"BBox", document).and_then(Object::as_array).map(Vec::as_slice).unwrap_or_default();
    let sides: Vec<f32> = sides.iter().map(|side| side.as_float().unwrap_or(0.0)).collect();
    let [left, bottom, right, top] = sides[..] else { return 1 };
    let along = |from: f32, to: f32, step: f32| {
        let copies = ((to - from).abs() / step).ceil();
        if copies.is_finite() {
            (0..=24).map(|power| 1_u64 << power).find(|power| copies <= bounded(*power)).unwrap_or(most)
        } else {
            most
        }
    };
    along(left, right, number(b"XStep")).saturating_mul(along(bottom, top, number(b"YStep")))
}

fn bounded(number: u64) -> f32 {
    // Powers of two up to 2^24: floats hold them exactly.
    u16::try_from(number)
        .map_or_else(|_| f32::from(u16::try_from(number >> 12).unwrap_or(u16::MAX)) * 4096.0, f32::from)
}
