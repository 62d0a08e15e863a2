//! What a person asked to change. Always applied once, to the original, so nothing is encoded twice.
//!
//! Places are told on the page as it lies upright before any change of theirs, in ten-thousandths of its
//! width and height: turning a page later moves neither its corners nor what is hidden on it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Refusal, geometry};

/// Ten-thousandths: the whole width or height of a page.
pub const WHOLE: u16 = 10_000;

/// The changes a person asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase", default)]
pub struct Edit {
    /// The pages of the result in their order; a page that is not named is left out. Empty: all pages as they
    /// came. A picture is page 0.
    pub pages: Vec<PageEdit>,
}

/// The changes to one page, in the order in which they are applied: hide, crop, turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase", default)]
pub struct PageEdit {
    /// Which page of the original, from 0.
    pub page: u32,
    /// Parts painted over in black, for good: the three digits on the back of a bank card.
    pub hidden: Vec<Area>,
    /// The paper's four corners; what lies outside is cut off and the paper is stretched flat.
    pub crop: Option<Quad>,
    /// Clockwise quarter turns, on top of what the file itself says is up; only the value modulo 4 counts.
    pub quarter_turns: u8,
}

/// Four corners of a paper, clockwise from its upper left one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Quad(pub [Point; 4]);

/// A place on the upright page, in ten-thousandths of its width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Point {
    /// From the left side.
    pub x: u16,
    /// From the top.
    pub y: u16,
}

/// A part of the upright page, in ten-thousandths of its width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Area {
    /// From the left side.
    pub left: u16,
    /// From the top.
    pub top: u16,
    /// To the right of `left`.
    pub width: u16,
    /// Below `top`.
    pub height: u16,
}

impl Edit {
    /// This, with all of the `pages` pages turned clockwise by further quarter turns.
    #[must_use]
    pub fn turned(&self, pages: u32, quarters: u8) -> Self {
        let mut turned = self.clone();
        if turned.pages.is_empty() {
            turned.pages = (0..pages).map(|page| PageEdit { page, ..PageEdit::default() }).collect();
        }
        for page in &mut turned.pages {
            page.quarter_turns = (page.quarter_turns % 4 + quarters % 4) % 4;
        }
        turned
    }

    /// Whether each page that it names stays where and as it was.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.pages.iter().zip(0_u32..).all(|(edit, place)| {
            edit.page == place && edit.quarter_turns.is_multiple_of(4) && !geometry::changes_pixels(edit)
        })
    }

    /// The pages of the result in order, for a file of `count` pages. A page that is not there, or is named
    /// twice, cannot be meant.
    pub(crate) fn of_pages(&self, count: u32) -> Result<Vec<PageEdit>, Refusal> {
        if self.pages.is_empty() {
            return Ok((0..count).map(|page| PageEdit { page, ..PageEdit::default() }).collect());
        }
        let mut named = HashSet::new();
        let there = self.pages.iter().all(|edit| edit.page < count && named.insert(edit.page));
        if there { Ok(self.pages.clone()) } else { Err(Refusal::BadEdit) }
    }

    /// The change to the only page of a picture.
    pub(crate) fn of_picture(&self) -> Result<PageEdit, Refusal> {
        self.of_pages(1)?.pop().ok_or(Refusal::BadEdit)
    }
}
