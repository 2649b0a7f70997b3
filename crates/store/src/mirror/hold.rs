//! Holding a mirror's plan, and releasing it: decisions, so that they are written in a [`Tx`] and told to the audit log.

use super::run::count;
use crate::{Result, Tx};
use domain::mirror::Digest;

/// The deletes of a mirror that wait for a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// How many are held.
    pub held: u64,
    /// How many of them a person released: all or none.
    pub released: u64,
    /// What they are known by.
    pub digest: Option<Digest>,
}

impl Tx {
    /// Locks a mirror's row: what is held. `None` when there is no such mirror.
    ///
    /// # Errors
    /// As every statement.
    pub async fn lock_mirror_holds(&mut self, name: &str) -> Result<Option<Holds>> {
        let row = sqlx::query!(
            "SELECT held_deletes, released_deletes, held_digest FROM mirrors WHERE name = $1 FOR UPDATE",
            name
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| Holds {
            held: row.held_deletes.unsigned_abs(),
            released: row.released_deletes.unsigned_abs(),
            digest: row.held_digest.as_deref().and_then(Digest::told),
        }))
    }

    /// Sets which deletes are held, and how many of them are released.
    ///
    /// # Errors
    /// As every statement.
    pub async fn set_mirror_holds(&mut self, name: &str, holds: Holds) -> Result<()> {
        sqlx::query!(
            "UPDATE mirrors SET held_deletes = $2, released_deletes = $3, held_digest = $4 WHERE name = $1",
            name,
            count(holds.held),
            count(holds.released),
            holds.digest.as_ref().map(|digest| digest.bytes().as_slice()),
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
