//! Administrative divisions with their names, pinyin and initials, offline.
//!
//! Levels that nobody writes in an address (市辖区 of a municipality, 省直辖县级行政区划) are left out, so a path
//! has three steps, two where a province has no cities or a city no counties, or one.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Complaint, Complaints, PastDivisions, Standing, TomlFile, search};
use crate::{Region, RegionPath, Text};

/// The whole table.
#[derive(Debug, Default)]
pub(crate) struct Regions {
    rows: Vec<Row>,
    by_code: HashMap<String, usize>,
    provinces: Vec<usize>,
    past: PastDivisions,
    vintage: Text,
}

#[derive(Debug)]
struct Row {
    region: Region,
    parent: Option<usize>,
    below: Vec<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vintage {
    vintage: Text,
    /// Where the table comes from, and its licence; for readers of the file.
    #[expect(dead_code, reason = "read by people, required")]
    source: String,
}

impl Regions {
    pub(super) fn take(&mut self, name: &str, file: &TomlFile, complaints: &mut Complaints) {
        if name == "vintage.toml" {
            if let Some(Vintage { vintage, .. }) = file.parse(complaints) {
                self.vintage = vintage;
            }
            return;
        }
        if name == "historical.tsv" {
            self.past = PastDivisions::read(file, complaints);
            return;
        }
        for (at, line) in file.text.lines().enumerate().skip(1) {
            if self.take_line(line).is_none() {
                complaints.add(Complaint {
                    file: file.path.clone(),
                    line: Some(at + 1),
                    place: String::new(),
                    problem: Text::new("这一行不是区划", "this line is not a division"),
                    remedy: Text::new(
                        "请写 代码、名称、上级代码、拼音、首字母，用 Tab 隔开；上级要写在前面，代码不能重复",
                        "write code, name, parent, pinyin and initials separated by tabs; parents first, each code once",
                    ),
                });
            }
        }
    }

    fn take_line(&mut self, line: &str) -> Option<()> {
        let columns: Vec<&str> = line.split('\t').collect();
        let [code, name, parent, pinyin, initials] = columns[..] else { return None };
        let parent = if parent.is_empty() { None } else { Some(*self.by_code.get(parent)?) };
        let six_digits = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        let at = self.rows.len();
        if !six_digits || name.is_empty() || self.by_code.insert(code.into(), at).is_some() {
            return None;
        }
        let pinyin = format!("{pinyin} {initials}");
        let region = Region { code: code.into(), name: name.into(), pinyin, leaf: true };
        self.rows.push(Row { region, parent, below: vec![] });
        match parent {
            Some(parent) => {
                self.rows[parent].below.push(at);
                self.rows[parent].region.leaf = false;
            }
            None => self.provinces.push(at),
        }
        Some(())
    }

    pub(crate) fn vintage(&self) -> &Text {
        &self.vintage
    }

    pub(super) fn below(&self, parent: Option<&str>) -> Vec<Region> {
        let rows = match parent {
            None => &self.provinces,
            Some(code) => match self.by_code.get(code) {
                Some(&at) => &self.rows[at].below,
                None => return vec![],
            },
        };
        rows.iter().map(|&at| self.rows[at].region.clone()).collect()
    }

    pub(crate) fn path(&self, code: &str) -> Option<RegionPath> {
        Some(self.path_of(*self.by_code.get(code)?))
    }

    pub(crate) fn first_leaf(&self) -> Option<&str> {
        self.rows.iter().find(|row| row.region.leaf).map(|row| row.region.code.as_str())
    }

    fn path_of(&self, at: usize) -> RegionPath {
        let mut path: Vec<Region> = self.upwards(at).map(|row| row.region.clone()).collect();
        path.reverse();
        let name = path.iter().map(|region| region.name.as_str()).collect();
        RegionPath { code: self.rows[at].region.code.clone(), path, name }
    }

    /// The row and those above it.
    fn upwards(&self, at: usize) -> impl Iterator<Item = &Row> {
        std::iter::successors(Some(&self.rows[at]), |row| row.parent.map(|parent| &self.rows[parent]))
    }

    /// How the code of an ID number stands to a year of birth; `None` where the code was never known. Without a
    /// table of former years every code fits.
    pub(crate) fn standing(&self, code: &str, year: i16) -> Option<Standing> {
        if self.past.is_empty() {
            return Some(Standing::Fits);
        }
        let now = self.by_code.get(code).filter(|&&at| self.rows[at].region.leaf);
        let known = || self.past.standing(code, year).or_else(|| now.map(|_| Standing::Fits));
        match code.split_at_checked(4) {
            // A city whose people have no county: its own code, or 01 for 市辖区.
            Some((city, "01")) => known().or_else(|| self.standing_of_city(city, year)),
            // Cities stand in the table for their names; only those without counties are anyone's origin.
            Some((_, "00")) => now.map(|_| Standing::Fits),
            _ => known(),
        }
    }

    fn standing_of_city(&self, city: &str, year: i16) -> Option<Standing> {
        let code = format!("{city}00");
        let now = || self.by_code.contains_key(&code).then_some(Standing::Fits);
        self.past.standing(&code, year).or_else(now)
    }

    /// The name of a code with those above it, as in that year; `None` where not even its province is known.
    pub(crate) fn name_in(&self, code: &str, year: i16) -> Option<String> {
        let name = |code: &str| {
            let now = || self.by_code.get(code).map(|&at| self.rows[at].region.name.as_str());
            self.past.name(code, year).or_else(now)
        };
        let province = name(&format!("{}0000", code.get(..2)?))?;
        let city = code
            .get(..4)
            .filter(|city| !city.ends_with("00"))
            .and_then(|city| name(&format!("{city}00")))
            .unwrap_or_default();
        let county = match name(code) {
            Some(county) if !code.ends_with("00") => county,
            None if code.ends_with("01") && !city.is_empty() => "市辖区",
            _ => "",
        };
        Some(format!("{province}{city}{county}"))
    }

    /// A division and those above it, upwards; none where there is no such division.
    pub(super) fn upwards_codes(&self, code: &str) -> Vec<&str> {
        let at = self.by_code.get(code);
        at.map_or(vec![], |&at| self.upwards(at).map(|row| row.region.code.as_str()).collect())
    }

    pub(super) fn search(&self, query: &str, limit: usize) -> Vec<RegionPath> {
        let words: Vec<String> = query.split_whitespace().map(search::plain).collect();
        if words.is_empty() {
            return vec![];
        }
        let leaves = (0..self.rows.len()).filter(|&at| self.rows[at].region.leaf);
        let mut found: Vec<(usize, usize)> =
            leaves.filter_map(|at| Some((self.rank(at, &words)?, at))).collect();
        found.sort_unstable();
        found.into_iter().take(limit).map(|(_, at)| self.path_of(at)).collect()
    }

    /// How well a place fits every word; smaller is better. A word may also run through the whole name (杭州西湖).
    fn rank(&self, at: usize, words: &[String]) -> Option<usize> {
        words.iter().try_fold(0, |sum, word| {
            let of_level = |(level, row): (usize, &Row)| Some(region_rank(&row.region, word)? + 4 * level);
            let by_level = self.upwards(at).enumerate().filter_map(of_level).min();
            let through = || runs_through(&self.path_of(at).name, word).then_some(20);
            Some(sum + by_level.or_else(|| if word.is_ascii() { None } else { through() })?)
        })
    }
}

fn region_rank(region: &Region, word: &str) -> Option<usize> {
    if region.name.starts_with(word) {
        return Some(0);
    }
    if region.name.contains(word) {
        return Some(2);
    }
    let position = region.pinyin.split(' ').position(|reading| reading.starts_with(word))?;
    Some(1 + position)
}

fn runs_through(name: &str, word: &str) -> bool {
    let mut rest = name.chars();
    word.chars().all(|wanted| rest.any(|c| c == wanted))
}

#[cfg(test)]
mod tests {
    use super::Standing;
    use crate::Catalogue;

    fn first(query: &str) -> String {
        let catalogue = Catalogue::embedded().expect("fit");
        catalogue.search_regions(query, 5).into_iter().next().map(|found| found.name).unwrap_or_default()
    }

    #[test]
    fn found_by_name_pinyin_and_initials() {
        assert_eq!(first("西湖区"), "浙江省杭州市西湖区");
        assert_eq!(first("杭州西湖"), "浙江省杭州市西湖区");
        assert_eq!(first("hangzhou xihu"), "浙江省杭州市西湖区");
        assert_eq!(first("panyu"), "广东省广州市番禺区");
        assert_eq!(first("hz xhq"), "浙江省杭州市西湖区");
        assert_eq!(first("没有这个地方"), "");
    }

    #[test]
    fn codes_of_former_years() {
        let regions = Catalogue::embedded().expect("fit").divisions();
        assert_eq!(regions.standing("110101", 1990), Some(Standing::Fits));
        assert_eq!(regions.standing("110103", 1975), Some(Standing::Fits), "崇文区 was there");
        assert_eq!(regions.standing("110103", 2015), Some(Standing::Until(2010)));
        assert_eq!(regions.standing("500154", 1993), Some(Standing::Since(2016)));
        assert_eq!(regions.standing("440401", 1958), Some(Standing::Fits), "市辖区");
        assert_eq!(regions.standing("441900", 1958), Some(Standing::Fits), "a city without counties");
        assert_eq!(
            regions.standing("330113", 2022),
            Some(Standing::Fits),
            "younger than the ministry's list"
        );
        assert_eq!((regions.standing("140120", 1979), regions.standing("330100", 1990)), (None, None));
        assert_eq!(regions.name_in("500154", 1993).as_deref(), Some("重庆市开州区"));
        assert_eq!(regions.name_in("411082", 1989).as_deref(), Some("河南省许昌市长葛市"));
        assert_eq!(regions.name_in("440401", 1958).as_deref(), Some("广东省珠海市市辖区"));
        assert_eq!(regions.name_in("140120", 1979).as_deref(), Some("山西省太原市"));
        assert_eq!(regions.name_in("990120", 1979), None);
    }

    #[test]
    fn municipalities_and_cities_without_counties_have_two_steps() {
        let catalogue = Catalogue::embedded().expect("fit");
        assert_eq!(catalogue.region_path("110101").map(|path| path.name), Some("北京市东城区".into()));
        let dongguan = catalogue.region_path("441900").expect("known");
        assert_eq!((dongguan.path.len(), dongguan.path[1].leaf), (2, true));
        assert_eq!(catalogue.regions(None).len(), 34);
        assert!(catalogue.regions(Some("nowhere")).is_empty());
    }
}
