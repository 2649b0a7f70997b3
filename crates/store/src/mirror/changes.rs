//! The announcements of committed changes (`LISTEN`).

use crate::{CHANGES, Result, Store};
use sqlx::postgres::PgListener;

/// A connection that hears of every committed change which touches the mirrors.
pub struct Changes(PgListener);

impl Store {
    /// Begins to listen. What was committed before is not told.
    ///
    /// # Errors
    /// As every statement.
    pub async fn changes(&self) -> Result<Changes> {
        let mut listener = PgListener::connect_with(self.pool()).await?;
        listener.listen(CHANGES).await?;
        Ok(Changes(listener))
    }
}

impl Changes {
    /// Waits for the next change, and forgets those that are announced already: one look at the truth answers them all. Also returns when the
    /// connection was lost and is there again, because something may have been missed. Safe to drop while it waits.
    ///
    /// # Errors
    /// As every statement; begin to listen anew then.
    pub async fn next(&mut self) -> Result<()> {
        self.0.try_recv().await?;
        while self.0.next_buffered().is_some() {}
        Ok(())
    }
}
