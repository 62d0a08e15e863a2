//! Refuses PDFs whose streams unpack to far more than paper needs, before anything draws them.

use std::io::Read;

use flate2::bufread::ZlibDecoder;
use hayro_jbig2::{DecodeSettings, Page};
use lopdf::{DecompressError, Document, Error, Object, Stream};

use super::wrapped;
use crate::{Limits, Refusal, jpeg};

/// Bytes one stream that is not an image may unpack to, and all of them together.
const MAX_STREAM: usize = 64 * 1024 * 1024;
const MAX_TOTAL: usize = 256 * 1024 * 1024;
/// What an image may unpack to beyond its own pixels.
pub(super) const SLACK: usize = 1024 * 1024;
/// Bytes that are held while they are counted: those of every filter but the usual one.
const MAX_HELD: usize = 128 * 1024 * 1024;

/// Filters that are a picture's own compression.
const CODECS: [&[u8]; 4] = [b"DCTDecode", b"JPXDecode", b"CCITTFaxDecode", b"JBIG2Decode"];

/// How far pictures are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pictures {
    /// Their headers: nobody draws them before they are judged again. Unpacking them would be all the work.
    Headers,
    /// All of their bytes.
    Whole,
}

/// `go_on` is asked before each stream and while one is unpacked.
pub(super) fn refuse(
    document: &Document,
    pictures: Pictures,
    limits: &Limits,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut total = 0_usize;
    for object in document.objects.values() {
        let Object::Stream(stream) = object else { continue };
        go_on()?;
        let filters = stream.filters().unwrap_or_default();
        let is_picture =
            stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image");
        // Thumbnails need not say that they are pictures.
        if is_picture || filters.last().is_some_and(|filter| CODECS.contains(filter)) {
            image(stream, document, pictures, limits, go_on)?;
        } else if !filters.is_empty() {
            total = total.saturating_add(unpacked(stream, MAX_STREAM, go_on)?);
            if total > MAX_TOTAL {
                return Err(Refusal::TooComplex);
            }
        }
    }
    Ok(())
}

/// Refuses one picture.
pub(super) fn image(
    stream: &Stream,
    document: &Document,
    pictures: Pictures,
    limits: &Limits,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let number = |key: &[u8]| {
        let value = stream.dict.get_deref(key, document).and_then(Object::as_i64).ok()?;
        u32::try_from(value).ok()
    };
    let (width, height) = (number(b"Width").unwrap_or(0), number(b"Height").unwrap_or(0));
    // Zero sides draw nothing.
    if width > 0 && height > 0 {
        limits.admit(width, height)?;
    }
    let filters = stream.filters().unwrap_or_default();
    let Some((last, before)) = filters.split_last() else { return Ok(()) };
    if *last == b"CCITTFaxDecode" {
        limits.admit(columns(stream, before.len())?, height.max(1))?;
    }
    // Of what is wrapped once more not even the header can be seen.
    if pictures == Pictures::Headers && (!before.is_empty() || !CODECS.contains(last)) {
        return Ok(());
    }
    if CODECS.contains(last) {
        return match wrapped::inside(stream) {
            Ok(inside) => compressed(last, &inside, limits),
            Err(Refusal::Damaged) => Ok(()),
            Err(refusal) => Err(refusal),
        };
    }
    // At most four samples of sixteen bits for each pixel.
    let pixels = u64::from(width) * u64::from(height) * 8;
    let expected = usize::try_from(pixels).unwrap_or(usize::MAX).saturating_add(SLACK);
    unpacked(stream, expected, go_on).map(|_| ())
}

/// Pixels of a fax's row: its own say, whatever the picture's width. ISO 32000, table 11 has the default.
fn columns(stream: &Stream, place: usize) -> Result<u32, Refusal> {
    let parameters = match stream.dict.get(b"DecodeParms") {
        Ok(Object::Dictionary(parameters)) => Some(parameters),
        Ok(Object::Array(list)) => list.get(place).and_then(|parameters| parameters.as_dict().ok()),
        _ => None,
    };
    match parameters.and_then(|parameters| parameters.get(b"Columns").ok()) {
        None | Some(Object::Null) => Ok(1728),
        Some(columns) => {
            let columns = columns.as_i64().ok().and_then(|columns| u32::try_from(columns).ok());
            columns.ok_or(Refusal::Damaged)
        }
    }
}

/// A picture's own compression: the header inside has the last word about the size.
fn compressed(codec: &[u8], content: &[u8], limits: &Limits) -> Result<(), Refusal> {
    match codec {
        b"DCTDecode" => match jpeg::read(content, limits) {
            Err(refusal @ (Refusal::TooManyPixels { .. } | Refusal::TooComplex)) => Err(refusal),
            _ => Ok(()),
        },
        b"JPXDecode" => jpeg2000(content, limits),
        b"JBIG2Decode" => match Page::new_embedded(content, None, &DecodeSettings::default()) {
            Ok(page) => limits.admit(page.width(), page.height()),
            // Nobody draws it then.
            Err(_) => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Bytes after unpacking; streams that do not unpack are for the viewer to skip.
fn unpacked(
    stream: &Stream,
    limit: usize,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<usize, Refusal> {
    if stream.filters().is_ok_and(|filters| filters == [b"FlateDecode"])
        && let Some(bytes) = inflated(&stream.content, limit, go_on)?
    {
        return if bytes > limit { Err(Refusal::TooComplex) } else { Ok(bytes) };
    }
    match stream.decompress_to_writer(&mut std::io::sink(), limit.min(MAX_HELD)) {
        Ok(bytes) => Ok(bytes),
        Err(Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => Err(Refusal::TooComplex),
        // Who draws it may know a way that is not known here.
        Err(Error::Unimplemented(_) | Error::Decompress(DecompressError::TooManyFilters { .. })) => {
            Err(Refusal::Damaged)
        }
        Err(_) => Ok(0),
    }
}

/// Bytes after inflating, counted and not kept, until there are more than `limit`; `None` where the data are not
/// what they should be: then it is for the reader's own decoder to say what it makes of them.
fn inflated(
    packed: &[u8],
    limit: usize,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<Option<usize>, Refusal> {
    let mut reader = ZlibDecoder::new(packed);
    let mut scratch = [0; 32 * 1024];
    let mut bytes = 0_usize;
    while bytes <= limit {
        go_on()?;
        match reader.read(&mut scratch) {
            Ok(0) => break,
            Ok(count) => bytes = bytes.saturating_add(count),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(bytes))
}

/// The SIZ segment follows the start of the codestream: marker, length, capabilities, width, height.
fn jpeg2000(content: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let Some(at) = memchr::memmem::find(content, b"\xFF\x4F\xFF\x51") else { return Ok(()) };
    let side = |at: usize| content.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    match (side(at + 8), side(at + 12)) {
        (Some(width), Some(height)) => limits.admit(width, height),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, io::Write};

    use flate2::{Compression, write::ZlibEncoder};
    use lopdf::{Document, Stream, dictionary};

    use super::{Pictures, refuse};
    use crate::{Limits, Refusal};

    /// Thirty megabytes of nothing, as content and as a picture: far from a bomb, and nobody waits for it.
    #[test]
    fn somebody_who_left_is_noticed_while_a_stream_is_unpacked() {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&vec![0; 30 * 1024 * 1024]).expect("into memory");
        let packed = packed.finish().expect("into memory");
        let content = dictionary! { "Filter" => "FlateDecode" };
        let picture = dictionary! {
            "Subtype" => "Image", "Width" => 5000, "Height" => 5000, "Filter" => "FlateDecode",
        };
        for dict in [content, picture] {
            let mut document = Document::new();
            document.add_object(Stream::new(dict, packed.clone()));
            let asked = Cell::new(0_u32);
            let until = |last: u32| {
                let asked = &asked;
                asked.set(0);
                move || {
                    asked.set(asked.get() + 1);
                    if asked.get() < last { Ok(()) } else { Err(Refusal::Cancelled) }
                }
            };
            let judge = |go_on: &dyn Fn() -> Result<(), Refusal>| {
                refuse(&document, Pictures::Whole, &Limits::default(), go_on)
            };
            assert_eq!(judge(&until(u32::MAX)), Ok(()));
            assert!(asked.get() > 500, "asked {} times", asked.get());
            assert_eq!(judge(&until(3)), Err(Refusal::Cancelled));
            assert_eq!(asked.get(), 3);
        }
    }
}
