//! Pixels on their way: as a codec gave them ([`Decoded`]) and as they will be encoded ([`Picture`]:
//! right size, upright, sRGB or gray).

use std::borrow::Cow;

use crate::{
    colour::{self, Conversion},
    orientation::Turn,
};

/// One 8-bit plane, rows without padding.
#[derive(Clone)]
pub(crate) struct Plane {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: Vec<u8>,
}

impl Plane {
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }
}

/// Pixels as decoded, not yet turned.
pub(crate) enum Pixels {
    Gray(Vec<u8>),
    /// Planes of a JPEG as stored; chroma planes may be smaller than luma.
    Yuv([Plane; 3]),
    Rgb(Vec<u8>),
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
    /// 4:4:4.
    Fine([Vec<u8>; 3]),
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

    /// The same picture, turned.
    pub(crate) fn turned(self, turn: Turn) -> Self {
        let Self { width, height, pixels } = self;
        let size = (width, height);
        let pixels = match pixels {
            Ready::Gray(gray) => Ready::Gray(turn.bytes::<1>(gray, size)),
            Ready::Yuv { y, u, v } => {
                let half = (width / 2, height / 2);
                Ready::Yuv {
                    y: turn.bytes::<1>(y, size),
                    u: turn.bytes::<1>(u, half),
                    v: turn.bytes::<1>(v, half),
                }
            }
            Ready::Fine(planes) => Ready::Fine(planes.map(|plane| turn.bytes::<1>(plane, size))),
            Ready::Rgb(rgb) => Ready::Rgb(turn.bytes::<3>(rgb, size)),
        };
        let (width, height) = turn.size(size);
        Self { width, height, pixels }
    }

    /// Whether it has coloured print, which a quarter of the colours would blur.
    pub(crate) fn has_fine_colour(&self) -> bool {
        match &self.pixels {
            Ready::Gray(_) | Ready::Yuv { .. } => false,
            // It was looked at when it was decoded.
            Ready::Fine(_) => true,
            Ready::Rgb(rgb) => colour::is_fine_rgb(rgb, usize::try_from(self.width).unwrap_or(0)),
        }
    }

    /// Brightness of every pixel; for measuring only, so RGB gives its green.
    pub(crate) fn luma(&self) -> Cow<'_, [u8]> {
        match &self.pixels {
            Ready::Gray(luma) | Ready::Yuv { y: luma, .. } | Ready::Fine([luma, ..]) => Cow::Borrowed(luma),
            Ready::Rgb(rgb) => Cow::Owned(rgb.as_chunks::<3>().0.iter().map(|pixel| pixel[1]).collect()),
        }
    }
}
