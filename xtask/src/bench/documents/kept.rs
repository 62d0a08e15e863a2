//! The history: a row for each job.

use anyhow::Result;
use jiff::civil::Date;

use super::{
    goals,
    jobs::Kind,
    peers::Tool,
    rounds::{Measured, Row},
};
use crate::bench::history;

const HEAD: &str = "\
# Documents: how fast, how lean, how alike

Appended by `cargo xtask bench documents`: every program does the same jobs in turn, in the same minutes, on photos and scans
that the command makes itself. Seconds are processor seconds (user and system), medians of the rounds; never the clock on the wall.

- **CPU**: of our whole process, without what no peer does; **with findings** adds looking for blur, glare and the like and the
  small picture. **inside**: in a process that has done such a job before. **floor**: undoing the source's entropy coding once (a
  JPEG's at an eighth of its size, with the decoders we use) and encoding once; who reads the whole file can hardly be faster.
- **÷ peer**: ours divided by theirs. Goals: vipsthumbnail ≤ 0.5 (CPU and peak memory), sharp inside ≤ 0.75, ImageMagick with
  `jpeg:extent` ≤ 0.12, Ghostscript `/ebook` ≤ 0.33, img2pdf ≤ 1.
- **Δ**: SSIM of ours less theirs, on the worst page; pictures count as comparable down to −0.002, pages down to −0.01. Pictures
  are held against their source decoded in full and resized (Lanczos), pages against the original's as `pdftoppm` draws them.
- `+` behind a commit: the tree had changes. An empty cell: not part of that job, or that program was not there.

| day | commit | job | CPU s | with findings | inside s | floor s | peak MB | bytes | SSIM | ÷ vips | memory ÷ vips | Δ vips | inside ÷ sharp | Δ sharp | ÷ ImageMagick | ÷ gs | Δ gs | ÷ img2pdf |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// Appends what was measured.
pub(super) fn append(all: &[Measured], day: Option<Date>) -> Result<()> {
    let (day, commit) = history::stamp(day);
    let rows: Vec<Vec<String>> =
        all.iter().filter_map(|measured| cells(measured, [day.clone(), commit.clone()])).collect();
    history::append("documents", HEAD, &rows)
}

fn cells(measured: &Measured, [day, commit]: [String; 2]) -> Option<Vec<String>> {
    let ours = measured.row(Tool::Ours)?;
    let told =
        |value: Option<f64>, digits: usize| value.map_or(String::new(), |value| format!("{value:.digits$}"));
    let beside = |tool: Tool, ratio: fn(&Row, &Row) -> Option<f64>| {
        told(measured.row(tool).and_then(|peer| ratio(ours, peer)), 2)
    };
    let cpu = |ours: &Row, peer: &Row| Some(ours.cpu / peer.cpu);
    let delta = |tool: Tool| {
        let delta = measured.row(tool).and_then(|peer| goals::worst(ours, peer));
        delta.map_or(String::new(), |delta| format!("{delta:+.4}"))
    };
    let road = ours.road.filter(|_| measured.job.kind == Kind::Picture);
    Some(vec![
        day,
        commit,
        measured.job.name.to_owned(),
        told(Some(ours.cpu), 3),
        told(road, 3),
        told(ours.inside, 3),
        told(measured.floor, 3),
        told(Some(ours.peak / 1e6), 1),
        ours.bytes.to_string(),
        told(ours.ssim.iter().copied().min_by(f64::total_cmp), 4),
        beside(Tool::Vips, cpu),
        beside(Tool::Vips, |ours, peer| Some(ours.peak / peer.peak)),
        delta(Tool::Vips),
        beside(Tool::Sharp, |ours, peer| Some(ours.inside? / peer.inside?)),
        delta(Tool::Sharp),
        beside(Tool::Magick, cpu),
        beside(Tool::Ghostscript, cpu),
        delta(Tool::Ghostscript),
        beside(Tool::Img2pdf, cpu),
    ])
}
