//! Pictures that are encoded together: wherever their pixels come from, all take the same size and quality.

use std::{rc::Rc, sync::Arc};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::{
    images::Candidate,
    pixels::Size,
    render::{self, Original},
};
use crate::{
    Format, Limits, PageEdit, Refusal,
    fit::Known,
    geometry,
    jpeg::{self, Chroma, Health},
    orientation::Turn,
    picture::{Decoded, Picture, Pixels, Ready},
    raster,
    tiff_pages::Pages,
};

/// Longer side of a sheet made for a picture, in points: A4's.
const LONG_SIDE: f32 = 842.0;
/// Pictures are decoded straight to a half, a quarter or an eighth of their size, without a further resize,
/// where that is so close to what is wanted (in hundredths).
const NEAR: std::ops::RangeInclusive<u64> = 96..=108;

/// A TIFF of several pages.
pub(super) struct Sheets {
    pub(super) bytes: Arc<[u8]>,
    pub(super) pages: Pages,
}

/// Where a picture's pixels come from.
pub(super) enum Supply {
    /// A picture of the document that is written.
    Inside(Candidate),
    /// A picture taken out of a page that shows nothing else.
    Taken {
        stream: Stream,
        candidate: Candidate,
        turn: Turn,
        edit: PageEdit,
    },
    /// A page that is drawn, with its longer side at 300 dpi.
    Drawn {
        pdf: Original,
        page: u32,
        edge: u32,
        edit: PageEdit,
    },
    Jpeg {
        source: Arc<[u8]>,
        edit: PageEdit,
    },
    Raster {
        source: Arc<[u8]>,
        format: Format,
        edit: PageEdit,
    },
    Sheet {
        file: Rc<Sheets>,
        index: usize,
        edit: PageEdit,
    },
}

/// A picture to be encoded.
pub(super) struct Slot {
    pub(super) id: ObjectId,
    pub(super) supply: Supply,
    pub(super) known: Known,
    /// The sheet made for it, if it is not part of a page that was there.
    pub(super) sheet: Option<Sheet>,
    /// Which page that is in the result, from 1.
    pub(super) page: Option<u32>,
}

/// A page that shows one picture.
pub(super) struct Sheet {
    pub(super) page: ObjectId,
    pub(super) content: ObjectId,
    /// Its size in points, where that is to stay as it was.
    pub(super) size: Option<(f32, f32)>,
}

/// An encoded picture.
pub(super) struct Encoded {
    pub(super) bytes: Vec<u8>,
    width: u32,
    height: u32,
    gray: bool,
}

impl Slot {
    /// Whether nothing but its size says what it will weigh.
    pub(super) fn is_guess(&self) -> bool {
        match &self.supply {
            Supply::Inside(candidate) | Supply::Taken { candidate, .. } => candidate.is_guess(),
            Supply::Jpeg { .. } => false,
            Supply::Drawn { .. } | Supply::Raster { .. } | Supply::Sheet { .. } => true,
        }
    }

    /// The picture with its long edge at most `edge`, upright and edited. `Suspect` where a decoder guessed.
    pub(super) fn picture(
        &self,
        document: &Document,
        edge: u32,
        limits: &Limits,
        go_on: &dyn Fn() -> Result<(), Refusal>,
    ) -> Result<(Picture, Health), Refusal> {
        let sound = |picture| Ok((picture, Health::Sound));
        match &self.supply {
            Supply::Inside(candidate) => {
                let stream =
                    document.get_object(self.id).and_then(Object::as_stream).map_err(|_| Refusal::Damaged)?;
                sound(candidate.picture(stream, snapped(self.known.edge, edge), limits, go_on)?)
            }
            Supply::Taken { stream, candidate, turn, edit } => {
                let (mut decoded, health) = candidate.decode(stream, wanted(edge, edit))?;
                Ok((geometry::ready(&mut decoded, edge, *turn, edit)?, health))
            }
            Supply::Drawn { pdf, page, edge: most, edit } => {
                let target = if edit.crop.is_some() { *most } else { edge.min(*most) };
                let (rgb, width, height) = render::draw(pdf, *page, target)?;
                let mut decoded = Decoded { width, height, pixels: Pixels::Rgb(rgb), conversion: None };
                sound(geometry::ready(&mut decoded, edge, Turn::UPRIGHT, edit)?)
            }
            Supply::Jpeg { source, edit } => {
                let header = jpeg::read(source, limits)?;
                let turn = Turn::from_exif(header.orientation);
                if !geometry::changes_pixels(edit) {
                    let turn = turn.then_quarters(edit.quarter_turns);
                    let order = jpeg::Wanted { edge, turn, colours: jpeg::Colours::Quarter };
                    if let Some(made) = jpeg::shrunk(source, &header, order, go_on)? {
                        return Ok((made.picture, made.health));
                    }
                }
                let (mut decoded, health) = jpeg::decode(source, &header, wanted(edge, edit))?;
                Ok((geometry::ready(&mut decoded, edge, turn, edit)?, health))
            }
            Supply::Raster { source, format, edit } => {
                let edge_wanted = wanted(edge, edit);
                let mut raster = raster::decode_to(source, *format, edge_wanted, limits, go_on)?;
                Ok((geometry::ready(&mut raster.decoded, edge, raster.turn, edit)?, raster.health))
            }
            Supply::Sheet { file, index, edit } => {
                let sheet = file.pages.sheet(&file.bytes, *index);
                let mut raster = raster::decode_sheet(&sheet, wanted(edge, edit), limits, go_on)?;
                Ok((geometry::ready(&mut raster.decoded, edge, raster.turn, edit)?, raster.health))
            }
        }
    }

    /// Puts an encoded picture in its place, with the sheet around it.
    pub(super) fn fill(&self, document: &mut Document, encoded: Encoded) {
        if let Some(sheet) = &self.sheet {
            sheet.fit_around(document, encoded.width, encoded.height);
        }
        let space = match &self.supply {
            Supply::Inside(candidate) => candidate.new_space(encoded.gray),
            _ => Some(if encoded.gray { "DeviceGray" } else { "DeviceRGB" }),
        };
        let Ok(Object::Stream(stream)) = document.get_object_mut(self.id) else { return };
        let dict = &mut stream.dict;
        dict.set("Type", "XObject");
        dict.set("Subtype", "Image");
        dict.set("Width", i64::from(encoded.width));
        dict.set("Height", i64::from(encoded.height));
        dict.set("BitsPerComponent", 8);
        dict.set("Filter", "DCTDecode");
        dict.remove(b"DecodeParms");
        dict.remove(b"Decode");
        if let Some(space) = space {
            dict.set("ColorSpace", space);
        }
        stream.set_content(encoded.bytes);
    }
}

impl Sheet {
    /// Makes `page` (an object of its own or a new one) a sheet for the picture `id`.
    pub(super) fn make(
        document: &mut Document,
        page: ObjectId,
        id: ObjectId,
        size: Option<(f32, f32)>,
    ) -> Self {
        let content = document.add_object(Stream::new(Dictionary::new(), Vec::new()));
        let resources = dictionary! { "XObject" => dictionary! { "P" => id } };
        let sheet =
            dictionary! { "Type" => "Page", "Contents" => content, "Resources" => resources, "Rotate" => 0 };
        document.objects.insert(page, sheet.into());
        Self { page, content, size }
    }

    fn fit_around(&self, document: &mut Document, width: u32, height: u32) {
        let size = self.size.unwrap_or_else(|| points(width, height));
        self.lay_out(document, size, Turn::UPRIGHT);
    }

    /// Shows the picture over the whole sheet; `turn` says how it lies.
    pub(super) fn lay_out(&self, document: &mut Document, (width, height): (f32, f32), turn: Turn) {
        let shown: Vec<String> =
            matrix(turn, width, height).iter().map(|number| format!("{number:.2}")).collect();
        let content = format!("q {} cm /P Do Q", shown.join(" "));
        if let Ok(Object::Stream(stream)) = document.get_object_mut(self.content) {
            stream.set_content(content.into_bytes());
        }
        let area = || vec![0.into(), 0.into(), Object::Real(width), Object::Real(height)];
        if let Ok(page) = document.get_dictionary_mut(self.page) {
            page.set("MediaBox", area());
            // Said here so that no other is inherited.
            page.set("CropBox", area());
        }
    }
}

/// Encodes a picture at a quality.
pub(super) fn encode(picture: &Picture, quality: u8) -> Result<Encoded, Refusal> {
    let bytes = jpeg::encode(picture, quality, Chroma::Quarter)?;
    let gray = matches!(picture.pixels, Ready::Gray(_));
    Ok(Encoded { bytes, width: picture.width, height: picture.height, gray })
}

/// Size of a sheet in points: the long side is A4's.
pub(super) fn points(width: u32, height: u32) -> (f32, f32) {
    // Sides are at most 20 000: a u16 holds them, and a float holds that exactly.
    let side = |side: u32| f32::from(u16::try_from(side).unwrap_or(u16::MAX));
    let scale = LONG_SIDE / side(width.max(height)).max(1.0);
    (side(width) * scale, side(height) * scale)
}

/// The matrix that shows a picture that lies like `turn` upright on a sheet.
pub(super) fn matrix(turn: Turn, width: f32, height: f32) -> [f32; 6] {
    let (w, h) = (width, height);
    match (1..=8).find(|number| Turn::from_exif(*number) == turn) {
        Some(2) => [-w, 0.0, 0.0, h, w, 0.0],
        Some(3) => [-w, 0.0, 0.0, -h, w, h],
        Some(4) => [w, 0.0, 0.0, -h, 0.0, h],
        Some(5) => [0.0, -h, -w, 0.0, w, h],
        Some(6) => [0.0, -h, w, 0.0, 0.0, h],
        Some(7) => [0.0, h, w, 0.0, 0.0, 0.0],
        Some(8) => [0.0, h, -w, 0.0, w, 0.0],
        _ => [w, 0.0, 0.0, h, 0.0, 0.0],
    }
}

/// Long edge to decode to: all there is where a part is cut out.
fn wanted(edge: u32, edit: &PageEdit) -> u32 {
    if edit.crop.is_some() { u32::MAX } else { edge }
}

/// The size to take of a picture this long: a plain fraction where one is near.
fn snapped(long: u32, edge: u32) -> Size {
    let near =
        |part: &u32| edge > 0 && NEAR.contains(&(u64::from(long.div_ceil(*part)) * 100 / u64::from(edge)));
    [2_u32, 4, 8].into_iter().find(near).map_or(Size::Edge(edge), Size::Part)
}

#[cfg(test)]
mod tests {
    use super::{Size, matrix, points, snapped};
    use crate::orientation::Turn;

    /// Where the upper left and the upper right corner of the stored picture come to lie on a 2 × 3 sheet.
    #[test]
    fn pictures_lie_on_sheets_as_exif_says() {
        let corners = [
            ((0.0, 3.0), (2.0, 3.0)),
            ((2.0, 3.0), (0.0, 3.0)),
            ((2.0, 0.0), (0.0, 0.0)),
            ((0.0, 0.0), (2.0, 0.0)),
            ((0.0, 3.0), (0.0, 0.0)),
            ((2.0, 3.0), (2.0, 0.0)),
            ((2.0, 0.0), (2.0, 3.0)),
            ((0.0, 0.0), (0.0, 3.0)),
        ];
        for (number, (left, right)) in (1..=8).zip(corners) {
            let [a, b, c, d, e, f] = matrix(Turn::from_exif(number), 2.0, 3.0);
            let at = |x: f32, y: f32| (a * x + c * y + e, b * x + d * y + f);
            assert_eq!((at(0.0, 1.0), at(1.0, 1.0)), (left, right), "orientation {number}");
        }
    }

    #[test]
    fn a_half_is_taken_as_it_comes() {
        assert_eq!(snapped(3508, 1754), Size::Part(2));
        assert_eq!(snapped(3509, 1754), Size::Part(2));
        assert_eq!(snapped(7016, 1754), Size::Part(4));
        assert_eq!(snapped(4032, 1754), Size::Edge(1754));
        assert_eq!(points(100, 842), (100.0, 842.0));
    }
}
