//! The audit log, read. It is written by [`crate::tx`] alone.

use crate::{Result, Store};
use domain::audit::{Entry, EventKind, SubjectId};
use domain::page::{Limit, Page};
use domain::policy::Permit;
use domain::{OffsetDateTime, Version};
use serde_json::Value;
use uuid::Uuid;

struct Row {
    seq: i64,
    id: Uuid,
    at: OffsetDateTime,
    actor_kind: String,
    actor_id: Option<String>,
    actor_label: String,
    kind: String,
    subject_kind: String,
    subject_id: Option<String>,
    subject_label: String,
    team_id: Option<Uuid>,
    detail: Value,
    request_id: Option<String>,
    origin: Option<String>,
}

impl Row {
    fn entry(self) -> Option<Entry> {
        Some(Entry {
            id: self.id.into(),
            seq: self.seq,
            at: self.at,
            actor_kind: self.actor_kind,
            actor_id: self.actor_id,
            actor_label: self.actor_label,
            kind: EventKind::parse(&self.kind)?,
            subject_kind: self.subject_kind,
            subject_id: self.subject_id,
            subject_label: self.subject_label,
            team: self.team_id.map(Into::into),
            detail: facts(self.detail),
            request_id: self.request_id,
            origin: self.origin,
        })
    }
}

impl Store {
    /// A page of the log, newest first: of all of it, or of what happened to one subject.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_audit(
        &self,
        _permit: &Permit,
        subject: Option<&SubjectId>,
        before: Option<i64>,
        limit: Limit,
    ) -> Result<Page<Entry, i64>> {
        let before = before.unwrap_or(i64::MAX);
        let rows = limit.rows() as i64 + 1;
        // A newer version beside this one may write kinds that this one cannot name.
        let known: Vec<String> =
            EventKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
        // Two statements: one for both would have a plan for both, which walks the whole log for a subject of few events.
        let rows = match subject {
            None => {
                sqlx::query_as!(
                    Row,
                    "SELECT seq, id, at, actor_kind, actor_id, actor_label, kind, subject_kind, subject_id, subject_label,
                            team_id, detail, request_id, origin
                     FROM audit_events
                     WHERE seq < $1 AND kind = ANY ($3)
                     ORDER BY seq DESC LIMIT $2",
                    before,
                    rows,
                    &known,
                )
                .fetch_all(self.pool())
                .await?
            }
            Some(subject) => {
                sqlx::query_as!(
                    Row,
                    "SELECT seq, id, at, actor_kind, actor_id, actor_label, kind, subject_kind, subject_id, subject_label,
                            team_id, detail, request_id, origin
                     FROM audit_events
                     WHERE subject_kind = $4 AND subject_id = $5 AND seq < $1 AND kind = ANY ($3)
                     ORDER BY seq DESC LIMIT $2",
                    before,
                    rows,
                    &known,
                    subject.kind().as_str(),
                    subject.id(),
                )
                .fetch_all(self.pool())
                .await?
            }
        };
        let entries = rows.into_iter().filter_map(Row::entry);
        Ok(Page::cut(entries.collect(), limit, |entry: &Entry| entry.seq))
    }

    /// What made later states of a subject than that one, oldest first; at most `limit` of it.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_audit_since(
        &self,
        _permit: &Permit,
        subject: &SubjectId,
        seen: Version,
        limit: Limit,
    ) -> Result<Vec<Entry>> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT seq, id, at, actor_kind, actor_id, actor_label, kind, subject_kind, subject_id, subject_label,
                    team_id, detail, request_id, origin
             FROM audit_events
             WHERE subject_kind = $1 AND subject_id = $2 AND version > $3
             ORDER BY seq LIMIT $4",
            subject.kind().as_str(),
            subject.id(),
            seen.number(),
            limit.rows() as i64,
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().filter_map(Row::entry).collect())
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
