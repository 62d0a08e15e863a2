//! The files to measure with: made once, by an example of `documents`, from a font that must be there.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::ours;
use crate::{
    shell::{check, output, program},
    stamp,
};

const FONT: &str = "Noto Sans CJK SC";

/// What the corpus is made from, and its last file.
const SOURCES: [&str; 2] = ["crates/documents/examples/corpus", "crates/documents/tests/fitness/made.rs"];
const LAST: &str = "target/xtask/documents/corpus/gray3.pdf";

/// Makes the corpus unless it is there as its maker is now.
pub(super) fn make(folder: &Path) -> Result<()> {
    stamp::unless_fresh("documents-corpus", &SOURCES, &[LAST], || {
        let said = output(program("fc-match").args(["--format", "%{family}\n%{file}\n%{index}", FONT]));
        let said = said.context("`fc-match` was not found; on Debian: sudo apt-get install fontconfig")?;
        let mut lines = said.lines();
        if !lines.next().is_some_and(|family| family.contains("CJK")) {
            bail!("the papers need the font {FONT}; on Debian: sudo apt-get install fonts-noto-cjk");
        }
        check(program(ours("corpus")).arg(folder).args(lines))
    })?;
    Ok(())
}
