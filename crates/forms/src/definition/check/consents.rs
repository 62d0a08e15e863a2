//! Separate consents: of a class of data, owed by whom they are shown to, recorded under an id of their own.

use super::Check;
use crate::{
    ConsentClass, FieldKind,
    definition::{DECLARATION, Rule},
};

impl Check<'_> {
    pub(super) fn consents(&mut self) {
        let notice = &self.definition.view.notice;
        for field in self.definition.questions() {
            let place = format!("fields.{}", field.path);
            let is_consent = field.view.kind == FieldKind::Consent;
            let class_fits = match field.view.consent {
                Some(ConsentClass::Notice | ConsentClass::Declaration) => false,
                class => class.is_some() == is_consent,
            };
            if !class_fits {
                self.complain(
                    &place,
                    "单独同意要写明是哪一类信息，其他栏目不写",
                    "a consent states the class of data it is about, and other kinds do not",
                    (
                        "请在 kind = \"consent\" 的栏目写 consent = \"minor\"、\"bank_card\"、\"medical_records\"、\"special_status\" 或 \"identity_documents\"",
                        "beside kind = \"consent\" write consent = \"minor\", \"bank_card\", \"medical_records\", \"special_status\" or \"identity_documents\"",
                    ),
                );
            }
            if !is_consent {
                continue;
            }
            if !matches!(field.required, Rule::Fixed(true)) || field.calculate.is_some() {
                self.complain(
                    &place,
                    "单独同意由人勾选，出现了就必须勾选",
                    "a consent is ticked by a person and owed wherever it is shown",
                    (
                        "请写 required = true，用 relevant 决定向谁显示",
                        "write required = true and let relevant decide who is asked",
                    ),
                );
            }
            let id = &field.view.id;
            if id == DECLARATION || notice.consents.iter().any(|consent| consent.id == *id) {
                self.complain(
                    &place,
                    format!("编号“{id}”已经是须知或声明里的同意"),
                    format!("the id “{id}” is that of a consent of the notice or of the declaration"),
                    ("请换一个编号", "choose another id"),
                );
            }
        }
        if let Some(taken) = notice.consents.iter().find(|consent| consent.id == DECLARATION) {
            self.complain(
                &format!("consents.{}", taken.id),
                "declaration 是声明自己的编号",
                "declaration is the id of the declaration itself",
                ("请换一个编号", "choose another id"),
            );
        }
    }
}
