//! A database that was dumped and restored into another cluster has rows of transactions that this cluster has not had yet. Every look for changes
//! would find them again, and no receipt would ever be whole; so they are taken for what they are, written before.

use crate::{Result, Store};

impl Store {
    /// Makes rows that come from another cluster rows of this one. How many tokens that were; none, and no work, in a database with one history.
    ///
    /// # Errors
    /// As every statement.
    pub async fn adopt_history(&self) -> Result<u64> {
        let mut tx = self.pool().begin().await?;
        // The trigger writes the number of this transaction.
        let tokens = sqlx::query(
            "UPDATE tokens SET changed_xid = changed_xid WHERE changed_xid >= pg_snapshot_xmax(pg_current_snapshot())",
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE revocations SET xid = pg_current_xact_id() WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())",
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE secrets_gone SET xid = pg_current_xact_id() WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())",
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE mirrors SET seen = NULL WHERE pg_snapshot_xmax(seen) > pg_snapshot_xmax(pg_current_snapshot())",
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(tokens.rows_affected())
    }
}
