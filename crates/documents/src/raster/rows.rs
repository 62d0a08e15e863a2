//! Rows as a file holds them → the eight-bit rows we make smaller: 1 and 16 bits, palettes, gray on glass.

use crate::{
    Refusal,
    colour::laid,
    strips::{Filter, Samples, Strips},
};

/// What a file's rows hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// A bit per pixel, highest first; 1 is white.
    Bits,
    Eight(Samples),
    /// Sixteen bits a sample, in this machine's byte order.
    Sixteen(Samples),
    /// The colours and straight alpha, 8 bits each.
    Glass(Samples),
    /// The same at 16 bits.
    Glass16(Samples),
}

impl Stored {
    pub(super) fn samples(self) -> Samples {
        match self {
            // Glass is laid on white paper before anything else: that is what pixels without alpha mean.
            Self::Eight(samples) | Self::Sixteen(samples) | Self::Glass(samples) | Self::Glass16(samples) => {
                samples
            }
            Self::Bits => Samples::Gray,
        }
    }

    /// Bits of a pixel as it is stored.
    pub(super) fn bits(self) -> u32 {
        match self {
            Self::Bits => 1,
            Self::Eight(samples) => 8 * samples.count(),
            Self::Sixteen(samples) => 16 * samples.count(),
            Self::Glass(samples) => 8 * (samples.count() + 1),
            Self::Glass16(samples) => 16 * (samples.count() + 1),
        }
    }
}

/// Takes rows as they are stored.
pub(super) struct Rows {
    stored: Stored,
    width: usize,
    strips: Strips,
    eight: Vec<u8>,
}

impl Rows {
    pub(super) fn new(stored: Stored, from: (u32, u32), to: (u32, u32)) -> Result<Self, Refusal> {
        let width = usize::try_from(from.0).map_err(|_| Refusal::TooComplex)?;
        Ok(Self {
            stored,
            width,
            strips: Strips::new(stored.samples(), from.0, from, to, Filter::Lanczos)?,
            eight: Vec::new(),
        })
    }

    /// Takes one row.
    pub(super) fn push(&mut self, row: &[u8]) -> Result<(), Refusal> {
        self.eight.clear();
        match self.stored {
            Stored::Eight(_) => {
                let row = row.get(..self.strips.row_bytes()).ok_or(Refusal::Damaged)?;
                return self.strips.push(row);
            }
            Stored::Bits => {
                for byte in row {
                    self.eight.extend_from_slice(&LEVELS[usize::from(*byte)]);
                }
                self.eight.truncate(self.width);
            }
            Stored::Sixteen(_) => self.eight.extend(row.as_chunks::<2>().0.iter().map(rounded)),
            Stored::Glass(samples) => lay(samples, row, &mut self.eight),
            Stored::Glass16(samples) => {
                let narrow: Vec<u8> = row.as_chunks::<2>().0.iter().map(rounded).collect();
                lay(samples, &narrow, &mut self.eight);
            }
        }
        let row = self.eight.get(..self.strips.row_bytes()).ok_or(Refusal::Damaged)?;
        self.strips.push(row)
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, Refusal> {
        self.strips.finish()
    }
}

/// The eight levels of a byte of bits.
static LEVELS: [[u8; 8]; 256] = {
    let mut levels = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            levels[byte][bit] = if byte >> (7 - bit) & 1 == 1 { 255 } else { 0 };
            bit += 1;
        }
        byte += 1;
    }
    levels
};

fn rounded(sample: &[u8; 2]) -> u8 {
    let level = (u32::from(u16::from_ne_bytes(*sample)) * 255 + 32_767) / 65_535;
    u8::try_from(level).unwrap_or(u8::MAX)
}

/// Appends pixels with alpha as they look on white paper.
fn lay(samples: Samples, row: &[u8], eight: &mut Vec<u8>) {
    if samples == Samples::Gray {
        eight.extend(row.as_chunks::<2>().0.iter().map(|[level, alpha]| laid(*level, *alpha)));
    } else {
        let colours =
            |[red, green, blue, alpha]: &[u8; 4]| [*red, *green, *blue].map(|level| laid(level, *alpha));
        eight.extend(row.as_chunks::<4>().0.iter().flat_map(colours));
    }
}

/// The colours a palette's numbers stand for.
pub(super) struct Palette {
    colours: Vec<[u8; 3]>,
    gray: bool,
}

impl Palette {
    pub(super) fn new(colours: Vec<[u8; 3]>) -> Self {
        let gray = colours.iter().all(|[red, green, blue]| red == green && green == blue);
        Self { colours, gray }
    }

    /// Gray when all of its colours are.
    pub(super) fn samples(&self) -> Samples {
        if self.gray { Samples::Gray } else { Samples::Rgb }
    }

    /// Appends the colours of these numbers; a number that stands for none is black, as viewers have it.
    pub(super) fn look_up(&self, numbers: &[u8], row: &mut Vec<u8>) {
        for number in numbers {
            let colour = self.colours.get(usize::from(*number)).copied().unwrap_or_default();
            if self.gray { row.push(colour[0]) } else { row.extend_from_slice(&colour) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Rows, Stored};
    use crate::strips::Samples;

    fn taken(stored: Stored, size: (u32, u32), row: &[u8]) -> Vec<u8> {
        let mut rows = Rows::new(stored, size, size).expect("small");
        rows.push(row).expect("a whole row");
        rows.finish().expect("one row")
    }

    #[test]
    fn rows_of_every_depth() {
        assert_eq!(taken(Stored::Bits, (10, 1), &[0b1010_0000, 0b0100_0000])[..4], [255, 0, 255, 0]);
        let wide: Vec<u8> = [0_u16, 128, 129, 65_535].iter().flat_map(|level| level.to_ne_bytes()).collect();
        assert_eq!(taken(Stored::Sixteen(Samples::Gray), (4, 1), &wide), [0, 0, 1, 255]);
        assert_eq!(taken(Stored::Glass(Samples::Gray), (3, 1), &[0, 0, 0, 255, 100, 128]), [255, 0, 177]);
        assert_eq!(
            taken(Stored::Glass(Samples::Rgb), (2, 1), &[0, 9, 0, 0, 8, 100, 9, 255]),
            [255, 255, 255, 8, 100, 9]
        );
        assert!(Rows::new(Stored::Bits, (10, 1), (10, 1)).expect("small").push(&[1]).is_err());
    }
}
