//! One instance at a time for each mirror.

use crate::{Result, Store};
use domain::policy::Permit;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgAdvisoryLock, PgAdvisoryLockGuard};
use sqlx::{Either, Postgres};

/// The right to work on a mirror, until it is released or dropped, or its connection ends. It is a lock of the session and not of a
/// transaction: there is no transaction open while the target is talked to.
pub struct MirrorLock(PgAdvisoryLockGuard<PoolConnection<Postgres>>);

impl Store {
    /// Takes the lock of a mirror; `None` while another instance has it.
    ///
    /// # Errors
    /// As every statement.
    pub async fn lock_mirror(&self, _permit: &Permit, name: &str) -> Result<Option<MirrorLock>> {
        let lock = PgAdvisoryLock::new(format!("tokenkeep mirror {name}"));
        let connection = self.pool().acquire().await?;
        match whole(async move { lock.try_acquire(connection).await }).await? {
            Either::Left(guard) => Ok(Some(MirrorLock(guard))),
            Either::Right(_) => Ok(None),
        }
    }
}

impl MirrorLock {
    /// Whether it is still ours: its connection lives, and Postgres gives it to nobody else for so long.
    ///
    /// # Errors
    /// As every statement; then it may be somebody else's.
    pub async fn holds(&mut self) -> Result<()> {
        sqlx::query("SELECT").execute(&mut *self.0).await?;
        Ok(())
    }

    /// Gives the lock back.
    ///
    /// # Errors
    /// As every statement; the lock is gone then too, with its connection.
    pub async fn release(self) -> Result<()> {
        whole(async move { self.0.release_now().await }).await?;
        Ok(())
    }
}

/// Does it to its end, also where nobody waits for that any more: of a question that is dropped halfway, the server would give the lock to a connection
/// that goes back to the pool with it, and to nobody else for as long as that is idle.
async fn whole<T: Send + 'static>(
    asking: impl Future<Output = sqlx::Result<T>> + Send + 'static,
) -> sqlx::Result<T> {
    tokio::spawn(asking).await.map_err(|_| sqlx::Error::WorkerCrashed)?
}
