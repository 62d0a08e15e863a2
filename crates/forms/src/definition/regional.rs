//! What of a definition depends on the place: parameters, the field that says where, materials of regions.

use std::collections::BTreeMap;

use super::{FieldRules, ServiceDefinition, check, compile::Compiler, source::MaterialSource};
use crate::{
    Catalogue, FieldKind, Text,
    catalogue::{Complaints, TomlFile},
};

/// Names in braces that the engine itself fills in: the rows of a repeated group.
const OF_ROWS: [&str; 3] = ["row", "other", "n"];

/// Adds the materials that a region asks for; `file` is the region's, where mistakes in them are told.
pub(crate) fn add_materials(
    definition: &mut ServiceDefinition,
    file: &TomlFile,
    region: &str,
    materials: Vec<MaterialSource>,
    catalogue: &Catalogue,
    complaints: &mut Complaints,
) {
    if materials.is_empty() {
        return;
    }
    let mut compiler = Compiler::new(file, complaints);
    for source in materials {
        let mut rules = compiler.material(source);
        rules.region = Some(region.to_owned());
        definition.view.materials.push(rules.view.clone());
        definition.materials.push(rules);
    }
    // The definition was fit before, so whatever is found now came with this file.
    check::check(file, definition, catalogue, complaints);
}

impl Compiler<'_> {
    /// Moves the field that says where, with all it looks at, to the front of the order; how many fields these are.
    /// Everything after them may look at what depends on the place.
    pub(super) fn place_first(
        &mut self,
        place: &str,
        fields: &[FieldRules],
        parameters: &BTreeMap<String, i64>,
        order: &mut [usize],
    ) -> usize {
        let found = fields.iter().position(|field| field.view.id == place);
        let Some(at) = found.filter(|&at| fields[at].view.kind == FieldKind::Region) else {
            self.complain(
                "place",
                Text::new(
                    format!("place 写的 {place} 不是本事项的地区栏目"),
                    format!("{place} in place is no region field of this service"),
                ),
                Text::new(
                    "请写 kind = \"region\" 的栏目编号",
                    "name a field of this service with kind = \"region\"",
                ),
            );
            return 0;
        };
        let mut first = vec![at];
        let mut next = 0;
        while let Some(&at) = first.get(next) {
            next += 1;
            for name in fields[at].looks_at() {
                let looked_at = fields.iter().position(|field| field.view.id == *name);
                first.extend(looked_at.filter(|at| !first.contains(at)));
                if parameters.contains_key(name) || name == "insurance_year" {
                    self.complain(
                        &format!("fields.{}", fields[at].view.id),
                        Text::new(
                            format!("参保地要先于 {name} 知道，因为 {name} 随参保地变"),
                            format!("the place must be known before {name}, which changes with it"),
                        ),
                        Text::new(
                            "请从参保地栏目和它依赖的栏目的 relevant、calculate 里去掉它",
                            "take it out of relevant and calculate of the place and of the fields it looks at",
                        ),
                    );
                }
            }
        }
        order.sort_by_key(|at| !first.contains(at));
        first.len().min(order.len())
    }
}

/// Names in braces that nothing will fill in.
pub(crate) fn unknown_names(text: &Text, parameters: &BTreeMap<String, i64>) -> Vec<String> {
    let is_known = |name: &&str| parameters.contains_key(*name) || OF_ROWS.contains(name);
    let mut names: Vec<String> = [&text.zh, &text.en]
        .into_iter()
        .flat_map(|sentence| names(sentence))
        .filter(|name| !is_known(name))
        .map(str::to_owned)
        .collect();
    names.dedup();
    names
}

/// Every `{name}` of a sentence.
pub(super) fn names(sentence: &str) -> impl Iterator<Item = &str> {
    let is_name = |name: &&str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    sentence.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).filter(is_name)
}
