//! The audit log, read. It is written by [`crate::tx`] alone.

use crate::{Result, Store};
use domain::audit::{Entry, EventKind};
use domain::page::{Limit, Page};
use domain::policy::Permit;
use serde_json::Value;

impl Store {
    /// A page of the log, newest first.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_audit(
        &self,
        _permit: &Permit,
        before: Option<i64>,
        limit: Limit,
    ) -> Result<Page<Entry, i64>> {
        let known: Vec<String> =
            EventKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
        let rows = sqlx::query!(
            "SELECT seq, id, at, actor_kind, actor_id, actor_label, kind, subject_kind, subject_id, subject_label,
                    team_id, detail, request_id, origin
             FROM audit_events
             WHERE seq < $1 AND kind = ANY ($3)
             ORDER BY seq DESC LIMIT $2",
            before.unwrap_or(i64::MAX),
            limit.rows() as i64 + 1,
            // A newer version beside this one may write kinds that this one cannot name.
            &known,
        )
        .fetch_all(self.pool())
        .await?;
        let entries = rows.into_iter().filter_map(|row| {
            Some(Entry {
                id: row.id.into(),
                seq: row.seq,
                at: row.at,
                actor_kind: row.actor_kind,
                actor_id: row.actor_id,
                actor_label: row.actor_label,
                kind: EventKind::parse(&row.kind)?,
                subject_kind: row.subject_kind,
                subject_id: row.subject_id,
                subject_label: row.subject_label,
                team: row.team_id.map(Into::into),
                detail: facts(row.detail),
                request_id: row.request_id,
                origin: row.origin,
            })
        });
        Ok(Page::cut(entries.collect(), limit, |entry: &Entry| entry.seq))
    }
}

fn facts(detail: Value) -> Vec<(String, String)> {
    let Value::Object(detail) = detail else { return Vec::new() };
    detail
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(value) => (name, value),
            other => (name, other.to_string()),
        })
        .collect()
}
