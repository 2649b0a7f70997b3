//! What the mirrors should hold: all of it, what changed since a look, or a few secrets of it.
//!
//! Reads the view `mirror_secrets`, which has a row for each secret of a token. Whether one is for mirrors at a moment is said in each statement, as
//! literal SQL wants it: kept, and neither expired nor retired.

use crate::verify::Seen;
use crate::{Result, Store};
use domain::OffsetDateTime;
use domain::mirror::{Candidate, Key, Why};
use domain::policy::Permit;
use sqlx::PgConnection;
use tokio_stream::StreamExt as _;

/// How many changed rows are told at most. With more, everything is looked at instead.
const CHANGED_MAX: i64 = 20_000;

/// What a look at the truth had in it.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The last change.
    pub generation: i64,
    /// What it sees.
    pub seen: Seen,
    /// The moment that it was made for.
    pub at: OffsetDateTime,
    /// When the next secret expires, retires or begins.
    pub next_moment: Option<OffsetDateTime>,
}

/// What changed since a look.
pub struct Changed {
    /// What this one has in it.
    pub mark: Mark,
    /// The rows of the secrets that should be there, not yet judged.
    pub candidates: Vec<Candidate>,
    /// Secrets that should not be there, because somebody ended them, a rotation dropped them, or their time is over.
    pub ended: Vec<Key>,
    /// Secrets whose rows were deleted.
    pub gone: Vec<Key>,
    /// More changed than is told: everything has to be looked at.
    pub too_many: bool,
}

impl Changed {
    /// Whether nothing was changed.
    pub const fn is_empty(&self) -> bool {
        self.candidates.is_empty()
            && self.ended.is_empty()
            && self.gone.is_empty()
            && !self.too_many
    }
}

struct Row {
    token_id: uuid::Uuid,
    hash: Vec<u8>,
    retires_at: Option<OffsetDateTime>,
    team_id: uuid::Uuid,
    name: String,
    scopes: Vec<String>,
    created_at: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
    not_before: Option<OffsetDateTime>,
    networks: Option<Vec<String>>,
    rate_requests: Option<i32>,
    rate_seconds: Option<i32>,
    revision: String,
    live: bool,
}

impl From<Row> for Candidate {
    fn from(row: Row) -> Self {
        let rate = row.rate_requests.zip(row.rate_seconds);
        Self {
            token: row.token_id.into(),
            hash: row.hash,
            name: row.name,
            team: row.team_id.into(),
            scopes: row.scopes,
            created_at: row.created_at,
            expires_at: row.expires_at,
            not_before: row.not_before,
            retires_at: row.retires_at,
            networks: row.networks,
            rate: rate.map(|(requests, seconds)| (requests.into(), seconds.into())),
            revision: row.revision.parse().unwrap_or(0),
        }
    }
}

impl Store {
    /// Gives `each` row of what the mirrors should hold at `now`, as one snapshot has it. The snapshot is closed before this returns.
    ///
    /// # Errors
    /// As every read; some rows may have been given.
    pub async fn mirror_goal(
        &self,
        _permit: &Permit,
        now: OffsetDateTime,
        mut each: impl FnMut(Candidate) + Send,
    ) -> Result<Mark> {
        let mut snapshot =
            self.pool().begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let mark = mark(&mut snapshot, now).await?;
        {
            let mut rows = sqlx::query_as!(
                Row,
                r#"SELECT token_id AS "token_id!", hash AS "hash!", retires_at, team_id AS "team_id!", name AS "name!", scopes AS "scopes!",
                          created_at AS "created_at!", expires_at, not_before, networks, rate_requests, rate_seconds,
                          changed_xid::text AS "revision!", true AS "live!"
                   FROM mirror_secrets
                   WHERE kept AND (expires_at IS NULL OR expires_at > $1) AND (retires_at IS NULL OR retires_at > $1)"#,
                now,
            )
            .fetch(&mut *snapshot);
            while let Some(row) = rows.next().await {
                each(row?.into());
            }
        }
        snapshot.rollback().await?;
        Ok(mark)
    }

    /// What `since`, made for `then`, did not have in it and is true at `now`.
    ///
    /// # Errors
    /// As every read.
    pub async fn mirror_changed(
        &self,
        _permit: &Permit,
        since: &Seen,
        then: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        let mut snapshot =
            self.pool().begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let mark = mark(&mut snapshot, now).await?;
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT token_id AS "token_id!", hash AS "hash!", retires_at, team_id AS "team_id!", name AS "name!", scopes AS "scopes!",
                      created_at AS "created_at!", expires_at, not_before, networks, rate_requests, rate_seconds,
                      changed_xid::text AS "revision!",
                      (kept AND (expires_at IS NULL OR expires_at > $3) AND (retires_at IS NULL OR retires_at > $3)) AS "live!"
               FROM mirror_secrets
               WHERE (changed_xid >= pg_snapshot_xmin($1::text::pg_snapshot)
                      AND NOT pg_visible_in_snapshot(changed_xid, $1::text::pg_snapshot))
                  OR (expires_at > $2 AND expires_at <= $3)
                  OR (not_before > $2 AND not_before <= $3)
                  OR (retires_at > $2 AND retires_at <= $3)
               LIMIT $4"#,
            since.as_str(),
            then,
            now,
            CHANGED_MAX + 1,
        )
        .fetch_all(&mut *snapshot)
        .await?;
        let gone = sqlx::query!(
            r#"SELECT hash, why IN ('replaced', 'purged') AS "replaced!" FROM secrets_gone AS g
               WHERE g.xid >= pg_snapshot_xmin($1::text::pg_snapshot)
                 AND NOT pg_visible_in_snapshot(g.xid, $1::text::pg_snapshot)
                 AND g.why <> 'key'
                 AND NOT EXISTS (SELECT FROM tokens AS t WHERE t.secret_hash = g.hash)
                 AND NOT EXISTS (SELECT FROM tokens AS t WHERE t.retired_hash = g.hash)
               LIMIT $2"#,
            since.as_str(),
            CHANGED_MAX + 1,
        )
        .fetch_all(&mut *snapshot)
        .await?;
        snapshot.rollback().await?;
        let most = usize::try_from(CHANGED_MAX).unwrap_or(usize::MAX);
        let too_many = rows.len() > most
            || gone.len() > most
            || gone.iter().any(|row| row.hash.is_none())
            || mark.seen.is_before(since);
        let (live, over): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.live);
        // A secret that a rotation dropped was ended by whoever rotated it.
        let (replaced, gone): (Vec<_>, Vec<_>) = gone.into_iter().partition(|row| row.replaced);
        let key = |hash: &Vec<u8>| Key::from_slice(hash);
        let replaced = replaced.iter().filter_map(|row| row.hash.as_ref());
        Ok(Changed {
            mark,
            candidates: live.into_iter().map(Into::into).collect(),
            ended: over.iter().map(|row| &row.hash).chain(replaced).filter_map(key).collect(),
            gone: gone.iter().filter_map(|row| row.hash.as_ref()).filter_map(key).collect(),
            too_many,
        })
    }

    /// The rows of those secrets, as far as they should be there at `now`.
    ///
    /// # Errors
    /// As every read.
    pub async fn mirror_candidates(
        &self,
        _permit: &Permit,
        keys: &[Key],
        now: OffsetDateTime,
    ) -> Result<Vec<Candidate>> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT token_id AS "token_id!", hash AS "hash!", retires_at, team_id AS "team_id!", name AS "name!", scopes AS "scopes!",
                      created_at AS "created_at!", expires_at, not_before, networks, rate_requests, rate_seconds,
                      changed_xid::text AS "revision!", true AS "live!"
               FROM mirror_secrets
               WHERE hash = ANY ($1) AND kept
                 AND (expires_at IS NULL OR expires_at > $2) AND (retires_at IS NULL OR retires_at > $2)"#,
            &hashes(keys),
            now,
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Why each of `keys` should not be there at `now`; see [`Why`].
    ///
    /// # Errors
    /// As every read.
    pub async fn judge_unwanted(
        &self,
        _permit: &Permit,
        keys: &[Key],
        now: OffsetDateTime,
    ) -> Result<Vec<(Key, Why)>> {
        let known = sqlx::query!(
            r#"SELECT hash AS "hash!",
                      bool_or(kept AND (expires_at IS NULL OR expires_at > $2) AND (retires_at IS NULL OR retires_at > $2)) AS "live!"
               FROM mirror_secrets WHERE hash = ANY ($1) GROUP BY hash"#,
            &hashes(keys),
            now,
        )
        .fetch_all(self.pool())
        .await?;
        let gone = sqlx::query!(
            r#"SELECT hash AS "hash!", bool_or(replaced) AS "replaced!" FROM (
                   SELECT hash, why IN ('replaced', 'purged') AS replaced FROM secrets_gone WHERE hash = ANY ($1) AND why <> 'key'
                   UNION ALL
                   SELECT hash, replaced FROM secrets_ended WHERE hash = ANY ($1)
               ) AS left_tokens GROUP BY hash"#,
            &hashes(keys)
        )
        .fetch_all(self.pool())
        .await?;
        let gone = gone.iter().filter_map(|row| {
            let why = if row.replaced { Why::Ended } else { Why::Gone };
            Some((Key::from_slice(&row.hash)?, why))
        });
        let known = known.iter().filter_map(|row| {
            Some((Key::from_slice(&row.hash)?, if row.live { Why::Live } else { Why::Ended }))
        });
        // What is known counts for more than what once left.
        let why: std::collections::HashMap<Key, Why> = gone.chain(known).collect();
        Ok(keys.iter().map(|key| (*key, why.get(key).copied().unwrap_or(Why::Foreign))).collect())
    }

    /// How many secrets the mirrors should tell of at `now`; `None` when they are more than `most`, which is not worth counting.
    ///
    /// # Errors
    /// As every read.
    pub async fn count_mirrored(
        &self,
        _permit: &Permit,
        now: OffsetDateTime,
        most: u64,
    ) -> Result<Option<u64>> {
        // Each part in the order of its own index (tokens_kept_idx, tokens_paused_until_idx, tokens_retired_until_idx) and to its own limit: through the view, or without an order, a table
        // of a million tokens of which most have ended is read from its beginning (200 ms after each run, instead of a few).
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM (
                   (SELECT FROM tokens
                    WHERE revoked_at IS NULL AND disabled_at IS NULL AND uses_count IS NULL AND expires_at IS NULL
                    ORDER BY expires_at LIMIT $2)
                   UNION ALL
                   (SELECT FROM tokens
                    WHERE revoked_at IS NULL AND disabled_at IS NULL AND uses_count IS NULL AND expires_at > $1
                    ORDER BY expires_at LIMIT $2)
                   UNION ALL
                   (SELECT FROM tokens
                    WHERE paused_until IS NOT NULL AND revoked_at IS NULL AND uses_count IS NULL AND (expires_at IS NULL OR expires_at > $1)
                    ORDER BY paused_until LIMIT $2)
                   UNION ALL
                   (SELECT FROM tokens
                    WHERE revoked_at IS NULL AND (disabled_at IS NULL OR paused_until IS NOT NULL) AND uses_count IS NULL AND retired_hash IS NOT NULL
                      AND retired_until > $1 AND (expires_at IS NULL OR expires_at > $1)
                    ORDER BY retired_until LIMIT $2)
               ) AS first"#,
            now,
            super::run::count(most.saturating_add(1)),
        )
        .fetch_one(self.pool())
        .await?;
        Ok(Some(count.unsigned_abs()).filter(|count| *count <= most))
    }

    /// The last change that touches the mirrors.
    ///
    /// # Errors
    /// As every read.
    pub async fn mirror_generation(&self, _permit: &Permit) -> Result<i64> {
        Ok(generation(&mut *self.pool().acquire().await?).await?)
    }

    /// Secrets that were ended after `since` and until `now`, each with when, the newest first and at most `most`, and the last event of the audit log.
    ///
    /// # Errors
    /// As every read.
    pub async fn mirror_denied(
        &self,
        _permit: &Permit,
        (since, now): (OffsetDateTime, OffsetDateTime),
        most: i64,
    ) -> Result<(Vec<(Key, OffsetDateTime)>, i64)> {
        let rows = sqlx::query!(
            r#"SELECT hash AS "hash!", at AS "at!" FROM (
                   (SELECT s.hash, t.revoked_at AS at
                    FROM tokens AS t CROSS JOIN LATERAL (VALUES (t.secret_hash), (t.retired_hash)) AS s (hash)
                    WHERE t.revoked_at > $1 AND s.hash IS NOT NULL ORDER BY t.revoked_at DESC LIMIT $2)
                   UNION ALL
                   SELECT retired_hash, retired_until FROM tokens WHERE retired_until > $1 AND retired_until <= $3
                   UNION ALL
                   SELECT s.hash, t.disabled_at
                   FROM tokens AS t CROSS JOIN LATERAL (VALUES (t.secret_hash), (t.retired_hash)) AS s (hash)
                   WHERE t.disabled_at > $1 AND t.paused_until IS NULL AND s.hash IS NOT NULL
                   UNION ALL
                   SELECT s.hash, t.paused_at FROM tokens AS t JOIN mirror_secrets AS s ON s.token_id = t.id
                   WHERE t.paused_at > $1 AND t.paused_until > $3
                   UNION ALL
                   SELECT g.hash, g.at FROM secrets_gone AS g
                   WHERE g.at > $1 AND g.hash IS NOT NULL AND g.why NOT IN ('key', 'purged')
                     AND NOT EXISTS (SELECT FROM tokens AS t WHERE t.secret_hash = g.hash)
                     AND NOT EXISTS (SELECT FROM tokens AS t WHERE t.retired_hash = g.hash)
               ) AS ended ORDER BY at DESC, hash LIMIT $2"#,
            since,
            most,
            now,
        )
        .fetch_all(self.pool())
        .await?;
        let seq =
            sqlx::query_scalar!(r#"SELECT coalesce(max(seq), 0) AS "seq!" FROM audit_events"#)
                .fetch_one(self.pool())
                .await?;
        let ended = rows.iter().filter_map(|row| Some((Key::from_slice(&row.hash)?, row.at)));
        Ok((ended.collect(), seq))
    }
}

fn hashes(keys: &[Key]) -> Vec<Vec<u8>> {
    keys.iter().map(|key| key.bytes().to_vec()).collect()
}

async fn generation(connection: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(max(seq), 0) AS "seq!" FROM audit_events WHERE touches_mirrors"#
    )
    .fetch_one(connection)
    .await
}

async fn mark(snapshot: &mut PgConnection, now: OffsetDateTime) -> sqlx::Result<Mark> {
    let generation = generation(&mut *snapshot).await?;
    let row = sqlx::query!(
        r#"SELECT pg_current_snapshot()::text AS "seen!",
                  least(
                      (SELECT min(expires_at) FROM tokens WHERE expires_at > $1),
                      (SELECT min(not_before) FROM tokens WHERE not_before > $1),
                      (SELECT min(paused_until) FROM tokens WHERE paused_until > $1),
                      (SELECT min(retired_until) FROM tokens WHERE retired_until > $1)
                  ) AS next_moment"#,
        now,
    )
    .fetch_one(snapshot)
    .await?;
    Ok(Mark { generation, seen: Seen::stored(row.seen), at: now, next_moment: row.next_moment })
}
