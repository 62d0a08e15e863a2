//! Settings of the window, as JSON values under a key.

use serde_json::Value;

use crate::{
    Store, StoreError,
    columns::{from_json, to_json},
};

impl Store {
    /// One setting.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn setting(&self, key: &str) -> Result<Option<Value>, StoreError> {
        let text: Option<String> = sqlx::query_scalar("SELECT value FROM settings WHERE key = ?1")
            .bind(key)
            .fetch_optional(self.readers())
            .await?;
        text.map(|text| from_json("settings.value", &text)).transpose()
    }

    /// Sets one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_setting(&self, key: &str, value: &Value) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO settings (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(key)
        .bind(to_json("settings.value", value)?)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }
}
