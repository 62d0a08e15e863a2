//! Refuses pages that are small to store and endless to draw: forms that draw each other over and over, pattern
//! cells by the million, functions as long as programs. What the renderer would do is added up beforehand, each
//! form once, so that judging takes no longer than reading. The unit is about a microsecond.

use std::collections::{HashMap, HashSet};

use hayro::hayro_syntax::{
    content::UntypedIter,
    object::{Object as Operand, Stream as InlinePicture},
};
use lopdf::{DecompressError, Dictionary, Document, Error, Object, ObjectId, Stream};

use super::{
    bombs::{self, Pictures},
    cells, inline,
    pages::{self, Found},
    programs,
};
use crate::{Limits, Refusal};

/// What one page may cost: some twenty seconds on a slow computer, a hundred times an ordinary page.
const MOST: u64 = 20_000_000;
/// Forms within forms; deeper ones are not drawn.
const DEEPEST: u32 = 50;
/// Bytes of one content stream that are read.
const MOST_CONTENT: usize = 64 * 1024 * 1024;
/// A form that is blended as a whole needs a canvas of its own.
const GROUP: u64 = 300;
/// A shading colours every pixel of a page …
const SHADING: u64 = 200;
/// … and each byte of its function's program is run for each of them.
const PER_PROGRAM_BYTE: u64 = 100;
/// Graphics states saved within each other: each is kept until it is restored.
const MOST_SAVED: usize = 10_000;
/// Pieces of an outline, which is kept until it is painted.
const MOST_PIECES: u64 = 400_000;
/// Bytes of text between one `BT` and its `ET`: letters are looked up before the first is drawn, and where they clip
/// what follows they are kept until the end.
const MOST_TEXT: u64 = 60_000;
/// Corners of a mesh, each of which becomes hundreds of bytes.
const MOST_CORNERS: u64 = 200_000;
/// Bytes that a mesh may unpack to.
const MOST_MESH: usize = 16 * 1024 * 1024;
/// A picture painted with a pattern through its own shape keeps a page for itself.
const SHAPED_PATTERN: u64 = MOST / 16;
/// Pixels of a picture that are decoded in one unit.
const PIXELS: u64 = 50;

/// Refuses the document if one of its pages costs too much.
pub(super) fn refuse(
    document: &mut Document,
    limits: &Limits,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let pages = pages::find(document);
    let mut effort = Effort { document, limits, go_on, known: HashMap::new(), open: HashSet::new() };
    for Found { id, inherited } in &pages {
        let cost = effort.page(*id, inherited);
        // Whoever left is not told that it costs too much.
        go_on()?;
        if cost > MOST {
            return Err(Refusal::TooComplex);
        }
    }
    Ok(())
}

/// What painting costs on top: since a pattern, a font drawn by forms or a soft mask was chosen.
#[derive(Clone, Copy)]
struct State {
    fill: u64,
    stroke: u64,
    glyph: u64,
    mask: u64,
}

impl Default for State {
    fn default() -> Self {
        Self { fill: 1, stroke: 1, glyph: 1, mask: 0 }
    }
}

struct Effort<'a> {
    document: &'a Document,
    limits: &'a Limits,
    go_on: &'a dyn Fn() -> Result<(), Refusal>,
    /// Cost of each form, pattern and glyph that was looked at.
    known: HashMap<ObjectId, u64>,
    /// Those that are being looked at: one that draws itself is not drawn again.
    open: HashSet<ObjectId>,
}

impl<'a> Effort<'a> {
    fn page(&mut self, id: ObjectId, inherited: &'a Dictionary) -> u64 {
        let document = self.document;
        let Ok(page) = document.get_dictionary(id) else { return 0 };
        let resources = dictionary(page, b"Resources", document)
            .or_else(|| dictionary(inherited, b"Resources", document));
        let Ok(content) = document.get_page_content_with_limit(id, MOST_CONTENT) else { return u64::MAX };
        let mut cost = self.content(&content, resources, DEEPEST);
        let notes = page.get_deref(b"Annots", document).and_then(Object::as_array).map(Vec::as_slice);
        for note in notes.unwrap_or_default() {
            let looks = document.dereference(note).ok().and_then(|(_, note)| note.as_dict().ok());
            let Some(looks) = looks.and_then(|note| dictionary(note, b"AP", document)) else { continue };
            cost = cost.saturating_add(self.any(looks.get(b"N").ok(), resources, DEEPEST));
        }
        cost
    }

    /// A form, or the costliest of several to choose from.
    fn any(&mut self, object: Option<&'a Object>, outer: Option<&'a Dictionary>, depth: u32) -> u64 {
        let Some(object) = object else { return 0 };
        match self.document.dereference(object) {
            Ok((id, Object::Stream(stream))) => self.form(id, stream, outer, depth),
            Ok((_, Object::Dictionary(choice))) => {
                let looks: Vec<&Object> = choice.iter().map(|(_, look)| look).collect();
                looks.into_iter().fold(0, |most, look| match self.document.dereference(look) {
                    Ok((id, Object::Stream(stream))) => most.max(self.form(id, stream, outer, depth)),
                    _ => most,
                })
            }
            _ => 0,
        }
    }

    /// What drawing a form (or a pattern's cell, or a glyph) once costs.
    fn form(
        &mut self,
        id: Option<ObjectId>,
        stream: &'a Stream,
        outer: Option<&'a Dictionary>,
        depth: u32,
    ) -> u64 {
        if let Some(known) = id.and_then(|id| self.known.get(&id)) {
            return *known;
        }
        if depth == 0 || id.is_some_and(|id| !self.open.insert(id)) {
            return 1;
        }
        let resources = dictionary(&stream.dict, b"Resources", self.document).or(outer);
        let mut cost = if stream.dict.has(b"Group") { GROUP } else { 1 };
        cost = cost.saturating_add(match stream.get_plain_content_with_limit(MOST_CONTENT) {
            Ok(content) => self.content(&content, resources, depth - 1),
            Err(_) => 1,
        });
        if let Some(id) = id {
            self.open.remove(&id);
            self.known.insert(id, cost);
        }
        cost
    }

    fn content(&mut self, content: &[u8], resources: Option<&'a Dictionary>, depth: u32) -> u64 {
        let mut cost = 0_u64;
        let mut state = State::default();
        let mut saved = Vec::new();
        let (mut pieces, mut text) = (0_u64, 0_u64);
        let mut operators = UntypedIter::new(content);
        while let Some(instruction) = operators.next() {
            let name = || {
                let names = instruction.operands().filter_map(|operand| match operand {
                    Operand::Name(name) => Some(name.as_ref().to_vec()),
                    _ => None,
                });
                names.last()
            };
            let more = match &**instruction.operator {
                b"q" if saved.len() == MOST_SAVED => return u64::MAX,
                b"q" => {
                    saved.push(state);
                    1
                }
                b"Q" => {
                    state = saved.pop().unwrap_or(state);
                    1
                }
                b"m" | b"l" | b"c" | b"v" | b"y" | b"h" | b"re" if pieces >= MOST_PIECES => return u64::MAX,
                b"m" | b"l" | b"c" | b"v" | b"y" | b"h" => {
                    pieces += 1;
                    1
                }
                b"re" => {
                    pieces += 4;
                    1
                }
                b"Do" => name()
                    .map_or(1, |name| self.object(&name, resources, depth, state))
                    .saturating_add(state.mask),
                b"scn" => {
                    state.fill = name().map_or(1, |name| self.pattern(&name, resources, depth));
                    1
                }
                b"SCN" => {
                    state.stroke = name().map_or(1, |name| self.pattern(&name, resources, depth));
                    1
                }
                b"g" | b"rg" | b"k" | b"cs" | b"sc" => {
                    state.fill = 1;
                    1
                }
                b"G" | b"RG" | b"K" | b"CS" | b"SC" => {
                    state.stroke = 1;
                    1
                }
                b"BI" => match instruction.operands().next() {
                    Some(Operand::Stream(picture)) => self.inline(picture),
                    _ => 1,
                },
                b"sh" => name().map_or(1, |name| {
                    self.shading(
                        found(resources, b"Shading", &name, self.document).map(|(_, shading)| shading),
                    )
                }),
                b"gs" => name().map_or(1, |name| self.state(&name, resources, depth, &mut state)),
                b"ET" => {
                    text = 0;
                    1
                }
                b"Tf" => {
                    state.glyph = name().map_or(1, |name| self.font(&name, resources, depth));
                    1
                }
                b"Tj" | b"TJ" | b"'" | b"\"" => {
                    let bytes: u64 = instruction.operands().map(text_bytes).sum();
                    text = text.saturating_add(bytes);
                    if text > MOST_TEXT {
                        return u64::MAX;
                    }
                    let each = state.glyph.saturating_add(state.fill).saturating_add(state.stroke);
                    bytes.saturating_mul(each).saturating_add(state.mask)
                }
                b"f" | b"F" | b"f*" => state.fill.saturating_add(state.mask),
                b"S" | b"s" => state.stroke.saturating_add(state.mask),
                b"B" | b"B*" | b"b" | b"b*" => {
                    state.fill.saturating_add(state.stroke).saturating_add(state.mask)
                }
                _ => 1,
            };
            if paints(instruction.operator) {
                pieces = 0;
            }
            cost = cost.saturating_add(more);
            if cost > MOST {
                return cost;
            }
        }
        cost
    }

    fn object(&mut self, name: &[u8], resources: Option<&'a Dictionary>, depth: u32, state: State) -> u64 {
        let Some((id, Object::Stream(stream))) = found(resources, b"XObject", name, self.document) else {
            return 1;
        };
        match stream.dict.get_deref(b"Subtype", self.document).and_then(Object::as_name) {
            // A form starts with the pattern and font it is drawn with.
            Ok(b"Form") => {
                let each = state.fill.max(state.stroke).max(state.glyph);
                self.form(id, stream, resources, depth).saturating_mul(each)
            }
            Ok(b"Image") => {
                let side =
                    |key: &[u8]| stream.dict.get_deref(key, self.document).and_then(Object::as_i64).ok();
                let pixels = side(b"Width").unwrap_or(0).saturating_mul(side(b"Height").unwrap_or(0));
                let shaped = stream
                    .dict
                    .get_deref(b"ImageMask", self.document)
                    .and_then(Object::as_bool)
                    .unwrap_or(false);
                let own = if shaped && state.fill > 1 { SHAPED_PATTERN } else { 1 };
                own + u64::try_from(pixels).unwrap_or(0) / PIXELS
            }
            _ => 1,
        }
    }

    /// A picture within the content.
    fn inline(&self, picture: &InlinePicture<'_>) -> u64 {
        let picture = inline::picture(picture);
        if bombs::image(&picture, self.document, Pictures::Whole, self.limits, self.go_on).is_err() {
            return u64::MAX;
        }
        let side = |key: &[u8]| picture.dict.get(key).and_then(Object::as_i64).ok();
        let pixels = side(b"Width").unwrap_or(0).saturating_mul(side(b"Height").unwrap_or(0));
        1 + u64::try_from(pixels).unwrap_or(0) / PIXELS
    }

    fn pattern(&mut self, name: &[u8], resources: Option<&'a Dictionary>, depth: u32) -> u64 {
        match found(resources, b"Pattern", name, self.document) {
            Some((id, Object::Stream(cell))) => self
                .form(id, cell, resources, depth)
                .saturating_add(1)
                .saturating_mul(cells::copies(&cell.dict, self.document, MOST)),
            Some((_, Object::Dictionary(pattern))) => {
                self.shading(pattern.get_deref(b"Shading", self.document).ok())
            }
            _ => 1,
        }
    }

    fn shading(&self, shading: Option<&'a Object>) -> u64 {
        let mut corners = 0;
        let dict = match shading {
            Some(Object::Stream(stream)) => {
                corners = self.corners(stream);
                if corners > MOST_CORNERS {
                    return u64::MAX;
                }
                &stream.dict
            }
            Some(Object::Dictionary(dict)) => dict,
            _ => return 1,
        };
        let bytes = programs::bytes(dict.get(b"Function").ok(), self.document, MOST);
        SHADING.saturating_add(corners).saturating_add(bytes.saturating_mul(PER_PROGRAM_BYTE))
    }

    /// Corners of a mesh, as far as its bytes go. Shadings of other kinds have no bytes.
    fn corners(&self, stream: &Stream) -> u64 {
        let number = |key: &[u8]| {
            let number = stream.dict.get_deref(key, self.document).and_then(Object::as_i64);
            number.ok().and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
        };
        let content = match stream.get_plain_content_with_limit(MOST_MESH) {
            Ok(content) => content,
            Err(Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => return u64::MAX,
            Err(_) => return 0,
        };
        // One colour at least; some kinds do without a flag.
        let bits = number(b"BitsPerCoordinate").saturating_mul(2).saturating_add(number(b"BitsPerComponent"));
        u64::try_from(content.len()).unwrap_or(u64::MAX).saturating_mul(8) / bits.max(1)
    }

    /// A graphics state may bring a soft mask: a form drawn to see through.
    fn state(
        &mut self,
        name: &[u8],
        resources: Option<&'a Dictionary>,
        depth: u32,
        state: &mut State,
    ) -> u64 {
        let Some((_, Object::Dictionary(more))) = found(resources, b"ExtGState", name, self.document) else {
            return 1;
        };
        if !more.has(b"SMask") {
            return 1;
        }
        state.mask = 0;
        let Some(mask) = dictionary(more, b"SMask", self.document) else { return 1 };
        state.mask = GROUP;
        self.any(mask.get(b"G").ok(), resources, depth).saturating_add(GROUP)
    }

    /// The costliest glyph of a font whose glyphs are forms.
    fn font(&mut self, name: &[u8], resources: Option<&'a Dictionary>, depth: u32) -> u64 {
        let document = self.document;
        let Some((_, Object::Dictionary(font))) = found(resources, b"Font", name, document) else { return 1 };
        let Some(glyphs) = dictionary(font, b"CharProcs", document) else { return 1 };
        let own = dictionary(font, b"Resources", document).or(resources);
        let streams: Vec<_> =
            glyphs.iter().filter_map(|(_, glyph)| document.dereference(glyph).ok()).collect();
        streams.into_iter().fold(1, |most, (id, glyph)| match glyph {
            Object::Stream(glyph) => most.max(self.form(id, glyph, own, depth)),
            _ => most,
        })
    }
}

/// Whether an outline ends with this operator.
fn paints(operator: &[u8]) -> bool {
    matches!(operator, b"n" | b"f" | b"F" | b"f*" | b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*")
}

fn text_bytes(operand: &Operand<'_>) -> u64 {
    match operand {
        Operand::String(text) => u64::try_from(text.as_bytes().len()).unwrap_or(u64::MAX),
        Operand::Array(parts) => parts
            .iter::<Operand<'_>>()
            .map(|part| if matches!(part, Operand::Array(_)) { 0 } else { text_bytes(&part) })
            .sum(),
        _ => 1,
    }
}

fn dictionary<'a>(from: &'a Dictionary, key: &[u8], document: &'a Document) -> Option<&'a Dictionary> {
    from.get_deref(key, document).ok()?.as_dict().ok()
}

fn found<'a>(
    resources: Option<&'a Dictionary>,
    kind: &[u8],
    name: &[u8],
    document: &'a Document,
) -> Option<(Option<ObjectId>, &'a Object)> {
    document.dereference(dictionary(resources?, kind, document)?.get(name).ok()?).ok()
}
