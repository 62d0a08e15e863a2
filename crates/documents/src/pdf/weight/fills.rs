//! What patterns weigh: their cells, and shadings that are more than plain gradients, become pictures of their own.

use hayro::hayro_interpret::{
    encode::EncodedShadingType,
    kurbo::{Affine, Point, Rect},
    pattern::{Pattern, ShadingPattern, TilingPattern},
    shading::ShadingType,
    util::x_y_advances,
};

use super::{Bytes, MOST, Weight, whole};

/// How far a gradient may be from what the renderer draws by itself; its own number.
const TOLERANCE: f32 = 0.01;
/// Bytes for a pixel of a mesh, which is kept by its place.
const PER_MESH_PIXEL: u64 = 144;
/// Bytes for a patch of a mesh, which is cut into triangles.
const PER_PATCH: u64 = 192 * 1024;
/// Bytes for a triangle of a mesh.
const PER_TRIANGLE: u64 = 240;
/// Bytes for the colours of a gradient, sampled.
const GRADIENT: u64 = 32 * 1024;
/// Longest side of a cell the renderer draws, pixels.
const LONGEST: f64 = 65_535.0;

/// For filling `bounds` of the page.
pub(super) fn of_pattern(pattern: &Pattern<'_>, bounds: Rect, is_stroke: bool) -> Bytes {
    if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
        return Bytes::default();
    }
    match pattern {
        Pattern::Shading(shading) => of_shading(shading, bounds),
        Pattern::Tiling(cell) => of_cell(cell, bounds, is_stroke),
    }
}

fn of_shading(pattern: &ShadingPattern, bounds: Rect) -> Bytes {
    let picture = whole(bounds.width().ceil() * bounds.height().ceil() * 4.0);
    let patched = |points: &mut dyn Iterator<Item = Point>, patches: u64| {
        let bounds = pattern.matrix.transform_rect_bbox(around(points));
        let pixels = whole(bounds.width().min(LONGEST) * bounds.height().min(LONGEST));
        Bytes { kept: picture, passing: pixels.saturating_mul(PER_MESH_PIXEL).saturating_add(patches) }
    };
    match &*pattern.shading.shading_type {
        ShadingType::RadialAxial { .. } => {
            let encoded = pattern.encode();
            let plain = match &encoded.shading_type {
                EncodedShadingType::RadialAxial(gradient) => {
                    gradient.as_svg_gradient(&encoded, bounds, TOLERANCE).is_some()
                }
                _ => false,
            };
            Bytes { kept: if plain { GRADIENT } else { picture }, passing: 0 }
        }
        ShadingType::FunctionBased { .. } | ShadingType::Dummy => Bytes { kept: picture, passing: 0 },
        ShadingType::TriangleMesh { triangles, .. } => {
            let corners = triangles.iter().flat_map(|one| [one.p0.point, one.p1.point, one.p2.point]);
            patched(&mut { corners }, count(triangles.len()).saturating_mul(PER_TRIANGLE))
        }
        ShadingType::CoonsPatchMesh { patches, .. } => patched(
            &mut patches.iter().flat_map(|patch| patch.control_points),
            count(patches.len()).saturating_mul(PER_PATCH),
        ),
        ShadingType::TensorProductPatchMesh { patches, .. } => patched(
            &mut patches.iter().flat_map(|patch| patch.control_points),
            count(patches.len()).saturating_mul(PER_PATCH),
        ),
    }
}

fn count(things: usize) -> u64 {
    u64::try_from(things).unwrap_or(u64::MAX)
}

fn around(points: &mut dyn Iterator<Item = Point>) -> Rect {
    let first = points.next().unwrap_or_default();
    points.fold(Rect::from_points(first, first), |bounds, point| bounds.union_pt(point))
}

fn of_cell(cell: &TilingPattern<'_>, bounds: Rect, is_stroke: bool) -> Bytes {
    let area = cell.matrix.inverse().transform_rect_bbox(bounds);
    let (across, down) = x_y_advances(&cell.matrix);
    let x = Side::of(across.length(), (cell.bbox.x0, cell.bbox.x1), cell.x_step, (area.x0, area.x1));
    let y = Side::of(down.length(), (cell.bbox.y0, cell.bbox.y1), cell.y_step, (area.y0, area.y1));
    let pixels = whole(x.pixels * y.pixels);
    if pixels.saturating_mul(8) > MOST {
        return Bytes { kept: pixels.saturating_mul(8), passing: 0 };
    }
    let mut drawn = Weight::new(x.pixels, y.pixels);
    let transform = Affine::scale_non_uniform(x.scale, y.scale) * Affine::translate((-x.start, -y.start));
    cell.interpret(&mut drawn, transform, is_stroke);
    Bytes { kept: pixels * 4, passing: drawn.repeated(whole(x.copies * y.copies).max(1)) }
}

/// A cell in one direction: of the size of a step where it is repeated, and else of what is to be filled.
struct Side {
    start: f64,
    scale: f64,
    pixels: f64,
    copies: f64,
}

impl Side {
    fn of(scale: f64, cell: (f64, f64), step: f32, area: (f64, f64)) -> Self {
        let step = f64::from(step.abs());
        let visible = (area.1 - area.0).max(0.0);
        let scale = (step * scale).round().max(1.0) / step;
        let width = cell.1 - cell.0;
        if visible >= step {
            let pixels = (step * scale).round().clamp(1.0, LONGEST);
            return Self { start: cell.0, scale, pixels, copies: (width / step).ceil().max(1.0) };
        }
        let start = cell.0 + ((area.0 - cell.0) * scale).floor() / scale;
        let pixels = ((area.1 - start) * scale).ceil().clamp(1.0, LONGEST);
        Self { start, scale, pixels, copies: ((width + visible) / step).ceil() + 1.0 }
    }
}
