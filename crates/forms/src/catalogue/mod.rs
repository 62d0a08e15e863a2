//! The catalogue: everything an office may edit, read once, checked before anyone relies on it.

mod adviser;
mod calendar;
mod channels;
mod complaint;
mod embedded;
mod format;
mod help;
mod library;
mod overlays;
mod past_divisions;
mod reading;
mod regional;
mod regions;
mod search;
mod tables;
mod tariffs;
mod toml_file;
mod waiting;
mod windows;
mod wording;

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;

use crate::{Answers, Choice, Region, RegionPath, ServiceDefinition, ServiceSummary, Text};

use adviser::AdviserRules;
pub use adviser::{Advice, Adviser, Comparison, ComparisonRow, Outcome};
pub use calendar::{Calendar, WorkingDay};
pub use channels::{Channel, ChannelKind};
pub(crate) use complaint::Complaints;
pub use complaint::{CatalogueError, Complaint};
use format::Edition;
use help::Help;
pub use help::HelpEntry;
pub use library::Library;
pub(crate) use overlays::{LocalRules, Overlay};
pub(crate) use past_divisions::{PastDivisions, Standing};
pub(crate) use regional::Place;
pub(crate) use regions::Regions;
pub(crate) use search::words_of;
pub(crate) use tables::Table;
pub(crate) use tariffs::{Rate, Tariff, TariffYear};
pub(crate) use toml_file::TomlFile;
pub use waiting::WaitingQuestion;
pub(crate) use waiting::WaitingRules;
pub(crate) use windows::Window;
#[cfg(test)]
pub(crate) use wording::UNWELCOME;

/// Services, their regional rules, tariffs, windows, calendars, code tables, divisions, help and channels.
#[derive(Debug, Default)]
pub struct Catalogue {
    edition: Edition,
    services: Vec<Arc<ServiceDefinition>>,
    tariffs: BTreeMap<String, Tariff>,
    windows: BTreeMap<String, Window>,
    waiting: BTreeMap<String, WaitingRules>,
    /// By region.
    overlays: BTreeMap<String, Overlay>,
    tables: BTreeMap<String, Table>,
    regions: Regions,
    calendar: Calendar,
    channels: Vec<Channel>,
    help: Help,
    adviser: AdviserRules,
}

impl Catalogue {
    /// The newest form of catalogue that this program reads.
    pub const FORMAT: u32 = 1;

    /// Reads and checks a catalogue given as path (`services/resident-enrolment.toml`) and text of each file.
    /// What stands in `examples/` is left out.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with file, place and remedy; or that it needs a newer program.
    pub fn read<P: Into<String>, T: AsRef<str>>(
        files: impl IntoIterator<Item = (P, T)>,
    ) -> Result<Self, CatalogueError> {
        let files = TomlFile::all(files).filter(|file| !file.is_example());
        reading::read(files.collect())
    }

    /// As [`Self::read`], with the made-up regions of `examples/` beside the real ones.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_with_examples<P: Into<String>, T: AsRef<str>>(
        files: impl IntoIterator<Item = (P, T)>,
    ) -> Result<Self, CatalogueError> {
        let (examples, mut files): (Vec<_>, Vec<_>) = TomlFile::all(files).partition(TomlFile::is_example);
        files.extend(examples);
        reading::read(files)
    }

    /// The form in which it is written.
    #[must_use]
    pub const fn format(&self) -> u32 {
        self.edition.format
    }

    /// Grows with every publication.
    #[must_use]
    pub const fn edition(&self) -> u32 {
        self.edition.edition
    }

    /// The newest version of every service, in the order in which they are offered.
    #[must_use]
    pub fn services(&self) -> Vec<ServiceSummary> {
        self.offered().into_iter().map(|service| service.summary()).collect()
    }

    /// Every version of every service, by id.
    pub fn versions(&self) -> impl Iterator<Item = (&str, u32)> {
        self.services.iter().map(|service| (service.view().id.as_str(), service.view().version))
    }

    fn offered(&self) -> Vec<&Arc<ServiceDefinition>> {
        let mut services: Vec<_> = self.newest().collect();
        services.sort_by_key(|service| self.edition.place(&service.view().id));
        services
    }

    fn newest(&self) -> impl Iterator<Item = &Arc<ServiceDefinition>> {
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
            .offered()
            .into_iter()
            .filter_map(|service| Some((search::rank(service.search_words(), query)?, service.summary())))
            .collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, summary)| summary).collect()
    }

    /// A definition by id; the newest where no version is named.
    #[must_use]
    pub fn service(&self, id: &str, version: Option<u32>) -> Option<&Arc<ServiceDefinition>> {
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

    /// Which insurance fits me: the questions, and the kinds of insurance side by side.
    #[must_use]
    pub fn adviser(&self) -> &Adviser {
        self.adviser.view()
    }

    /// What the answers to the adviser's questions come to. Total and deterministic, like an evaluation.
    #[must_use]
    pub fn advise(&self, answers: &Answers, today: Date) -> Advice {
        self.adviser.advise(self, answers, today)
    }

    /// Every question and answer of the help.
    #[must_use]
    pub fn help(&self) -> &[HelpEntry] {
        &self.help.entries
    }

    /// Help by 汉字, pinyin, initials or English; the best first, all for an empty query.
    #[must_use]
    pub fn search_help(&self, query: &str) -> Vec<HelpEntry> {
        self.help.search(query)
    }

    /// What explains a finding or an error, by its code.
    #[must_use]
    pub fn help_for(&self, code: &str) -> Vec<HelpEntry> {
        self.help().iter().filter(|entry| entry.codes.iter().any(|known| known == code)).cloned().collect()
    }

    /// The official ways outside this program.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    pub(crate) fn divisions(&self) -> &Regions {
        &self.regions
    }

    pub(crate) fn has_channel(&self, id: &str) -> bool {
        self.channels.iter().any(|channel| channel.id == id)
    }

    pub(crate) fn has_table(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    /// A national tariff and those that stand in for it.
    pub(crate) fn tariffs<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Tariff> {
        regional::all_of(&self.tariffs, name)
    }

    /// What is published for a year at a place.
    pub(crate) fn tariff_year(&self, name: &str, year: i16, place: &Place<'_>) -> Option<&TariffYear> {
        regional::most_specific_first(&self.tariffs, name, place).find_map(|tariff| tariff.year(year))
    }

    pub(crate) fn has_window(&self, name: &str) -> bool {
        self.windows.contains_key(name)
    }

    pub(crate) fn has_waiting_rules(&self, name: &str) -> bool {
        self.waiting.contains_key(name)
    }

    pub(crate) fn window_at(&self, name: &str, place: &Place<'_>) -> Option<&Window> {
        regional::most_specific_first(&self.windows, name, place).next()
    }
}
