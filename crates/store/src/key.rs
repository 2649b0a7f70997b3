//! Management keys: what programs call the API with.

use crate::{Result, Store, Tx};
use domain::OffsetDateTime;
use domain::id::KeyId;
use domain::token::{Display, SecretHash};

/// A new management key, without its secret.
pub struct NewKey<'a> {
    /// Its id.
    pub id: KeyId,
    /// Its name.
    pub name: &'a str,
    /// The hash of its secret.
    pub hash: SecretHash,
    /// The display form of its secret.
    pub display: Display,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it expires; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
}

impl Store {
    /// The id and name of the key of this hash, if it is good at `now`.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_key(
        &self,
        hash: &SecretHash,
        now: OffsetDateTime,
    ) -> Result<Option<(KeyId, String)>> {
        let row = sqlx::query!(
            "SELECT id, name FROM management_keys
             WHERE secret_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)",
            hash.bytes(),
            now
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(|row| (row.id.into(), row.name)))
    }
}

impl Tx {
    /// Adds a management key.
    ///
    /// # Errors
    /// The constraint `management_keys_name_key` when a live key has the name; else as every statement.
    pub async fn insert_key(&mut self, key: NewKey<'_>) -> Result<()> {
        sqlx::query!(
            "INSERT INTO management_keys (id, name, secret_hash, display, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            key.id.uuid(),
            key.name,
            key.hash.bytes(),
            key.display.as_str(),
            key.created_at,
            key.expires_at,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
