//! What people ask of a mirror. Decisions, so that they are written in a [`Tx`] and told to the audit log.

use crate::{Result, Tx};
use domain::OffsetDateTime;
use domain::mirror::Digest;
use domain::mirror::state::Asked;

impl Tx {
    /// Asks a mirror for something, in place of what it was asked before. Whether there is one of that name.
    ///
    /// # Errors
    /// As every statement.
    pub async fn ask_mirror(
        &mut self,
        name: &str,
        asked: Asked,
        at: OffsetDateTime,
    ) -> Result<bool> {
        let done = sqlx::query!(
            "UPDATE mirrors SET asked = $2, asked_at = $3 WHERE name = $1",
            name,
            asked.as_str(),
            at,
        )
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Whether a mirror is stopped; `None` when there is none of that name. It stays so until the transaction ends.
    ///
    /// # Errors
    /// As every statement.
    pub async fn mirror_paused(&mut self, name: &str) -> Result<Option<bool>> {
        let row = sqlx::query_scalar!(
            r#"SELECT paused_at IS NOT NULL AS "paused!" FROM mirrors WHERE name = $1 FOR UPDATE"#,
            name
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row)
    }

    /// Stops a mirror, or lets it go on. Whether that changed anything; `None` when there is none of that name.
    ///
    /// # Errors
    /// As every statement.
    pub async fn pause_mirror(
        &mut self,
        name: &str,
        at: Option<OffsetDateTime>,
    ) -> Result<Option<bool>> {
        let row = sqlx::query!(
            "UPDATE mirrors AS m SET paused_at = $2
             FROM (SELECT name, paused_at FROM mirrors WHERE name = $1 FOR UPDATE) AS was
             WHERE m.name = was.name
             RETURNING was.paused_at",
            name,
            at,
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| row.paused_at.is_some() != at.is_some()))
    }

    /// Lets the records go that nobody here issued, if what is known of them is what was confirmed. How many that is; `None` when there is no such mirror.
    /// The inner `None` is that they are others by now.
    ///
    /// # Errors
    /// As every statement.
    pub async fn end_foreign(
        &mut self,
        name: &str,
        confirmed: Option<&Digest>,
    ) -> Result<Option<Option<u64>>> {
        let row = sqlx::query!(
            r#"UPDATE mirrors AS m
               SET foreign_ended = CASE WHEN was.foreign_digest IS NOT DISTINCT FROM $2 THEN m.foreign_total ELSE m.foreign_ended END
               FROM (SELECT name, foreign_digest FROM mirrors WHERE name = $1 FOR UPDATE) AS was
               WHERE m.name = was.name
               RETURNING m.foreign_total, was.foreign_digest IS NOT DISTINCT FROM $2 AS "same!""#,
            name,
            confirmed.map(|digest| digest.bytes().as_slice()),
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| {
            (row.same || row.foreign_total == 0).then(|| row.foreign_total.unsigned_abs())
        }))
    }
}
