//! What must be reached, and whether it was.

/// A figure beside its bound.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Goal {
    /// Of what.
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) bound: Bound,
}

/// How the figure must lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Goal {
    pub(crate) fn reached(&self) -> bool {
        // A figure that is none (nothing divided by nothing) reaches nothing.
        match self.bound {
            Bound::AtMost(most) => self.value <= most,
            Bound::AtLeast(least) => self.value >= least,
        }
    }

    /// A line with the verdict, or with another one.
    pub(crate) fn line(&self, verdict: Option<&str>) -> String {
        let verdict = verdict.unwrap_or(if self.reached() { "reached" } else { "MISSED" });
        let (sign, bound) = match self.bound {
            Bound::AtMost(most) => ('≤', most),
            Bound::AtLeast(least) => ('≥', least),
        };
        format!("   {:<48} {:>6.2}  goal {sign} {bound:.2}  {verdict}", self.what, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_in_both_directions_and_nothing_is_no_success() {
        let goal = |value, bound| Goal { what: "CPU".into(), value, bound };
        assert!(goal(0.5, Bound::AtMost(0.5)).reached());
        assert!(!goal(0.51, Bound::AtMost(0.5)).reached());
        assert!(goal(0.8, Bound::AtLeast(0.8)).reached());
        assert!(!goal(0.79, Bound::AtLeast(0.8)).reached());
        for bound in [Bound::AtMost(1.0), Bound::AtLeast(1.0)] {
            assert!(!goal(f64::NAN, bound).reached());
        }
        assert!(goal(2.0, Bound::AtMost(1.25)).line(None).ends_with("goal ≤ 1.25  MISSED"));
    }
}
