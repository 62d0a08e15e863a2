//! How much of what could be seen is still to be seen, for everybody by the same measure: pictures against
//! their sources, pages as one and the same program draws them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{
    jobs::Kind,
    ours,
    rounds::{Measured, Row},
};
use crate::shell::{check, output, program, succeeds};

/// Pages are drawn at this many dots per inch.
const DPI: &str = "150";

/// Looks at what everybody made.
pub(super) fn judge(measured: &mut Measured, folder: &Path) -> Result<()> {
    println!("   {}", measured.job.name);
    let source = folder.join("corpus").join(measured.job.sources[0]);
    match measured.job.kind {
        Kind::Picture => measured.rows.iter_mut().try_for_each(|row| picture(row, &source)),
        Kind::Pdf => {
            if !succeeds(program("pdftoppm").arg("-v")) {
                println!("   pages are not compared: pdftoppm is missing (Debian: poppler-utils)");
                return Ok(());
            }
            let originals = pages(&source, folder)?;
            measured.rows.iter_mut().try_for_each(|row| {
                let drawn = pages(&row.file, folder)?;
                if drawn.len() != originals.len() {
                    bail!("{} made {} pages of {}", row.tool.name(), drawn.len(), originals.len());
                }
                let said =
                    originals.iter().zip(&drawn).map(|(original, page)| compare("page", original, page));
                row.ssim =
                    said.map(|said| Ok(said?["ssim"].as_f64().unwrap_or(0.0))).collect::<Result<_>>()?;
                Ok(())
            })
        }
        // Nothing may have changed: the pictures inside are counted and weighed.
        Kind::Merge => measured.rows.iter().try_for_each(|row| unchanged(row, measured.job.sources, folder)),
    }
}

fn picture(row: &mut Row, source: &Path) -> Result<()> {
    let said = compare("picture", source, &row.file)?;
    row.size = said["width"].as_u64().zip(said["height"].as_u64());
    row.ssim = said["ssim"].as_f64().into_iter().collect();
    Ok(())
}

fn compare(what: &str, one: &Path, other: &Path) -> Result<Value> {
    let said = output(program(ours("similarity")).arg(what).args([one, other]));
    let said = said.with_context(|| format!("{} cannot be compared", other.display()))?;
    serde_json::from_str(&said).context("the example `similarity` printed no figures")
}

/// The pages of a PDF as gray pictures. Those of the corpus are drawn once.
fn pages(pdf: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let name = pdf.file_stem().unwrap_or_default();
    let drawn = folder.join("pages").join(name);
    let fresh = |drawn: &Path| {
        let time = |path: &Path| fs::metadata(path).and_then(|facts| facts.modified()).ok();
        time(drawn).is_some_and(|drawn| time(pdf).is_some_and(|made| made < drawn))
    };
    if !fresh(&drawn) {
        let _ = fs::remove_dir_all(&drawn);
        fs::create_dir_all(&drawn).context("could not make a folder for pages")?;
        check(program("pdftoppm").args(["-png", "-gray", "-r", DPI]).arg(pdf).arg(drawn.join("page")))?;
    }
    let entries = fs::read_dir(&drawn).context("could not list pages")?;
    let mut pages: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    pages.sort();
    Ok(pages)
}

/// Every source must stand in the PDF, byte for byte from its first scan on (before that, metadata may go).
fn unchanged(row: &Row, sources: &[&str], folder: &Path) -> Result<()> {
    let pdf = fs::read(&row.file).with_context(|| format!("{} made no file", row.tool.name()))?;
    for source in sources {
        let picture = fs::read(folder.join("corpus").join(source)).context("a picture is gone")?;
        let scan = picture.windows(2).position(|pair| pair == b"\xFF\xDA").unwrap_or(0);
        let scan = &picture[scan..];
        // Found by its first bytes: a search for two megabytes at every place would take long.
        let mut starts = pdf.windows(64).enumerate().filter(|(_, window)| *window == &scan[..64]);
        if !starts.any(|(at, _)| pdf[at..].starts_with(scan)) {
            bail!("{} changed {source}", row.tool.name());
        }
    }
    Ok(())
}
