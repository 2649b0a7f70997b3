//! The write transaction: opened with a [`Permit`], committed with an [`Event`], and no other way.
//!
//! The commit writes the audit row, which is also the mark that makes mirrors stale, and announces it. To forget one of them does not
//! compile.

use crate::verify::Change;
use crate::{CHANGES, Result, Store, TRACE};
use domain::OffsetDateTime;
use domain::audit::{Caller, Event};
use domain::id::EventId;
use domain::policy::Permit;
use serde_json::{Map, Value};
use sqlx::{PgConnection, Postgres, Transaction};
use tracing::Span;
use tracing::field::Empty;

/// The audit row's own id and time, from the caller's clock and generator.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// Its id.
    pub id: EventId,
    /// When it happened.
    pub at: OffsetDateTime,
}

/// An open write transaction. Dropped without a commit, it changes nothing.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    permit: Permit,
    /// From its beginning to its end; where there are no traces, nothing.
    span: Span,
}

impl Store {
    /// Opens a write transaction for what was permitted.
    ///
    /// # Errors
    /// As every statement.
    pub async fn begin(&self, permit: Permit) -> Result<Tx> {
        let span = tracing::trace_span!(
            target: TRACE,
            "transaction",
            otel.kind = "client",
            db.system.name = "postgresql",
            tokenkeep.action = ?permit.action(),
            tokenkeep.event = Empty,
        );
        Ok(Tx { inner: self.pool().begin().await?, permit, span })
    }
}

impl Tx {
    /// The connection, for this crate's statements.
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// What the transaction was opened for.
    pub const fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Writes the event and commits, all or nothing. Says which change it was, when it was one that is announced.
    ///
    /// # Errors
    /// As every statement; nothing is changed then.
    pub async fn commit(
        mut self,
        stamp: Stamp,
        caller: &Caller,
        event: Event,
    ) -> Result<Option<Change>> {
        let change = self.write(stamp, caller, event).await?;
        self.inner.commit().await?;
        Ok(change)
    }

    /// The same for a deed that is told in several events, of which there is a last.
    ///
    /// # Errors
    /// As every statement; nothing is changed then.
    pub async fn commit_each(
        mut self,
        caller: &Caller,
        events: Vec<(Stamp, Event)>,
        last: (Stamp, Event),
    ) -> Result<()> {
        for (stamp, event) in events.into_iter().chain([last]) {
            self.write(stamp, caller, event).await?;
        }
        self.inner.commit().await?;
        Ok(())
    }

    async fn write(
        &mut self,
        stamp: Stamp,
        caller: &Caller,
        event: Event,
    ) -> Result<Option<Change>> {
        self.span.record("tokenkeep.event", event.kind.as_str());
        let actor = self.permit.actor();
        let detail: Map<String, Value> = event
            .detail
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect();
        sqlx::query!(
            "INSERT INTO audit_events
                 (id, at, actor_kind, actor_id, actor_label, kind, subject_kind, subject_id, subject_label,
                  team_id, detail, request_id, origin, touches_mirrors, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            stamp.id.uuid(),
            stamp.at,
            actor.kind(),
            actor.id(),
            actor.label(),
            event.kind.as_str(),
            event.subject.kind.as_str(),
            event.subject.id,
            event.subject.label,
            event.team.map(|team| team.uuid()),
            Value::Object(detail),
            caller.request_id.map(|id| id.to_string()),
            caller.origin.map(|origin| origin.to_string()),
            event.kind.touches_mirrors(),
            event.version.map(domain::Version::number),
        )
        .execute(&mut *self.inner)
        .await?;
        // Only what moves a mirror is announced: a notification makes commits wait for each other.
        if !event.kind.touches_mirrors() {
            return Ok(None);
        }
        let change: String =
            sqlx::query_scalar("SELECT pg_current_xact_id()::text FROM pg_notify($1, $2)")
                .bind(CHANGES)
                .bind(event.kind.as_str())
                .fetch_one(&mut *self.inner)
                .await?;
        Ok(change.parse().ok().map(Change))
    }
}
