//! Progress out, cancelling in.

use serde::{Deserialize, Serialize};

/// What is being done with the file just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Looking at the header.
    Reading,
    /// Pixels are being decoded.
    Decoding,
    /// Size and quality are being chosen and encoded.
    Fitting,
    /// The result is being measured and checked.
    Finishing,
}

/// Somebody who watches a run. `()` watches nothing and never cancels.
pub trait Watch: Sync {
    /// `fraction` of the whole run (0 to 1) is done and `stage` is under way. Called on the caller's thread.
    fn progress(&self, stage: Stage, fraction: f32);
    /// Asked about every 20 ms; when it turns true the run ends with [`crate::Refusal::Cancelled`].
    fn is_cancelled(&self) -> bool;
}

impl Watch for () {
    fn progress(&self, _stage: Stage, _fraction: f32) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}
