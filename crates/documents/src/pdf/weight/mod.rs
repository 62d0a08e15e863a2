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
/// Bytes for a cell that a clip's outline runs through, with each thing that is painted there.
const PER_CLIPPED_CELL: f64 = 48.0;

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

/// A clip that holds.
struct Clip {
    bounds: Rect,
    /// That its outline runs through, and those of the clips around it.
    cells: f64,
    /// What goes with it.
    bytes: u64,
}

/// A device that counts bytes.
struct Weight {
    area: Rect,
    /// Of all things that are painted, and of the clips that hold now.
    kept: u64,
    /// The most that was kept at once.
    most_kept: u64,
    /// The most of any.
    passing: u64,
    clips: Vec<Clip>,
    /// Each is drawn once.
    masks: HashSet<u128>,
    glyphs: HashMap<u128, Outline>,
}

impl Weight {
    fn new(width: f64, height: f64) -> Self {
        Self {
            area: Rect::new(0.0, 0.0, width, height),
            kept: 0,
            most_kept: 0,
            passing: 0,
            clips: Vec::new(),
            masks: HashSet::new(),
            glyphs: HashMap::new(),
        }
    }

    fn pixels(&self) -> u64 {
        whole(self.area.area())
    }

    /// Of the page as a whole, or of a mask or pattern that is drawn for itself.
    fn whole(&self) -> u64 {
        self.repeated(1)
    }

    /// Of a cell that is drawn so many times over itself.
    fn repeated(&self, times: u64) -> u64 {
        let kept = self.most_kept.saturating_mul(times);
        let meanwhile = kept.saturating_add(self.passing.max(self.pixels() * PER_PIXEL));
        meanwhile.max(self.pixels() * PER_PIXEL_AFTERWARDS)
    }

    /// What is heavy enough to be refused need not be looked at any further.
    fn is_enough(&self) -> bool {
        self.most_kept > MOST
    }

    fn keep(&mut self, bytes: u64) {
        self.kept = self.kept.saturating_add(bytes);
        self.most_kept = self.most_kept.max(self.kept);
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

    /// Where an outline clips what is painted within `bounds`, its cells are kept once more.
    fn clipped(&mut self, bounds: Rect) {
        let Some(clip) = self.clips.last() else { return };
        let there = outlines::cells_in(bounds.intersect(clip.bounds).intersect(self.area));
        self.keep(whole(clip.cells.min(there) * PER_CLIPPED_CELL));
    }

    fn clip(&mut self, outline: Option<&Outline>, bounds: Rect) {
        let before = self.kept;
        let outer = self.clips.last().map_or(0.0, |clip| clip.cells);
        let own = outline.map_or(0.0, |outline| outline.cells(Affine::IDENTITY, self.area));
        self.keep(PER_PAINT);
        if let Some(outline) = outline {
            self.add(outline.filled(Affine::IDENTITY, self.area));
        }
        self.keep(whole(outer * PER_CLIPPED_CELL));
        self.clips.push(Clip { bounds, cells: outer + own, bytes: self.kept - before });
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
        if self.is_enough() {
            return;
        }
        self.mask(props.soft_mask.as_ref());
        let outline = Outline::of(path);
        let bounds = outline.bounds(props.transform, mode);
        self.paint(&props.paint, bounds, !matches!(mode, DrawMode::Fill(_)));
        self.clipped(bounds);
        self.outline(&outline, props.transform, mode);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let outline = Outline::of(&clip.path);
        self.clip(Some(&outline), clip.path.control_box());
    }

    fn push_clip_rect(&mut self, bounds: &Rect) {
        self.clip(None, *bounds);
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
                    let transform = props.transform * glyph.transform();
                    self.keep(PER_PAINT);
                    self.clipped(outline.bounds(transform, mode));
                    self.outline(&outline, transform, mode);
                }
                Glyph::Type3(drawn) => {
                    drawn.interpret(self, props.transform, glyph.transform(), &props.paint);
                }
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        if self.is_enough() {
            return;
        }
        self.mask(props.soft_mask.as_ref());
        self.keep(PER_PAINT);
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        self.clipped(props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, width, height)));
        self.add(pictures::of(&image, props.transform, self.area));
    }

    fn pop_clip(&mut self) {
        if let Some(clip) = self.clips.pop() {
            self.kept = self.kept.saturating_sub(clip.bytes);
        }
    }

    fn pop_transparency_group(&mut self) {}
}

/// Areas and lengths as whole numbers.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is wanted")]
fn whole(number: f64) -> u64 {
    if number.is_nan() { u64::MAX } else { number.ceil() as u64 }
}
