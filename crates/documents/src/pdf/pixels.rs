//! The pixels of pictures inside a PDF, whichever way they are stored.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
use lopdf::Stream;

use super::{
    images::{Candidate, Samples},
    packed,
    spaces::{self, Base, Palette, Space},
    wrapped,
};
use crate::{
    Limits, Refusal,
    jpeg::{self, Health},
    orientation::Turn,
    picture::{Decoded, Picture, Pixels, Ready},
    resize, strips,
};

/// Bytes that may be held of a picture that cannot be read row by row.
const MOST_HELD: u64 = 184 * 1024 * 1024;

/// How large a picture is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// Its long edge at most, pixels.
    Edge(u32),
    /// A half, a quarter or an eighth of it, as decoders of JPEG give it at once.
    Part(u32),
}

impl Candidate {
    /// The picture, read row by row where that is possible.
    pub(super) fn picture(
        &self,
        stream: &Stream,
        size: Size,
        limits: &Limits,
        go_on: &dyn Fn() -> Result<(), Refusal>,
    ) -> Result<Picture, Refusal> {
        let edge = match size {
            Size::Edge(edge) => edge,
            Size::Part(part) => self.known.edge.div_ceil(part),
        };
        let made = match (&self.samples, &self.space) {
            _ if self.levels.is_some() => None,
            (Samples::Jpeg(header), _) => {
                let bytes = wrapped::inside(stream)?;
                match size {
                    // Nothing is left to be resized.
                    Size::Part(part) => {
                        let decoded = jpeg::decode_part(&bytes, header, part)?;
                        Some(resize::ready(&decoded, edge, Turn::UPRIGHT)?)
                    }
                    Size::Edge(edge) => {
                        let colours = jpeg::Colours::Quarter;
                        let wanted = jpeg::Wanted { edge, turn: Turn::UPRIGHT, colours };
                        jpeg::shrunk(&bytes, header, wanted, go_on)?.map(|made| made.picture)
                    }
                }
            }
            (Samples::Plain { bits: 8 }, Space::Plain(base @ (Base::Gray | Base::Rgb), _)) => {
                let samples = if *base == Base::Gray { strips::Samples::Gray } else { strips::Samples::Rgb };
                let size = (self.width, self.height);
                let made = packed::picture(stream, size, samples, edge, limits, go_on)?;
                made.map(|picture| self.converted(picture))
            }
            _ => None,
        };
        match made {
            Some(picture) => Ok(picture),
            None => resize::ready(&self.decode(stream, edge)?.0, edge, Turn::UPRIGHT),
        }
    }

    /// With the profile applied, if there is one.
    fn converted(&self, mut picture: Picture) -> Picture {
        let Some(conversion) = self.space.conversion() else { return picture };
        let converted = match &picture.pixels {
            Ready::Gray(gray) => conversion.to_gray(gray).map(Ready::Gray),
            Ready::Rgb(rgb) => conversion.to_rgb(rgb).map(Ready::Rgb),
            Ready::Yuv { .. } | Ready::Fine(_) => None,
        };
        if let Some(pixels) = converted {
            picture.pixels = pixels;
        }
        picture
    }

    /// The pixels, decoded no larger than an edge needs. `Suspect` where a decoder guessed.
    pub(super) fn decode(&self, stream: &Stream, edge: u32) -> Result<(Decoded, Health), Refusal> {
        let (mut decoded, health) = match &self.samples {
            Samples::Jpeg(header) => {
                let bytes = wrapped::inside(stream)?;
                if self.levels.is_some() {
                    jpeg::decode_rgb(&bytes, header, edge)?
                } else {
                    jpeg::decode(&bytes, header, edge)?
                }
            }
            Samples::Wavelets => (self.wavelets(stream, edge)?, Health::Sound),
            Samples::Plain { bits } => (self.plain(stream, *bits)?, Health::Sound),
        };
        if let Some(levels) = &self.levels {
            apply(levels, &mut decoded.pixels);
        }
        Ok((decoded, health))
    }

    fn wavelets(&self, stream: &Stream, edge: u32) -> Result<Decoded, Refusal> {
        let long = self.width.max(self.height);
        let wanted =
            |side: u32| u32::try_from(u64::from(side) * u64::from(edge.min(long)) / u64::from(long.max(1)));
        let target = (wanted(self.width).unwrap_or(1).max(1), wanted(self.height).unwrap_or(1).max(1));
        let settings = DecodeSettings { target_resolution: Some(target), ..DecodeSettings::default() };
        let image = Image::new(&stream.content, &settings).map_err(|_| Refusal::Damaged)?;
        let (width, height) = (image.width(), image.height());
        let mut context = DecoderContext::default();
        let samples = image.decode(&mut context).map_err(|_| Refusal::Damaged)?.data_u8();
        let pixels = u64::from(width) * u64::from(height) * u64::from(self.space.samples());
        if u64::try_from(samples.len()) != Ok(pixels) {
            return Err(Refusal::Damaged);
        }
        let pixels = if self.space.samples() == 1 { Pixels::Gray(samples) } else { Pixels::Rgb(samples) };
        Ok(Decoded { width, height, pixels, conversion: self.space.conversion() })
    }

    fn plain(&self, stream: &Stream, bits: u8) -> Result<Decoded, Refusal> {
        self.bound(bits)?;
        let samples = spaces::unpack(stream, (self.width, self.height), self.space.samples(), bits)?;
        let pixels = match &self.space {
            Space::Plain(Base::Gray, _) => Pixels::Gray(scaled(samples, bits)),
            Space::Plain(Base::Rgb, _) => Pixels::Rgb(scaled(samples, bits)),
            Space::Plain(Base::Ink, _) => Pixels::Cmyk { bytes: scaled(samples, bits), inverted: false },
            Space::Palette(Palette::Gray(colours)) => {
                let gray = samples.iter().map(|at| colours.get(usize::from(*at)).copied().unwrap_or(0));
                Pixels::Gray(gray.collect())
            }
            Space::Palette(Palette::Rgb(colours)) => {
                let rgb =
                    samples.iter().flat_map(|at| colours.get(usize::from(*at)).copied().unwrap_or([0; 3]));
                Pixels::Rgb(rgb.collect())
            }
        };
        let conversion = self.space.conversion();
        Ok(Decoded { width: self.width, height: self.height, pixels, conversion })
    }

    /// Refuses what takes more memory than there is for it. While it is unpacked that is two and a half times its bytes
    /// (they grow by doubling; measured: tests/memory), then its samples, with what they were unpacked from where
    /// they are narrower or wider than eight bits, and the colours that they are the numbers of.
    fn bound(&self, bits: u8) -> Result<(), Refusal> {
        let samples = u64::from(self.space.samples());
        let (unpacked, held) = match bits {
            8 => (samples, samples),
            16 => (2 * samples, 3 * samples),
            _ => (samples, 2 * samples),
        };
        let colours = match self.space {
            Space::Plain(..) => 0,
            Space::Palette(Palette::Gray(_)) => 1,
            Space::Palette(Palette::Rgb(_)) => 3,
        };
        let for_two_pixels = (unpacked * 5).max((held + colours) * 2);
        if u64::from(self.width) * u64::from(self.height) * for_two_pixels <= 2 * MOST_HELD {
            return Ok(());
        }
        Err(Refusal::TooManyPixels { width: self.width, height: self.height })
    }
}

/// Samples of fewer than eight bits, spread over all levels.
fn scaled(mut samples: Vec<u8>, bits: u8) -> Vec<u8> {
    let factor = match bits {
        2 => 85,
        4 => 17,
        _ => return samples,
    };
    samples.iter_mut().for_each(|sample| *sample *= factor);
    samples
}

fn apply(levels: &[[u8; 256]], pixels: &mut Pixels) {
    let bytes = match pixels {
        Pixels::Gray(bytes) | Pixels::Rgb(bytes) | Pixels::Cmyk { bytes, .. } => bytes,
        Pixels::Yuv(_) => return,
    };
    for pixel in bytes.chunks_exact_mut(levels.len().max(1)) {
        for (sample, levels) in pixel.iter_mut().zip(levels) {
            *sample = levels[usize::from(*sample)];
        }
    }
}
