//! The catalogue: everything an office may edit, read once, checked before anyone relies on it.

mod calendar;
mod complaint;
mod past_divisions;
mod regions;
mod search;
mod tables;
mod tariffs;
mod toml_file;
mod wording;

use std::{collections::BTreeMap, sync::OnceLock};

use include_dir::{Dir, include_dir};

use crate::{
    Choice, Region, RegionPath, ServiceDefinition, ServiceSummary, Text,
    definition::{self, ServiceFile},
};

pub use calendar::{Calendar, WorkingDay};
pub(crate) use complaint::Complaints;
pub use complaint::{CatalogueError, Complaint};
pub(crate) use past_divisions::{PastDivisions, Standing};
pub(crate) use regions::Regions;
pub(crate) use search::words_of;
pub(crate) use tables::Table;
pub(crate) use tariffs::{Rate, Tariff, Window};
pub(crate) use toml_file::TomlFile;
#[cfg(test)]
pub(crate) use wording::UNWELCOME;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalog");

/// Services, tariffs, windows, calendars, code tables and divisions.
#[derive(Debug)]
pub struct Catalogue {
    services: Vec<ServiceDefinition>,
    tariffs: BTreeMap<String, Tariff>,
    windows: BTreeMap<String, Window>,
    tables: BTreeMap<String, Table>,
    regions: Regions,
    calendar: Calendar,
}

impl Catalogue {
    /// The catalogue this program was built with, read on first use.
    ///
    /// # Errors
    /// What is wrong with it; tests make sure that nothing is.
    pub fn embedded() -> Result<&'static Self, &'static CatalogueError> {
        static READ: OnceLock<Result<Catalogue, CatalogueError>> = OnceLock::new();
        READ.get_or_init(|| Self::read(embedded_files())).as_ref()
    }

    /// Reads and checks a catalogue given as path (`services/resident-enrolment.toml`) and text of each file.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with file, place and remedy.
    pub fn read<P: Into<String>, T: AsRef<str>>(
        files: impl IntoIterator<Item = (P, T)>,
    ) -> Result<Self, CatalogueError> {
        let mut complaints = Complaints::default();
        let mut catalogue = Self {
            services: vec![],
            tariffs: BTreeMap::new(),
            windows: BTreeMap::new(),
            tables: BTreeMap::new(),
            regions: Regions::default(),
            calendar: Calendar::default(),
        };
        let mut services: Vec<(TomlFile, ServiceFile)> = vec![];
        for (path, text) in files {
            let file = TomlFile { path: path.into(), text: text.as_ref().to_owned() };
            catalogue.take(file, &mut services, &mut complaints);
        }
        for (file, service) in services {
            if let Some(definition) = definition::compile(&file, service, &catalogue, &mut complaints) {
                catalogue.services.push(definition);
            }
        }
        catalogue.check_services(&mut complaints);
        complaints.into_result(catalogue)
    }

    /// Sorts one file into its room.
    fn take(
        &mut self,
        file: TomlFile,
        services: &mut Vec<(TomlFile, ServiceFile)>,
        complaints: &mut Complaints,
    ) {
        let path = file.path.clone();
        if path.ends_with(".toml") {
            wording::check(&file, complaints);
        }
        match path.split_once('/').unwrap_or(("", &path)) {
            ("services", _) => {
                if let Some(service) = file.parse(complaints) {
                    services.push((file, service));
                }
            }
            ("tariffs", _) => {
                insert(&mut self.tariffs, file.parse(complaints), &file, complaints, |t: &Tariff| &t.id);
            }
            ("windows", _) => {
                insert(&mut self.windows, file.parse(complaints), &file, complaints, |w: &Window| &w.id);
            }
            ("tables", _) => {
                let table = tables::read(&file, complaints);
                insert(&mut self.tables, table, &file, complaints, |t: &Table| &t.id);
            }
            ("calendars", _) => self.calendar.take(&file, complaints),
            ("regions", name) => self.regions.take(name, &file, complaints),
            ("", name) if name.ends_with(".md") => {}
            _ => complaints.about(
                &file,
                "",
                Text::new("目录里没有这类文件的位置", "the catalogue has no room for this file"),
                Text::new(
                    "请放进 services、tariffs、windows、tables、calendars 或 regions，或者删掉它",
                    "put it into services, tariffs, windows, tables, calendars or regions, or remove it",
                ),
            ),
        }
    }

    fn check_services(&mut self, complaints: &mut Complaints) {
        self.services.sort_by(|a, b| (&a.view().id, a.view().version).cmp(&(&b.view().id, b.view().version)));
        for pair in self.services.windows(2) {
            let (a, b) = (pair[0].view(), pair[1].view());
            if (&a.id, a.version) == (&b.id, b.version) {
                complaints.add(Complaint {
                    file: format!("services/{}.toml", a.id),
                    line: None,
                    place: "version".into(),
                    problem: Text::new("有两个同号同版本的事项", "two services share this id and version"),
                    remedy: Text::new(
                        "改动后的事项请把 version 加一",
                        "raise the version of the changed one",
                    ),
                });
            }
        }
    }

    /// The newest version of every service, in the order of their ids.
    #[must_use]
    pub fn services(&self) -> Vec<ServiceSummary> {
        self.newest().map(ServiceDefinition::summary).collect()
    }

    fn newest(&self) -> impl Iterator<Item = &ServiceDefinition> {
        let next_id = |at: usize| self.services.get(at + 1).map(|next| &next.view().id);
        self.services
            .iter()
            .enumerate()
            .filter(move |(at, s)| next_id(*at) != Some(&s.view().id))
            .map(|(_, s)| s)
    }

    /// Services by 汉字, pinyin, initials, English or keyword; the best first, all for an empty query.
    #[must_use]
    pub fn search(&self, query: &str) -> Vec<ServiceSummary> {
        let mut found: Vec<_> = self
            .newest()
            .filter_map(|service| Some((search::rank(service.search_words(), query)?, service.summary())))
            .collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, summary)| summary).collect()
    }

    /// A definition by id; the newest where no version is named.
    #[must_use]
    pub fn service(&self, id: &str, version: Option<u32>) -> Option<&ServiceDefinition> {
        self.services.iter().rev().find(|service| {
            service.view().id == id && version.is_none_or(|version| service.view().version == version)
        })
    }

    /// The rows of a code table (`ethnic_group`, `sex`, …); none where there is no such table.
    #[must_use]
    pub fn choices(&self, table: &str) -> &[Choice] {
        self.tables.get(table).map_or(&[], |table| &table.choices)
    }

    /// The divisions below `parent`, the provinces for `None`.
    #[must_use]
    pub fn regions(&self, parent: Option<&str>) -> Vec<Region> {
        self.regions.below(parent)
    }

    /// Divisions by name, pinyin or initials, the best first; only those that can be chosen.
    #[must_use]
    pub fn search_regions(&self, query: &str, limit: usize) -> Vec<RegionPath> {
        self.regions.search(query, limit)
    }

    /// A division with those above it.
    #[must_use]
    pub fn region_path(&self, code: &str) -> Option<RegionPath> {
        self.regions.path(code)
    }

    /// As of when the divisions are.
    #[must_use]
    pub fn regions_vintage(&self) -> &Text {
        self.regions.vintage()
    }

    /// Working days.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    pub(crate) fn divisions(&self) -> &Regions {
        &self.regions
    }

    pub(crate) fn has_table(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    pub(crate) fn tariff(&self, id: &str) -> Option<&Tariff> {
        self.tariffs.get(id)
    }

    pub(crate) fn window(&self, id: &str) -> Option<&Window> {
        self.windows.get(id)
    }
}

/// Path and text of every embedded file.
fn embedded_files() -> Vec<(String, &'static str)> {
    fn walk(dir: &'static Dir<'static>, files: &mut Vec<(String, &'static str)>) {
        for file in dir.files() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            files.push((path, file.contents_utf8().unwrap_or_default()));
        }
        dir.dirs().for_each(|dir| walk(dir, files));
    }
    let mut files = vec![];
    walk(&EMBEDDED, &mut files);
    files
}

fn insert<T>(
    map: &mut BTreeMap<String, T>,
    entry: Option<T>,
    file: &TomlFile,
    complaints: &mut Complaints,
    id: fn(&T) -> &String,
) {
    let Some(entry) = entry else { return };
    let name = format!("/{}.toml", id(&entry));
    if !file.path.ends_with(&name) {
        complaints.about(
            file,
            "id",
            Text::new("文件名和 id 不一样", "the file is not named after its id"),
            Text::new(format!("请把文件改名为 {}", &name[1..]), format!("rename the file to {}", &name[1..])),
        );
    }
    if let Some(twice) = map.insert(id(&entry).clone(), entry) {
        complaints.about(
            file,
            "id",
            Text::new(
                format!("编号 {} 用了两次", id(&twice)),
                format!("the id {} is used twice", id(&twice)),
            ),
            Text::new("请换一个编号", "choose another id"),
        );
    }
}
