//! Encoding: baseline, which every reader since 1992 opens. No metadata is written.

use turbojpeg::{Compressor, Image, OutputBuf, PixelFormat, Subsamp, YuvPlanesImage};

use crate::{
    Refusal,
    picture::{Picture, Ready},
    resize,
};

/// How finely colour is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chroma {
    /// A colour for every four pixels: photographs.
    Quarter,
    /// A colour for every pixel: coloured print whose source has one, where it fits.
    Full,
}

/// Which Huffman tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tables {
    /// The standard's: one pass, a few hundredths more bytes.
    Standard,
    /// Made for the picture: a second pass, and its coefficients held meanwhile.
    Optimised,
}

/// Encodes at `quality` (1–100). Planes of 4:2:0 stay so, whatever `chroma` is asked for.
pub(crate) fn encode(picture: &Picture, quality: u8, chroma: Chroma) -> Result<Vec<u8>, Refusal> {
    encode_with(picture, quality, chroma, Tables::Optimised)
}

/// The same with a choice of tables.
pub(crate) fn encode_with(
    picture: &Picture,
    quality: u8,
    chroma: Chroma,
    tables: Tables,
) -> Result<Vec<u8>, Refusal> {
    let mut encoder = Compressor::new().map_err(|_| Refusal::TooComplex)?;
    let settings = encoder
        .set_quality(i32::from(quality))
        .and_then(|()| encoder.set_optimize(tables == Tables::Optimised));
    settings.map_err(|_| Refusal::TooComplex)?;
    let width = usize::try_from(picture.width).map_err(|_| Refusal::TooComplex)?;
    let height = usize::try_from(picture.height).map_err(|_| Refusal::TooComplex)?;
    let mut output = OutputBuf::new_owned();
    let outcome = match &picture.pixels {
        Ready::Gray(pixels) => encoder.set_subsamp(Subsamp::Gray).and_then(|()| {
            let image = Image { pixels: &pixels[..], width, pitch: width, height, format: PixelFormat::GRAY };
            encoder.compress(image, &mut output)
        }),
        Ready::Rgb(pixels) => {
            let subsamp = if chroma == Chroma::Full { Subsamp::None } else { Subsamp::Sub2x2 };
            encoder.set_subsamp(subsamp).and_then(|()| {
                let image =
                    Image { pixels: &pixels[..], width, pitch: width * 3, height, format: PixelFormat::RGB };
                encoder.compress(image, &mut output)
            })
        }
        Ready::Yuv { y, u, v } => {
            let image = planes([y, u, v], (width, height), Subsamp::Sub2x2);
            encoder.compress_yuv_planes(&image, &mut output)
        }
        Ready::Fine(fine) if chroma == Chroma::Full => {
            let image = planes(fine.each_ref(), (width, height), Subsamp::None);
            encoder.compress_yuv_planes(&image, &mut output)
        }
        Ready::Fine([y, u, v]) => {
            let halved = |plane: &[u8]| resize::halved(plane, (picture.width, picture.height));
            let (u, v) = (halved(u)?, halved(v)?);
            let image = planes([y, &u, &v], (width, height), Subsamp::Sub2x2);
            encoder.compress_yuv_planes(&image, &mut output)
        }
    };
    outcome.map_err(|_| Refusal::TooComplex)?;
    Ok(output.to_vec())
}

fn planes(
    [y, u, v]: [&Vec<u8>; 3],
    (width, height): (usize, usize),
    subsamp: Subsamp,
) -> YuvPlanesImage<&[u8]> {
    let across = width / subsamp.size().0;
    YuvPlanesImage {
        y_plane: y,
        u_plane: u,
        v_plane: v,
        width,
        height,
        y_stride: width,
        u_stride: across,
        v_stride: across,
        subsamp,
    }
}
