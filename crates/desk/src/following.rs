//! 我的办件: what there is and how far each one is.

use forms::Text;
use jiff::{Timestamp, civil::Date};
use protocol::{ApplicationId, ApplicationNumber, LocalNumber, Status};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A row of 我的办件.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct CaseSummary {
    /// Which one.
    pub id: ApplicationId,
    /// Service id.
    pub service: String,
    /// What the service is called.
    pub title: Text,
    /// Where it stands.
    pub status: Status,
    /// 暂存号, until there is a number.
    pub local_number: LocalNumber,
    /// 申请编号, once the office has issued it.
    pub number: Option<ApplicationNumber>,
    /// The page and place where the person was.
    pub place: String,
    /// Things still to fill or mend before it can be handed in; 0 after that.
    pub to_do: u32,
    /// Day by which a supplement must be in, `YYYY-MM-DD`.
    #[ts(type = "string | null")]
    pub supplement_by: Option<Date>,
    /// Day by which the office answers, `YYYY-MM-DD`.
    #[ts(type = "string | null")]
    pub due_on: Option<Date>,
    /// When it was started.
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// When it was last saved on this desk.
    #[ts(type = "string")]
    pub saved_at: Timestamp,
}
