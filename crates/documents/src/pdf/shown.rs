//! Pages that show one picture and nothing else, such as scans: which picture, and how it lies.

use hayro::hayro_syntax::content::UntypedIter;
use lopdf::{Document, Object, Stream};

use super::{images::Candidate, pages::Found, profiles::Profiles, slots};
use crate::{Limits, orientation::Turn};

/// By how much (of the page's side) a picture may miss the page's edge and still be all of the page.
const MISS: f32 = 0.006;
/// Operators of a page that shows one picture; even with hidden text on it there are fewer.
const MOST_OPERATORS: u32 = 200_000;
/// Content of a page that is looked at for this.
const MOST_CONTENT: usize = 16 * 1024 * 1024;

/// The only picture of a page.
pub(super) struct Shown<'a> {
    pub(super) stream: &'a Stream,
    pub(super) candidate: Candidate,
    /// How it lies on the page as shown.
    pub(super) turn: Turn,
}

/// The picture that is all the page shows; `None` where it shows anything else, or the picture cannot be read here.
pub(super) fn shown<'a>(
    document: &'a Document,
    found: &'a Found,
    limits: &Limits,
    profiles: &Profiles,
) -> Option<Shown<'a>> {
    let page = document.get_dictionary(found.id).ok()?;
    let value =
        |key: &[u8]| page.get_deref(key, document).or_else(|_| found.inherited.get_deref(key, document)).ok();
    // Notes with a look of their own, and ink laid over by the reader, are not in the picture.
    if value(b"Annots").is_some_and(|notes| notes.as_array().is_ok_and(|notes| !notes.is_empty()))
        || page.has(b"UserUnit")
    {
        return None;
    }
    let (name, placed) = only_picture(&document.get_page_content_with_limit(found.id, MOST_CONTENT).ok()?)?;
    let resources = value(b"Resources")?.as_dict().ok()?;
    let pictures = resources.get_deref(b"XObject", document).ok()?.as_dict().ok()?;
    let stream = pictures.get_deref(&name, document).ok()?.as_stream().ok()?;
    if stream.dict.has(b"SMask") || stream.dict.has(b"Mask") || stream.dict.has(b"OC") {
        return None;
    }
    let candidate = Candidate::find(stream, document, limits, profiles)?;
    let area = area(value(b"MediaBox")?, document)?;
    // A page of which only a part is shown would show all of its picture.
    let cropped = |crop: [f32; 4]| crop.iter().zip(area).any(|(crop, whole)| (crop - whole).abs() > 0.5);
    if value(b"CropBox").is_some_and(|crop| self::area(crop, document).is_none_or(cropped)) {
        return None;
    }
    let quarters = value(b"Rotate").and_then(|turn| turn.as_i64().ok()).unwrap_or(0).rem_euclid(360) / 90;
    let turn = lies(placed, area)?.then_quarters(u8::try_from(quarters).ok()?);
    Some(Shown { stream, candidate, turn })
}

/// Left, bottom, width and height.
fn area(area: &Object, document: &Document) -> Option<[f32; 4]> {
    let sides = area.as_array().ok()?;
    let [left, bottom, right, top] = sides.as_slice() else { return None };
    let side = |side: &Object| document.dereference(side).ok()?.1.as_float().ok();
    let (left, bottom, right, top) = (side(left)?, side(bottom)?, side(right)?, side(top)?);
    Some([left.min(right), bottom.min(top), (right - left).abs(), (top - bottom).abs()])
}

/// How a picture placed by this matrix lies, if it covers the area exactly.
fn lies(placed: [f32; 6], [left, bottom, width, height]: [f32; 4]) -> Option<Turn> {
    if width < 1.0 || height < 1.0 {
        return None;
    }
    let near = |found: f32, wanted: f32, side: f32| (found - wanted).abs() <= side * MISS;
    (1..=8).map(Turn::from_exif).find(|turn| {
        let wanted = slots::matrix(*turn, width, height);
        (0..6).all(|at| {
            // Every second number moves things up.
            let (side, from) = if at % 2 == 0 { (width, left) } else { (height, bottom) };
            near(placed[at], wanted[at] + if at >= 4 { from } else { 0.0 }, side)
        })
    })
}

/// Name and matrix of the only picture a page draws; `None` where it draws anything else that can be seen.
fn only_picture(content: &[u8]) -> Option<(Vec<u8>, [f32; 6])> {
    let mut found = None;
    let mut matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    let mut stack = Vec::new();
    let mut unseen_text = false;
    let mut operators = UntypedIter::new(content);
    let mut count = 0;
    while let Some(instruction) = operators.next() {
        count += 1;
        if count > MOST_OPERATORS {
            return None;
        }
        let numbers = || -> Vec<f32> {
            let numbers = instruction.operands().filter_map(|operand| match operand {
                hayro::hayro_syntax::object::Object::Number(number) => Some(number.as_f32()),
                _ => None,
            });
            numbers.collect()
        };
        match &**instruction.operator {
            b"q" if stack.len() < 64 => stack.push((matrix, unseen_text)),
            b"Q" => (matrix, unseen_text) = stack.pop()?,
            b"cm" => matrix = times(numbers().try_into().ok()?, matrix),
            b"Do" if found.is_none() => {
                let name = instruction.operands().next()?;
                let hayro::hayro_syntax::object::Object::Name(name) = name else { return None };
                found = Some((name.as_ref().to_vec(), matrix));
            }
            b"Tr" => unseen_text = numbers() == [3.0],
            // The words a scanner recognised, laid invisibly over the picture.
            b"Tj" | b"TJ" | b"'" | b"\"" if unseen_text => {}
            b"BT" | b"ET" | b"Tf" | b"Td" | b"TD" | b"Tm" | b"T*" | b"Tc" | b"Tw" | b"Tz" | b"TL" | b"Ts"
            | b"BMC" | b"EMC" | b"BX" | b"EX" | b"n" | b"w" | b"J" | b"j" | b"M" | b"d" | b"i" | b"g"
            | b"G" | b"rg" | b"RG" | b"k" | b"K" | b"cs" | b"CS" | b"ri" | b"MP" => {}
            _ => return None,
        }
    }
    found
}

/// `first`, then `second`.
fn times(first: [f32; 6], second: [f32; 6]) -> [f32; 6] {
    let [a, b, c, d, e, f] = first;
    let [k, l, m, n, x, y] = second;
    [a * k + b * m, a * l + b * n, c * k + d * m, c * l + d * n, e * k + f * m + x, e * l + f * n + y]
}

#[cfg(test)]
mod tests {
    use super::{lies, only_picture};
    use crate::orientation::Turn;

    const A4: [f32; 4] = [0.0, 0.0, 595.0, 842.0];

    #[test]
    fn one_picture_over_the_page_is_recognised_however_it_lies() {
        let placed = |content: &[u8]| only_picture(content).and_then(|(_, matrix)| lies(matrix, A4));
        assert_eq!(placed(b"q 595 0 0 842 0 0 cm /P Do Q"), Some(Turn::UPRIGHT));
        assert_eq!(placed(b"q 5.95 0 0 8.42 0 0 cm q 100 0 0 100 0 0 cm /P Do Q Q"), Some(Turn::UPRIGHT));
        assert_eq!(placed(b"0 -842 595 0 0 842 cm /P Do"), Some(Turn::from_exif(6)));
        let scanned = b"q 595.2 0 0 841.9 0 0 cm /P Do Q BT 3 Tr /F 9 Tf 1 0 0 1 5 5 Tm (words) Tj ET";
        assert_eq!(placed(scanned), Some(Turn::UPRIGHT));
        for more in [
            &b"q 595 0 0 842 0 0 cm /P Do Q BT /F 9 Tf (seen) Tj ET"[..],
            b"q 595 0 0 842 0 0 cm /P Do /P Do Q",
            b"q 595 0 0 842 0 0 cm /P Do Q 0 0 9 9 re f",
            b"q 295 0 0 842 0 0 cm /P Do Q",
            b"q 595 0 0 842 20 0 cm /P Do Q",
            b"0 0 9 9 re W n q 595 0 0 842 0 0 cm /P Do Q",
        ] {
            assert_eq!(placed(more), None, "{}", String::from_utf8_lossy(more));
        }
    }
}
