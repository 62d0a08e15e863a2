//! The store's errors, told to a person. Whatever it is, the call changed nothing: say so.

use serde_json::json;
use store::StoreError;

use crate::Explained;

impl From<StoreError> for Explained {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::InUse => in_use(),
            StoreError::WrongKey => Self::new(
                error.code(),
                "这把钥匙打不开以前保存的内容，或者文件开头已经损坏。内容没有被改动。",
                "This key does not open what was saved before, or the file is damaged at its start. Nothing was changed.",
            )
            .hint(
                "请用第一次使用时抄下的恢复码打开。没有恢复码，请拨打 12393 咨询。",
                "Please open it with the recovery code you wrote down at first use. Without one, call 12393.",
            ),
            StoreError::Damaged(_) | StoreError::Unreadable { .. } => Self::new(
                error.code(),
                "保存的内容有一部分读不出来了。",
                "Part of what was saved can no longer be read.",
            )
            .hint(
                "请不要删除数据文件夹，先把它整个复制一份，再拨打 12393 咨询。",
                "Please do not delete the data folder. Copy all of it first, then call 12393.",
            ),
            StoreError::NotEncrypted | StoreError::NoCipher => Self::new(
                error.code(),
                "这台电脑上的数据文件没有加密，为了您的安全没有打开。",
                "The data file on this computer is not encrypted, so it was not opened, for your safety.",
            )
            .hint(
                "请重新安装本程序，或拨打 12393 咨询。",
                "Please install this program again, or call 12393.",
            ),
            StoreError::NewerSchema { found, known } => Self::new(
                error.code(),
                "这些内容是用更新版本的程序保存的，这个版本打不开。内容都还在。",
                "This was saved by a newer version of the program; this version cannot open it. Nothing is lost.",
            )
            .hint("请安装新版本后再打开。", "Please install the newer version and open it again.")
            .details(json!({ "found": found, "known": known })),
            StoreError::DiskFull => disk_full(),
            StoreError::Io(_) => Self::new(
                error.code(),
                "磁盘不让保存。您以前填的都还在。",
                "The disk did not let us save. What you filled in before is still here.",
            )
            .hint(
                "请看看数据文件夹能不能写入、移动硬盘是否还连着，再试一次刚才的操作。",
                "Please check that the data folder can be written to and that the drive is connected, then do the same again.",
            ),
            StoreError::NotFound { what } => Self::new(
                error.code(),
                "这一项已经不在了。",
                "This is no longer here.",
            )
            .hint("请回到“我的办件”再打开一次。", "Please go back to My applications and open it again.")
            .details(json!({ "what": what })),
            StoreError::NotAllowed { .. } => already_handed_in(),
            StoreError::WrongRevision { .. } => Self::new(
                error.code(),
                "这个办件刚才已经在别处提交过了。",
                "This application was handed in elsewhere just now.",
            )
            .hint("请回到“我的办件”再打开一次。", "Please go back to My applications and open it again."),
            StoreError::UnprovenReceipt(_) => Self::new(
                error.code(),
                "收到的回执证明不了它来自受理机构，所以没有采用。您的内容都还在。",
                "The receipt does not prove that it comes from the office, so it was not used. Nothing is lost.",
            )
            .hint("请拨打 12393 核实。", "Please call 12393 to check."),
            _ => Self::new(
                error.code(),
                "没有保存成功，以前填的都还在。",
                "It could not be saved. What you filled in before is still here.",
            )
            .hint(
                "请关掉程序再打开一次，再填这一项。还是不行，请拨打 12393。",
                "Please close the program, open it again and fill this in again. If that does not help, call 12393.",
            ),
        }
    }
}

/// Another window of the program has it open.
fn in_use() -> Explained {
    Explained::new(
        "store_in_use",
        "易办医保已经在另一个窗口里打开了。",
        "Yiban is already open in another window.",
    )
    .hint(
        "请先关掉那个窗口，再回到这里。如果是别人登录着这台电脑，请他先退出程序。",
        "Please close that window first, then come back here. If somebody else is signed in on this computer, ask them to close it.",
    )
}

fn disk_full() -> Explained {
    Explained::new(
        "disk_full",
        "磁盘满了，刚才这一步没有保存。您以前填的都还在。",
        "The disk is full, so this last step was not saved. What you filled in before is still here.",
    )
    .hint(
        "请删掉一些不用的文件（至少腾出 200 MB），再做一次刚才这一步。",
        "Please delete some files you do not need (at least 200 MB), then do this last step again.",
    )
}

/// What was handed in is never changed.
pub(crate) fn documents_on_their_way(count: usize) -> Explained {
    Explained::new(
        "documents_on_their_way",
        format!("还有 {count} 份文件正在处理，所以还没有提交。"),
        format!("Not handed in yet: files still being prepared: {count}."),
    )
    .hint(
        "请等它们放好，核对以后再提交；不要了的，在“上传材料”里取消。",
        "Wait until they are added, check, and submit again; what you do not want can be cancelled among the documents.",
    )
}

pub(crate) fn already_handed_in() -> Explained {
    Explained::new(
        "already_handed_in",
        "这个办件已经提交，不能再改了。",
        "This application has been handed in and can no longer be changed.",
    )
    .hint(
        "填错了请拨打 12393 说明；如果审核需要补充，会在这里打开要改的那几项。",
        "If something is wrong, call 12393. If the office asks for more, exactly those items open here.",
    )
}
