//! The person whom an application is about is named by the number of a document.

use super::Check;
use crate::definition::subject::is_document;

impl Check<'_> {
    pub(super) fn about(&mut self) {
        let definition = self.definition;
        for id in &definition.about {
            let field = definition.fields.iter().find(|field| field.view.id == *id);
            if !field.is_some_and(|field| is_document(field.view.kind)) {
                self.complain(
                    "about",
                    format!("about 里的 {id} 不是证件号码栏目"),
                    format!("{id} in about is no field with the number of a document"),
                    (
                        "about 写被办理的人的证件号码栏目，例如 id_number；和第一组证件号码一样的不用写",
                        "name fields with the number of the person it is about, for example id_number; leave it out where those are the first ones",
                    ),
                );
            }
        }
    }
}
