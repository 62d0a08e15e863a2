//! Applied for already: an application of this desk for the same person, service and year, and what another one has
//! that may be handed in once. The office compares between desks; this one knows its own, from the encrypted store.

use forms::{Answers, Evaluation, ServiceDefinition};
use jiff::Timestamp;
use protocol::{ApplicationId, ApplicationNumber, LocalNumber, Status};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{AppliedRow, Store};
use ts_rs::TS;

use crate::{Desk, Explained, case::Case, clock::office_day};

/// An application for the same person, service and year that was handed in here before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct EarlierApplication {
    /// Which one.
    pub id: ApplicationId,
    /// Where it stands.
    pub status: Status,
    /// 暂存号, until there is a number.
    pub local_number: LocalNumber,
    /// 申请编号, once the office has issued it.
    pub number: Option<ApplicationNumber>,
    /// When it was handed in on this desk.
    #[ts(type = "string")]
    pub handed_in_at: Timestamp,
}

/// As a person finds it in 我的办件.
fn number_of(row: &AppliedRow) -> String {
    row.number.as_ref().map_or_else(|| LocalNumber::of(row.id).0, ToString::to_string)
}

/// Makes wrong what one of `applied` has and may be handed in once.
pub(crate) fn refuse_what_stands_elsewhere(
    definition: &ServiceDefinition,
    evaluation: &mut Evaluation,
    applied: &[AppliedRow],
) {
    if applied.is_empty() {
        return;
    }
    let others: Vec<(String, &Answers)> = applied.iter().map(|row| (number_of(row), &row.answers)).collect();
    definition.refuse_what_stands_elsewhere(evaluation, &others);
}

impl Desk {
    /// Those for the same person and year that were handed in here; none while the case may not be changed, or is a
    /// supplement, which names the same person as before.
    pub(crate) async fn earlier(
        &self,
        store: &Store,
        case: &Case,
    ) -> Result<Vec<EarlierApplication>, Explained> {
        if case.editable.is_some() {
            return Ok(vec![]);
        }
        let Some(subject) = case.definition.subject(&case.evaluation) else { return Ok(vec![]) };
        let mut earlier = Vec::new();
        // Numbers are handed in normalised.
        for row in store.applied(&case.row.service, case.row.id, Some(subject.number())).await? {
            // What a newer program wrote cannot be compared, and hinders nobody.
            let Ok((catalogue, definition)) = self.definition(&case.row.service, Some(row.service_version))
            else {
                continue;
            };
            let received = store.receipt(row.id, 1).await?.map(|receipt| receipt.body.received_at);
            let day = office_day(received.unwrap_or(row.handed_in_at));
            let evaluation = definition.evaluate(&catalogue, &row.answers, &[], day);
            let Some(other) = definition.subject(&evaluation) else { continue };
            let same_year = match (subject.year, other.year) {
                (Some(one), Some(other)) => one == other,
                // Without an insurance year it is that of handing in, and whatever is not finished counts in any.
                _ => row.status != Status::Approved || day.year() == case.today().year(),
            };
            if subject.is_person_of(&other) && same_year {
                earlier.push(EarlierApplication {
                    id: row.id,
                    status: row.status,
                    local_number: LocalNumber::of(row.id),
                    number: row.number.clone(),
                    handed_in_at: row.handed_in_at,
                });
            }
        }
        Ok(earlier)
    }
}

/// Where an application for the same is there that the person was not asked about.
pub(crate) fn asked_about(earlier: &[EarlierApplication], beside: &[ApplicationId]) -> Result<(), Explained> {
    let unasked: Vec<&EarlierApplication> =
        earlier.iter().filter(|earlier| !beside.contains(&earlier.id)).collect();
    let Some(first) = unasked.first() else { return Ok(()) };
    let number = first.number.as_ref().map_or_else(|| first.local_number.0.clone(), ToString::to_string);
    Err(Explained::new(
        "applied_already",
        format!("在这台电脑上已经为同一个人办过这件事（编号 {number}），所以没有提交。您填的都还在。"),
        format!(
            "This was handed in on this computer for the same person already (number {number}), so nothing was handed in. What you filled in is still here."
        ),
    )
    .hint(
        "请先看看那一件。确实是另外一件的，请在“核对”一页勾选以后再提交。",
        "Please look at that one first. If this is another matter, tick so on the page Check and submit again.",
    )
    .details(json!({ "earlier": unasked })))
}
