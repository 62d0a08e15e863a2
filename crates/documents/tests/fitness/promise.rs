//! Whatever bytes come in, the answer is a fit file or a typed refusal. Held by the property test, by the
//! replay of kept inputs and by the fuzz targets, which take this very file.

use std::sync::Arc;

use documents::{Area, Edit, Limits, PageEdit, Point, Prepared, Quad, Refusal};

/// Goes through every door with these bytes; panics where a promise is broken.
pub fn judge(source: &[u8], edit: &Edit, limits: &Limits) {
    let pages = documents::page_count(source, limits);
    let prepared = documents::prepare(source, edit, limits, &());
    if let Ok(prepared) = &prepared {
        // A count may be had of a file that is refused later, never the other way round.
        assert_eq!(pages, Ok(prepared.source.pages), "what is prepared can be counted");
    }
    let shown = documents::render_source(source, 0, 64, limits);
    if prepared.is_ok() && edit.pages.is_empty() {
        shown.expect("what is prepared as it came can be shown as it came");
    }
    kept(prepared, limits);
    let twice: Vec<Arc<[u8]>> = vec![source.into(), source.into()];
    kept(documents::bind(twice, edit, limits, &()), limits);
    if let Ok(Some(quad)) = documents::propose_crop(source, 0, limits) {
        let page = PageEdit { crop: Some(quad), ..PageEdit::default() };
        let cut = documents::prepare(source, &Edit { pages: vec![page] }, limits, &());
        assert_ne!(cut.as_ref().err().map(Refusal::code), Some("bad_edit"), "a proposal can be cut at");
        kept(cut, limits);
    }
    // Nothing is promised about the answer here, only that there is one, and that the quick one is the same.
    let checked = documents::check(source, limits);
    if let Some(quick) = documents::check_without_decoding(source, limits) {
        assert_eq!(checked, Ok(quick), "read to its last bit, and decoded");
    }
    let _ = documents::render_page(source, 0, 64, limits);
    let _ = documents::render_page(source, 1, 64, limits);
}

/// A fit file, or a refusal that can be told.
fn kept(outcome: Result<Prepared, Refusal>, limits: &Limits) {
    let prepared = match outcome {
        Ok(prepared) => prepared,
        Err(refusal) => return assert!(!refusal.code().is_empty()),
    };
    assert!(prepared.bytes.len() as u64 <= limits.max_output_bytes, "over the limit");
    let checked = documents::check(&prepared.bytes, limits).expect("what comes out passes the check");
    assert_eq!((checked.kind, checked.pages), (prepared.kind, prepared.pages));
    assert_eq!((checked.width, checked.height), (prepared.width, prepared.height));
    documents::render_page(&prepared.bytes, 0, 64, limits).expect("what comes out can be looked at");
}

/// The same with an edit and limits drawn from the bytes themselves: an input tells all there is to repeat it.
pub fn judge_by_its_own_wish(source: &[u8]) {
    let mut wish = Wish::of(source);
    let limits = wish.limits();
    judge(source, &wish.edit(), &limits);
}

/// Numbers without a pattern, the same for the same bytes.
struct Wish(u64);

impl Wish {
    /// FNV-1a over at most the first and last 64 bytes, so that most changes of an input keep its wish.
    fn of(source: &[u8]) -> Self {
        let ends = source.iter().take(64).chain(source.iter().rev().take(64));
        Self(ends.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
        }))
    }

    /// From 0 to `below`, not including it.
    fn number(&mut self, below: u16) -> u16 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from((self.0 >> 33) % u64::from(below)).unwrap_or(0)
    }

    /// Small, so that a run is quick and so that whatever outgrows them shows.
    fn limits(&mut self) -> Limits {
        let max_output_bytes = [2_000_000, 30_000, 6_000, 1_500][usize::from(self.number(4))];
        Limits {
            max_input_bytes: 256 * 1024,
            max_output_bytes,
            max_pixels: 400_000,
            max_side: 4_000,
            max_pages: 6,
            ..Limits::default()
        }
    }

    /// Half of all are left alone; the rest name up to three pages, with places that may make no sense.
    fn edit(&mut self) -> Edit {
        let pages = self.number(8).saturating_sub(4);
        Edit { pages: (0..pages).map(|_| self.page()).collect() }
    }

    fn page(&mut self) -> PageEdit {
        let hidden = (0..self.number(3)).map(|_| Area {
            left: self.number(11_000),
            top: self.number(11_000),
            width: self.number(4_000),
            height: self.number(4_000),
        });
        PageEdit {
            hidden: hidden.collect(),
            page: u32::from(self.number(2)),
            crop: (self.number(2) == 0).then(|| self.crop()),
            quarter_turns: u8::try_from(self.number(5)).unwrap_or(0),
        }
    }

    /// Mostly a plausible paper, sometimes four places anywhere.
    fn crop(&mut self) -> Quad {
        if self.number(4) == 0 {
            return Quad([(); 4].map(|()| Point { x: self.number(10_100), y: self.number(10_100) }));
        }
        let corners = [(0, 0), (6_500, 0), (6_500, 6_500), (0, 6_500)];
        Quad(corners.map(|(x, y)| Point { x: x + self.number(3_500), y: y + self.number(3_500) }))
    }
}
