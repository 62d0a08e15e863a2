//! Pixels on their way: as a codec gave them ([`Decoded`]) and as they will be encoded ([`Picture`]:
//! right size, upright, sRGB or gray).

use crate::colour::Conversion;

/// One 8-bit plane, rows without padding.
#[derive(Clone)]
pub(crate) struct Plane {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: Vec<u8>,
}

/// Pixels as decoded, not yet turned.
pub(crate) enum Pixels {
    Gray(Vec<u8>),
    /// Planes of a JPEG as stored; chroma planes may be smaller than luma.
    Yuv([Plane; 3]),
    Rgb(Vec<u8>),
    /// Straight alpha.
    Rgba(Vec<u8>),
    /// 0 is no ink unless `inverted`.
    Cmyk {
        bytes: Vec<u8>,
        inverted: bool,
    },
}

/// A decoded picture with what remains to be done to it.
pub(crate) struct Decoded {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Pixels,
    /// Colour conversion the profile asks for.
    pub(crate) conversion: Option<Conversion>,
}

/// Pixels ready to encode.
pub(crate) enum Ready {
    Gray(Vec<u8>),
    /// 4:2:0; width and height are even.
    Yuv {
        y: Vec<u8>,
        u: Vec<u8>,
        v: Vec<u8>,
    },
    Rgb(Vec<u8>),
}

/// A picture of the right size, upright and in sRGB.
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Ready,
}

impl Picture {
    pub(crate) fn long_edge(&self) -> u32 {
        self.width.max(self.height)
    }

    /// Brightness of every pixel; for measuring only, so RGB gives its green.
    pub(crate) fn luma(&self) -> Vec<u8> {
        match &self.pixels {
            Ready::Gray(luma) | Ready::Yuv { y: luma, .. } => luma.clone(),
            Ready::Rgb(rgb) => rgb.as_chunks::<3>().0.iter().map(|pixel| pixel[1]).collect(),
        }
    }
}
