//! What people do with a token while it lives, and its end.

use crate::{Result, Tx};
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::token::{Expiry, Pause, Revocation, RevokeReason, Token};

impl Tx {
    /// Ends a token. Its sealed copies go with it: what is dead need not be revealed.
    ///
    /// # Errors
    /// As every statement.
    pub async fn end_token(
        &mut self,
        id: TokenId,
        now: OffsetDateTime,
        why: &Revocation,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE tokens SET revoked_at = $2, sealed = NULL, revoke_reason = $3, revoke_note = $4 WHERE id = $1",
            id.uuid(),
            now,
            why.reason.map(RevokeReason::as_str),
            why.note.as_deref(),
        )
        .execute(self.connection())
        .await?;
        sqlx::query!("INSERT INTO revocations (token_id) VALUES ($1)", id.uuid())
            .execute(self.connection())
            .await?;
        sqlx::query!("UPDATE idempotency_keys SET sealed = NULL WHERE token_id = $1", id.uuid())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Writes what is said of a token: its name, its description, its tags, and whether it is protected.
    ///
    /// # Errors
    /// The constraint `tokens_name_key` when the name is taken; else as every statement.
    pub async fn change_token(&mut self, token: &Token) -> Result<()> {
        sqlx::query!(
            "UPDATE tokens SET name = $2, description = $3, tags = $4, protected = $5 WHERE id = $1",
            token.id.uuid(),
            token.name.as_str(),
            token.description.as_str(),
            token.tags.as_slice(),
            token.protected,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Puts off the end of a token.
    ///
    /// # Errors
    /// As every statement.
    pub async fn extend_token(&mut self, id: TokenId, until: Expiry) -> Result<()> {
        sqlx::query!("UPDATE tokens SET expires_at = $2 WHERE id = $1", id.uuid(), until)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Switches a token off at that time, or from a time until another, or on.
    ///
    /// # Errors
    /// As every statement.
    pub async fn set_token_disabled(
        &mut self,
        id: TokenId,
        at: Option<OffsetDateTime>,
        pause: Option<Pause>,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE tokens SET disabled_at = $2, paused_at = $3, paused_until = $4 WHERE id = $1",
            id.uuid(),
            at,
            pause.map(|pause| pause.at),
            pause.map(|pause| pause.until),
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Removes tokens that ended before a moment, at most so many, and says how many. Their secrets are kept as ended, and not as gone: a
    /// mirror that still has one does not bring it back, and asks nobody.
    ///
    /// # Errors
    /// As every statement.
    pub async fn purge_tokens(&mut self, before: OffsetDateTime, most: i64) -> Result<u64> {
        // A row that somebody holds is left for the next time.
        let count = sqlx::query_scalar!(
            r#"WITH ended AS (
                   SELECT id FROM tokens
                   WHERE (revoked_at IS NOT NULL OR expires_at IS NOT NULL) AND least(revoked_at, expires_at) < $1
                   ORDER BY least(revoked_at, expires_at) LIMIT $2 FOR UPDATE SKIP LOCKED
               ), gone AS (
                   DELETE FROM tokens AS t USING ended WHERE t.id = ended.id RETURNING t.id, t.secret_hash, t.retired_hash
               ), kept AS (
                   INSERT INTO secrets_ended (hash, replaced)
                   SELECT secret_hash, true FROM gone
                   UNION
                   SELECT retired_hash, true FROM gone WHERE retired_hash IS NOT NULL
                   ON CONFLICT (hash) DO UPDATE SET replaced = true
               ), used AS (
                   DELETE FROM token_last_used AS l USING gone WHERE l.token_id = gone.id
               )
               SELECT count(*) AS "count!" FROM gone"#,
            before,
            most,
        )
        .fetch_one(self.connection())
        .await?;
        // The trigger cannot know why. This transaction deletes nothing else.
        sqlx::query!(
            "UPDATE secrets_gone SET why = 'purged' WHERE xid = pg_current_xact_id() AND why = 'deleted'"
        )
        .execute(self.connection())
        .await?;
        Ok(count.unsigned_abs())
    }
}
