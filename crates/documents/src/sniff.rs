//! What a file is by its first bytes. Its name and extension are never asked.

use serde::{Deserialize, Serialize};

/// A format we recognise; not each of them is read (see [`Format::is_read`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Format {
    /// JPEG, any process.
    Jpeg,
    /// PNG (first frame of an animation).
    Png,
    /// WebP (first frame).
    Webp,
    /// TIFF or BigTIFF, one or more pages.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// GIF (first frame).
    Gif,
    /// PDF.
    Pdf,
    /// HEIC/HEIF photo of newer phones: recognised, not read.
    Heic,
    /// AVIF: recognised, not read.
    Avif,
    /// JPEG XL: recognised, not read.
    JpegXl,
    /// JPEG 2000: recognised, not read.
    Jpeg2000,
    /// Photoshop: recognised, not read.
    Photoshop,
    /// SVG drawing: recognised, not read.
    Svg,
    /// Word, Excel, WPS and other office files, and OFD, all in a zip or OLE container: recognised, not read.
    Office,
    /// Video: recognised, not read.
    Video,
}

impl Format {
    /// Stable name, the same as in its JSON form.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Tiff => "tiff",
            Self::Bmp => "bmp",
            Self::Gif => "gif",
            Self::Pdf => "pdf",
            Self::Heic => "heic",
            Self::Avif => "avif",
            Self::JpegXl => "jpeg_xl",
            Self::Jpeg2000 => "jpeg2000",
            Self::Photoshop => "photoshop",
            Self::Svg => "svg",
            Self::Office => "office",
            Self::Video => "video",
        }
    }

    /// Whether [`crate::prepare`] reads it.
    #[must_use]
    pub fn is_read(self) -> bool {
        let always = matches!(
            self,
            Self::Jpeg | Self::Png | Self::Webp | Self::Tiff | Self::Bmp | Self::Gif | Self::Pdf
        );
        always || cfg!(feature = "heic") && self == Self::Heic
    }
}

/// Formats told by fixed bytes at the start.
const MAGIC: &[(&[u8], Format)] = &[
    (b"\xFF\xD8\xFF", Format::Jpeg),
    (b"\x89PNG\r\n\x1A\n", Format::Png),
    (b"GIF87a", Format::Gif),
    (b"GIF89a", Format::Gif),
    (b"II\x2A\x00", Format::Tiff),
    (b"MM\x00\x2A", Format::Tiff),
    (b"II\x2B\x00", Format::Tiff),
    (b"MM\x00\x2B", Format::Tiff),
    (b"8BPS\x00\x01", Format::Photoshop),
    (b"\xFF\x0A", Format::JpegXl),
    (b"\x00\x00\x00\x0CJXL \r\n\x87\n", Format::JpegXl),
    (b"\x00\x00\x00\x0CjP  \r\n\x87\n", Format::Jpeg2000),
    (b"\xFF\x4F\xFF\x51", Format::Jpeg2000),
    (b"PK\x03\x04", Format::Office),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Format::Office),
    (b"\x1A\x45\xDF\xA3", Format::Video),
];

/// What the bytes are, or `None` when they are nothing we know.
pub(crate) fn sniff(bytes: &[u8]) -> Option<Format> {
    if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(*format);
    }
    if bytes.starts_with(b"RIFF") {
        return match bytes.get(8..12) {
            Some(b"WEBP") => Some(Format::Webp),
            Some(b"AVI ") => Some(Format::Video),
            _ => None,
        };
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(iso_media(bytes));
    }
    if is_bmp(bytes) {
        return Some(Format::Bmp);
    }
    let head = bytes.get(..1024).unwrap_or(bytes);
    // Readers accept a PDF whose header stands anywhere in the first kilobyte.
    if contains(head, b"%PDF-") {
        return Some(Format::Pdf);
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    (text.starts_with(b"<svg") || (text.starts_with(b"<?xml") && contains(text, b"<svg")))
        .then_some(Format::Svg)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

/// “BM” alone is too common: the size of the second header must be one that exists.
fn is_bmp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BM")
        && bytes
            .get(14..18)
            .and_then(|size| size.try_into().ok())
            .is_some_and(|size| matches!(u32::from_le_bytes(size), 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// HEIC, AVIF and film share one container; the major brand tells, then the compatible ones.
fn iso_media(bytes: &[u8]) -> Format {
    let length = bytes.get(..4).and_then(|l| l.try_into().ok()).map_or(0, u32::from_be_bytes);
    let end = usize::try_from(length).unwrap_or(0).clamp(12, 256).min(bytes.len());
    let brands = bytes.get(8..end).unwrap_or_default().chunks_exact(4);
    let mut seen = Format::Video;
    for brand in brands {
        match brand {
            b"avif" | b"avis" => return Format::Avif,
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => {
                seen = Format::Heic;
            }
            _ => {}
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::{Format, sniff};

    #[test]
    fn names_do_not_matter_bytes_do() {
        assert_eq!(sniff(b""), None);
        assert_eq!(sniff(b"hello, I am a text named .jpg"), None);
        assert_eq!(sniff(b"BMW is a car"), None);
        assert_eq!(sniff(b"\xFF\xD8\xFF\xE0rest"), Some(Format::Jpeg));
        assert_eq!(sniff(b"\n\n%PDF-1.7\n"), Some(Format::Pdf));
        assert_eq!(sniff(b"\x00\x00\x00\x18ftypheic\0\0\0\0mif1heic"), Some(Format::Heic));
        assert_eq!(sniff(b"\x00\x00\x00\x1Cftypmif1\0\0\0\0mif1avifmiaf"), Some(Format::Avif));
        assert_eq!(sniff(b"\x00\x00\x00\x18ftypisom\0\0\0\0isommp42"), Some(Format::Video));
        assert_eq!(sniff(b"<?xml version='1.0'?><svg/>"), Some(Format::Svg));
        assert_eq!(sniff(b"PK\x03\x04"), Some(Format::Office));
    }

    #[test]
    fn codes_are_the_json_names() {
        for format in [Format::Jpeg, Format::Jpeg2000, Format::JpegXl, Format::Heic, Format::Office] {
            assert_eq!(serde_json::to_value(format).expect("serialises"), format.code());
        }
    }
}
