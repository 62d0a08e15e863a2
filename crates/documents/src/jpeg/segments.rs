//! Walks a JPEG's segments without decoding: size, scans, orientation, profile, where the picture ends,
//! and which segments are the picture's own. Everything else (EXIF with its GPS, XMP, IPTC, comments,
//! thumbnails, second pictures and films glued on after the end) is metadata and is left behind.

use std::{borrow::Cow, ops::Range, sync::Arc};

use exif::{In, Tag};

use super::markers::{end_of_scan, next_marker, payload};
use crate::{Limits, Refusal};

/// More scans than any encoder writes; each costs a pass over the whole picture. Counted here, and once more while
/// decoding.
pub(super) const MAX_SCANS: u16 = 100;
/// Segments of a picture's own; a hundred scans with tables for each are fewer.
const MAX_SEGMENTS: usize = 2_000;
/// Coefficients that may stand in memory at once: 48 megapixels of a progressive photograph and a little more.
const MAX_HELD_BYTES: u64 = 160 * 1000 * 1000;
/// Each scan passes over all coefficients: this much passing takes a few seconds.
const MAX_PASSED_BYTES: u64 = 3_000_000_000;
/// No baseline picture of more than 4 megapixels can be this thin; it is a header with little behind it.
const MIN_BYTES_PER_1000_PIXELS: u64 = 2;
/// Sum of the standard luminance table at quality 50 (ITU T.81, table K.1).
const STANDARD_LUMA_SUM: u32 = 3688;

/// How the picture is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Process {
    /// Baseline or progressive Huffman: every viewer reads it.
    Common,
    /// Arithmetic or lossless: few viewers do.
    Rare,
}

/// What a JPEG says about itself.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) components: u8,
    pub(crate) process: Process,
    /// Quality its encoder was asked for, as far as the tables tell; 1 to 100.
    pub(crate) quality: u8,
    /// EXIF orientation, 1 when there is none.
    pub(crate) orientation: u8,
    pub(crate) icc: Option<Arc<[u8]>>,
    /// An Adobe marker: CMYK is stored inverted then.
    pub(crate) adobe: bool,
    /// The end-of-image marker was there.
    pub(crate) ended: bool,
    /// Three components, each with a sample for every pixel.
    pub(crate) full_colour: bool,
    /// Something stands in the file that is not the picture.
    pub(crate) metadata: bool,
    /// Bytes between the segments that belong to none: decoders complain of them.
    stray: bool,
    /// Bytes of all coefficients of the picture.
    pub(crate) coefficient_bytes: u64,
    /// Bytes of them that a decoder must hold at once; 0 where it can do with a row of blocks.
    pub(crate) held_bytes: u64,
    /// The picture's own bytes, in order.
    kept: Vec<Range<usize>>,
    /// The JFIF segment carries a thumbnail and must be written without it.
    jfif_thumbnail: Option<Range<usize>>,
}

#[derive(Default)]
struct Frame {
    width: u32,
    height: u32,
    components: u8,
    marker: u8,
    full_colour: bool,
    coefficient_bytes: u64,
}

/// Reads the segments and judges them by the limits.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Header, Refusal> {
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        return Err(Refusal::Damaged);
    }
    let mut header = Header {
        width: 0,
        height: 0,
        components: 0,
        process: Process::Common,
        quality: 75,
        orientation: 1,
        icc: None,
        adobe: false,
        ended: false,
        full_colour: false,
        metadata: false,
        stray: false,
        coefficient_bytes: 0,
        held_bytes: 0,
        kept: Vec::new(),
        jfif_thumbnail: None,
    };
    // The start-of-image marker.
    header.kept.push(0..2);
    let mut frame = None;
    let mut icc_parts: Vec<(u8, &[u8])> = Vec::new();
    let mut scans = 0_u16;
    let mut in_first_scan = None;
    let mut jfif = false;
    let mut at = 2;
    while let Some((marker, start)) = next_marker(bytes, at) {
        if header.kept.len() > MAX_SEGMENTS {
            return Err(Refusal::TooComplex);
        }
        // Stray bytes between segments are nobody's.
        header.metadata |= start > at;
        header.stray |= start > at;
        if marker == 0xD9 {
            header.ended = true;
            header.kept.push(start..start + 2);
            header.metadata |= start + 2 < bytes.len();
            break;
        }
        if marker == 0x01 || (0xD0..=0xD8).contains(&marker) {
            at = start + 2;
            continue;
        }
        let Some((payload, end)) = payload(bytes, start) else { break };
        at = end;
        match marker {
            0xC4 | 0xCC | 0xDC | 0xDD => header.kept.push(start..end),
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                if frame.is_some() {
                    return Err(Refusal::Damaged);
                }
                frame = Some(read_frame(marker, payload)?);
                header.kept.push(start..end);
            }
            0xDB => {
                if let Some(quality) = quality(payload) {
                    header.quality = quality;
                }
                header.kept.push(start..end);
            }
            0xDA => {
                scans += 1;
                in_first_scan = in_first_scan.or(payload.first().copied());
                if scans > MAX_SCANS {
                    return Err(Refusal::TooComplex);
                }
                at = end_of_scan(bytes, end);
                header.kept.push(start..at);
            }
            // A second one is nobody's.
            0xE0 if payload.starts_with(b"JFIF\0")
                && payload.len() >= 14
                && !std::mem::replace(&mut jfif, true) =>
            {
                if payload.len() > 14 || payload[12] != 0 || payload[13] != 0 {
                    header.metadata = true;
                    header.jfif_thumbnail = Some(start..end);
                }
                header.kept.push(start..end);
            }
            0xEE if payload.starts_with(b"Adobe") && payload.len() >= 12 => {
                header.adobe = true;
                header.kept.push(start..end);
            }
            _ => {
                header.metadata = true;
                if marker == 0xE1 {
                    read_orientation(payload, &mut header.orientation);
                } else if let (0xE2, Some(part)) = (marker, payload.strip_prefix(b"ICC_PROFILE\0"))
                    && let [number, _count, rest @ ..] = part
                {
                    icc_parts.push((*number, rest));
                }
            }
        }
    }
    let frame: Frame = frame.ok_or(Refusal::Damaged)?;
    if scans == 0 {
        return Err(Refusal::Damaged);
    }
    header.width = frame.width;
    header.height = frame.height;
    header.components = frame.components;
    if !matches!(frame.marker, 0xC0..=0xC2) {
        header.process = Process::Rare;
    }
    if !icc_parts.is_empty() {
        icc_parts.sort_by_key(|(number, _)| *number);
        header.icc = Some(icc_parts.iter().flat_map(|(_, part)| part.iter().copied()).collect());
    }
    header.full_colour = frame.components == 3 && frame.full_colour;
    header.coefficient_bytes = frame.coefficient_bytes;
    // Components in scans of their own are put together in memory, progressive or not.
    if !matches!(frame.marker, 0xC0 | 0xC1 | 0xC3 | 0xC9 | 0xCB) || in_first_scan < Some(frame.components) {
        header.held_bytes = frame.coefficient_bytes;
    }
    limits.admit(frame.width, frame.height)?;
    judge(&frame, &header, scans, bytes.len())?;
    Ok(header)
}

/// Refuses pictures that promise far more than their bytes can hold, or far more memory than is sane.
fn judge(frame: &Frame, header: &Header, scans: u16, length: usize) -> Result<(), Refusal> {
    let pixels = u64::from(frame.width) * u64::from(frame.height);
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    let baseline = matches!(frame.marker, 0xC0 | 0xC1);
    if baseline && pixels > 4_000_000 && length.saturating_mul(1000) < pixels * MIN_BYTES_PER_1000_PIXELS {
        return Err(Refusal::Damaged);
    }
    if header.held_bytes > MAX_HELD_BYTES {
        return Err(Refusal::TooManyPixels { width: frame.width, height: frame.height });
    }
    if header.held_bytes.saturating_mul(u64::from(scans)) > MAX_PASSED_BYTES {
        return Err(Refusal::TooComplex);
    }
    Ok(())
}

fn read_frame(marker: u8, payload: &[u8]) -> Result<Frame, Refusal> {
    let [precision, h1, h0, w1, w0, components, table @ ..] = payload else { return Err(Refusal::Damaged) };
    if *precision != 8 {
        return Err(Refusal::Unsupported { format: crate::Format::Jpeg });
    }
    let width = u32::from(u16::from_be_bytes([*w1, *w0]));
    let height = u32::from(u16::from_be_bytes([*h1, *h0]));
    if !matches!(components, 1 | 3 | 4) || table.len() < usize::from(*components) * 3 {
        return Err(Refusal::Damaged);
    }
    let factors: Vec<(u64, u64)> = table
        .as_chunks::<3>()
        .0
        .iter()
        .map(|part| (u64::from(part[1] >> 4), u64::from(part[1] & 15)))
        .collect();
    let across = factors.iter().map(|(h, _)| *h).max().unwrap_or(1).max(1);
    let down = factors.iter().map(|(_, v)| *v).max().unwrap_or(1).max(1);
    let samples: u64 = factors.iter().map(|(h, v)| h * v).sum();
    let coefficient_bytes = u64::from(width) * u64::from(height) * samples * 2 / (across * down);
    let full_colour = factors.iter().take(3).all(|factor| factors.first() == Some(factor));
    Ok(Frame { width, height, components: *components, marker, full_colour, coefficient_bytes })
}

/// Estimates the encoder's quality from the luminance table, by the usual scaling of the standard one.
fn quality(payload: &[u8]) -> Option<u8> {
    let mut rest = payload;
    while let [head, tables @ ..] = rest {
        let wide = head >> 4 != 0;
        let length = if wide { 128 } else { 64 };
        let table = tables.get(..length)?;
        if head & 15 == 0 {
            let sum: u32 = if wide {
                table.as_chunks::<2>().0.iter().map(|pair| u32::from(u16::from_be_bytes(*pair))).sum()
            } else {
                table.iter().map(|step| u32::from(*step)).sum()
            };
            let scale = (sum * 100 / STANDARD_LUMA_SUM).max(1);
            let quality = if scale <= 100 { 100 - scale / 2 } else { 5000 / scale };
            return u8::try_from(quality.clamp(1, 100)).ok();
        }
        rest = &tables[length..];
    }
    None
}

fn read_orientation(payload: &[u8], orientation: &mut u8) {
    let Some(tiff) = payload.strip_prefix(b"Exif\0\0") else { return };
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    let parsed = reader.read_raw(tiff.to_vec()).or_else(|error| error.distill_partial_result(|_| {}));
    let Ok(parsed) = parsed else { return };
    let number = parsed.get_field(Tag::Orientation, In::PRIMARY).and_then(|field| field.value.get_uint(0));
    if let Some(number @ 1..=8) = number {
        *orientation = u8::try_from(number).unwrap_or(1);
    }
}

impl Header {
    /// Length of the file without its metadata.
    pub(crate) fn own_length(&self) -> u64 {
        self.kept
            .iter()
            .map(|part| u64::try_from(part.len()).unwrap_or(u64::MAX))
            .fold(0, u64::saturating_add)
    }

    /// What a decoder is given of the file. It passes over metadata, but takes bytes between segments for damage.
    pub(super) fn picture<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if self.stray { Cow::Owned(without_metadata(bytes, self)) } else { Cow::Borrowed(bytes) }
    }
}

/// The same picture, byte for byte, without anything that is not the picture.
pub(crate) fn without_metadata(bytes: &[u8], header: &Header) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    for range in &header.kept {
        let part = &bytes[range.clone()];
        if header.jfif_thumbnail.as_ref() == Some(range) {
            // Marker, length 16, “JFIF\0”, version, units, density; then a thumbnail of 0 × 0.
            kept.extend_from_slice(&[0xFF, 0xE0, 0x00, 0x10]);
            kept.extend_from_slice(&part[4..16]);
            kept.extend_from_slice(&[0, 0]);
        } else {
            kept.extend_from_slice(part);
        }
    }
    kept
}
