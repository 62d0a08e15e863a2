//! Strips and tiles of a TIFF that are read here and not by the general decoder: in LZW, which is quicker so, and
//! as JPEGs, which go through the decoder of JPEGs with its limits.

use tiff::{
    decoder::ChunkType,
    tags::{PhotometricInterpretation, Tag},
};

use super::{
    MAX_WHOLE_BYTES, lzw,
    rows::Stored,
    tiff::{Reader, UNSUPPORTED, refusal},
};
use crate::{
    Limits, Refusal,
    jpeg::{self, Health},
    picture::Pixels,
    strips::Samples,
};

/// What stands beside a page's colours, and how its samples are told.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// Samples of a pixel as they are stored; there may be more of them than its colours and its glass.
    per_pixel: u16,
    planar: bool,
    predictor: u16,
}

impl Layout {
    pub(super) fn new(decoder: &mut Reader<'_>) -> Self {
        let mut number = |tag| decoder.find_tag_unsigned::<u16>(tag).ok().flatten();
        Self {
            per_pixel: number(Tag::SamplesPerPixel).unwrap_or(1),
            planar: number(Tag::PlanarConfiguration) == Some(2),
            predictor: number(Tag::Predictor).unwrap_or(1),
        }
    }

    /// Whether the general decoder would misread the page: it leaves out the samples that stand beside the `wanted`
    /// ones first and adds up differences afterwards, at the distance of all of them.
    pub(super) fn is_misread(self, wanted: u32) -> bool {
        self.predictor == 2 && !self.planar && u32::from(self.per_pixel) != wanted
    }
}

/// Strips in LZW, of eight bits a sample. What cannot be unpacked here is left to the general decoder.
pub(super) struct Packed<'a> {
    parts: Parts<'a>,
    /// Samples of a pixel that are wanted, and that are stored.
    samples: usize,
    per_pixel: usize,
    /// Samples are differences.
    differences: bool,
    /// Memory for strips that hold more than is wanted.
    all: Vec<u8>,
}

impl<'a> Packed<'a> {
    pub(super) fn new(
        bytes: &'a [u8],
        decoder: &mut Reader<'a>,
        stored: Stored,
        layout: Layout,
    ) -> Option<Self> {
        let (Stored::Eight(_) | Stored::Glass(_)) = stored else { return None };
        let differences = match layout.predictor {
            1 => false,
            2 => true,
            _ => return None,
        };
        let number = |decoder: &mut Reader<'a>, tag| decoder.find_tag_unsigned::<u16>(tag).ok().flatten();
        let unusual = layout.planar
            || number(decoder, Tag::FillOrder) == Some(2)
            || number(decoder, Tag::PhotometricInterpretation)
                == Some(PhotometricInterpretation::WhiteIsZero.to_u16());
        if unusual || decoder.get_chunk_type() != ChunkType::Strip {
            return None;
        }
        let offsets = decoder.get_tag_u64_vec(Tag::StripOffsets).ok()?;
        let lengths = decoder.get_tag_u64_vec(Tag::StripByteCounts).ok()?;
        let samples = usize::try_from(stored.bits() / 8).ok()?;
        let per_pixel = usize::from(layout.per_pixel);
        let all = Vec::new();
        (per_pixel >= samples).then_some(Self {
            parts: Parts { bytes, offsets, lengths },
            samples,
            per_pixel,
            differences,
            all,
        })
    }

    pub(super) fn unpack(&mut self, index: u32, rows: &mut [u8], row_bytes: usize) -> Option<()> {
        let packed = self.parts.get(index).filter(|packed| lzw::is_read(packed))?;
        if self.per_pixel == self.samples {
            lzw::unpack(packed, rows)?;
            self.add_up(rows, row_bytes);
            return Some(());
        }
        let length = (rows.len() / self.samples).checked_mul(self.per_pixel);
        let length = length.filter(|length| length.saturating_add(rows.len()) <= MAX_WHOLE_BYTES)?;
        let mut all = std::mem::take(&mut self.all);
        all.resize(length, 0);
        lzw::unpack(packed, &mut all)?;
        self.add_up(&mut all, row_bytes / self.samples * self.per_pixel);
        for (pixel, stored) in rows.chunks_exact_mut(self.samples).zip(all.chunks_exact(self.per_pixel)) {
            pixel.copy_from_slice(&stored[..self.samples]);
        }
        self.all = all;
        Some(())
    }

    fn add_up(&self, rows: &mut [u8], row_bytes: usize) {
        if self.differences {
            lzw::add_up(rows, row_bytes, self.per_pixel);
        }
    }
}

/// Where strips or tiles are stored.
struct Parts<'a> {
    /// All of the file.
    bytes: &'a [u8],
    offsets: Vec<u64>,
    lengths: Vec<u64>,
}

impl<'a> Parts<'a> {
    /// A strip or tile as it is stored.
    fn get(&self, index: u32) -> Option<&'a [u8]> {
        let index = usize::try_from(index).ok()?;
        let at = usize::try_from(*self.offsets.get(index)?).ok()?;
        let length = usize::try_from(*self.lengths.get(index)?).ok()?;
        self.bytes.get(at..at.checked_add(length)?)
    }
}

/// The JPEGs a TIFF is made of.
pub(super) struct Jpegs<'a> {
    parts: Parts<'a>,
    tables: Vec<u8>,
    pub(super) samples: Samples,
    /// Tells the decoder what the three components are, which a JPEG in a TIFF leaves to the TIFF.
    marker: &'static [u8],
}

impl<'a> Jpegs<'a> {
    pub(super) fn new(bytes: &'a [u8], decoder: &mut Reader<'a>) -> Result<Self, Refusal> {
        let photometric = decoder.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation).ok().flatten();
        let is = |wanted: PhotometricInterpretation| photometric == Some(wanted.to_u16());
        let (samples, marker): (_, &[u8]) = if is(PhotometricInterpretation::BlackIsZero) {
            (Samples::Gray, b"")
        } else if is(PhotometricInterpretation::RGB) {
            (Samples::Rgb, b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\0")
        } else if is(PhotometricInterpretation::YCbCr) {
            (Samples::Rgb, b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\x01")
        } else {
            return Err(UNSUPPORTED);
        };
        let planar = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten();
        let (at, count) = match decoder.get_chunk_type() {
            ChunkType::Strip => (Tag::StripOffsets, Tag::StripByteCounts),
            ChunkType::Tile => (Tag::TileOffsets, Tag::TileByteCounts),
        };
        if planar == Some(2) {
            return Err(UNSUPPORTED);
        }
        let offsets = decoder.get_tag_u64_vec(at).map_err(|error| refusal(&error))?;
        let lengths = decoder.get_tag_u64_vec(count).map_err(|error| refusal(&error))?;
        let tables = decoder.get_tag_u8_vec(Tag::JPEGTables).unwrap_or_default();
        Ok(Self { parts: Parts { bytes, offsets, lengths }, tables, samples, marker })
    }

    /// The pixels of a strip or tile. `Suspect` where its data broke off or made no sense in places.
    pub(super) fn decode(
        &self,
        index: u32,
        (width, lines): (usize, usize),
        limits: &Limits,
    ) -> Result<(Vec<u8>, Health), Refusal> {
        let own = self.parts.get(index).ok_or(Refusal::Damaged)?;
        let own = own.strip_prefix(b"\xFF\xD8").ok_or(Refusal::Damaged)?;
        let tables = self.tables.strip_prefix(b"\xFF\xD8").unwrap_or_default();
        let tables = tables.strip_suffix(b"\xFF\xD9").unwrap_or(tables);
        let whole = [b"\xFF\xD8", self.marker, tables, own].concat();
        let header = jpeg::read(&whole, limits)?;
        let (decoded, health) = jpeg::decode_rgb(&whole, &header, header.width.max(header.height))?;
        let (pixels, samples) = match (decoded.pixels, self.samples) {
            (Pixels::Gray(pixels), Samples::Gray) => (pixels, 1),
            (Pixels::Rgb(pixels), Samples::Rgb) => (pixels, 3),
            _ => return Err(Refusal::Damaged),
        };
        // A tile at the right or lower side is whole in its JPEG and cut in the page.
        let stored = usize::try_from(decoded.width).unwrap_or(0) * samples;
        let height = usize::try_from(decoded.height).unwrap_or(0);
        if stored < width * samples || height < lines {
            return Err(Refusal::Damaged);
        }
        if stored == width * samples && height == lines {
            return Ok((pixels, health));
        }
        let rows = pixels.chunks_exact(stored.max(1)).take(lines);
        Ok((rows.flat_map(|row| row[..width * samples].iter().copied()).collect(), health))
    }
}
