//! HEIC, as iPhones take photographs: read only by builds that ask for it (`--features heic`), because HEVC is under
//! patents whose licences each who hands out a decoder must see to.

use heic_rs::{
    DecodeOptions, Error, ImageInfo, PixelLayout, context::Context, decode as decode_whole, hevc, probe,
    props::hvcc::HevcConfig,
};

use super::{
    MAX_WHOLE_BYTES, Order, Raster,
    rows::{Rows, Stored},
};
use crate::{Format, Limits, Refusal, orientation::Turn, strips::Samples};

/// Bytes that the decoder holds for a pixel: its planes of two bytes a sample, and its output.
const PER_PIXEL: u64 = 6;
/// Pixels of all tiles together beyond the picture's own: those at the edges stick out.
const SLACK: u64 = 2 * 1024 * 1024;

/// Width and height as shown; the decoder turns what must be turned.
pub(super) fn size(bytes: &[u8], limits: &Limits) -> Result<(u32, u32), Refusal> {
    let ImageInfo { width, height, .. } = probe(bytes).map_err(|error| refusal(&error))?;
    limits.admit(width, height)?;
    Ok((width, height))
}

pub(super) fn decode(bytes: &[u8], order: &Order<'_>) -> Result<Raster, Refusal> {
    let size = size(bytes, order.limits)?;
    let pixels = u64::from(size.0) * u64::from(size.1);
    if pixels * PER_PIXEL > u64::try_from(MAX_WHOLE_BYTES).unwrap_or(u64::MAX) + PER_PIXEL * SLACK {
        return Err(Refusal::TooManyPixels { width: size.0, height: size.1 });
    }
    let file = Context::open(bytes).map_err(|error| refusal(&error))?;
    if coded_pixels(&file).map_err(|error| refusal(&error))? > pixels + pixels / 2 + SLACK {
        return Err(Refusal::Damaged);
    }
    order.go_on()?;
    let icc = file.props(file.meta.primary).ok().and_then(|properties| properties.icc);
    let options = DecodeOptions {
        layout: PixelLayout::Rgb8,
        max_pixels: Some(order.limits.max_pixels),
        decode_alpha: false,
        threads: Some(1),
        ..DecodeOptions::default()
    };
    let image = decode_whole(bytes, &options).map_err(|error| refusal(&error))?;
    let to = order.size(size, Samples::Rgb);
    if to == size {
        return Ok(Raster::new(Samples::Rgb, to, image.data, icc, Turn::UPRIGHT, size));
    }
    let mut rows = Rows::new(Stored::Eight(Samples::Rgb), size, to)?;
    for line in image.data.chunks_exact(image.row_bytes().max(1)) {
        order.go_on()?;
        rows.push(line)?;
    }
    Ok(Raster::new(Samples::Rgb, to, rows.finish()?, icc, Turn::UPRIGHT, size))
}

/// Pixels that the coded pictures themselves say they have, whatever the file around them says.
fn coded_pixels(file: &Context<'_>) -> Result<u64, Error> {
    let primary = file.meta.primary;
    let items = file.grid(primary)?.map_or_else(|| vec![primary], |(_, tiles)| tiles);
    let mut pixels = 0_u64;
    for item in items {
        let properties = file.props(item)?;
        let sets = properties.hvcc.as_ref().map(HevcConfig::parameter_sets).unwrap_or_default();
        // Any of them may be the one that the picture names.
        let largest = sets.iter().filter_map(|set| hevc::probe(&[*set]).ok());
        let largest = largest.map(|info| u64::from(info.width) * u64::from(info.height)).max();
        pixels = pixels.saturating_add(largest.ok_or(Error::MissingParameterSet("SPS"))?);
    }
    Ok(pixels)
}

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::Unsupported(_) => Refusal::Unsupported { format: Format::Heic },
        Error::PixelLimit { .. } | Error::BoxTooLarge { .. } => Refusal::TooComplex,
        _ => Refusal::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Change, Edit, Format, Limits, Refusal, prepare, render_page};

    /// 640 × 480: red, green, blue and yellow, from the upper left clockwise.
    const QUARTERS: &[u8] = include_bytes!("../../fuzz/seeds/heic/quarters.heic");

    #[test]
    fn a_photograph_becomes_a_jpeg() {
        let limits = Limits::default();
        let prepared = prepare(QUARTERS, &Edit::default(), &limits, &()).expect("is read");
        assert_eq!((prepared.source.format, prepared.change), (Format::Heic, Change::Converted));
        assert_eq!((prepared.width, prepared.height), (640, 480));
        let shown = render_page(&prepared.bytes, 0, 64, &limits).expect("is shown");
        let shown = image::load_from_memory(&shown.png).expect("is a PNG").into_rgb8();
        let corners = [(8, 8), (56, 8), (56, 40), (8, 40)].map(|(x, y)| shown.get_pixel(x, y).0);
        let expected = [[220, 30, 30], [30, 160, 60], [40, 60, 200], [230, 210, 40]];
        for (found, expected) in corners.into_iter().zip(expected) {
            assert!(found.iter().zip(expected).all(|(found, is)| found.abs_diff(is) < 16), "{corners:?}");
        }
    }

    #[test]
    fn what_broke_off_is_damaged_and_what_is_too_large_is_refused() {
        for length in [24, 200, 400, QUARTERS.len() / 2] {
            let broken = prepare(&QUARTERS[..length], &Edit::default(), &Limits::default(), &());
            assert_eq!(broken.map(|_| ()), Err(Refusal::Damaged), "{length} bytes");
        }
        let limits = Limits { max_pixels: 300_000, ..Limits::default() };
        let refused = prepare(QUARTERS, &Edit::default(), &limits, &());
        assert_eq!(refused.map(|_| ()), Err(Refusal::TooManyPixels { width: 640, height: 480 }));
    }
}
