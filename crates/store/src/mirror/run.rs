//! The table `mirrors`: what runs recorded, and what people decided.
//!
//! A run is recorded without a [`Tx`](crate::Tx): it is an observation and not a change of the truth, it happens once a minute for ever, and an audit
//! line for each would bury the others. It still asks for the permit. Holding and releasing are decisions: see [`super::hold`].

use crate::verify::Seen;
use crate::{Result, Store};
use domain::mirror::{Failure, FailureClass, Mirror, SetAside};
use domain::policy::Permit;
use domain::{Code, OffsetDateTime};
use serde_json::{Value, json};

/// What a run saw and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// When it ended.
    pub at: OffsetDateTime,
    /// How it ended.
    pub end: RunEnd,
    /// The first invalid rows, by id.
    pub set_aside: Vec<SetAside>,
    /// How many rows are invalid.
    pub set_aside_total: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// The target holds what it should.
    Good {
        /// How many objects that is.
        objects: u64,
        /// Up to which change.
        generation: i64,
        /// What the goal saw.
        seen: Seen,
    },
    /// Its plan waits for a person.
    Held,
    /// The target failed.
    Failed(Failure),
}

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
}

impl From<Row> for Mirror {
    fn from(row: Row) -> Self {
        let class = row.error_class.as_deref().and_then(FailureClass::parse);
        Self {
            name: row.name,
            target: row.target,
            objects: row.objects.unsigned_abs(),
            pending: row.pending.unsigned_abs(),
            last_run_at: row.last_run_at,
            last_ok_at: row.last_ok_at,
            failure: class.zip(row.error).map(|(class, said)| Failure { class, said }),
            held_deletes: row.held_deletes.unsigned_abs(),
            released_deletes: row.released_deletes.unsigned_abs(),
            set_aside: set_aside_from(&row.set_aside),
            set_aside_total: row.set_aside_total.unsigned_abs(),
        }
    }
}

fn set_aside_from(rows: &Value) -> Vec<SetAside> {
    let read = |row: &Value| {
        Some(SetAside {
            token: domain::id::TokenId::parse(row.get("token_id")?.as_str()?)?,
            code: Code::parse(row.get("code")?.as_str()?)?,
            field: row.get("field").and_then(Value::as_str).map(str::to_owned),
        })
    };
    rows.as_array().into_iter().flatten().filter_map(read).collect()
}

fn set_aside_to(rows: &[SetAside]) -> Value {
    let write = |row: &SetAside| json!({ "token_id": row.token.to_string(), "code": row.code.as_str(), "field": row.field });
    rows.iter().map(write).collect()
}

/// A count as Postgres keeps it.
pub(super) fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Store {
    /// Every mirror that is configured, by name.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_mirrors(&self, _permit: &Permit) -> Result<Vec<Mirror>> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT name, target, objects, last_run_at, last_ok_at, error_class, error, held_deletes, released_deletes,
                      set_aside, set_aside_total,
                      (SELECT count(*) FROM audit_events WHERE touches_mirrors AND seq > seen_seq) AS "pending!"
               FROM mirrors ORDER BY name"#
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Makes the table tell of exactly these mirrors, each a name and a target. What was known of one that writes elsewhere now is forgotten.
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
                  WHERE c.name = m.name AND c.target = m.target)",
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

    /// Records a run. A good one ends a hold and uses up a release; a failed one leaves both as they are.
    ///
    /// # Errors
    /// As every statement.
    pub async fn record_mirror_run(
        &self,
        _permit: &Permit,
        name: &str,
        run: &RunRecord,
    ) -> Result<()> {
        let (good, failure) = match &run.end {
            RunEnd::Good { objects, generation, seen } => {
                (Some((count(*objects), *generation, seen.0.as_str())), None)
            }
            RunEnd::Held => (None, None),
            RunEnd::Failed(failure) => (None, Some(failure)),
        };
        let mut tx = self.pool().begin().await?;
        if let Some((_, _, seen)) = good {
            // Since its last good run; of a mirror that never had one, nobody waits for what was revoked before.
            sqlx::query!(
                "INSERT INTO revocation_receipts (token_id, kind, name)
                 SELECT r.token_id, 'mirror', m.name
                 FROM mirrors AS m
                 JOIN revocations AS r ON r.xid >= pg_snapshot_xmin(m.seen) AND NOT pg_visible_in_snapshot(r.xid, m.seen)
                                      AND pg_visible_in_snapshot(r.xid, $2::text::pg_snapshot)
                 WHERE m.name = $1
                 ON CONFLICT DO NOTHING",
                name,
                seen,
            )
            .execute(&mut *tx)
            .await?;
        }
        sqlx::query!(
            "UPDATE mirrors SET
                 last_run_at = $2,
                 error_class = $3,
                 error = $4,
                 set_aside = $5,
                 set_aside_total = $6,
                 last_ok_at = CASE WHEN $7 THEN $2 ELSE last_ok_at END,
                 objects = coalesce($8, objects),
                 seen_seq = coalesce($9, seen_seq),
                 seen = coalesce($10::text::pg_snapshot, seen),
                 held_deletes = CASE WHEN $7 THEN 0 ELSE held_deletes END,
                 released_deletes = CASE WHEN $7 THEN 0 ELSE released_deletes END
             WHERE name = $1",
            name,
            run.at,
            failure.map(|failure| failure.class.as_str()),
            failure.map(|failure| failure.said.as_str()),
            set_aside_to(&run.set_aside),
            count(run.set_aside_total),
            good.is_some(),
            good.map(|(objects, ..)| objects),
            good.map(|(_, generation, _)| generation),
            good.map(|(.., seen)| seen),
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}
