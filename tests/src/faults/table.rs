//! What was found, one row per fault.

use std::fmt;

/// A fault, how often it struck, and what came of it.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The fault.
    pub fault: String,
    /// How often it struck.
    pub rounds: u32,
    /// Receipts that a desk had verified.
    pub acked: u64,
    /// Of those, how many the office did not have afterwards.
    pub lost: u64,
    /// Applications that the office had twice.
    pub doubled: u64,
    /// What was wrong with database, audit log, receipts or documents.
    pub unsound: Option<String>,
    /// What else is worth knowing, such as how many requests were refused meanwhile.
    pub remark: String,
    /// A loss is expected: this row proves that the harness would see one.
    pub control: bool,
    /// Why nothing was tried.
    pub skipped: Option<String>,
}

impl Row {
    /// Rounds of another office, counted to those of this row.
    pub(super) fn add(&mut self, other: Self) {
        self.rounds += other.rounds;
        self.acked += other.acked;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.unsound = self.unsound.take().or(other.unsound);
    }

    /// A night is long: says how far it is, every so many rounds.
    pub(super) fn tell(&self, of: u32) {
        const EVERY: u32 = 50;
        if self.rounds.is_multiple_of(EVERY) {
            println!("   {} of {of}", self.rounds);
        }
    }

    /// A row without rounds yet.
    #[must_use]
    pub fn new(fault: impl Into<String>) -> Self {
        Self { fault: fault.into(), ..Self::default() }
    }

    /// Nothing was tried, and why.
    #[must_use]
    pub fn skipped(fault: impl Into<String>, why: impl Into<String>) -> Self {
        Self { skipped: Some(why.into()), ..Self::new(fault) }
    }

    /// What promise was broken.
    #[must_use]
    pub fn violation(&self) -> Option<String> {
        let harmed = self.lost > 0 || self.doubled > 0 || self.unsound.is_some();
        if self.skipped.is_some() || self.control == harmed {
            return None;
        }
        if self.control {
            return Some("the harness does not see a loss that is there".to_owned());
        }
        let unsound = self.unsound.as_deref().unwrap_or("sound");
        Some(format!("{} lost, {} doubled, {unsound}", self.lost, self.doubled))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.skipped {
            return write!(f, "{:<40} SKIPPED: {why}", self.fault);
        }
        let integrity = if self.unsound.is_some() { "BROKEN" } else { "ok" };
        let integrity = if self.control && self.violation().is_none() { "caught" } else { integrity };
        write!(
            f,
            "{:<40} {:>6} {:>7} {:>5} {:>7}  {integrity:<9} {}",
            self.fault, self.rounds, self.acked, self.lost, self.doubled, self.remark
        )
    }
}

/// The faults that were skipped, each with its reason; `None` where all were tried.
pub(super) fn not_tried(rows: &[Row]) -> Option<String> {
    let skipped: Vec<String> =
        rows.iter().filter_map(|row| Some(format!("{} ({})", row.fault, row.skipped.as_deref()?))).collect();
    (!skipped.is_empty()).then(|| skipped.join(", "))
}

pub(super) fn print(rows: &[Row]) {
    println!(
        "\n{:<40} {:>6} {:>7} {:>5} {:>7}  {:<9}",
        "fault", "rounds", "acked", "lost", "doubled", "integrity"
    );
    for row in rows {
        println!("{row}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_tried_is_named_with_its_reason() {
        let tried = Row { rounds: 3, ..Row::new("office killed") };
        assert_eq!(not_tried(std::slice::from_ref(&tried)), None);
        let rows =
            [tried, Row::skipped("power cut", "no root"), Row::skipped("calls", "strace not installed")];
        assert_eq!(not_tried(&rows).as_deref(), Some("power cut (no root), calls (strace not installed)"));
    }

    #[test]
    fn a_loss_breaks_the_promise_and_a_control_without_one_too() {
        let lost = Row { lost: 1, ..Row::new("killed") };
        assert!(lost.violation().is_some_and(|told| told.contains("1 lost")));
        let blind = Row { control: true, ..Row::new("control") };
        assert!(blind.violation().is_some());
        assert_eq!(Row { control: true, ..lost }.violation(), None);
        assert_eq!(Row::new("killed").violation(), None);
    }
}
