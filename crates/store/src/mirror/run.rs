//! The table `mirrors`: what runs recorded, and what people decided.
//!
//! A run is recorded without a [`Tx`](crate::Tx): it is an observation and not a change of the truth, it happens once a minute for ever, and an audit
//! line for each would bury the others. It still asks for the permit. Holding and releasing are decisions: see [`super::hold`].

use super::Mark;
use crate::{Result, Store};
use domain::mirror::state::{Drift, ForeignRoute, RunKind, Work};
use domain::mirror::{Digest, Failure, SetAside};
use domain::policy::Permit;
use domain::{Code, OffsetDateTime};
use serde_json::{Value, json};
use sqlx::PgConnection;

/// How many runs of a mirror are kept.
const RUNS_KEPT: i64 = 500;

/// What a run saw and did.
#[derive(Clone, Debug)]
pub struct RunRecord {
    /// Where it wrote.
    pub target: String,
    /// Whether it looked at everything.
    pub kind: RunKind,
    /// When it began.
    pub began_at: OffsetDateTime,
    /// When it ended.
    pub at: OffsetDateTime,
    /// What it cost, and what it did.
    pub work: Work,
    /// How it ended.
    pub end: RunEnd,
    /// What differed, where everything was looked at.
    pub drift: Option<Drift>,
    /// The first invalid rows by id, and how many they are, where everything was looked at.
    pub set_aside: Option<(Vec<SetAside>, u64)>,
    /// When it wrote the head last, if it did.
    pub head: Option<OffsetDateTime>,
    /// What a person asked for until then was done.
    pub looked_at: OffsetDateTime,
    /// Whether the foreign records were let go.
    pub foreign_done: bool,
    /// What the routes are known by, if it wrote them, and when those were first written there.
    pub routes: Option<(Digest, OffsetDateTime)>,
    /// What the foreign records are known by, where everything was looked at.
    pub foreign_digest: Option<Digest>,
    /// The routes there that nobody here made, where somebody looked.
    pub foreign_routes: Option<Vec<ForeignRoute>>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub enum RunEnd {
    /// The target holds what it should.
    Good {
        /// What it was made to hold.
        mark: Mark,
        /// How many objects that is, where they were counted.
        objects: Option<u64>,
    },
    /// Its plan waits for a person.
    Held,
    /// The target failed.
    Failed(Failure),
}

fn set_aside_to(rows: &[SetAside]) -> Value {
    let write = |row: &SetAside| json!({ "token_id": row.token.to_string(), "code": row.code.as_str(), "field": row.field });
    rows.iter().map(write).collect()
}

fn foreign_routes_to(rows: &[ForeignRoute]) -> Value {
    rows.iter().map(|row| json!({ "path": row.path, "code": row.code.map(Code::as_str) })).collect()
}

/// A count as Postgres keeps it.
pub(super) fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Store {
    /// Makes the table tell of exactly these mirrors, each a name and a target, beside those that people added. What was known of one that writes elsewhere now
    /// is forgotten.
    ///
    /// # Errors
    /// As every statement.
    pub async fn configure_mirrors(
        &self,
        _permit: &Permit,
        mirrors: &[(String, String)],
    ) -> Result<()> {
        let (names, targets): (Vec<_>, Vec<_>) = mirrors.iter().cloned().unzip();
        let mut tx = self.pool().begin().await?;
        sqlx::query!(
            "DELETE FROM mirrors m WHERE NOT EXISTS
                 (SELECT FROM unnest($1::text[], $2::text[]) AS c (name, target)
                  WHERE c.name = m.name AND c.target = m.target)
             AND NOT EXISTS (SELECT FROM mirror_targets AS t WHERE t.name = m.name)",
            &names,
            &targets,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "INSERT INTO mirrors (name, target) SELECT * FROM unnest($1::text[], $2::text[])
             ON CONFLICT (name) DO NOTHING",
            &names,
            &targets,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Records a run; not one that wrote elsewhere than the mirror does by now. A good one ends a hold and uses up a release; a failed one leaves both as they are. How many runs have failed in a row.
    ///
    /// # Errors
    /// As every statement.
    pub async fn record_mirror_run(
        &self,
        _permit: &Permit,
        name: &str,
        run: &RunRecord,
    ) -> Result<u32> {
        let mut tx = self.pool().begin().await?;
        let still = sqlx::query_scalar!(
            "SELECT name FROM mirrors WHERE name = $1 AND target = $2 FOR UPDATE",
            name,
            run.target,
        );
        if still.fetch_optional(&mut *tx).await?.is_none() {
            return Ok(0);
        }
        let (mark, objects, failure) = match &run.end {
            RunEnd::Good { mark, objects } => (Some(mark), *objects, None),
            RunEnd::Held => (None, None, None),
            RunEnd::Failed(failure) => (None, None, Some(failure)),
        };
        if let Some(mark) = mark {
            confirm(&mut tx, name, mark).await?;
        }
        let failures = sqlx::query_scalar!(
            "UPDATE mirrors SET
                 last_run_at = $2,
                 error_class = CASE WHEN $12 THEN $3 ELSE error_class END,
                 error = CASE WHEN $12 THEN $4 ELSE error END,
                 failures = CASE WHEN NOT $12 THEN failures WHEN $3::text IS NULL THEN 0 ELSE failures + 1 END,
                 failing_since = CASE WHEN NOT $12 THEN failing_since WHEN $3::text IS NULL THEN NULL ELSE coalesce(failing_since, $2) END,
                 last_ok_at = CASE WHEN $5 THEN $2 ELSE last_ok_at END,
                 objects = coalesce($6, objects),
                 seen_seq = coalesce($7, seen_seq),
                 seen = coalesce($8::text::pg_snapshot, seen),
                 looked_at = coalesce($9, looked_at),
                 head_at = coalesce($10, head_at),
                 routes = coalesce($11, routes),
                 routes_at = coalesce($13, routes_at),
                 foreign_routes = coalesce($14, foreign_routes)
             WHERE name = $1
             RETURNING failures",
            name,
            run.at,
            failure.map(|failure| failure.class.as_str()),
            failure.map(|failure| failure.said.as_str()),
            mark.is_some(),
            objects.map(count),
            mark.map(|mark| mark.generation),
            mark.map(|mark| mark.seen.as_str()),
            mark.map(|mark| mark.at),
            run.head,
            run.routes.as_ref().map(|(digest, _)| digest.bytes().as_slice()),
            // After a failure only a look at everything says that all is well again.
            failure.is_some() || run.kind == RunKind::Whole,
            run.routes.as_ref().map(|(_, at)| *at),
            run.foreign_routes.as_deref().map(foreign_routes_to),
        )
        .fetch_optional(&mut *tx)
        .await?;
        if run.kind == RunKind::Whole {
            note_whole(&mut tx, name, run, mark.is_some()).await?;
        }
        if failures.is_some() && (run.work.did_something() || failure.is_some()) {
            keep(&mut tx, name, run, failure).await?;
        }
        tx.commit().await?;
        Ok(failures.unwrap_or(0).unsigned_abs())
    }
}

/// Writes the receipts of what is confirmed now: since the last good run; of a mirror that never had one, nobody waits for what was revoked before.
async fn confirm(connection: &mut PgConnection, name: &str, mark: &Mark) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO revocation_receipts (token_id, kind, name)
         SELECT r.token_id, 'mirror', m.name
         FROM mirrors AS m
         JOIN revocations AS r ON r.xid >= pg_snapshot_xmin(m.seen) AND NOT pg_visible_in_snapshot(r.xid, m.seen)
                              AND pg_visible_in_snapshot(r.xid, $2::text::pg_snapshot)
         WHERE m.name = $1
         ON CONFLICT DO NOTHING",
        name,
        mark.seen.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What only a look at everything can tell.
async fn note_whole(
    connection: &mut PgConnection,
    name: &str,
    run: &RunRecord,
    good: bool,
) -> sqlx::Result<()> {
    let (set_aside, total) = run
        .set_aside
        .as_ref()
        .map_or((None, None), |(rows, total)| (Some(set_aside_to(rows)), Some(count(*total))));
    let drift = run.drift.as_ref();
    sqlx::query!(
        "UPDATE mirrors SET
             set_aside = coalesce($2, set_aside),
             set_aside_total = coalesce($3, set_aside_total),
             observed_at = CASE WHEN $4 THEN $5 ELSE observed_at END,
             missing = coalesce($6, missing),
             altered = coalesce($7, altered),
             others = coalesce($8, others),
             foreign_total = coalesce($9, foreign_total),
             foreign_some = coalesce($10, foreign_some),
             -- What a person confirmed meanwhile were the ones of before.
             foreign_ended = CASE WHEN $13 OR ($4 AND foreign_digest IS DISTINCT FROM $14) THEN 0 ELSE foreign_ended END,
             foreign_digest = CASE WHEN $4 THEN $14 ELSE foreign_digest END,
             held_deletes = CASE WHEN $11 THEN 0 ELSE held_deletes END,
             released_deletes = CASE WHEN $11 THEN 0 ELSE released_deletes END,
             held_digest = CASE WHEN $11 THEN NULL ELSE held_digest END,
             adopt_total = NULL, adopt_done = NULL, adopt_taken = NULL,
             asked = CASE WHEN $4 AND asked IN ('look', 'adopt') AND asked_at <= $12 THEN NULL ELSE asked END,
             asked_at = CASE WHEN $4 AND asked IN ('look', 'adopt') AND asked_at <= $12 THEN NULL ELSE asked_at END
         WHERE name = $1",
        name,
        set_aside,
        total,
        drift.is_some(),
        run.at,
        drift.map(|drift| count(drift.missing)),
        drift.map(|drift| count(drift.altered)),
        drift.map(|drift| count(drift.others)),
        drift.map(|drift| count(drift.foreign)),
        drift.map(|drift| drift.foreign_some.as_slice()),
        good,
        run.looked_at,
        run.foreign_done,
        run.foreign_digest.as_ref().map(|digest| digest.bytes().as_slice()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps a run in the list, and the list short.
async fn keep(
    connection: &mut PgConnection,
    name: &str,
    run: &RunRecord,
    failure: Option<&Failure>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO mirror_runs (mirror, kind, began_at, ended_at, put, deleted, calls, bytes, error_class, error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        name,
        run.kind.as_str(),
        run.began_at,
        run.at,
        count(run.work.put),
        count(run.work.deleted),
        count(run.work.calls),
        count(run.work.bytes),
        failure.map(|failure| failure.class.as_str()),
        failure.map(|failure| failure.said.as_str()),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM mirror_runs WHERE mirror = $1
         AND id <= (SELECT id FROM mirror_runs WHERE mirror = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)",
        name,
        RUNS_KEPT,
    )
    .execute(connection)
    .await?;
    Ok(())
}
