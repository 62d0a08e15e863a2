//! Where an application stands.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// MISSION §6. Up to [`Status::Uploading`] the desk owns it, from [`Status::Submitted`] on the office does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 草稿: being filled.
    Draft,
    /// 待上传: handed in here, not sent yet.
    AwaitingUpload,
    /// 上传中: on its way.
    Uploading,
    /// 已提交: the office's signed receipt was verified.
    Submitted,
    /// 受理中: the office is looking at it.
    InReview,
    /// 需补充材料: the office asks for named items.
    SupplementNeeded,
    /// 审核通过.
    Approved,
    /// 已驳回.
    Rejected,
    /// 已撤回.
    Withdrawn,
    /// 补充逾期: what was asked for did not come in time.
    SupplementExpired,
    /// 需要处理: could not be sent for a reason that waiting does not mend; never blocks the others.
    Quarantined,
}

impl Status {
    /// Nothing more will happen.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Approved | Self::Rejected | Self::Withdrawn | Self::SupplementExpired)
    }

    /// Where an application stands as soon as this revision of it is complete at the office.
    #[must_use]
    pub const fn on_arrival(revision: u32) -> Self {
        if revision == 1 { Self::Submitted } else { Self::InReview }
    }

    /// Whether the office may move an application from `self` to `next` (invariant I5).
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Submitted => matches!(next, Self::InReview | Self::Withdrawn),
            Self::InReview => {
                matches!(next, Self::SupplementNeeded | Self::Approved | Self::Rejected | Self::Withdrawn)
            }
            Self::SupplementNeeded => {
                matches!(next, Self::InReview | Self::SupplementExpired | Self::Withdrawn)
            }
            _ => false,
        }
    }
}
