//! Opening an account. The desk makes id and secret itself, so that a lost answer is simply asked for again.

use serde::{Deserialize, Serialize};

use crate::{AccountId, ReceiptKey};

/// `POST /v1/accounts`. The same id with the same secret answers the same again; with another, 409.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Made by the desk.
    pub id: AccountId,
    /// 32 random bytes, hexadecimal; the server keeps only their SHA-256. Sent as `Authorization: Bearer` from then on.
    pub secret: String,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedAccount {
    /// The account.
    pub id: AccountId,
    /// The key with which this office signs receipts; the desk pins it on first contact.
    pub receipt_key: ReceiptKey,
}
