//! What people ask of a mirror. Decisions, so that they are written in a [`Tx`] and told to the audit log.

use crate::{Result, Tx};
use domain::OffsetDateTime;
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

    /// Lets the records go that nobody here issued: as many as are known, and no more. How many that is; `None` when there is no such mirror.
    ///
    /// # Errors
    /// As every statement.
    pub async fn end_foreign(&mut self, name: &str) -> Result<Option<u64>> {
        let total = sqlx::query_scalar!(
            "UPDATE mirrors SET foreign_ended = foreign_total WHERE name = $1 RETURNING foreign_total",
            name
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(total.map(i64::unsigned_abs))
    }
}
