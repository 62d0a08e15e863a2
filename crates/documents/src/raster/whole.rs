//! WebP and BMP: their decoders give the whole picture at once, so its header decides whether it may.

use std::io::Cursor;

use image::{
    ColorType, ImageDecoder, ImageError,
    codecs::{bmp::BmpDecoder, webp::WebPDecoder},
    metadata::Orientation,
};
use memchr::memmem;

use super::{
    MAX_WHOLE_BYTES, Order, Raster,
    rows::{Palette, Rows, Stored},
};
use crate::{Format, Refusal, orientation::Turn, strips::Samples};

pub(super) fn webp(bytes: &[u8], order: &Order<'_>) -> Result<Raster, Refusal> {
    let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|error| refusal(&error, Format::Webp))?;
    if !frames_fit(bytes, decoder.dimensions()) {
        return Err(Refusal::Damaged);
    }
    // Bytes the decoder holds for each pixel, its planes and its output together (measured: tests/memory).
    let each = match bytes.get(12..16) {
        Some(b"VP8 ") => 5,
        Some(b"VP8X") if decoder.has_animation() || decoder.color_type().has_alpha() => 12,
        _ => 8,
    };
    decode(decoder, Format::Webp, each, None, order)
}

/// Whether no lossy frame claims to be larger than the picture. The decoder takes memory for what the frame says,
/// decodes all of it, and only then compares; so frames are looked for wherever it might find one.
fn frames_fit(bytes: &[u8], (width, height): (u32, u32)) -> bool {
    memmem::find_iter(bytes, b"VP8 ").all(|at| {
        // Name and length of the chunk, three bytes of frame tag, the start code, then both sides in 14 bits each
        // (RFC 6386, 9.1).
        let Some(&[0x9D, 0x01, 0x2A, w0, w1, h0, h1]) = bytes.get(at + 11..at + 18) else { return true };
        let side = |bytes| u32::from(u16::from_le_bytes(bytes) & 0x3FFF);
        side([w0, w1]) <= width && side([h0, h1]) <= height
    })
}

pub(super) fn bmp(bytes: &[u8], order: &Order<'_>) -> Result<Raster, Refusal> {
    let mut decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(|error| refusal(&error, Format::Bmp))?;
    // Eight bits a pixel, not packed: the only kind whose numbers the decoder gives as they are.
    let numbers = bytes.get(28..34) == Some(&[8, 0, 0, 0, 0, 0]);
    let palette = decoder.get_palette().filter(|_| numbers).map(|colours| Palette::new(colours.to_vec()));
    if palette.is_some() {
        decoder.set_indexed_color(true);
    }
    let each = if palette.is_some() { 1 } else { 3 };
    decode(decoder, Format::Bmp, each, palette.as_ref(), order)
}

fn decode(
    mut decoder: impl ImageDecoder,
    format: Format,
    each: u64,
    palette: Option<&Palette>,
    order: &Order<'_>,
) -> Result<Raster, Refusal> {
    let (width, height) = decoder.dimensions();
    order.limits.admit(width, height)?;
    let too_many = Refusal::TooManyPixels { width, height };
    let most = u64::try_from(MAX_WHOLE_BYTES).unwrap_or(u64::MAX);
    if u64::from(width) * u64::from(height) * each > most || decoder.total_bytes() > most {
        return Err(too_many);
    }
    let stored = match decoder.color_type() {
        ColorType::L8 => Stored::Eight(Samples::Gray),
        ColorType::Rgb8 => Stored::Eight(Samples::Rgb),
        ColorType::Rgba8 => Stored::Glass(Samples::Rgb),
        _ => return Err(Refusal::Unsupported { format }),
    };
    let icc = decoder.icc_profile().ok().flatten();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut pixels = vec![0; usize::try_from(decoder.total_bytes()).map_err(|_| Refusal::TooComplex)?];
    decoder.read_image(&mut pixels).map_err(|error| refusal(&error, format))?;
    let samples = palette.map_or(stored.samples(), Palette::samples);
    let size = (width, height);
    let to = order.size(size, samples);
    let turn = Turn::from_exif(orientation.to_exif());
    if palette.is_none() && to == size && stored == Stored::Eight(samples) {
        return Ok(Raster::new(samples, to, pixels, icc.as_deref(), turn, size));
    }
    let row_bytes = usize::try_from(u64::from(width) * u64::from(stored.bits() / 8)).unwrap_or(1);
    let stored = palette.map_or(stored, |palette| Stored::Eight(palette.samples()));
    let mut rows = Rows::new(stored, size, to)?;
    let mut row = Vec::new();
    for line in pixels.chunks_exact(row_bytes.max(1)) {
        order.go_on()?;
        match palette {
            Some(palette) => {
                row.clear();
                palette.look_up(line, &mut row);
                rows.push(&row)?;
            }
            None => rows.push(line)?,
        }
    }
    Ok(Raster::new(samples, to, rows.finish()?, icc.as_deref(), turn, size))
}

fn refusal(error: &ImageError, format: Format) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooComplex,
        ImageError::Unsupported(_) => Refusal::Unsupported { format },
        _ => Refusal::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::frames_fit;

    #[test]
    fn a_frame_larger_than_its_canvas_is_seen_wherever_it_stands() {
        let frame = |width: u16, height: u16| {
            let [w0, w1] = width.to_le_bytes();
            let [h0, h1] = height.to_le_bytes();
            [b"VP8 \x0A\0\0\0\x10\0\0\x9D\x01\x2A", &[w0, w1, h0, h1][..]].concat()
        };
        let canvas = (24, 24);
        assert!(frames_fit(&frame(24, 24), canvas));
        // The upper two bits are a scale and no size.
        assert!(frames_fit(&frame(24 | 0x4000, 24), canvas));
        assert!(!frames_fit(&frame(16_383, 24), canvas));
        assert!(!frames_fit(&[&b"RIFF....WEBPVP8X ANMF "[..], &frame(24, 25)].concat(), canvas));
        assert!(frames_fit(b"VP8 ", canvas) && frames_fit(&[], canvas));
    }
}
