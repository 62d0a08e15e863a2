//! Which codes of divisions stood in ID numbers, and in which years: counties come, go and change their codes.

use std::ops::Range;

use super::{Complaint, Complaints, TomlFile};
use crate::Text;

/// The lists were at times late by so many years.
const LATE: i16 = 2;

/// Numbers were given to everyone between 1984 and about this year, with the codes of those days: a code that is
/// not younger is nobody's fault.
const EVERYONE_NUMBERED: i16 = 1990;

/// The table, in the order of the codes. Names are not copied one by one: a program start should not notice it.
#[derive(Debug, Default)]
pub(crate) struct PastDivisions {
    text: String,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    code: u32,
    /// Where in the text its name stands.
    name: Range<usize>,
    /// `None`: 1980 or before.
    since: Option<i16>,
    /// The year of its abolition; `None`: in force.
    until: Option<i16>,
}

/// How a code and a year of birth go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// In force in that year.
    Fits,
    /// The code came up only later.
    Since(i16),
    /// The code had gone by then.
    Until(i16),
}

impl Row {
    fn read(line: &str, start: usize) -> Option<Self> {
        let mut columns = line.split('\t');
        let (code, name) = (columns.next()?, columns.next()?);
        let [since, until] = [columns.next()?, columns.next()?].map(|year| match year {
            "" => Some(None),
            year => year.parse().ok().map(Some),
        });
        let digits = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || name.is_empty() || columns.next().is_some() {
            return None;
        }
        let name = start + 7..start + 7 + name.len();
        Some(Self { code: code.parse().ok()?, name, since: since?, until: until? })
    }

    fn standing(&self, year: i16) -> Standing {
        match (self.since, self.until) {
            (Some(since), _) if since > EVERYONE_NUMBERED && since > year.saturating_add(LATE) => {
                Standing::Since(since)
            }
            (_, Some(until)) if until.saturating_add(LATE) < year => Standing::Until(until),
            _ => Standing::Fits,
        }
    }
}

impl PastDivisions {
    pub(super) fn read(file: &TomlFile, complaints: &mut Complaints) -> Self {
        let mut past = Self { text: file.text.clone(), rows: vec![] };
        let mut start = 0;
        for (at, line) in file.text.split_inclusive('\n').enumerate() {
            if at > 0 {
                match Row::read(line.trim_end_matches(['\r', '\n']), start) {
                    Some(row) if past.rows.last().is_none_or(|last| last.code <= row.code) => {
                        past.rows.push(row);
                    }
                    _ => complaints.add(Complaint {
                        file: file.path.clone(),
                        line: Some(at + 1),
                        place: String::new(),
                        problem: Text::new("这一行不是历年区划", "this line is not a division of former years"),
                        remedy: Text::new(
                            "请写 代码、名称、起始年、撤销年，用 Tab 隔开，按代码排序；年份不详的空着",
                            "write code, name, first year and year of abolition separated by tabs, sorted by code; leave open years empty",
                        ),
                    }),
                }
            }
            start += line.len();
        }
        past
    }

    fn of(&self, code: &str) -> &[Row] {
        let Ok(code) = code.parse::<u32>() else { return &[] };
        let from = self.rows.partition_point(|row| row.code < code);
        let to = self.rows.partition_point(|row| row.code <= code);
        &self.rows[from..to]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How the code stands to a year of birth; `None` where this table does not know the code.
    pub(super) fn standing(&self, code: &str, year: i16) -> Option<Standing> {
        let mut standings = self.of(code).iter().map(|row| row.standing(year));
        let first = standings.next()?;
        // One row that fits is enough; otherwise the nearest: of several abolitions the last, of several
        // beginnings the first.
        Some(standings.fold(first, |best, next| match (best, next) {
            (Standing::Fits, _) | (_, Standing::Fits) => Standing::Fits,
            (Standing::Until(a), Standing::Until(b)) => Standing::Until(a.max(b)),
            (Standing::Since(a), Standing::Since(b)) => Standing::Since(a.min(b)),
            (Standing::Until(until), _) | (_, Standing::Until(until)) => Standing::Until(until),
        }))
    }

    /// What the code was called in that year, or nearest to it.
    pub(super) fn name(&self, code: &str, year: i16) -> Option<&str> {
        let distance = |row: &Row| {
            let early = row.since.map_or(0, |since| since.saturating_sub(year).max(0));
            let late = row.until.map_or(0, |until| year.saturating_sub(until).max(0));
            early.max(late)
        };
        let row = self.of(code).iter().min_by_key(|row| distance(row))?;
        self.text.get(row.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &str) -> (PastDivisions, Result<(), crate::CatalogueError>) {
        let file = TomlFile {
            path: "regions/historical.tsv".into(),
            text: format!("code\tname\tsince\tuntil\n{rows}"),
        };
        let mut complaints = Complaints::default();
        let table = PastDivisions::read(&file, &mut complaints);
        (table, complaints.into_result(()))
    }

    #[test]
    fn a_code_that_came_went_and_came_back() {
        let (table, fit) = table("460003\t甲县\t\t1983\n460003\t乙市\t1993\t2002\n500154\t开州区\t2016\t\n");
        assert!(fit.is_ok());
        assert_eq!(table.standing("460003", 1979), Some(Standing::Fits));
        assert_eq!(table.standing("460003", 1985), Some(Standing::Fits), "two years of grace");
        assert_eq!(table.standing("460003", 1988), Some(Standing::Until(1983)));
        assert_eq!(table.standing("460003", 2010), Some(Standing::Until(2002)));
        assert_eq!(table.standing("500154", 1993), Some(Standing::Since(2016)));
        assert_eq!(table.standing("500155", 1993), None);
        assert_eq!((table.name("460003", 1970), table.name("460003", 1999)), (Some("甲县"), Some("乙市")));
    }

    #[test]
    fn codes_of_the_years_when_everyone_was_numbered_suit_everyone() {
        let (table, _) = table("653201\t和田市\t1983\t\n");
        assert_eq!(table.standing("653201", 1940), Some(Standing::Fits));
    }

    #[test]
    fn lines_that_are_no_division_are_complained_about() {
        for bad in [
            "11010\t东城区\t\t\n",
            "110101\t\t\t\n",
            "110101\t东城区\tlong ago\t\n",
            "2\t\n",
            "110102\ta\t\t\n110101\tb\t\t\n",
        ] {
            let (_, fit) = table(bad);
            assert_eq!(fit.expect_err(bad).complaints.len(), 1);
        }
    }
}
