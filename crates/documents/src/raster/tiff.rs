//! TIFF: one page, strip by strip or one row of tiles at a time. JPEG inside a TIFF goes through the
//! decoder of JPEGs, with its limits.

use image::metadata::Orientation;
use tiff::{
    ColorType, TiffError,
    decoder::{ChunkType, Decoder, Limits as Memory, TiffCodingUnit},
    tags::{SampleFormat, Tag},
};

use super::{
    MAX_WHOLE_BYTES, Order, Raster,
    rows::{Rows, Stored},
    tiff_parts::{Jpegs, Layout, Packed},
};
use crate::{
    Format, Limits, Refusal,
    jpeg::Health,
    orientation::Turn,
    strips::Samples,
    tiff_pages::{Sheet, SheetReader},
};

/// Compression 5.
const LZW: u16 = 5;
/// Compression 7: each strip or tile is a JPEG, its tables perhaps told once for all.
const JPEG: u16 = 7;
pub(super) const UNSUPPORTED: Refusal = Refusal::Unsupported { format: Format::Tiff };

/// Size of a page by its directory.
pub(super) fn size(sheet: &Sheet<'_>, limits: &Limits) -> Result<(u32, u32), Refusal> {
    let (width, height) = open(sheet)?.dimensions().map_err(|error| refusal(&error))?;
    limits.admit(width, height)?;
    Ok((width, height))
}

pub(super) fn decode(sheet: &Sheet<'_>, order: &Order<'_>) -> Result<Raster, Refusal> {
    let bytes = sheet.bytes;
    let mut decoder = open(sheet)?;
    let size = decoder.dimensions().map_err(|error| refusal(&error))?;
    order.limits.admit(size.0, size.1)?;
    let icc = decoder.get_tag_u8_vec(Tag::IccProfile).ok();
    let turn = turn(&mut decoder);
    let compression = decoder.find_tag_unsigned::<u16>(Tag::Compression).ok().flatten();
    let colour = decoder.colortype().map_err(|error| refusal(&error))?;
    let (source, stored, misread) = if compression == Some(JPEG) {
        let jpegs = Jpegs::new(bytes, &mut decoder)?;
        let stored = Stored::Eight(jpegs.samples);
        (Source::Jpegs(jpegs), stored, false)
    } else {
        let stored = stored(colour)?;
        let layout = Layout::new(&mut decoder);
        let packed = (compression == Some(LZW)).then(|| Packed::new(bytes, &mut decoder, stored, layout));
        let misread = layout.is_misread(u32::from(colour.num_samples()));
        (packed.flatten().map_or(Source::Tiff, Source::Packed), stored, misread)
    };
    let (width, height) = size;
    let (spare, health) = (Vec::new(), Health::Sound);
    let mut page = Page { decoder, source, misread, stored, width, height, order, spare, health };
    let samples = stored.samples();
    let to = order.size(size, samples);
    let mut rows = Rows::new(stored, size, to)?;
    match page.decoder.get_chunk_type() {
        ChunkType::Strip => page.read_strips(&mut rows)?,
        ChunkType::Tile => page.read_tiles(&mut rows)?,
    }
    let raster = Raster::new(samples, to, rows.finish()?, icc.as_deref(), turn, size);
    Ok(Raster { health: page.health, ..raster })
}

pub(super) type Reader<'a> = Decoder<SheetReader<'a>>;

fn open<'a>(sheet: &Sheet<'a>) -> Result<Reader<'a>, Refusal> {
    let mut memory = Memory::default();
    memory.decoding_buffer_size = MAX_WHOLE_BYTES;
    memory.intermediate_buffer_size = 64 * 1024 * 1024;
    memory.ifd_value_size = 16 * 1024 * 1024;
    let decoder = Decoder::new(sheet.reader()).map_err(|error| refusal(&error))?;
    Ok(decoder.with_limits(memory))
}

fn turn(decoder: &mut Reader<'_>) -> Turn {
    let number = decoder.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten();
    let known = number.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms);
    Turn::from_exif(known.to_exif())
}

fn stored(colour: ColorType) -> Result<Stored, Refusal> {
    Ok(match colour {
        ColorType::Gray(1) => Stored::Bits,
        ColorType::Gray(8) => Stored::Eight(Samples::Gray),
        ColorType::Gray(16) => Stored::Sixteen(Samples::Gray),
        ColorType::GrayA(8) => Stored::Glass(Samples::Gray),
        ColorType::GrayA(16) => Stored::Glass16(Samples::Gray),
        ColorType::RGB(8) => Stored::Eight(Samples::Rgb),
        ColorType::RGB(16) => Stored::Sixteen(Samples::Rgb),
        ColorType::RGBA(8) => Stored::Glass(Samples::Rgb),
        ColorType::RGBA(16) => Stored::Glass16(Samples::Rgb),
        ColorType::CMYK(8) => Stored::Eight(Samples::Cmyk),
        ColorType::CMYK(16) => Stored::Sixteen(Samples::Cmyk),
        _ => return Err(UNSUPPORTED),
    })
}

/// Who decodes a strip or tile.
enum Source<'a> {
    Tiff,
    Packed(Packed<'a>),
    Jpegs(Jpegs<'a>),
}

struct Page<'a, 'o> {
    decoder: Reader<'a>,
    source: Source<'a>,
    /// See [`Layout::is_misread`].
    misread: bool,
    stored: Stored,
    width: u32,
    height: u32,
    order: &'o Order<'o>,
    /// Memory of the strip before, for the next one.
    spare: Vec<u8>,
    /// Of all strips or tiles so far.
    health: Health,
}

impl Page<'_, '_> {
    fn read_strips(&mut self, rows: &mut Rows) -> Result<(), Refusal> {
        let (mut done, mut strip) = (0_u64, 0);
        let row_bytes = self.bytes_across(self.width)?;
        while done < u64::from(self.height) {
            let chunk = self.chunk(strip)?;
            if chunk.len() < row_bytes {
                return Err(Refusal::Damaged);
            }
            for row in chunk.chunks_exact(row_bytes) {
                self.order.go_on()?;
                rows.push(row)?;
                done += 1;
            }
            self.spare = chunk;
            strip += 1;
        }
        Ok(())
    }

    fn read_tiles(&mut self, rows: &mut Rows) -> Result<(), Refusal> {
        // Asked first: it fails where the plain question for the size would panic.
        self.layout(0)?;
        let (width, height) = self.decoder.chunk_dimensions();
        if width == 0 || height == 0 {
            return Err(Refusal::Damaged);
        }
        let row_bytes = self.bytes_across(self.width)?;
        let across = self.width.div_ceil(width);
        let mut band = Vec::new();
        let mut top = 0;
        while top < self.height {
            let shown = height.min(self.height - top);
            let lines = usize::try_from(shown).map_err(|_| Refusal::TooComplex)?;
            if row_bytes.saturating_mul(lines) > MAX_WHOLE_BYTES {
                return Err(self.too_many());
            }
            band.resize(row_bytes * lines, 0);
            for column in 0..across {
                self.order.go_on()?;
                let tile = self.chunk(top / height * across + column)?;
                let left = self.bytes_across(column * width)?;
                let part = self.bytes_across(width.min(self.width - column * width))?;
                for (line, row) in tile.chunks_exact(part.max(1)).zip(band.chunks_exact_mut(row_bytes)) {
                    row.get_mut(left..left + part).ok_or(Refusal::Damaged)?.copy_from_slice(line);
                }
            }
            band.chunks_exact(row_bytes).try_for_each(|row| rows.push(row))?;
            top += shown;
        }
        Ok(())
    }

    /// Bytes of this many pixels of a row.
    fn bytes_across(&self, pixels: u32) -> Result<usize, Refusal> {
        let bits = u64::from(pixels) * u64::from(self.stored.bits());
        usize::try_from(bits.div_ceil(8)).map_err(|_| Refusal::TooComplex)
    }

    /// Rows and bytes of a row of one strip or tile, without its padding; and its planes.
    fn layout(&mut self, index: u32) -> Result<(usize, usize, usize), Refusal> {
        let layout = self.decoder.image_coding_unit_layout(TiffCodingUnit(index));
        let layout = layout.map_err(|error| refusal(&error))?;
        let row = layout.row_stride.ok_or(Refusal::Damaged)?.get();
        if layout.sample_format != SampleFormat::Uint {
            return Err(UNSUPPORTED);
        }
        if layout.complete_len > MAX_WHOLE_BYTES {
            return Err(self.too_many());
        }
        Ok((layout.len / row, row, layout.planes))
    }

    /// One strip or tile: rows without padding, samples side by side.
    fn chunk(&mut self, index: u32) -> Result<Vec<u8>, Refusal> {
        let (lines, row, planes) = self.layout(index)?;
        if let Source::Jpegs(jpegs) = &self.source {
            let tile = row / usize::try_from(jpegs.samples.count()).unwrap_or(1);
            let (pixels, health) = jpegs.decode(index, (tile, lines), self.order.limits)?;
            if health == Health::Suspect {
                self.health = Health::Suspect;
            }
            return Ok(pixels);
        }
        let mut bytes = std::mem::take(&mut self.spare);
        bytes.clear();
        bytes.resize(lines * row * planes, 0);
        if let Source::Packed(packed) = &mut self.source
            && packed.unpack(index, &mut bytes, row).is_some()
        {
            return Ok(bytes);
        }
        if self.misread {
            return Err(UNSUPPORTED);
        }
        let unit = TiffCodingUnit(index);
        self.decoder.read_coding_unit_bytes(unit, &mut bytes).map_err(|error| refusal(&error))?;
        if planes == 1 {
            return Ok(bytes);
        }
        let size = match self.stored {
            Stored::Eight(_) | Stored::Glass(_) => 1,
            Stored::Sixteen(_) | Stored::Glass16(_) => 2,
            Stored::Bits => return Err(UNSUPPORTED),
        };
        let mut together = Vec::with_capacity(bytes.len());
        for sample in 0..lines * row / size {
            for plane in bytes.chunks_exact(lines * row) {
                together.extend_from_slice(&plane[sample * size..][..size]);
            }
        }
        Ok(together)
    }

    fn too_many(&self) -> Refusal {
        Refusal::TooManyPixels { width: self.width, height: self.height }
    }
}

pub(super) fn refusal(error: &TiffError) -> Refusal {
    match error {
        TiffError::UnsupportedError(_) => UNSUPPORTED,
        TiffError::LimitsExceeded => Refusal::TooComplex,
        _ => Refusal::Damaged,
    }
}
