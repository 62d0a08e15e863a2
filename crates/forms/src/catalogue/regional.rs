//! Places and what holds there: the most specific of county, city and province decides, then the whole country.

use std::collections::BTreeMap;

use super::{Complaints, Regions, TomlFile, reading::Filed};
use crate::Text;

/// A division and those above it, the most specific first; empty where no place is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place<'a>(Vec<&'a str>);

impl<'a> Place<'a> {
    pub(super) fn new(regions: &'a Regions, code: Option<&str>) -> Self {
        // A county that was typed by hand follows the division it lies in.
        let code = code.and_then(|code| code.split('/').next());
        Self(code.map(|code| regions.upwards_codes(code)).unwrap_or_default())
    }

    pub(crate) fn codes(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().copied()
    }

    pub(crate) fn lies_in(&self, region: &str) -> bool {
        self.0.contains(&region)
    }
}

/// An entry that may stand in for a national one within a region.
pub(super) trait Regional: Filed {
    /// The national entry it stands in for.
    fn of(&self) -> Option<&str>;
    /// Where: six digits.
    fn region(&self) -> Option<&str>;
}

/// The entries for a place, the most specific first and the national one last.
pub(super) fn most_specific_first<'a, T>(
    map: &'a BTreeMap<String, T>,
    name: &str,
    place: &Place<'_>,
) -> impl Iterator<Item = &'a T> {
    let local: Vec<&T> = place.codes().filter_map(|code| map.get(&format!("{name}-{code}"))).collect();
    local.into_iter().chain(map.get(name))
}

/// The national entry and all that stand in for it.
pub(super) fn all_of<'a, T: Regional>(
    map: &'a BTreeMap<String, T>,
    name: &'a str,
) -> impl Iterator<Item = &'a T> {
    map.values().filter(move |entry| entry.id() == name || entry.of() == Some(name))
}

/// Every regional entry stands in for a national one, in a region that exists, under the name that finds it.
pub(super) fn check<T: Regional>(
    map: &BTreeMap<String, T>,
    room: &str,
    files: &[TomlFile],
    regions: &Regions,
    complaints: &mut Complaints,
) {
    for entry in map.values() {
        let name = format!("{}.toml", entry.id());
        let Some(file) = files.iter().find(|file| file.room() == (room, &name)) else { continue };
        let mut tell = |key: &str, problem: Text, remedy: Text| {
            complaints.at(file, file.line_starting(key), key, problem, remedy);
        };
        let (of, region) = match (entry.of(), entry.region()) {
            (None, None) => continue,
            (Some(of), Some(region)) => (of, region),
            (of, _) => {
                tell(
                    if of.is_some() { "of" } else { "region" },
                    Text::new("of 和 region 要一起写", "of and region go together"),
                    Text::new(
                        "地方标准写 of = \"resident\" 和 region = \"440000\"；全国的都不写",
                        "for a region write of = \"resident\" and region = \"440000\"; for the country neither",
                    ),
                );
                continue;
            }
        };
        if map.get(of).is_none_or(|national| national.of().is_some()) {
            tell(
                "of",
                Text::new(
                    format!("{room}/ 里没有全国的“{of}”"),
                    format!("there is no national “{of}” in {room}/"),
                ),
                Text::new("of 要写全国文件的 id", "of is the id of the national file"),
            );
        }
        if regions.path(region).is_none() {
            tell(
                "region",
                Text::new(format!("区划表里没有 {region}"), format!("there is no division {region}")),
                Text::new("请写 6 位区划代码", "write the six digits of a division"),
            );
        }
        let expected = format!("{of}-{region}");
        if entry.id() != expected {
            tell(
                "id",
                Text::new(
                    format!("地方文件的 id 应为 {expected}"),
                    format!("the id of a regional file is {expected}"),
                ),
                Text::new(
                    format!("请把 id 改为 {expected}，文件改名为 {expected}.toml"),
                    format!("make the id {expected} and rename the file to {expected}.toml"),
                ),
            );
        }
    }
}
