//! 我的办件: what there is and how far each one is.

use forms::Text;
use jiff::{Timestamp, civil::Date};
use protocol::{ApplicationId, ApplicationNumber, LocalNumber, Status};
use serde::{Deserialize, Serialize};
use store::ApplicationRow;
use sync::Network;
use ts_rs::TS;

use crate::{
    Connection, Desk, DeskEvent, Explained,
    case::{Case, unknown},
    restored::Restored,
};

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
    /// Days until then at the office (UTC+8): 0 = today is the last one.
    pub supplement_days_left: Option<i32>,
    /// Day by which the office answers, `YYYY-MM-DD`.
    #[ts(type = "string | null")]
    pub due_on: Option<Date>,
    /// Days since that day, where the office has not answered yet; `null` where it is not late.
    pub overdue_days: Option<i32>,
    /// When it was started.
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// When it was last saved on this desk.
    #[ts(type = "string")]
    pub saved_at: Timestamp,
    /// Why it cannot be opened with this program; `null` where it can.
    pub problem: Option<Explained>,
    /// What happened at the office and is not over, for example that it lost the application, which is sent again.
    pub notice: Option<Explained>,
}

impl Desk {
    /// Every application that is not put away, the last touched first.
    ///
    /// # Errors
    /// `vault_locked`, the store's.
    pub async fn cases(&self) -> Result<Vec<CaseSummary>, Explained> {
        let opened = self.opened().await?;
        let mut summaries = Vec::new();
        for row in opened.store.applications().await? {
            match self.case_of(&opened.store, row.clone()).await {
                Ok(case) => summaries.push(summary(&case)),
                // One that a newer program wrote neither hides the others nor is hidden itself.
                Err(error) => {
                    tracing::warn!(application = %row.id, code = %error, "cannot be opened");
                    summaries.push(self.unreadable(row, error));
                }
            }
        }
        summaries.sort_by_key(|summary| std::cmp::Reverse(summary.saved_at));
        Ok(summaries)
    }

    fn unreadable(&self, row: ApplicationRow, problem: Explained) -> CaseSummary {
        let title = match self.definition(&row.service, None) {
            Ok((_, newest)) => newest.view().title.clone(),
            Err(_) => Text::new("（这个版本不认识的事项）", "(a service this version does not know)"),
        };
        CaseSummary {
            id: row.id,
            service: row.service,
            title,
            status: row.status,
            local_number: LocalNumber::of(row.id),
            number: row.number,
            place: row.place,
            to_do: 0,
            supplement_by: None,
            supplement_days_left: None,
            due_on: None,
            overdue_days: None,
            created_at: row.created_at,
            saved_at: row.saved_at,
            problem: Some(problem),
            notice: None,
        }
    }

    /// What a listener should hear that missed events: everything, as if it had just changed.
    pub async fn everything(&self) -> Vec<DeskEvent> {
        let Ok(opened) = self.opened().await else { return Vec::new() };
        let connection = opened.sending.state().borrow().clone();
        let rows = opened.store.applications().await.unwrap_or_default();
        let changed = rows.into_iter().map(|row| DeskEvent::ApplicationChanged {
            application_id: row.id,
            status: row.status,
            previous: row.status,
        });
        changed.chain([DeskEvent::ConnectionChanged(connection)]).collect()
    }

    /// Whether the office can be reached and what still waits.
    ///
    /// # Errors
    /// `vault_locked`.
    pub async fn connection(&self) -> Result<Connection, Explained> {
        Ok(self.opened().await?.sending.state().borrow().clone())
    }

    /// Tries to send and to fetch now.
    ///
    /// # Errors
    /// `vault_locked`.
    pub async fn sync_now(&self) -> Result<(), Explained> {
        let opened = self.opened().await?;
        opened.sending.nudge();
        opened.sending.look_at_catalogue();
        Ok(())
    }

    /// Sends documents over a network that costs money, too, until the network changes.
    ///
    /// # Errors
    /// `vault_locked`.
    pub async fn send_despite_cost(&self) -> Result<(), Explained> {
        self.opened().await?.sending.send_despite_cost();
        Ok(())
    }

    /// What the system says of the network, whenever that changes; free until it is said. Locked or not.
    pub fn network_is(&self, network: Network) {
        self.0.network.send_if_modified(|known| std::mem::replace(known, network) != network);
    }

    /// What a service is called, for a notification about an application.
    ///
    /// # Errors
    /// `vault_locked`, `application_unknown`, the store's.
    pub async fn service_title(&self, id: ApplicationId) -> Result<Text, Explained> {
        let opened = self.opened().await?;
        let row = opened.store.application(id).await?.ok_or_else(unknown)?;
        let (_, definition) = self.definition(&row.service, Some(row.service_version))?;
        Ok(definition.view().title.clone())
    }
}

fn summary(case: &Case) -> CaseSummary {
    let row = &case.row;
    let open = case.editable.as_ref().is_none_or(|editable| !editable.is_empty());
    let to_do = if open { u32::try_from(case.evaluation.blocking.len()).unwrap_or(u32::MAX) } else { 0 };
    CaseSummary {
        id: row.id,
        service: row.service.clone(),
        title: case.definition.view().title.clone(),
        status: row.status,
        local_number: LocalNumber::of(row.id),
        number: row.number.clone(),
        place: row.place.clone(),
        to_do,
        supplement_by: case
            .office
            .as_ref()
            .filter(|_| row.status == Status::SupplementNeeded)
            .and_then(|office| office.supplement_by),
        supplement_days_left: case.supplement_days_left(),
        due_on: case.due_on(),
        overdue_days: case.overdue_days(),
        created_at: row.created_at,
        saved_at: row.saved_at,
        problem: None,
        notice: case.notice().filter(Restored::is_open),
    }
}
