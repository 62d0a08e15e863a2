//! GIF: the first frame, laid on white paper, row by row.

use std::{io::Cursor, num::NonZeroU64};

use gif::{ColorOutput, DecodeOptions, Decoder, MemoryLimit};

use super::{
    MAX_WHOLE_BYTES, Order, Raster,
    rows::{Palette, Rows, Stored},
};
use crate::{Refusal, orientation::Turn};

pub(super) fn decode(bytes: &[u8], order: &Order<'_>) -> Result<Raster, Refusal> {
    let mut decoder = open(bytes)?;
    let size = (u32::from(decoder.width()), u32::from(decoder.height()));
    order.limits.admit(size.0, size.1)?;
    let icc = decoder.icc_profile().map(<[u8]>::to_vec);
    let frame = decoder.next_frame_info().map_err(|_| Refusal::Damaged)?.ok_or(Refusal::Damaged)?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    let (interlaced, transparent) = (frame.interlaced, frame.transparent);
    order.limits.admit(u32::from(frame.width), u32::from(frame.height))?;
    let mut colours = decoder.palette().map_err(|_| Refusal::Damaged)?.as_chunks::<3>().0.to_vec();
    if let Some(colour) = transparent.and_then(|number| colours.get_mut(usize::from(number))) {
        *colour = [255; 3];
    }
    let palette = Palette::new(colours);
    let samples = palette.samples();
    let mut rows = Rows::new(Stored::Eight(samples), size, order.size(size, samples))?;
    let pixel = usize::try_from(samples.count()).unwrap_or(1);
    let canvas = usize::try_from(size.0).unwrap_or(0) * pixel;
    let mut row = Vec::with_capacity(canvas + width * pixel);
    let white = |rows: &mut Rows, count: usize| (0..count).try_for_each(|_| rows.push(&vec![255; canvas]));
    let mut lay = |rows: &mut Rows, numbers: &[u8]| {
        row.clear();
        row.resize((left * pixel).min(canvas), 255);
        palette.look_up(numbers, &mut row);
        row.resize(canvas.max(row.len()), 255);
        rows.push(&row)
    };

    let canvas_rows = usize::from(decoder.height());
    white(&mut rows, top.min(canvas_rows))?;
    let shown = height.min(canvas_rows.saturating_sub(top));
    if interlaced {
        // Rows come in four passes: the numbers are gathered first, a byte each.
        if width * height > MAX_WHOLE_BYTES {
            return Err(Refusal::TooManyPixels { width: size.0, height: size.1 });
        }
        let mut numbers = vec![0; width * height];
        decoder.read_into_buffer(&mut numbers).map_err(|_| Refusal::Damaged)?;
        for line in numbers.chunks_exact(width.max(1)).take(shown) {
            order.go_on()?;
            lay(&mut rows, line)?;
        }
    } else {
        let mut line = vec![0; width];
        for _ in 0..shown {
            order.go_on()?;
            if !decoder.fill_buffer(&mut line).map_err(|_| Refusal::Damaged)? {
                return Err(Refusal::Damaged);
            }
            lay(&mut rows, &line)?;
        }
    }
    white(&mut rows, canvas_rows.saturating_sub(top + shown))?;
    Ok(Raster::new(samples, order.size(size, samples), rows.finish()?, icc.as_deref(), Turn::UPRIGHT, size))
}

fn open(bytes: &[u8]) -> Result<Decoder<Cursor<&[u8]>>, Refusal> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    // Pixels are read into our own rows; the decoder itself needs next to nothing.
    options.set_memory_limit(MemoryLimit::Bytes(NonZeroU64::MIN.saturating_add(16 * 1024 * 1024)));
    options.read_info(Cursor::new(bytes)).map_err(|_| Refusal::Damaged)
}
