//! Warning of a doubtful picture, and knowing when to stop: whoever has taken it anew twice has done what can be
//! done, and the third picture is taken as if 就用这张 had been pressed.

use protocol::ApplicationId;

use crate::{Explained, opening::Opened};

/// How often somebody is warned in a slot before a further try is taken quietly.
const WARNINGS: u32 = 2;

/// What is done about a picture's findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// There are none.
    Clear,
    /// The person is warned.
    Warn,
    /// Taken with a quiet note.
    Accept,
}

/// `another_try` = it comes in the place of an earlier picture, or into a slot that was emptied. One beside others in
/// a slot for several is no further try of those.
pub(super) async fn judge(
    opened: &Opened,
    id: ApplicationId,
    slot: &str,
    doubtful: bool,
    another_try: bool,
) -> Result<Verdict, Explained> {
    if !doubtful {
        return Ok(Verdict::Clear);
    }
    let given = opened.store.warnings(id, slot).await?;
    Ok(if another_try && given >= WARNINGS { Verdict::Accept } else { Verdict::Warn })
}
