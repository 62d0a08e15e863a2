//! Strips and tiles of a TIFF that are read here and not by the general decoder: in LZW, which is quicker so, and
//! as JPEGs, which go through the decoder of JPEGs with its limits.

use tiff::{
    decoder::ChunkType,
    tags::{PhotometricInterpretation, Tag},
};

use super::{
    lzw,
    rows::Stored,
    tiff::{Reader, UNSUPPORTED, refusal},
};
use crate::{Limits, Refusal, jpeg, picture::Pixels, strips::Samples};

/// Strips in LZW, of eight bits a sample. What cannot be unpacked here is left to the general decoder.
pub(super) struct Packed<'a> {
    bytes: &'a [u8],
    offsets: Vec<u64>,
    lengths: Vec<u64>,
    samples: usize,
    /// Samples are differences.
    differences: bool,
}

impl<'a> Packed<'a> {
    pub(super) fn new(bytes: &'a [u8], decoder: &mut Reader<'a>, stored: Stored) -> Option<Self> {
        let Stored::Eight(samples) = stored else { return None };
        let number = |decoder: &mut Reader<'a>, tag| decoder.find_tag_unsigned::<u16>(tag).ok().flatten();
        let differences = match number(decoder, Tag::Predictor).unwrap_or(1) {
            1 => false,
            2 => true,
            _ => return None,
        };
        let unusual = number(decoder, Tag::PlanarConfiguration) == Some(2)
            || number(decoder, Tag::FillOrder) == Some(2)
            || number(decoder, Tag::PhotometricInterpretation)
                == Some(PhotometricInterpretation::WhiteIsZero.to_u16());
        if unusual || decoder.get_chunk_type() != ChunkType::Strip {
            return None;
        }
        let offsets = decoder.get_tag_u64_vec(Tag::StripOffsets).ok()?;
        let lengths = decoder.get_tag_u64_vec(Tag::StripByteCounts).ok()?;
        let samples = usize::try_from(samples.count()).ok()?;
        Some(Self { bytes, offsets, lengths, samples, differences })
    }

    pub(super) fn unpack(&self, index: u32, rows: &mut [u8], row_bytes: usize) -> Option<()> {
        let packed =
            part(self.bytes, &self.offsets, &self.lengths, index).filter(|packed| lzw::is_read(packed))?;
        lzw::unpack(packed, rows)?;
        if self.differences {
            lzw::add_up(rows, row_bytes, self.samples);
        }
        Some(())
    }
}

/// A strip or tile as it is stored.
fn part<'a>(bytes: &'a [u8], offsets: &[u64], lengths: &[u64], index: u32) -> Option<&'a [u8]> {
    let index = usize::try_from(index).ok()?;
    let place = |places: &[u64]| places.get(index).and_then(|place| usize::try_from(*place).ok());
    let (at, length) = place(offsets).zip(place(lengths))?;
    bytes.get(at..at.checked_add(length)?)
}

/// The JPEGs a TIFF is made of.
pub(super) struct Jpegs<'a> {
    bytes: &'a [u8],
    offsets: Vec<u64>,
    lengths: Vec<u64>,
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
        Ok(Self { bytes, offsets, lengths, tables, samples, marker })
    }

    pub(super) fn decode(
        &self,
        index: u32,
        (width, lines): (usize, usize),
        limits: &Limits,
    ) -> Result<Vec<u8>, Refusal> {
        let own = part(self.bytes, &self.offsets, &self.lengths, index).ok_or(Refusal::Damaged)?;
        let own = own.strip_prefix(b"\xFF\xD8").ok_or(Refusal::Damaged)?;
        let tables = self.tables.strip_prefix(b"\xFF\xD8").unwrap_or_default();
        let tables = tables.strip_suffix(b"\xFF\xD9").unwrap_or(tables);
        let whole = [b"\xFF\xD8", self.marker, tables, own].concat();
        let header = jpeg::read(&whole, limits)?;
        let decoded = jpeg::decode_rgb(&whole, &header, header.width.max(header.height))?;
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
            return Ok(pixels);
        }
        let rows = pixels.chunks_exact(stored.max(1)).take(lines);
        Ok(rows.flat_map(|row| row[..width * samples].iter().copied()).collect())
    }
}
