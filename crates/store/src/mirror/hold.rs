//! Holding a mirror's plan, and releasing it: decisions, so that they are written in a [`Tx`] and told to the audit log.

use super::run::count;
use crate::{Result, Tx};

impl Tx {
    /// Locks a mirror's row: how many deletes are held, and how many are released. `None` when there is no such mirror.
    ///
    /// # Errors
    /// As every statement.
    pub async fn lock_mirror_holds(&mut self, name: &str) -> Result<Option<(u64, u64)>> {
        let row = sqlx::query!(
            "SELECT held_deletes, released_deletes FROM mirrors WHERE name = $1 FOR UPDATE",
            name
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| (row.held_deletes.unsigned_abs(), row.released_deletes.unsigned_abs())))
    }

    /// Sets how many deletes are held, and how many of them are released.
    ///
    /// # Errors
    /// As every statement.
    pub async fn set_mirror_holds(&mut self, name: &str, held: u64, released: u64) -> Result<()> {
        sqlx::query!(
            "UPDATE mirrors SET held_deletes = $2, released_deletes = $3 WHERE name = $1",
            name,
            count(held),
            count(released),
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
