//! `catalogue.toml`: in which form a catalogue is written, and which edition it is. Read before anything else, so
//! that a form this program does not know yet is never half-read.

use serde::Deserialize;

use super::{Complaint, Complaints, TomlFile};
use crate::{Catalogue, CatalogueError, Text};

/// Name of the file.
pub(super) const FILE: &str = "catalogue.toml";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edition {
    pub(super) format: u32,
    pub(super) edition: u32,
    /// Ids of services in the order in which they are offered; those not named follow, by their ids.
    #[serde(default)]
    pub(super) order: Vec<String>,
}

impl Edition {
    /// Place of a service among those offered.
    pub(super) fn place(&self, service: &str) -> usize {
        self.order.iter().position(|id| id == service).unwrap_or(self.order.len())
    }
}

/// The part of the file that every form has.
#[derive(Deserialize)]
struct FormatOnly {
    format: u32,
}

/// Refuses a catalogue that is written in a newer form than this program reads.
pub(super) fn refuse_newer(files: &[TomlFile]) -> Result<(), CatalogueError> {
    let head = files.iter().find(|file| file.path == FILE);
    let format = head.and_then(|file| toml::from_str::<FormatOnly>(&file.text).ok()).map(|head| head.format);
    match format {
        Some(format) if format > Catalogue::FORMAT => {
            let known = Catalogue::FORMAT;
            Err(CatalogueError::newer_format(Complaint {
                file: FILE.into(),
                line: head.and_then(|file| file.line_starting("format")),
                place: "format".into(),
                problem: Text::new(
                    format!("这份目录的格式是 {format}，本程序只认识到 {known}，所以一项都没有读"),
                    format!(
                        "this catalogue is written in format {format}; this program knows formats up to {known} and read nothing of it"
                    ),
                ),
                remedy: Text::new(
                    "请把本程序升级到最新版本，升级以后目录会自动换上；在那之前继续使用原来的目录",
                    "upgrade this program to its newest version, the catalogue then follows by itself; until then the one before stays in use",
                ),
            }))
        }
        _ => Ok(()),
    }
}

pub(super) fn read(file: &TomlFile, complaints: &mut Complaints) -> Edition {
    let edition: Edition = file.parse(complaints).unwrap_or_default();
    if edition.format == 0 || edition.edition == 0 {
        complaints.about(
            file,
            "format",
            Text::new("format 和 edition 都从 1 开始", "format and edition begin at 1"),
            Text::new("请写 format = 1，edition = 1", "write format = 1 and edition = 1"),
        );
    }
    edition
}

/// An order that names a service that is not there, or one twice, was meant otherwise.
pub(super) fn check_order(catalogue: &Catalogue, complaints: &mut Complaints) {
    let order = &catalogue.edition.order;
    for (at, id) in order.iter().enumerate() {
        let problem = if catalogue.service(id, None).is_none() {
            Text::new(format!("没有“{id}”这个事项"), format!("there is no service `{id}`"))
        } else if order[..at].contains(id) {
            Text::new(format!("“{id}”写了两次"), format!("`{id}` stands there twice"))
        } else {
            continue;
        };
        complaints.add(Complaint {
            file: FILE.into(),
            line: None,
            place: format!("order[{at}]"),
            problem,
            remedy: Text::new(
                "请写 services 里各事项的 id，每个一次",
                "write the ids of services, each once",
            ),
        });
    }
}

/// Every catalogue says what it is.
pub(super) fn missing() -> Complaint {
    Complaint {
        file: FILE.into(),
        line: None,
        place: String::new(),
        problem: Text::new("缺少这个文件", "this file is missing"),
        remedy: Text::new(
            "请加上它，写 format = 1 和 edition = 1；每次发布目录时把 edition 加一",
            "add it with format = 1 and edition = 1; raise edition with every publication",
        ),
    }
}
