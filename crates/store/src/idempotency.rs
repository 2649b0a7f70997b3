//! Idempotency keys: a request that is sent twice makes one token.

use crate::{Result, Tx};
use domain::OffsetDateTime;
use domain::id::TokenId;

/// What a key was used for.
pub struct Replay {
    /// The SHA-256 of the request that used it.
    pub request_hash: Vec<u8>,
    /// The token that the request made.
    pub token: TokenId,
    /// The sealed secret, while it is kept.
    pub sealed: Option<String>,
    /// When it was used.
    pub at: OffsetDateTime,
}

impl Tx {
    /// What `actor` used `key` for, if anything. A second request with the same key waits here until the first has ended.
    ///
    /// # Errors
    /// As every statement.
    pub async fn find_replay(&mut self, actor: &str, key: &str) -> Result<Option<Replay>> {
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(format!("idempotency {actor} {key}"))
            .execute(self.connection())
            .await?;
        let row = sqlx::query!(
            "SELECT request_hash, token_id, sealed, created_at FROM idempotency_keys WHERE actor = $1 AND key = $2",
            actor,
            key
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| Replay {
            request_hash: row.request_hash,
            token: row.token_id.into(),
            sealed: row.sealed,
            at: row.created_at,
        }))
    }

    /// Keeps what a key was used for.
    ///
    /// # Errors
    /// As every statement.
    pub async fn insert_replay(&mut self, actor: &str, key: &str, replay: &Replay) -> Result<()> {
        sqlx::query!(
            "INSERT INTO idempotency_keys (actor, key, request_hash, token_id, sealed, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            actor,
            key,
            &replay.request_hash,
            replay.token.uuid(),
            replay.sealed,
            replay.at,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl crate::Store {
    /// Lets go of sealed secrets that were made before `sealed_before`, and of keys that were used before `used_before`.
    ///
    /// # Errors
    /// As every statement.
    pub async fn sweep_replays(
        &self,
        _permit: &domain::policy::Permit,
        sealed_before: OffsetDateTime,
        used_before: OffsetDateTime,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE idempotency_keys SET sealed = NULL WHERE sealed IS NOT NULL AND created_at < $1",
            sealed_before
        )
        .execute(self.pool())
        .await?;
        sqlx::query!("DELETE FROM idempotency_keys WHERE created_at < $1", used_before)
            .execute(self.pool())
            .await?;
        Ok(())
    }
}
