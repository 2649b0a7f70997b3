//! The table `verifiers`: who answers from memory, how far each of them is, and until when it may go on unheard.
//!
//! A row is a lease. Written by the verifier itself, at most every half second, so not through a [`Tx`](crate::Tx): it is an observation, and no fact
//! for the audit log.

use super::{Follower, Seen};
use crate::{Result, Store};
use domain::id::{TokenId, VerifierId};
use domain::policy::Permit;
use std::time::Duration;

/// One of the instances that verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    /// Of this life; another start, another id.
    pub id: VerifierId,
    /// What people know it by, one life after the other.
    pub name: String,
}

impl Store {
    /// Forgets verifiers that may not serve for a day already. One that is heard of again enters again.
    ///
    /// # Errors
    /// As every statement.
    pub async fn sweep_verifiers(&self, _permit: &Permit) -> Result<()> {
        sqlx::query(
            "DELETE FROM verifiers WHERE serves_until < clock_timestamp() - interval '1 day'",
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }
}

impl Follower {
    /// Takes the name, from an earlier life of this verifier too. Before it loads: whoever ends a token from now on sees that it is there.
    ///
    /// # Errors
    /// As every statement.
    pub async fn enter(&mut self, verifier: &Verifier, lease: Duration) -> Result<()> {
        sqlx::query!(
            "INSERT INTO verifiers (id, name, serves_until) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
             ON CONFLICT (name) DO UPDATE
                 SET id = excluded.id, started_at = excluded.started_at, seen_at = excluded.seen_at,
                     serves_until = excluded.serves_until, applied = NULL",
            verifier.id.uuid(),
            verifier.name,
            lease.as_secs_f64(),
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    /// Says that everything of `seen` is applied, and that `ended` are refused. `false` when its row is not there. Once it is said, no transaction that
    /// `seen` had gets its number from a database that crashed: this one is later than those, and on the disk.
    ///
    /// # Errors
    /// As every statement.
    pub async fn applied(
        &mut self,
        verifier: &Verifier,
        seen: &Seen,
        ended: &[TokenId],
        lease: Duration,
    ) -> Result<bool> {
        if !ended.is_empty() {
            let ended: Vec<_> = ended.iter().map(|id| id.uuid()).collect();
            sqlx::query!(
                "INSERT INTO revocation_receipts (token_id, kind, name)
                 SELECT r.token_id, 'verifier', $2 FROM revocations AS r WHERE r.token_id = ANY ($1)
                 ON CONFLICT DO NOTHING",
                &ended,
                verifier.name,
            )
            .execute(&mut self.connection)
            .await?;
        }
        let done = sqlx::query!(
            "UPDATE verifiers
             SET seen_at = clock_timestamp(), applied = $2::text::pg_snapshot,
                 serves_until = clock_timestamp() + make_interval(secs => $3)
             WHERE id = $1",
            verifier.id.uuid(),
            seen.0,
            lease.as_secs_f64(),
        )
        .execute(&mut self.connection)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether another instance has this one's name.
    ///
    /// # Errors
    /// As every read.
    pub async fn has_name(&mut self, verifier: &Verifier) -> Result<bool> {
        Ok(sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM verifiers WHERE name = $1 AND id <> $2) AS "taken!""#,
            verifier.name,
            verifier.id.uuid(),
        )
        .fetch_one(&mut self.connection)
        .await?)
    }

    /// How many verifiers may serve now.
    ///
    /// # Errors
    /// As every read.
    pub async fn count_verifiers(&mut self) -> Result<u32> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM verifiers WHERE serves_until > clock_timestamp()"#
        )
        .fetch_one(&mut self.connection)
        .await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Gives the name back: this verifier answers no more.
    ///
    /// # Errors
    /// As every statement.
    pub async fn leave(&mut self, verifier: &Verifier) -> Result<()> {
        sqlx::query!("DELETE FROM verifiers WHERE id = $1", verifier.id.uuid())
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }
}
