//! What was measured before: one table per bench, one or more rows per run. A row names the commit, never the machine.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, Result};
use jiff::civil::Date;

use crate::shell::{output, program, root};

/// Appends rows to `docs/measurements/<bench>.md`, below the head that a new table begins with.
pub(crate) fn append(bench: &str, head: &str, rows: &[Vec<String>]) -> Result<()> {
    let path = root().join("docs/measurements").join(format!("{bench}.md"));
    rows.iter().try_for_each(|cells| append_to(&path, head, cells))?;
    println!("   written to docs/measurements/{bench}.md");
    Ok(())
}

fn append_to(path: &Path, head: &str, cells: &[String]) -> Result<()> {
    let told = || format!("could not write {}", path.display());
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(told)?;
    }
    let new = !path.exists();
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).with_context(told)?;
    if new {
        write!(file, "{head}").with_context(told)?;
    }
    writeln!(file, "| {} |", cells.join(" | ")).with_context(told)
}

/// The day that was handed in, or the day of the commit, and the commit; `+` where the tree has changed since.
pub(crate) fn stamp(day: Option<Date>) -> (String, String) {
    let git = |arguments: &[&str]| output(program("git").args(arguments)).unwrap_or_default();
    let day = day.map_or_else(|| git(&["show", "-s", "--format=%cs", "HEAD"]), |day| day.to_string());
    let changed = if git(&["status", "--porcelain"]).is_empty() { "" } else { "+" };
    (day, format!("{}{changed}", git(&["rev-parse", "--short", "HEAD"])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_comes_once() {
        let dir = std::env::temp_dir().join(format!("yiban-history-{}", std::process::id()));
        let path = dir.join("a.md");
        for value in ["1", "2"] {
            append_to(&path, "# Head\n\n| a |\n|---|\n", &[value.to_owned()]).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap();
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(written, "# Head\n\n| a |\n|---|\n| 1 |\n| 2 |\n");
    }
}
