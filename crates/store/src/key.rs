//! Management keys: what programs call the API with.

use crate::{Result, Store, Tx};
use domain::OffsetDateTime;
use domain::id::KeyId;
use domain::key::{Key, KeyScope};
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
    /// What it may do; none is everything that an owner may.
    pub scopes: &'a [KeyScope],
}

impl Store {
    /// The key of this hash, if it is good at `now`.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_key(&self, hash: &SecretHash, now: OffsetDateTime) -> Result<Option<Key>> {
        let row = sqlx::query!(
            "SELECT id, name, scopes, expires_at FROM management_keys
             WHERE secret_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)",
            hash.bytes(),
            now
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(|row| {
            let known = |scopes: Vec<String>| {
                scopes.iter().filter_map(|scope| KeyScope::parse(scope)).collect()
            };
            Key {
                id: row.id.into(),
                name: row.name,
                scopes: row.scopes.map(known),
                expires_at: row.expires_at,
            }
        }))
    }
}

impl Tx {
    /// Adds a management key.
    ///
    /// # Errors
    /// The constraint `management_keys_name_key` when a live key has the name; else as every statement.
    pub async fn insert_key(&mut self, key: NewKey<'_>) -> Result<()> {
        let scopes: Vec<String> =
            key.scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
        let scopes = (!scopes.is_empty()).then_some(scopes);
        sqlx::query!(
            "INSERT INTO management_keys (id, name, secret_hash, display, created_at, expires_at, scopes)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            key.id.uuid(),
            key.name,
            key.hash.bytes(),
            key.display.as_str(),
            key.created_at,
            key.expires_at,
            scopes.as_deref(),
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
