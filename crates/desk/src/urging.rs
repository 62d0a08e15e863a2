//! 催办: the office is late, and the person asks about it in a consultation that quotes the number.

use forms::{Answer, Text};
use protocol::{ApplicationId, ApplicationNumber};
use store::{ApplicationRow, Store};

use crate::{ApplicationView, Desk, Explained, case::Case};

/// The service of the catalogue in which people ask.
const CONSULTATION: &str = "consultation";
/// Its field for the number of what is asked about.
const NUMBER: &str = "application_number";

impl Desk {
    /// The consultation that asks where an application stays: begun with topic, number and question filled in, or the one
    /// that is under way already.
    ///
    /// # Errors
    /// `not_overdue`, `service_unknown` where this catalogue has no consultation, the store's.
    pub async fn urge(&self, id: ApplicationId) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let case = self.case(&opened, id).await?;
        let (Some(_), Some(number)) = (case.overdue_days(), case.row.number.clone()) else {
            return Err(not_overdue());
        };
        if let Some(row) = asking(&opened.store, &number).await? {
            return Ok(self.case_of(&opened.store, row).await?.view());
        }
        let language = self.settings().await?.language;
        let question = question(&case, &number).get(language).to_owned();
        let begun = self.start(CONSULTATION).await?.id;
        let filled =
            [("topic", "progress".to_owned()), (NUMBER, number.as_str().to_owned()), ("question", question)];
        for (field, text) in filled {
            match self.answer(begun, field, Some(Answer::Text(text))).await {
                Ok(_) => {}
                // An office may ask otherwise in its own catalogue.
                Err(error) if error.code == "field_unknown" => {}
                Err(error) => return Err(error),
            }
        }
        self.view(begun).await
    }
}

/// The newest consultation about this number that is not closed.
async fn asking(store: &Store, number: &ApplicationNumber) -> Result<Option<ApplicationRow>, Explained> {
    let rows = store.applications().await?;
    let about = |row: &ApplicationRow| {
        let quoted = row.answers.text(NUMBER).unwrap_or_default();
        let quoted: String = quoted.chars().filter(|sign| !sign.is_whitespace()).collect();
        row.service == CONSULTATION && quoted == number.as_str() && !row.status.is_final()
    };
    Ok(rows.into_iter().find(about))
}

fn question(case: &Case, number: &ApplicationNumber) -> Text {
    let title = &case.definition.view().title;
    let due_on = case.due_on().map_or_else(String::new, |day| day.to_string());
    Text::new(
        format!(
            "我办的“{}”（申请编号 {number}）应当在 {due_on} 前有结果，现在还没有。请问办到哪一步了？请尽快办理。",
            title.zh
        ),
        format!(
            "My application “{}” (number {number}) was to be answered by {due_on}, and there is no answer yet. How far is it? Please go on with it soon.",
            title.en
        ),
    )
}

fn not_overdue() -> Explained {
    Explained::new(
        "not_overdue",
        "这个办件还没有到答复的日期，或者已经有结果了，不用催办。",
        "The day for the answer has not passed, or the answer is there already.",
    )
    .hint(
        "请回到“我的办件”看看。着急的话，拨打 12393，报申请编号。",
        "Please look at My applications. If it is urgent, call 12393 and quote the number.",
    )
}
