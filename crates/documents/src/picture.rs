//! Pixels on their way: as a codec gave them ([`Decoded`]) and as they will be encoded ([`Picture`]:
//! right size, upright, sRGB or gray).

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

impl Decoded {
    /// The picture itself, where nothing has to be done to it for this edge but turn it: a copy would stand in memory
    /// beside it. It is to be given back before another is made.
    pub(crate) fn lend(&mut self, edge: u32) -> Option<Picture> {
        if self.conversion.is_some() || self.width.max(self.height) > edge {
            return None;
        }
        let pixels = match &mut self.pixels {
            Pixels::Gray(gray) => Ready::Gray(std::mem::take(gray)),
            Pixels::Rgb(rgb) => Ready::Rgb(std::mem::take(rgb)),
            Pixels::Yuv(_) | Pixels::Cmyk { .. } => return None,
        };
        Some(Picture { width: self.width, height: self.height, pixels })
    }

    /// Takes back what was lent; any other picture is dropped.
    pub(crate) fn take_back(&mut self, picture: Picture) {
        match (&mut self.pixels, picture.pixels) {
            (Pixels::Gray(own), Ready::Gray(lent)) | (Pixels::Rgb(own), Ready::Rgb(lent))
                if own.is_empty() =>
            {
                *own = lent;
            }
            _ => {}
        }
    }
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
    pub(crate) fn luma(&self) -> Plane {
        let bytes = match &self.pixels {
            Ready::Gray(luma) | Ready::Yuv { y: luma, .. } | Ready::Fine([luma, ..]) => luma.clone(),
            Ready::Rgb(rgb) => rgb.as_chunks::<3>().0.iter().map(|pixel| pixel[1]).collect(),
        };
        Plane { width: self.width, height: self.height, bytes }
    }
}
