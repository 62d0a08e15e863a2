//! How much memory drawing a page takes, told before anything is drawn. The renderer decodes each picture whole and
//! keeps all that a page paints until the page is complete: a few bytes of a file can ask for gigabytes. So the page
//! is first drawn on a device that only counts; nothing is decoded for that but the page's own operators and fonts.

mod fills;
mod outlines;
mod pictures;

use std::collections::{HashMap, HashSet};

use hayro::{
    hayro_interpret::{
        BlendMode, CacheKey, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
        InterpreterCache, InterpreterSettings, Paint, SoftMask, TransformExt,
        font::{Glyph, GlyphRun},
        interpret_page,
        kurbo::{Affine, BezPath, Rect},
    },
    hayro_syntax::page::Page,
};
use outlines::Outline;

use crate::Refusal;

/// What drawing may take, bytes: with the file itself and what else is held beside it stays below 256 MB.
const MOST: u64 = 190_000_000;
/// Bytes for a pixel of the page as it is drawn …
const PER_PIXEL: u64 = 4;
/// … and when it is handed on, after all else is gone.
const PER_PIXEL_AFTERWARDS: u64 = 4 + 3;
/// For whatever is painted, however small.
const PER_PAINT: u64 = 256;

/// Refuses a page that would take too much to draw at this scale and size, pixels.
pub(super) fn refuse(page: &Page<'_>, scale: (f32, f32), size: (f32, f32)) -> Result<(), Refusal> {
    let (width, height) = (f64::from(size.0).floor(), f64::from(size.1).floor());
    let transform = Affine::scale_non_uniform(f64::from(scale.0), f64::from(scale.1))
        * page.initial_transform(true).to_kurbo();
    let cache = InterpreterCache::new();
    let area = Rect::new(0.0, 0.0, width, height);
    let mut context = Context::new(transform, area, &cache, page.xref(), InterpreterSettings::default());
    let mut weight = Weight::new(width, height);
    interpret_page(page, &mut context, &mut weight);
    if weight.whole() > MOST { Err(Refusal::TooComplex) } else { Ok(()) }
}

/// What one thing takes.
#[derive(Default)]
struct Bytes {
    /// Until all is drawn.
    kept: u64,
    /// On top of it, for a moment.
    passing: u64,
}

/// A device that counts bytes.
struct Weight {
    area: Rect,
    /// Of all things.
    kept: u64,
    /// The most of any.
    passing: u64,
    /// Each is drawn once.
    masks: HashSet<u128>,
    glyphs: HashMap<u128, Outline>,
}

impl Weight {
    fn new(width: f64, height: f64) -> Self {
        Self {
            area: Rect::new(0.0, 0.0, width, height),
            kept: 0,
            passing: 0,
            masks: HashSet::new(),
            glyphs: HashMap::new(),
        }
    }

    fn pixels(&self) -> u64 {
        whole(self.area.area())
    }

    /// Of the page as a whole, or of a mask or pattern that is drawn for itself.
    fn whole(&self) -> u64 {
        let meanwhile = self.kept.saturating_add(self.passing.max(self.pixels() * PER_PIXEL));
        meanwhile.max(self.pixels() * PER_PIXEL_AFTERWARDS)
    }

    /// What is heavy enough to be refused need not be looked at any further.
    fn is_enough(&self) -> bool {
        self.kept > MOST
    }

    fn keep(&mut self, bytes: u64) {
        self.kept = self.kept.saturating_add(bytes);
    }

    fn add(&mut self, Bytes { kept, passing }: Bytes) {
        self.keep(kept);
        self.passing = self.passing.max(passing);
    }

    fn mask(&mut self, mask: Option<&SoftMask<'_>>) {
        let Some(mask) = mask else { return };
        if self.is_enough() || !self.masks.insert(mask.cache_key()) {
            return;
        }
        let mut drawn = Self::new(self.area.width(), self.area.height());
        mask.interpret(&mut drawn);
        self.add(Bytes { kept: self.pixels(), passing: drawn.whole() });
    }

    /// Something within `bounds`, on the page.
    fn paint(&mut self, paint: &Paint<'_>, bounds: Rect, is_stroke: bool) {
        self.keep(PER_PAINT);
        let Paint::Pattern(pattern) = paint else { return };
        if self.is_enough() {
            return;
        }
        self.add(fills::of_pattern(pattern, bounds.intersect(self.area), is_stroke));
    }

    fn outline(&mut self, outline: &Outline, transform: Affine, mode: &DrawMode) {
        match mode {
            DrawMode::Fill(_) => self.add(outline.filled(transform, self.area)),
            DrawMode::Stroke(stroke) => self.add(outline.stroked(transform, stroke, self.area)),
            DrawMode::FillAndStroke(_, stroke) => {
                self.add(outline.filled(transform, self.area));
                self.add(outline.stroked(transform, stroke, self.area));
            }
            DrawMode::Invisible => {}
        }
    }
}

impl<'a> Device<'a> for Weight {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.mask(props.soft_mask.as_ref());
        let outline = Outline::of(path);
        self.paint(&props.paint, outline.bounds(props.transform, mode), !matches!(mode, DrawMode::Fill(_)));
        self.outline(&outline, props.transform, mode);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.keep(PER_PAINT);
        self.add(Outline::of(&clip.path).filled(Affine::IDENTITY, self.area));
    }

    fn push_transparency_group(&mut self, _: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.keep(PER_PAINT);
        self.mask(mask.as_ref());
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.mask(props.soft_mask.as_ref());
        // Where the run lies is known only by all of its outlines: taken for the whole page.
        self.paint(&props.paint, self.area, !matches!(mode, DrawMode::Fill(_)));
        for glyph in run.glyphs() {
            if self.is_enough() {
                return;
            }
            match &**glyph {
                Glyph::Outline(known) => {
                    let key = known.identifier().cache_key();
                    let outline = *self.glyphs.entry(key).or_insert_with(|| Outline::of(&known.outline()));
                    self.keep(PER_PAINT);
                    self.outline(&outline, props.transform * glyph.transform(), mode);
                }
                Glyph::Type3(drawn) => {
                    drawn.interpret(self, props.transform, glyph.transform(), &props.paint);
                }
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.mask(props.soft_mask.as_ref());
        self.keep(PER_PAINT);
        self.add(pictures::of(&image, props.transform, self.area));
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// Areas and lengths as whole numbers; what is no number is nothing.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is wanted")]
fn whole(number: f64) -> u64 {
    number.ceil() as u64
}
