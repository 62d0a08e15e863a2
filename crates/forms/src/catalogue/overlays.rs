//! `overlays/<code>.toml`: what a region changes in services. Item by item the most specific of county, city and
//! province decides.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Catalogue, Complaints, Place, TomlFile};
use crate::{
    FieldId, ServiceDefinition, Text,
    definition::{self, MaterialSource},
};

/// A file of `overlays/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OverlayFile {
    region: String,
    name: Text,
    source: Text,
    /// When someone last compared it with the source.
    #[expect(dead_code, reason = "read by people, required of every overlay")]
    verified_at: Date,
    #[serde(default)]
    services: BTreeMap<String, LocalSource>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LocalSource {
    #[serde(default)]
    parameters: BTreeMap<String, i64>,
    #[serde(default)]
    notes: BTreeMap<FieldId, Text>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    materials: Vec<MaterialSource>,
}

/// What a region changes.
#[derive(Debug)]
pub(crate) struct Overlay {
    pub(crate) region: String,
    pub(crate) name: Text,
    pub(crate) source: Text,
    services: BTreeMap<String, LocalRules>,
}

/// What a region changes in one service; its extra materials stand in the service's definition.
#[derive(Debug)]
pub(crate) struct LocalRules {
    pub(crate) parameters: BTreeMap<String, i64>,
    pub(crate) notes: BTreeMap<FieldId, Text>,
    /// Materials that are not asked for there.
    pub(crate) without: Vec<String>,
}

impl Catalogue {
    /// A division and those above it; empty for a code that is none.
    pub(crate) fn place(&self, code: Option<&str>) -> Place<'_> {
        Place::new(&self.regions, code)
    }

    /// What changes in a service at a place, the most specific first.
    pub(crate) fn local_rules(&self, service: &str, place: &Place<'_>) -> Vec<(&Overlay, &LocalRules)> {
        let overlays = place.codes().filter_map(|code| self.overlays.get(code));
        overlays.filter_map(|overlay| Some((overlay, overlay.services.get(service)?))).collect()
    }
}

/// Takes an overlay in; its extra materials become part of the services.
pub(super) fn take(
    file: &TomlFile,
    source: OverlayFile,
    catalogue: &Catalogue,
    services: &mut [ServiceDefinition],
    complaints: &mut Complaints,
) -> Overlay {
    let OverlayFile { region, name, source, services: locals, .. } = source;
    let mut check = Check { file, complaints };
    check.region(&region, catalogue);
    let mut rules = BTreeMap::new();
    for (id, local) in locals {
        let LocalSource { parameters, notes, without, materials } = local;
        let local = LocalRules { parameters, notes, without };
        let newest = services.iter().filter(|service| service.view().id == id);
        match newest.max_by_key(|service| service.view().version) {
            Some(service) => check.service(service, &local, &materials),
            None => check.tell(
                &format!("[services.{id}"),
                &id,
                Text::new(format!("没有“{id}”这个事项"), format!("there is no service “{id}”")),
                Text::new("请写 services/ 里有的编号", "name one that stands in services/"),
            ),
        }
        for service in services.iter_mut().filter(|service| service.view().id == id) {
            let materials = materials.clone();
            definition::add_materials(service, file, &region, materials, catalogue, check.complaints);
        }
        rules.insert(id, local);
    }
    Overlay { region, name, source, services: rules }
}

struct Check<'a> {
    file: &'a TomlFile,
    complaints: &'a mut Complaints,
}

impl Check<'_> {
    fn tell(&mut self, line: &str, place: &str, problem: Text, remedy: Text) {
        self.complaints.at(self.file, self.file.line_starting(line), place, problem, remedy);
    }

    fn region(&mut self, region: &str, catalogue: &Catalogue) {
        if catalogue.region_path(region).is_none() {
            self.tell(
                "region",
                "region",
                Text::new(format!("区划表里没有 {region}"), format!("there is no division {region}")),
                Text::new("请写 6 位区划代码", "write the six digits of a division"),
            );
        }
        let (_, name) = self.file.room();
        if name != format!("{region}.toml") {
            self.tell(
                "region",
                "region",
                Text::new("文件名和 region 不一样", "the file is not named after its region"),
                Text::new(
                    format!("请把文件改名为 {region}.toml"),
                    format!("rename the file to {region}.toml"),
                ),
            );
        }
    }

    fn service(&mut self, service: &ServiceDefinition, local: &LocalRules, extra: &[MaterialSource]) {
        let id = &service.view().id;
        if service.place.is_none() {
            self.tell(
                &format!("[services.{id}"),
                id,
                Text::new(
                    format!("事项 {id} 没有写 place，地方规则用不上"),
                    format!("the service {id} names no place, so that regional rules never apply"),
                ),
                Text::new(
                    "请在事项里写 place = \"参保地栏目\"",
                    "write place = \"<the region field>\" in the service",
                ),
            );
        }
        for name in local.parameters.keys().filter(|name| !service.parameters.contains_key(*name)) {
            self.tell(
                name,
                &format!("{id}.parameters.{name}"),
                Text::new(
                    format!("事项 {id} 没有参数 {name}"),
                    format!("the service {id} has no parameter {name}"),
                ),
                Text::new(
                    "只能改事项的 [parameters] 里有的参数",
                    "only what stands in the service's [parameters] can be changed",
                ),
            );
        }
        for (field, note) in &local.notes {
            let place = format!("{id}.notes.{field}");
            if !service.fields.iter().any(|known| known.view.id == *field) {
                self.tell(
                    field,
                    &place,
                    Text::new(
                        format!("事项 {id} 没有栏目 {field}"),
                        format!("the service {id} has no field {field}"),
                    ),
                    Text::new("请写已有的栏目编号", "name an existing field"),
                );
            }
            for name in definition::unknown_names(note, &service.parameters) {
                self.tell(
                    field,
                    &place,
                    Text::new(
                        format!("{{{name}}} 不是事项 {id} 的参数"),
                        format!("{{{name}}} is no parameter of the service {id}"),
                    ),
                    Text::new("请写 [parameters] 里有的名字", "name one that stands in [parameters]"),
                );
            }
        }
        let is_material = |id: &String| {
            service.view().materials.iter().any(|material| material.id == *id)
                || extra.iter().any(|material| material.id() == id)
        };
        for material in local.without.iter().filter(|id| !is_material(id)) {
            self.tell(
                "without",
                &format!("{id}.without"),
                Text::new(
                    format!("事项 {id} 没有材料 {material}"),
                    format!("the service {id} has no material {material}"),
                ),
                Text::new("请写已有的材料编号", "name an existing material"),
            );
        }
    }
}
