//! Sorts the files of a catalogue into their rooms and checks them together, so that all mistakes are told at once.

use std::collections::BTreeMap;

use super::{
    Catalogue, CatalogueError, Complaint, Complaints, Tariff, TomlFile, WaitingRules, Window, adviser,
    channels, format, help, overlays, regional, tables, wording,
};
use crate::{
    Text,
    definition::{self, ServiceFile},
};

/// Reads one catalogue.
pub(super) fn read(files: Vec<TomlFile>) -> Result<Catalogue, CatalogueError> {
    format::refuse_newer(&files)?;
    let mut reader = Reader::default();
    for file in files {
        reader.take(file);
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    catalogue: Catalogue,
    complaints: Complaints,
    services: Vec<(TomlFile, ServiceFile)>,
    adviser: Option<(TomlFile, adviser::AdviserFile)>,
    help: Vec<(TomlFile, help::HelpFile)>,
    channels: Vec<(TomlFile, channels::ChannelFile)>,
    overlays: Vec<(TomlFile, overlays::OverlayFile)>,
    /// Those that regions may replace.
    regional: Vec<TomlFile>,
    has_edition: bool,
}

impl Reader {
    /// Sorts one file into its room.
    fn take(&mut self, file: TomlFile) {
        let Self { catalogue, complaints, .. } = self;
        if file.path.ends_with(".toml") {
            wording::check(&file, complaints);
        }
        let (room, name) = file.room();
        match (room, name) {
            ("services", _) => {
                self.services.extend(file.parse(complaints).map(|service| (file, service)));
            }
            ("tariffs", _) => {
                insert(&mut catalogue.tariffs, Tariff::read(&file, complaints), &file, complaints);
                self.regional.push(file);
            }
            ("windows", _) => {
                insert(&mut catalogue.windows, Window::read(&file, complaints), &file, complaints);
                self.regional.push(file);
            }
            ("waiting", _) => {
                insert(&mut catalogue.waiting, WaitingRules::read(&file, complaints), &file, complaints);
                self.regional.push(file);
            }
            ("overlays", _) => self.overlays.extend(file.parse(complaints).map(|overlay| (file, overlay))),
            ("tables", _) => {
                let table = tables::read(&file, complaints);
                insert(&mut catalogue.tables, table, &file, complaints);
            }
            ("calendars", _) => catalogue.calendar.take(&file, complaints),
            ("regions", name) => catalogue.regions.take(name, &file, complaints),
            ("advisers", _) => {
                if let Some(adviser) = file.parse(complaints) {
                    check_name(&adviser, &file, complaints);
                    self.adviser = Some((file, adviser));
                }
            }
            ("help", _) => self.help.extend(file.parse(complaints).map(|help| (file, help))),
            ("channels", _) => self.channels.extend(file.parse(complaints).map(|channels| (file, channels))),
            ("", format::FILE) => {
                catalogue.edition = format::read(&file, complaints);
                self.has_edition = true;
            }
            ("", name) if name.ends_with(".md") => {}
            _ => complaints.about(
                &file,
                "",
                Text::new("目录里没有这类文件的位置", "the catalogue has no room for this file"),
                Text::new(
                    "请放进 services、tariffs、windows、waiting、tables、calendars、regions、overlays、advisers、help 或 channels，或者删掉它",
                    "put it into services, tariffs, windows, waiting, tables, calendars, regions, overlays, advisers, help or channels, or remove it",
                ),
            ),
        }
    }

    /// What can be judged only when every file is there.
    fn finish(self) -> Result<Catalogue, CatalogueError> {
        let Self { mut catalogue, mut complaints, services, adviser, help, channels, overlays, .. } = self;
        if !self.has_edition {
            complaints.add(format::missing());
        }
        catalogue.channels = channels::read(channels, &catalogue, &mut complaints);
        {
            let Catalogue { regions, tariffs, windows, waiting, .. } = &catalogue;
            regional::check(tariffs, "tariffs", &self.regional, regions, &mut complaints);
            regional::check(windows, "windows", &self.regional, regions, &mut complaints);
            regional::check(waiting, "waiting", &self.regional, regions, &mut complaints);
        }
        let mut definitions = vec![];
        for (file, service) in services {
            definitions.extend(definition::compile(&file, service, &catalogue, &mut complaints));
        }
        // A service that was complained about is missing here; complaining that it is missing would only confuse.
        if complaints.is_empty() {
            for (file, source) in overlays {
                let overlay = overlays::take(&file, source, &catalogue, &mut definitions, &mut complaints);
                catalogue.overlays.insert(overlay.region.clone(), overlay);
            }
        }
        catalogue.services = definitions.into_iter().map(Into::into).collect();
        check_versions(&mut catalogue, &mut complaints);
        if complaints.is_empty() {
            format::check_order(&catalogue, &mut complaints);
            catalogue.help = help::read(help, &catalogue, &mut complaints);
            if let Some((file, adviser)) = adviser {
                catalogue.adviser = adviser::read(&file, adviser, &catalogue, &mut complaints);
            }
        }
        complaints.into_result(catalogue)
    }
}

fn check_versions(catalogue: &mut Catalogue, complaints: &mut Complaints) {
    catalogue
        .services
        .sort_by(|a, b| (&a.view().id, a.view().version).cmp(&(&b.view().id, b.view().version)));
    for pair in catalogue.services.windows(2) {
        let (a, b) = (pair[0].view(), pair[1].view());
        if (&a.id, a.version) == (&b.id, b.version) {
            complaints.add(Complaint {
                file: format!("services/{}.toml", a.id),
                line: None,
                place: "version".into(),
                problem: Text::new("有两个同号同版本的事项", "two services share this id and version"),
                remedy: Text::new("改动后的事项请把 version 加一", "raise the version of the changed one"),
            });
        }
    }
}

/// An entry that has a file of its own.
pub(super) trait Filed {
    /// The file is named after it.
    fn id(&self) -> &str;
}

fn check_name(entry: &impl Filed, file: &TomlFile, complaints: &mut Complaints) {
    let name = format!("/{}.toml", entry.id());
    if !file.path.ends_with(&name) {
        complaints.about(
            file,
            "id",
            Text::new("文件名和 id 不一样", "the file is not named after its id"),
            Text::new(format!("请把文件改名为 {}", &name[1..]), format!("rename the file to {}", &name[1..])),
        );
    }
}

fn insert<T: Filed>(
    map: &mut BTreeMap<String, T>,
    entry: Option<T>,
    file: &TomlFile,
    complaints: &mut Complaints,
) {
    let Some(entry) = entry else { return };
    check_name(&entry, file, complaints);
    if let Some(twice) = map.insert(entry.id().to_owned(), entry) {
        complaints.about(
            file,
            "id",
            Text::new(
                format!("编号 {} 用了两次", twice.id()),
                format!("the id {} is used twice", twice.id()),
            ),
            Text::new("请换一个编号", "choose another id"),
        );
    }
}
