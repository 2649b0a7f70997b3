//! What a mirror's page tells beside its state: its last runs, the plan that was asked for, and the tokens that it may still accept.

use super::run::count;
use crate::{Result, Store};
use domain::OffsetDateTime;
use domain::mirror::state::{Adopting, Drift, Lingering, MirrorPlan, MirrorRun, RunKind, Work};
use domain::mirror::{Failure, FailureClass};
use domain::policy::Permit;
use serde_json::{Value, json};

impl Store {
    /// The newest runs of a mirror that did something, or failed.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_mirror_runs(&self, _permit: &Permit, name: &str) -> Result<Vec<MirrorRun>> {
        let rows = sqlx::query!(
            "SELECT kind, began_at, ended_at, put, deleted, calls, bytes, error_class, error
             FROM mirror_runs WHERE mirror = $1 ORDER BY id DESC LIMIT 50",
            name
        )
        .fetch_all(self.pool())
        .await?;
        let rows = rows.into_iter().map(|row| {
            let class = row.error_class.as_deref().and_then(FailureClass::parse);
            MirrorRun {
                kind: if row.kind == RunKind::Whole.as_str() {
                    RunKind::Whole
                } else {
                    RunKind::Changes
                },
                began_at: row.began_at,
                ended_at: row.ended_at,
                work: Work {
                    put: row.put.unsigned_abs(),
                    deleted: row.deleted.unsigned_abs(),
                    calls: row.calls.unsigned_abs(),
                    bytes: row.bytes.unsigned_abs(),
                },
                failure: class.zip(row.error).map(|(class, said)| Failure { class, said }),
            }
        });
        Ok(rows.collect())
    }

    /// Notes how far the adoption of foreign records is. The end of the run forgets it.
    ///
    /// # Errors
    /// As every statement.
    pub async fn note_adopting(
        &self,
        _permit: &Permit,
        name: &str,
        adopting: Adopting,
    ) -> Result<()> {
        let Adopting { total, done, taken } = adopting;
        sqlx::query!(
            "UPDATE mirrors SET adopt_total = $2, adopt_done = $3, adopt_taken = $4 WHERE name = $1",
            name,
            count(total),
            count(done),
            count(taken),
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Keeps the plan of a run that changed nothing, as JSON, and that it is no longer asked for.
    ///
    /// # Errors
    /// As every statement.
    pub async fn record_mirror_plan(
        &self,
        _permit: &Permit,
        name: &str,
        plan: &MirrorPlan,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE mirrors SET plan = $2, planned_at = $3,
                 asked = CASE WHEN asked = 'plan' THEN NULL ELSE asked END,
                 asked_at = CASE WHEN asked = 'plan' THEN NULL ELSE asked_at END
             WHERE name = $1",
            name,
            plan_to(plan),
            plan.at,
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// The last plan that was asked for; `None` when there was none.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_mirror_plan(
        &self,
        _permit: &Permit,
        name: &str,
    ) -> Result<Option<MirrorPlan>> {
        let row = sqlx::query!("SELECT plan, planned_at FROM mirrors WHERE name = $1", name)
            .fetch_optional(self.pool())
            .await?;
        Ok(row.and_then(|row| plan_from(&row.plan?, row.planned_at?)))
    }

    /// Tokens that were revoked and that the mirror may still accept: the first to be revoked, at most so many.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_lingering(
        &self,
        _permit: &Permit,
        name: &str,
        most: i64,
    ) -> Result<Vec<Lingering>> {
        let rows = sqlx::query!(
            "SELECT t.id, t.name, r.revoked_at
             FROM mirrors AS m
             JOIN revocations AS r ON r.xid >= pg_snapshot_xmin(m.seen) AND NOT pg_visible_in_snapshot(r.xid, m.seen)
             JOIN tokens AS t ON t.id = r.token_id
             WHERE m.name = $1 ORDER BY r.revoked_at, t.id LIMIT $2",
            name,
            most,
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Lingering {
                token: row.id.into(),
                name: row.name,
                revoked_at: row.revoked_at,
            })
            .collect())
    }
}

fn plan_to(plan: &MirrorPlan) -> Value {
    let Drift { missing, altered, others, foreign, foreign_some } = &plan.drift;
    json!({ "missing": missing, "altered": altered, "others": others, "foreign": foreign, "foreign_some": foreign_some,
            "ended": plan.ended, "gone": plan.gone, "unchanged": plan.unchanged, "some": plan.some })
}

fn plan_from(plan: &Value, at: OffsetDateTime) -> Option<MirrorPlan> {
    let number = |name: &str| plan.get(name)?.as_u64();
    let texts = |name: &str| {
        let texts = plan.get(name)?.as_array()?.iter();
        Some(texts.filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let drift = Drift {
        missing: number("missing")?,
        altered: number("altered")?,
        others: number("others")?,
        foreign: number("foreign")?,
        foreign_some: texts("foreign_some")?,
    };
    let (ended, gone, unchanged) = (number("ended")?, number("gone")?, number("unchanged")?);
    Some(MirrorPlan { at, drift, ended, gone, unchanged, some: texts("some")? })
}
