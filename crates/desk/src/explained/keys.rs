//! What stands between the program and its key, told to a person.

use serde_json::json;
use store::keys::{KeyError, MIN_PASSPHRASE_CHARS};

use crate::Explained;

impl From<KeyError> for Explained {
    fn from(error: KeyError) -> Self {
        match &error {
            KeyError::KeychainLocked => Self::new(
                error.code(),
                "这台电脑的钥匙串还锁着，打不开您保存的内容。内容都还在。",
                "This computer's keychain is locked, so what you saved cannot be opened. Nothing is lost.",
            )
            .hint(
                "请先解锁系统的钥匙串（登录密码），再点“再试一次”。",
                "Please unlock the system's keychain (your login password) and try again.",
            ),
            KeyError::KeychainUnreachable(_) => Self::new(
                error.code(),
                "找不到这台电脑的钥匙串，打不开您保存的内容。内容都还在。",
                "This computer's keychain cannot be reached, so what you saved cannot be opened. Nothing is lost.",
            )
            .hint(
                "请退出登录后重新登录这台电脑再试。",
                "Please sign out of this computer, sign in again and retry.",
            ),
            KeyError::KeyMissing => Self::new(
                error.code(),
                "打开保存内容的钥匙不在这台电脑上了。内容没有被改动。",
                "The key to what was saved is no longer on this computer. Nothing was changed.",
            )
            .hint(
                "请用保存内容时的那个电脑账户登录。找不回钥匙，请拨打 12393 咨询。",
                "Please sign in with the computer account that saved it. If the key cannot be found, call 12393.",
            ),
            KeyError::WrongPassphrase => Self::new(
                error.code(),
                "口令或恢复码对不上。",
                "This is neither the passphrase nor the recovery code.",
            )
            .hint(
                "请看看大小写和输入法，再输一次；恢复码是 25 个字母和数字，横线可以不输。",
                "Please check capitals and the input method and type it again. The recovery code has 25 letters and digits; dashes may be left out.",
            ),
            KeyError::PassphraseTooShort => Self::new(
                error.code(),
                format!("口令太短，至少要 {MIN_PASSPHRASE_CHARS} 个字。"),
                format!("The passphrase is too short: at least {MIN_PASSPHRASE_CHARS} characters are needed."),
            )
            .hint(
                "可以用一句只有您知道的话，容易记，也不怕别人猜。",
                "A sentence that only you know is easy to remember and hard to guess.",
            )
            .details(json!({ "minimum": MIN_PASSPHRASE_CHARS })),
            KeyError::AlreadyMade => Self::new(
                error.code(),
                "口令以前已经设过了。",
                "A passphrase has been set before.",
            )
            .hint("请用以前的口令或恢复码打开。", "Please open it with that passphrase or the recovery code."),
            KeyError::KeyFile(_) => Self::new(
                error.code(),
                "存放钥匙的文件读不了或写不了。",
                "The file that holds the key cannot be read or written.",
            )
            .hint(
                "请看看磁盘是否已满、数据文件夹能不能写入，再打开一次程序。",
                "Please check that the disk is not full and the data folder can be written to, then open the program again.",
            ),
            KeyError::Sealing(_) => Self::new(
                error.code(),
                "电脑的内存不够，口令没有设好。",
                "The computer ran short of memory, so the passphrase was not set.",
            )
            .hint("请关掉一些别的程序，再试一次。", "Please close some other programs and try again."),
        }
    }
}
