//! What the mirrors should hold, and how far each of them is.
//!
//! Owns the table `mirrors` and the snapshot that a run starts from. Start at [`Store::mirror_goal`], then [`run`].

pub mod changes;
mod hold;
pub mod lock;
pub mod run;

pub use changes::Changes;
pub use lock::MirrorLock;
pub use run::RunRecord;

use crate::verify::Seen;
use crate::{Result, Store};
use domain::OffsetDateTime;
use domain::mirror::{Candidate, Key};
use domain::policy::Permit;
use std::collections::BTreeSet;

/// What the mirrors should hold, in one snapshot.
pub struct Goal {
    /// The rows of the tokens that are valid, not yet judged, by id.
    pub candidates: Vec<Candidate>,
    /// The last change that they have in them.
    pub generation: i64,
    /// What this look sees.
    pub seen: Seen,
    /// When the next token begins that has not yet.
    pub next_beginning: Option<OffsetDateTime>,
}

impl Store {
    /// Reads what the mirrors should hold at `now`. The snapshot is closed before this returns.
    ///
    /// # Errors
    /// As every read.
    pub async fn mirror_goal(&self, _permit: &Permit, now: OffsetDateTime) -> Result<Goal> {
        let mut snapshot =
            self.pool().begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let generation = sqlx::query_scalar!(
            r#"SELECT coalesce(max(seq), 0) AS "seq!" FROM audit_events WHERE touches_mirrors"#
        )
        .fetch_one(&mut *snapshot)
        .await?;
        let moment = sqlx::query!(
            r#"SELECT pg_current_snapshot()::text AS "seen!",
                      (SELECT min(not_before) FROM tokens
                       WHERE not_before > $1 AND revoked_at IS NULL AND disabled_at IS NULL) AS next_beginning"#,
            now,
        )
        .fetch_one(&mut *snapshot)
        .await?;
        // What an object cannot say, nobody who reads it could keep to: such a token is left out, and so refused there.
        let candidates = sqlx::query!(
            "SELECT id, secret_hash, name, team_id, scopes, created_at, expires_at
             FROM tokens
             WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
               AND disabled_at IS NULL AND allowed_cidrs IS NULL AND uses_count IS NULL AND (not_before IS NULL OR not_before <= $1)
             ORDER BY id",
            now,
        )
        .map(|row| Candidate {
            token: row.id.into(),
            hash: row.secret_hash,
            name: row.name,
            team: row.team_id.into(),
            scopes: row.scopes,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
        .fetch_all(&mut *snapshot)
        .await?;
        snapshot.rollback().await?;
        let (seen, next_beginning) = (Seen(moment.seen), moment.next_beginning);
        Ok(Goal { candidates, generation, seen, next_beginning })
    }

    /// The last change that touches the mirrors.
    ///
    /// # Errors
    /// As every read.
    pub async fn mirror_generation(&self, _permit: &Permit) -> Result<i64> {
        Ok(sqlx::query_scalar!(
            r#"SELECT coalesce(max(seq), 0) AS "seq!" FROM audit_events WHERE touches_mirrors"#
        )
        .fetch_one(self.pool())
        .await?)
    }

    /// Which of `keys` belong to tokens that are known not to be for mirrors at `now`: revoked, expired, disabled, not begun, bound to networks, or with a
    /// limit of uses; or to secrets that a rotation replaced.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_ended(
        &self,
        _permit: &Permit,
        keys: &[Key],
        now: OffsetDateTime,
    ) -> Result<BTreeSet<Key>> {
        let hashes: Vec<Vec<u8>> = keys.iter().map(|key| key.bytes().to_vec()).collect();
        let ended = sqlx::query_scalar!(
            r#"SELECT secret_hash AS "hash!" FROM tokens
             WHERE secret_hash = ANY ($1)
               AND (revoked_at IS NOT NULL OR expires_at <= $2 OR disabled_at IS NOT NULL OR allowed_cidrs IS NOT NULL
                    OR uses_count IS NOT NULL OR not_before > $2)
             UNION ALL
             SELECT retired_hash FROM tokens WHERE retired_hash = ANY ($1)"#,
            &hashes,
            now,
        )
        .fetch_all(self.pool())
        .await?;
        Ok(ended.iter().filter_map(|hash| Key::from_slice(hash)).collect())
    }
}
