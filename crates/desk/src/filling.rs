//! 填写: starting an application, answering, leaving and coming back.

use forms::{Answer, Answers, Evaluation};
use jiff::Timestamp;
use protocol::ApplicationId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::NewApplication;
use ts_rs::TS;

use crate::{
    ApplicationView, Desk, Explained,
    case::Case,
    consenting::is_consent,
    editing::{choice_of, field_may_change},
};

/// More than any form asks for; what a person pastes by mistake should not fill the disk.
const LONGEST_ANSWER_BYTES: usize = 64 * 1024;
/// The same for all rows of a repeated group together; an office takes a manifest of 1 MiB.
const LONGEST_ROWS_BYTES: usize = 256 * 1024;
/// A page and a place on it.
const LONGEST_PLACE_BYTES: usize = 1024;

/// What comes back from an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Filled {
    /// The form as it stands with this answer.
    pub evaluation: Evaluation,
    /// When it was saved on this desk.
    #[ts(type = "string")]
    pub saved_at: Timestamp,
}

impl Desk {
    /// Starts a draft of a service, in its newest version.
    ///
    /// # Errors
    /// `service_unknown`, `vault_locked`, the store's.
    pub async fn start(&self, service: &str) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let now = self.0.clock.now();
        self.0.shelf.keep_current(&opened.store, now).await?;
        let (_, definition) = self.definition(service, None)?;
        let new = NewApplication {
            id: ApplicationId::new(),
            service: definition.view().id.clone(),
            service_version: definition.view().version,
            created_at: now,
        };
        opened.store.create_application(&new).await?;
        Ok(self.case(&opened, new.id).await?.view())
    }

    /// An application as it stands.
    ///
    /// # Errors
    /// `application_unknown`, `vault_locked`, the store's.
    pub async fn view(&self, id: ApplicationId) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let mut case = self.case(&opened, id).await?;
        case.earlier = self.earlier(&opened.store, &case).await?;
        Ok(case.view())
    }

    /// Saves one answer in one transaction, then judges the form anew.
    ///
    /// # Errors
    /// `already_handed_in`, `not_opened`, `field_unknown`, `answer_too_long`, `disk_full`, …
    pub async fn answer(
        &self,
        id: ApplicationId,
        field: &str,
        answer: Option<Answer>,
    ) -> Result<Filled, Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        let case = self.case(&opened, id).await?;
        field_may_change(case.editable.as_ref(), field)?;
        is_asked(&case, field, answer.as_ref())?;
        is_short_enough(field, answer.as_ref())?;
        let now = self.0.clock.now();
        if is_consent(&case, field) {
            let proof = self.proof_of(&case, field, answer.as_ref());
            opened.store.save_agreement(id, field, answer.as_ref(), proof.as_ref(), now).await?;
        } else {
            opened.store.save_answer(id, field, answer.as_ref(), now).await?;
        }
        // Nothing else changes while editing is held, so what is kept now is what was read with this answer more.
        Ok(Filled { evaluation: case.evaluation_with(field, answer.as_ref()), saved_at: now })
    }

    /// Remembers where the person is, in the window's words.
    ///
    /// # Errors
    /// `vault_locked`, the store's.
    pub async fn remember_place(&self, id: ApplicationId, place: &str) -> Result<(), Explained> {
        let opened = self.opened().await?;
        // The window's own words are short; anything longer is not worth remembering.
        if place.len() > LONGEST_PLACE_BYTES {
            return Ok(());
        }
        Ok(opened.store.save_place(id, place).await?)
    }

    /// Puts a draft away.
    ///
    /// # Errors
    /// `already_handed_in`, the store's.
    pub async fn discard(&self, id: ApplicationId) -> Result<(), Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        Ok(opened.store.discard_application(id).await?)
    }

    /// Brings a draft back.
    ///
    /// # Errors
    /// `not_found` where it is gone for good, the store's.
    pub async fn restore(&self, id: ApplicationId) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        opened.store.restore_application(id).await?;
        Ok(self.case(&opened, id).await?.view())
    }
}

/// Only what the service asks is ever kept (PIPL: no more than needed).
fn is_asked(case: &Case, field: &str, answer: Option<&Answer>) -> Result<(), Explained> {
    let service = case.definition.view();
    let mut given = Answers::default();
    given.set(field, Some(answer.cloned().unwrap_or(Answer::Bool(false))));
    let known = case.definition.unknown_answers(&given).is_empty();
    let mut fields = service.sections.iter().flat_map(|section| &section.fields);
    let asked = known && !fields.any(|one| one.id == field && one.calculated);
    let chooses = service.materials.iter().find(|material| choice_of(&material.id) == field);
    let fits = match (chooses, answer) {
        (Some(material), Some(Answer::Text(chosen))) => {
            material.alternatives.iter().any(|alternative| alternative.id == *chosen)
        }
        (Some(_), answer) => answer.is_none(),
        (None, _) => asked,
    };
    if fits {
        return Ok(());
    }
    Err(Explained::new("field_unknown", "这个事项不问这一项。", "This service does not ask for this item.")
        .hint("请回到“我的办件”再打开一次。", "Please go back to My applications and open it again.")
        .details(json!({ "field": field })))
}

fn is_short_enough(field: &str, answer: Option<&Answer>) -> Result<(), Explained> {
    let length = answer.and_then(|answer| serde_json::to_vec(answer).ok()).map_or(0, |json| json.len());
    let most =
        if matches!(answer, Some(Answer::Rows(_))) { LONGEST_ROWS_BYTES } else { LONGEST_ANSWER_BYTES };
    if length <= most {
        return Ok(());
    }
    Err(Explained::new(
        "answer_too_long",
        "这一项的内容太长了，没有保存。",
        "This is too long and was not saved.",
    )
    .hint(
        "请看看是不是贴错了内容，删短一些。",
        "Please see whether something else was pasted, and shorten it.",
    )
    .details(json!({ "field": field, "bytes": length, "maxBytes": most })))
}
