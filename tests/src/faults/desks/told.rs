//! What a desk told a person, kept outside of everything that is harmed; and the comparison with what it has later and
//! with what the office has.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Result, bail};

use crate::faults::{Row, network::in_office};

/// Things that were saved; each is a line, with the application as its second word.
const FACTS: [&str; 5] = ["started", "answered", "attached", "handed-in", "received"];
/// What was refused, and told: at a step, while sending, at the start. The second word is the code.
const REFUSALS: [&str; 3] = ["refused", "waits", "closed"];
/// Facts that are printed where some are missing.
const SHOWN: usize = 5;

/// What was told, by one run of a desk or by many.
#[derive(Debug, Default, Clone)]
pub(super) struct Told {
    facts: BTreeSet<String>,
    /// What a desk that only sends had when it came up; `None` where it did not come so far.
    at_first: Option<BTreeSet<String>>,
    refusals: BTreeMap<String, u32>,
}

impl Told {
    /// From the output of a desk, which may break off in the middle of a line.
    pub(super) fn read(log: &Path) -> Result<Self> {
        Self::of(&fs::read_to_string(log)?)
    }

    fn of(said: &str) -> Result<Self> {
        let mut told = Self::default();
        let whole = said.rfind('\n').map_or("", |end| &said[..end]);
        for (at, line) in whole.lines().enumerate() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            if FACTS.contains(&word) && !rest.is_empty() {
                told.facts.insert(line.to_owned());
            } else if REFUSALS.contains(&word) {
                *told.refusals.entry(line.to_owned()).or_default() += 1;
            } else if line == "up" {
                told.at_first = Some(told.facts.clone());
            } else {
                let rest: Vec<&str> = whole.lines().skip(at).collect();
                bail!("the desk says: {}", rest.join(" | "));
            }
        }
        Ok(told)
    }

    /// What the same desk told later.
    pub(super) fn add(&mut self, later: Self) {
        self.facts.extend(later.facts);
        for (refusal, times) in later.refusals {
            *self.refusals.entry(refusal).or_default() += times;
        }
    }

    /// Applications that were handed in.
    pub(super) fn handed_in(&self) -> BTreeSet<&str> {
        applications(&self.facts, "handed-in")
    }

    /// Applications that have a number.
    pub(super) fn received(&self) -> BTreeSet<&str> {
        applications(&self.facts, "received")
    }

    /// Applications that were handed in and have no number yet.
    pub(super) fn owed(&self) -> BTreeSet<&str> {
        self.handed_in().difference(&self.received()).copied().collect()
    }

    /// Those of them that it had in this state when it came up.
    pub(super) fn owed_at_first(&self) -> BTreeSet<&str> {
        let Some(at_first) = &self.at_first else { return BTreeSet::new() };
        applications(at_first, "handed-in").difference(&applications(at_first, "received")).copied().collect()
    }

    /// How often a step was refused.
    pub(super) fn refused(&self) -> u32 {
        self.times("refused ")
    }

    /// How often sending began to wait for the desk's own disk.
    pub(super) fn waited(&self) -> u32 {
        self.times("waits ")
    }

    /// How often the desk did not come up.
    pub(super) fn stayed_closed(&self) -> u32 {
        self.times("closed ")
    }

    fn times(&self, word: &str) -> u32 {
        self.refusals.iter().filter(|(refusal, _)| refusal.starts_with(word)).map(|(_, times)| times).sum()
    }

    /// Whether anything was refused, by any of the words.
    pub(super) fn complained(&self) -> bool {
        !self.refusals.is_empty()
    }

    /// How often what was refused, for the table.
    pub(super) fn refusals(&self) -> String {
        let each: Vec<String> =
            self.refusals.iter().map(|(refusal, times)| format!("{times} × {refusal}")).collect();
        each.join(", ")
    }

    /// Applications of which a desk that came up later does not have everything that was told.
    pub(super) fn lost_by(&self, later: &Self) -> usize {
        let none = BTreeSet::new();
        let kept = later.at_first.as_ref().unwrap_or(&none);
        let gone: Vec<&String> = self.facts.difference(kept).collect();
        if !gone.is_empty() {
            let first: Vec<&str> = gone.iter().take(SHOWN).map(|fact| fact.as_str()).collect();
            println!("   the desk has lost {} of {}: {} …", gone.len(), self.facts.len(), first.join("; "));
        }
        gone.iter().filter_map(|fact| application(fact)).collect::<BTreeSet<_>>().len()
    }

    /// More numbers than applications have been told.
    fn doubled(&self) -> usize {
        let numbers = self.facts.iter().filter(|fact| fact.starts_with("received ")).count();
        numbers - self.received().len()
    }

    /// Compares everything that desks told, after a last one has sent all that is owed, with the office whose data lie
    /// in `office`.
    pub(super) async fn compare(&self, row: &mut Row, office: &Path) -> Result<()> {
        let at_office = in_office(office).await?;
        let received = self.received();
        row.acked = row.acked.max(u64::try_from(received.len())?);
        let number = |fact: &String| Some(fact.strip_prefix("received ")?.split_once(' ')?.1.to_owned());
        let unknown: Vec<String> =
            self.facts.iter().filter_map(number).filter(|number| !at_office.contains(number)).collect();
        let (owed, more) = (self.owed(), at_office.len().saturating_sub(received.len()));
        if !unknown.is_empty() || !owed.is_empty() || more > 0 {
            println!(
                "   not at the office: {unknown:?}; never arrived: {owed:?}; at the office beyond what arrived: {more}"
            );
        }
        row.lost += u64::try_from(unknown.len() + owed.len())?;
        row.doubled += u64::try_from(self.doubled() + more)?;
        if let Err(fault) = server::verify(office).await {
            row.unsound = Some(fault.to_string());
        }
        Ok(())
    }
}

fn application(fact: &str) -> Option<&str> {
    fact.split(' ').nth(1)
}

fn applications<'a>(facts: &'a BTreeSet<String>, word: &str) -> BTreeSet<&'a str> {
    let of_the_word = |fact: &&String| fact.split(' ').next() == Some(word);
    facts.iter().filter(of_the_word).filter_map(|fact| application(fact)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "started a\nanswered a name\nhanded-in a\nreceived a 1\nrefused disk_full\n\
                          refused disk_full\nwaits local_disk\nhanded-in b\nrecei";

    #[test]
    fn what_was_told_is_counted_and_half_a_line_is_not() {
        let told = Told::of(BEFORE).expect("reads");
        assert_eq!(told.handed_in().len(), 2);
        assert_eq!(told.owed().into_iter().collect::<Vec<_>>(), ["b"]);
        assert_eq!((told.refused(), told.doubled()), (2, 0));
        assert_eq!(told.refusals(), "2 × refused disk_full, 1 × waits local_disk");
        assert!(Told::of("thread 'main' panicked\n").is_err());
    }

    #[test]
    fn a_desk_that_lacks_anything_when_it_comes_up_has_lost_that_application() {
        let told = Told::of(BEFORE).expect("reads");
        let whole = "started a\nanswered a name\nhanded-in a\nreceived a 1\nhanded-in b\nup\nreceived b 2\n";
        let later = Told::of(whole).expect("reads");
        assert_eq!(told.lost_by(&later), 0);
        assert_eq!(later.owed_at_first().into_iter().collect::<Vec<_>>(), ["b"]);
        let without = Told::of(&whole.replace("answered a name\n", "")).expect("reads");
        assert_eq!(told.lost_by(&without), 1);
        // What it says after it came up it may have fetched again.
        let late = Told::of("up\nstarted a\nanswered a name\nhanded-in a\nreceived a 1\nhanded-in b\n")
            .expect("reads");
        assert_eq!(told.lost_by(&late), 2);
        assert_eq!(told.lost_by(&Told::default()), 2);
    }

    #[test]
    fn another_number_for_the_same_application_is_a_double() {
        let mut told = Told::of(BEFORE).expect("reads");
        told.add(Told::of("received a 7\n").expect("reads"));
        assert_eq!(told.doubled(), 1);
    }
}
