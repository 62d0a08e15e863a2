//! This desk's account at the office: id, secret, the pinned key that signs receipts, the feed's cursor.

use protocol::{AccountId, ReceiptKey};
use sqlx::SqliteConnection;
use zeroize::Zeroizing;

use crate::{
    Store, StoreError,
    columns::{from_json, parse, to_json},
    restored,
};

/// The account.
#[derive(Clone)]
pub struct OfficeAccount {
    /// Made by the desk.
    pub id: AccountId,
    /// 32 random bytes, hexadecimal.
    pub secret: Zeroizing<String>,
    /// Pinned at first contact; `None` before it.
    pub receipt_key: Option<ReceiptKey>,
    /// Where the feed was read to; empty at first.
    pub cursor: String,
    /// The feed was begun from its beginning and not read to its end since.
    pub rereading: bool,
}

impl Store {
    /// The account, made at the first call. The secret is durable before it is ever sent.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn office_account(&self) -> Result<OfficeAccount, StoreError> {
        let mut transaction = self.write().await?;
        let known: Option<(String, String, Option<String>, String, bool)> =
            sqlx::query_as("SELECT account, secret, receipt_key, cursor, rereading FROM office")
                .fetch_optional(&mut *transaction)
                .await?;
        if let Some((id, secret, key, cursor, rereading)) = known {
            return Ok(OfficeAccount {
                id: parse("account", &id)?,
                secret: Zeroizing::new(secret),
                receipt_key: key.map(|key| from_json("receipt_key", &key)).transpose()?,
                cursor,
                rereading,
            });
        }
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut())
            .map_err(|error| StoreError::Io(std::io::Error::other(error.to_string())))?;
        let account = OfficeAccount {
            id: AccountId::new(),
            secret: Zeroizing::new(hex::encode(bytes.as_ref())),
            receipt_key: None,
            cursor: String::new(),
            rereading: true,
        };
        sqlx::query("INSERT INTO office (only_row, account, secret) VALUES (1, ?1, ?2)")
            .bind(account.id.to_string())
            .bind(account.secret.as_str())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(account)
    }

    /// Pins the key that signs this office's receipts. Says `false`, and changes nothing, where another one
    /// is pinned already.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn pin_receipt_key(&self, key: &ReceiptKey) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        if let Some(pinned) = pinned_key(&mut transaction).await? {
            return Ok(pinned == *key);
        }
        sqlx::query("UPDATE office SET receipt_key = ?1")
            .bind(to_json("receipt_key", key)?)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Starts the feed from its beginning; its rows carry full state, so nothing is lost by it. At its end
    /// ([`Store::finish_rereading`]) shows what the office has lost.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_cursor(&self) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        restored::begin(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn pinned_key(connection: &mut SqliteConnection) -> Result<Option<ReceiptKey>, StoreError> {
    let key: Option<Option<String>> =
        sqlx::query_scalar("SELECT receipt_key FROM office").fetch_optional(connection).await?;
    key.flatten().map(|key| from_json("receipt_key", &key)).transpose()
}
