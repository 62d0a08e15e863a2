//! What must be reached against each peer, in the same run.

use super::{
    LIMIT,
    jobs::Kind,
    peers::Tool,
    rounds::{Measured, Row},
};
use crate::bench::goal::{self, Bound};

/// A picture may look this much less like its source than the peer's before figures are not comparable.
const SSIM_SLACK: f64 = 0.002;
/// The same for each page of a PDF.
const PAGE_SLACK: f64 = 0.01;
/// Pixels by which a side may differ: everybody rounds in another way.
const PIXELS: u64 = 2;

/// Ours divided by theirs, and its bound.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Goal {
    pub(super) ratio: goal::Goal,
    /// Whether it lies below what is possible at all: even the floor would miss it.
    pub(super) below_floor: bool,
}

impl Goal {
    pub(super) fn reached(&self) -> bool {
        self.ratio.reached()
    }
}

/// The goals against a peer at a job.
pub(super) fn against(measured: &Measured, peer: &Row) -> Vec<Goal> {
    let Some(ours) = measured.row(Tool::Ours) else { return Vec::new() };
    let goal = |what: &str, ours: f64, theirs: f64, wanted| Goal {
        ratio: goal::Goal {
            what: format!("{what} ÷ {}", peer.tool.name()),
            value: ours / theirs,
            bound: Bound::AtMost(wanted),
        },
        below_floor: what != "memory" && measured.floor.is_some_and(|floor| floor / theirs > wanted),
    };
    match peer.tool {
        Tool::Vips => {
            vec![goal("CPU", ours.cpu, peer.cpu, 0.5), goal("memory", ours.peak, peer.peak, 0.5)]
        }
        Tool::Sharp => match (ours.inside, peer.inside) {
            (Some(ours), Some(theirs)) => vec![goal("CPU inside", ours, theirs, 0.75)],
            _ => Vec::new(),
        },
        Tool::Magick => vec![goal("CPU", ours.cpu, peer.cpu, 0.12)],
        Tool::Ghostscript => vec![goal("CPU", ours.cpu, peer.cpu, 1.0 / 3.0)],
        Tool::Img2pdf => {
            vec![goal("CPU", ours.cpu, peer.cpu, 1.0), goal("memory", ours.peak, peer.peak, 1.0)]
        }
        Tool::Ours | Tool::OursWarm | Tool::SharpWarm | Tool::Floor => Vec::new(),
    }
}

/// Why the figures may not be compared: ours is not as good as theirs. Better than theirs is no reason.
pub(super) fn unfair(kind: Kind, ours: &Row, peer: &Row) -> Option<String> {
    if kind != Kind::Merge && ours.bytes > LIMIT {
        return Some(format!("ours has {} bytes", ours.bytes));
    }
    if let (Some(ours), Some(theirs)) = (ours.size, peer.size)
        && (ours.0.abs_diff(theirs.0) > PIXELS || ours.1.abs_diff(theirs.1) > PIXELS)
    {
        return Some(format!("{} × {} against {} × {}", ours.0, ours.1, theirs.0, theirs.1));
    }
    let slack = if kind == Kind::Pdf { PAGE_SLACK } else { SSIM_SLACK };
    let worse = worst(ours, peer)?;
    (worse < -slack).then(|| format!("SSIM lower by {:.4}", -worse))
}

/// SSIM of ours less theirs, of the page where that is worst.
pub(super) fn worst(ours: &Row, peer: &Row) -> Option<f64> {
    ours.ssim.iter().zip(&peer.ssim).map(|(ours, theirs)| ours - theirs).min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::documents::jobs;

    fn row(tool: Tool, cpu: f64, ssim: &[f64]) -> Row {
        Row {
            tool,
            file: std::path::PathBuf::new(),
            cpu,
            road: None,
            inside: Some(cpu),
            peak: cpu,
            bytes: 1.0,
            size: Some((1920, 1440)),
            ssim: ssim.to_vec(),
        }
    }

    #[test]
    fn a_goal_below_the_floor_is_known_as_such() {
        let rows = vec![row(Tool::Ours, 0.1, &[0.9]), row(Tool::Sharp, 0.1, &[0.9])];
        let measured = Measured { job: jobs::all()[0], rows, floor: Some(0.08) };
        let goals = against(&measured, &measured.rows[1]);
        assert!(goals[0].below_floor && !goals[0].reached(), "{goals:?}");
    }

    #[test]
    fn the_worst_page_counts_and_other_sizes_are_not_compared() {
        let ours = row(Tool::Ours, 1.0, &[0.99, 0.95]);
        let theirs = row(Tool::Ghostscript, 3.0, &[0.95, 0.97]);
        assert!((worst(&ours, &theirs).unwrap() + 0.02).abs() < 1e-9);
        assert!(unfair(Kind::Pdf, &ours, &theirs).unwrap().contains("0.0200"));
        let mut smaller = row(Tool::Vips, 1.0, &[0.99, 0.95]);
        assert_eq!(unfair(Kind::Picture, &ours, &smaller), None);
        smaller.size = Some((1600, 1200));
        assert!(unfair(Kind::Picture, &ours, &smaller).unwrap().contains("1600"));
    }
}
