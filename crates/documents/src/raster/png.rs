//! PNG, row by row.

use std::io::Cursor;

use image::metadata::Orientation;
use png::{BitDepth, ColorType, Decoder, DecodingError, Limits as Memory, Transformations};

use super::{
    MAX_WHOLE_BYTES, Order, Raster,
    rows::{Rows, Stored},
};
use crate::{Refusal, orientation::Turn, strips::Samples};

/// Bytes the decoder may hold for chunks that are not pixels (profiles, text).
const AROUND: usize = 16 * 1024 * 1024;

/// `checked`: whether a wrong checksum is damage.
pub(super) fn decode(bytes: &[u8], order: &Order<'_>, checked: bool) -> Result<Raster, Refusal> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Memory { bytes: AROUND });
    decoder.ignore_checksums(!checked);
    decoder.set_ignore_text_chunk(true);
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(|error| refusal(&error))?;
    let info = reader.info();
    let size = (info.width, info.height);
    order.limits.admit(size.0, size.1)?;
    let icc = info.icc_profile.as_ref().map(|icc| icc.to_vec());
    let orientation = info.exif_metadata.as_ref().and_then(|exif| Orientation::from_exif_chunk(exif));
    let turn = Turn::from_exif(orientation.unwrap_or(Orientation::NoTransforms).to_exif());
    let interlaced = info.interlaced;
    let (colour, depth) = reader.output_color_type();
    let (samples, glass) = match colour {
        ColorType::Grayscale => (Samples::Gray, false),
        ColorType::GrayscaleAlpha => (Samples::Gray, true),
        ColorType::Rgb => (Samples::Rgb, false),
        ColorType::Rgba => (Samples::Rgb, true),
        ColorType::Indexed => return Err(Refusal::Damaged),
    };
    let wide = depth == BitDepth::Sixteen;
    let stored = match (glass, wide) {
        (false, false) => Stored::Eight(samples),
        (false, true) => Stored::Sixteen(samples),
        (true, false) => Stored::Glass(samples),
        (true, true) => Stored::Glass16(samples),
    };
    let mut rows = Rows::new(stored, size, order.size(size, samples))?;
    let mut line = vec![0; reader.output_line_size(size.0).ok_or(Refusal::TooComplex)?];
    if interlaced {
        // Rows come in seven passes over the whole picture.
        let whole = reader.output_buffer_size().filter(|bytes| *bytes <= MAX_WHOLE_BYTES);
        let whole = whole.ok_or(Refusal::TooManyPixels { width: size.0, height: size.1 })?;
        let mut picture = vec![0; whole];
        reader.next_frame(&mut picture).map_err(|error| refusal(&error))?;
        for row in picture.chunks_exact_mut(line.len()) {
            order.go_on()?;
            native(row, wide);
            rows.push(row)?;
        }
    } else {
        for number in 0..size.1 {
            if number % 16 == 0 {
                order.go_on()?;
            }
            reader.read_row(&mut line).map_err(|error| refusal(&error))?.ok_or(Refusal::Damaged)?;
            native(&mut line, wide);
            rows.push(&line)?;
        }
    }
    Ok(Raster::new(samples, order.size(size, samples), rows.finish()?, icc.as_deref(), turn, size))
}

/// PNG stores the higher byte first.
fn native(row: &mut [u8], wide: bool) {
    if wide {
        row.as_chunks_mut::<2>().0.iter_mut().for_each(|sample| {
            *sample = u16::from_be_bytes(*sample).to_ne_bytes();
        });
    }
}

fn refusal(error: &DecodingError) -> Refusal {
    match error {
        DecodingError::LimitsExceeded => Refusal::TooComplex,
        _ => Refusal::Damaged,
    }
}
