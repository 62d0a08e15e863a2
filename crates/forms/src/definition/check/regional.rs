//! What depends on the place, the year and the waiting period names what exists.

use super::Check;
use crate::{
    FieldKind,
    definition::{FieldRules, regional},
};

impl Check<'_> {
    /// `{name}` stands only where it is filled in, and only for parameters.
    pub(super) fn braces(&mut self) {
        let definition = self.definition;
        for field in &definition.fields {
            let columns = field.rows.iter().flat_map(|rows| &rows.columns);
            for field in std::iter::once(field).chain(columns) {
                self.braces_of(field);
            }
        }
        let reasons = definition.materials.iter().flat_map(|material| {
            material.reasons.iter().map(move |(_, text)| (format!("materials.{}", material.view.id), text))
        });
        for (place, text) in reasons {
            for name in regional::unknown_names(text, &definition.parameters) {
                self.unknown_name(&place, &name);
            }
        }
    }

    fn braces_of(&mut self, field: &FieldRules) {
        let definition = self.definition;
        let place = format!("fields.{}", field.path);
        let told = field.constraints.iter().map(|constraint| &constraint.message).chain(field.texts.values());
        for name in told.flat_map(|text| regional::unknown_names(text, &definition.parameters)) {
            self.unknown_name(&place, &name);
        }
        let drawn = std::iter::once(&field.view.label).chain(&field.view.hint);
        let in_drawn = drawn.flat_map(|text| regional::names(&text.zh).chain(regional::names(&text.en)));
        for name in in_drawn.filter(|name| definition.parameters.contains_key(*name)) {
            self.complain(
                &place,
                format!("{{{name}}} 写在名称或提示里，这里不会换成数字"),
                format!("{{{name}}} stands in a label or hint, where it is not filled in"),
                (
                    "请写进 constraints 的 message、texts、材料的 reasons 或地方规则的 notes",
                    "put it into a message of constraints, into texts, reasons of materials or notes of overlays",
                ),
            );
        }
    }

    fn unknown_name(&mut self, place: &str, name: &str) {
        self.complain(
            place,
            format!("{{{name}}} 不是本事项的参数"),
            format!("{{{name}}} is no parameter of this service"),
            ("请写进 [parameters]，或改成已有的名字", "add it to [parameters], or name an existing one"),
        );
    }

    /// The year is chosen in an `insurance_year` field, and such a field has a window to choose from.
    pub(super) fn year(&mut self) {
        let definition = self.definition;
        let chosen = definition.fee.as_ref().and_then(|fee| fee.year.as_ref());
        let is_year = |field: &&FieldRules| field.view.kind == FieldKind::InsuranceYear;
        if let Some(chosen) = chosen
            && !definition.fields.iter().any(|field| field.view.id == *chosen && is_year(&field))
        {
            self.complain(
                "fee",
                format!("year 写的 {chosen} 不是年度栏目"),
                format!("{chosen} in year is no field of years"),
                ("请写 kind = \"insurance_year\" 的栏目编号", "name a field with kind = \"insurance_year\""),
            );
        }
        let other = |field: &FieldRules| Some(&field.view.id) != chosen;
        let in_rows = definition.fields.iter().flat_map(|field| &field.rows).flat_map(|rows| &rows.columns);
        let stray = definition.fields.iter().filter(|field| other(field)).chain(in_rows).find(is_year);
        if let Some(stray) = stray {
            self.complain(
                &format!("fields.{}", stray.path),
                "年度栏目要在 [fee] 里用 year 指明，才知道可以选哪些年度",
                "a field of years is named by year in [fee], which tells the years to choose from",
                ("请在 [fee] 里加 year = \"栏目编号\"", "add year = \"<field>\" to [fee]"),
            );
        }
    }

    /// The waiting period asks number fields and follows rules that exist.
    pub(super) fn waiting(&mut self) {
        let Self { definition, catalogue, .. } = *self;
        let Some(waiting) = &definition.waiting else { return };
        if !catalogue.has_waiting_rules(&waiting.rules) {
            self.complain(
                "waiting",
                format!("waiting/ 里没有 {}", waiting.rules),
                format!("there is no {} in waiting/", waiting.rules),
                ("rules 要写 waiting/ 里文件的 id", "rules is the id of a file in waiting/"),
            );
        }
        for name in std::iter::once(&waiting.lapsed_years).chain(&waiting.repaid_years) {
            let is_number = |field: &FieldRules| field.view.kind == FieldKind::Number;
            if !definition.fields.iter().any(|field| field.view.id == *name && is_number(field)) {
                self.complain(
                    "waiting",
                    format!("{name} 不是本事项的数字栏目"),
                    format!("{name} is no number field of this service"),
                    ("请写 kind = \"number\" 的栏目编号", "name a field with kind = \"number\""),
                );
            }
        }
    }

    /// Parameters are names that expressions can use, and stand for nothing else.
    pub(super) fn parameters(&mut self) {
        let definition = self.definition;
        let is_field = |name: &String| {
            let columns =
                definition.fields.iter().flat_map(|field| &field.rows).flat_map(|rows| &rows.columns);
            definition.fields.iter().chain(columns).any(|field| field.view.id == *name)
        };
        for name in definition.parameters.keys() {
            if !super::ids::is_usable(name) || is_field(name) {
                self.complain(
                    &format!("parameters.{name}"),
                    format!("参数名“{name}”不能用"),
                    format!("the parameter name “{name}” cannot be used"),
                    (
                        "用小写字母、数字和下划线，以字母开头，不要和栏目同名",
                        "lower-case letters, digits and underscores, beginning with a letter, and no field's id",
                    ),
                );
            }
        }
    }

    /// Guides lead to channels of the directory.
    pub(super) fn guides(&mut self) {
        let Self { definition, catalogue, .. } = *self;
        for guide in &definition.view.guides {
            if let Some(channel) = guide.channel.as_ref().filter(|channel| !catalogue.has_channel(channel)) {
                self.complain(
                    &format!("guides.{}", guide.id),
                    format!("没有“{channel}”这个渠道"),
                    format!("there is no channel “{channel}”"),
                    (
                        "请写 channels/ 里有的编号，或删掉它",
                        "name one that stands in channels/, or remove it",
                    ),
                );
            }
        }
    }
}
