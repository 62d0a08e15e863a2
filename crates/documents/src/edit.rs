//! What the person asked to change. Always applied once, to the original, so nothing is encoded twice.
//! Crop, page order and hidden regions will stand here too; they do not yet.

use serde::{Deserialize, Serialize};

/// The changes a person asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Edit {
    /// Clockwise quarter turns, on top of what the file itself says is up; only the value modulo 4 counts.
    pub quarter_turns: u8,
}
