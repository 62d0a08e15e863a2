//! Why a request came to nothing: as `sync` judges it, and as a person reads it.

use std::{error::Error, io};

use protocol::{Problem, ProblemCode};
use sync::Failure;

use crate::Explained;

/// Why a request came to nothing.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Nobody there to connect to: no network, refused. Nothing was sent.
    NotConnected,
    /// Cut, timed out: something may have arrived.
    Unreachable,
    /// The other side could not prove that it is the office.
    Certificate,
    /// Something answered, but not in the office's words.
    Unreadable { status: u16, retry_after_ms: Option<u64> },
    /// The office said no.
    Refused { problem: Box<Problem>, retry_after_ms: Option<u64> },
    /// An office with another key than the pinned one.
    OtherOffice,
    /// What was to be sent cannot be read here.
    UnreadableHere,
    /// This computer's disk refuses just now; the office was not even asked.
    Disk,
}

impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        if is_about_certificate(&error) {
            Self::Certificate
        } else if error.is_connect() {
            Self::NotConnected
        } else {
            Self::Unreachable
        }
    }
}

/// Looks for rustls' verdict in the chain. An `io::Error` hides what it carries from `source`.
fn is_about_certificate(error: &(dyn Error + 'static)) -> bool {
    if let Some(verdict) = error.downcast_ref::<rustls::Error>() {
        return matches!(
            verdict,
            rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented
        );
    }
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(carried) => is_about_certificate(carried),
        None => error.source().is_some_and(is_about_certificate),
    }
}

impl From<&Trouble> for Failure {
    fn from(trouble: &Trouble) -> Self {
        match trouble {
            Trouble::NotConnected | Trouble::Unreachable | Trouble::Certificate | Trouble::Disk => {
                Self::NoAnswer
            }
            Trouble::Unreadable { status, retry_after_ms } => {
                Self::Unreadable { status: *status, retry_after_ms: *retry_after_ms }
            }
            Trouble::Refused { problem, retry_after_ms } => {
                Self::Refused { problem: problem.clone(), retry_after_ms: *retry_after_ms }
            }
            Trouble::OtherOffice => Self::OtherOffice,
            Trouble::UnreadableHere => Self::UnreadableHere,
        }
    }
}

impl Trouble {
    /// Whoever was asked has certainly heard nothing of the request: there was no connection, or no office at its other
    /// end, or this computer did not get as far.
    pub(super) const fn is_before_anything_left(&self) -> bool {
        matches!(self, Self::NotConnected | Self::Certificate | Self::Disk | Self::UnreadableHere)
    }

    /// Stable code.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotConnected | Self::Unreachable => "server_unreachable",
            Self::Certificate => "server_certificate",
            Self::Unreadable { .. } => "server_unreadable",
            Self::Refused { problem, .. } => match problem.code {
                ProblemCode::RateLimited | ProblemCode::Busy | ProblemCode::Locked => "server_busy",
                ProblemCode::TooManyUnfinished => "server_too_many_unfinished",
                ProblemCode::StorageFull => "server_full",
                ProblemCode::Unauthorised => "server_account",
                _ if problem.status == 426 => "server_needs_newer_program",
                _ if problem.status >= 500 => "server_fault",
                _ => "server_refused",
            },
            Self::OtherOffice => "server_changed",
            Self::UnreadableHere => "store_unreadable_row",
            Self::Disk => "local_disk",
        }
    }

    /// For the window.
    pub(super) fn explain(&self) -> Explained {
        let code = self.code();
        let waits = ("不用重填，会自动再试。", "Nothing to fill in again; it is tried again by itself.");
        match code {
            "server_unreachable" => Explained::new(
                code,
                "现在连不上受理机构。您填的都已保存在这台电脑上。",
                "The office cannot be reached right now. What you filled in is saved on this computer.",
            )
            .hint(
                "请看看网线或无线网络。连上以后会自动提交，不用重填。",
                "Please check the network. Once it is back, everything goes by itself.",
            ),
            "local_disk" => Explained::new(
                code,
                "这台电脑的磁盘现在读写不了，提交先停着。您填的都还在。",
                "This computer's disk cannot be read or written right now, so sending waits. What you filled in is still here.",
            )
            .hint(
                "请看看磁盘是不是满了（至少腾出 200 MB）、移动硬盘是不是还连着。不用重填，会自动再试。",
                "Please check that the disk is not full (free at least 200 MB) and the drive is connected. Nothing to fill in again; it is tried again by itself.",
            ),
            "server_certificate" => Explained::new(
                code,
                "对方证明不了自己是受理机构（安全证书不对），所以没有发送。您填的都已保存。",
                "The other side could not prove that it is the office (wrong security certificate), so nothing was sent. What you filled in is saved.",
            )
            .hint(
                "请核对电脑的日期和时间，换一个网络试试；还是这样，请告诉管理这台电脑的人或拨打 12393。",
                "Please check this computer's date and time and try another network. If it stays like this, tell whoever looks after this computer or call 12393.",
            ),
            "server_changed" => Explained::new(
                code,
                "这个地址的受理机构和以前的不是同一家，所以没有发送。您填的都已保存。",
                "The office at this address is not the one of before, so nothing was sent. What you filled in is saved.",
            )
            .hint(
                "请告诉管理这台电脑的人核对服务器地址，或拨打 12393。",
                "Please ask whoever looks after this computer to check the server's address, or call 12393.",
            ),
            "server_busy" => Explained::new(
                code,
                "现在提交的人多，受理机构请您稍等。",
                "Many people are handing in right now; the office asks for a little patience.",
            )
            .hint(waits.0, waits.1),
            "server_too_many_unfinished" => Explained::new(
                code,
                "这台电脑开始提交、却没有交完的办件太多，受理机构请这一件等一等。您填的都已保存。",
                "This computer began to hand in too many applications without finishing them; the office has this one wait. What you filled in is saved.",
            )
            .hint(
                "已经开始提交的会接着交完，这一件过后会自动再试，不用重填。",
                "What was begun goes on and is finished; this one is tried again by itself, nothing to fill in again.",
            ),
            "server_fault" | "server_full" => Explained::new(
                code,
                "受理机构的系统出了故障，现在收不了。您填的都已保存。",
                "The office's system has a fault and cannot receive right now. What you filled in is saved.",
            )
            .hint(waits.0, waits.1),
            "server_account" => Explained::new(
                code,
                "受理机构不认这台电脑的登记，暂时收不了。您填的都已保存。",
                "The office does not accept this computer's registration and cannot receive for now. What you filled in is saved.",
            )
            .hint("请拨打 12393，说明“电脑登记不被接受”。", "Please call 12393 and say that the computer's registration is not accepted."),
            "server_needs_newer_program" => Explained::new(
                code,
                "受理机构要求使用新版本的程序，现在没有提交。您填的都已保存。",
                "The office asks for a newer version of this program, so nothing is sent for now. What you filled in is saved.",
            )
            .hint(
                "请更新程序。更新以后会自动提交，不用重填。",
                "Please update the program. It is sent by itself afterwards; nothing to fill in again.",
            ),
            "server_unreadable" => Explained::new(
                code,
                "网络上有别的网页挡在中间（例如无线网络的登录页），没有连到受理机构。",
                "Another page stands in between (for example a Wi-Fi login page); the office was not reached.",
            )
            .hint(
                "请先在浏览器里登录无线网络。您填的都已保存，连上以后会自动提交。",
                "Please sign in to the Wi-Fi in a browser first. What you filled in is saved and goes by itself.",
            ),
            _ => Explained::new(
                code,
                "受理机构没有收下，原因写在这个办件里。",
                "The office did not take it; the reason stands with the application.",
            )
            .hint("请打开这个办件，按提示改好再提交。", "Please open the application, mend what it says and submit it again."),
        }
    }
}

#[cfg(test)]
mod tests {
    use store::StoreError;

    use super::*;
    use crate::sending::carrying::here;

    #[test]
    fn a_full_disk_is_not_blamed_on_the_office() {
        let told = here(StoreError::DiskFull).explain();
        assert_eq!(told.code, "local_disk");
        assert!(told.message.zh.contains("磁盘"));
        assert!(matches!(Failure::from(&here(StoreError::DiskFull)), Failure::NoAnswer), "tried again");
    }
}
