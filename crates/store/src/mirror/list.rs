//! The mirrors as people see them: what their rows say, and how far behind the truth that is.

use super::run::count;
use crate::{Result, Store};
use domain::mirror::state::{Adopting, Asked, COUNTED_MAX, Drift, ForeignRoute};
use domain::mirror::{Digest, Failure, FailureClass, Mirror, SetAside, TargetKind};
use domain::policy::Permit;
use domain::{Code, OffsetDateTime};
use serde_json::Value;

struct Row {
    name: String,
    target: String,
    objects: i64,
    pending: i64,
    last_run_at: Option<OffsetDateTime>,
    last_ok_at: Option<OffsetDateTime>,
    error_class: Option<String>,
    error: Option<String>,
    held_deletes: i64,
    released_deletes: i64,
    set_aside: Value,
    set_aside_total: i64,
    lagging_since: Option<OffsetDateTime>,
    lingering: i64,
    failures: i32,
    failing_since: Option<OffsetDateTime>,
    paused_at: Option<OffsetDateTime>,
    asked: Option<String>,
    observed_at: Option<OffsetDateTime>,
    missing: i64,
    altered: i64,
    others: i64,
    foreign_total: i64,
    foreign_ended: i64,
    foreign_some: Vec<String>,
    held_digest: Option<Vec<u8>>,
    foreign_digest: Option<Vec<u8>>,
    foreign_routes: Value,
    adopt_total: Option<i64>,
    adopt_done: Option<i64>,
    adopt_taken: Option<i64>,
    added: Option<String>,
    emptying_since: Option<OffsetDateTime>,
}

impl From<Row> for Mirror {
    fn from(row: Row) -> Self {
        let class = row.error_class.as_deref().and_then(FailureClass::parse);
        Self {
            name: row.name,
            target: row.target,
            added: row.added.as_deref().and_then(TargetKind::parse),
            emptying_since: row.emptying_since,
            objects: row.objects.unsigned_abs(),
            pending: row.pending.unsigned_abs(),
            last_run_at: row.last_run_at,
            last_ok_at: row.last_ok_at,
            failure: class.zip(row.error).map(|(class, said)| Failure { class, said }),
            held_deletes: row.held_deletes.unsigned_abs(),
            released_deletes: row.released_deletes.unsigned_abs(),
            set_aside: set_aside_from(&row.set_aside),
            set_aside_total: row.set_aside_total.unsigned_abs(),
            lagging_since: row.lagging_since,
            lingering: row.lingering.unsigned_abs(),
            failures: row.failures.unsigned_abs(),
            failing_since: row.failing_since,
            paused_at: row.paused_at,
            asked: row.asked.as_deref().and_then(Asked::parse),
            observed_at: row.observed_at,
            drift: Drift {
                missing: row.missing.unsigned_abs(),
                altered: row.altered.unsigned_abs(),
                others: row.others.unsigned_abs(),
                foreign: row.foreign_total.unsigned_abs(),
                foreign_some: row.foreign_some,
            },
            foreign_ended: row.foreign_ended.unsigned_abs(),
            held_digest: row.held_digest.as_deref().and_then(Digest::told),
            foreign_digest: row.foreign_digest.as_deref().and_then(Digest::told),
            foreign_routes: foreign_routes_from(&row.foreign_routes),
            adopting: row.adopt_total.zip(row.adopt_done).zip(row.adopt_taken).map(
                |((total, done), taken)| Adopting {
                    total: total.unsigned_abs(),
                    done: done.unsigned_abs(),
                    taken: taken.unsigned_abs(),
                },
            ),
        }
    }
}

pub(super) fn set_aside_from(rows: &Value) -> Vec<SetAside> {
    let read = |row: &Value| {
        Some(SetAside {
            token: domain::id::TokenId::parse(row.get("token_id")?.as_str()?)?,
            code: Code::parse(row.get("code")?.as_str()?)?,
            field: row.get("field").and_then(Value::as_str).map(str::to_owned),
        })
    };
    rows.as_array().into_iter().flatten().filter_map(read).collect()
}

fn foreign_routes_from(rows: &Value) -> Vec<ForeignRoute> {
    let read = |row: &Value| {
        let code = row.get("code").and_then(Value::as_str).and_then(Code::parse);
        Some(ForeignRoute { path: row.get("path")?.as_str()?.to_owned(), code })
    };
    rows.as_array().into_iter().flatten().filter_map(read).collect()
}

impl Store {
    /// Every mirror, by name.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_mirrors(&self, _permit: &Permit) -> Result<Vec<Mirror>> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT name, target, objects, last_run_at, last_ok_at, error_class, error, held_deletes, released_deletes,
                      set_aside, set_aside_total, failures, failing_since, paused_at, asked, observed_at, missing, altered, others,
                      foreign_total, foreign_ended, foreign_some, held_digest, foreign_digest, foreign_routes,
                      adopt_total, adopt_done, adopt_taken,
                      (SELECT kind FROM mirror_targets AS t WHERE t.name = mirrors.name) AS added,
                      (SELECT emptying_since FROM mirror_targets AS t WHERE t.name = mirrors.name) AS emptying_since,
                      (SELECT count(*) FROM (SELECT FROM audit_events WHERE touches_mirrors AND seq > seen_seq LIMIT $1) AS first) AS "pending!",
                      (SELECT at FROM audit_events WHERE touches_mirrors AND seq > seen_seq ORDER BY seq LIMIT 1) AS lagging_since,
                      (SELECT count(*) FROM (
                           SELECT FROM revocations AS r
                           WHERE r.xid >= pg_snapshot_xmin(seen) AND NOT pg_visible_in_snapshot(r.xid, seen) LIMIT $1
                       ) AS first) AS "lingering!"
               FROM mirrors ORDER BY name"#,
            count(COUNTED_MAX),
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}
