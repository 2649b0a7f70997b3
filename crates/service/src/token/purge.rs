//! Removes tokens that ended long ago, where somebody wants that.

use crate::{Result, Service};
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::policy::{Action, Actor, permit};
use time::Duration;
use time::format_description::well_known::Rfc3339;

/// How many go in one transaction, and in one event.
const BATCH: i64 = 1_000;
/// How many transactions at a time: the next sweep goes on.
const BATCHES: usize = 10;

/// Removes what ended as many days ago as were agreed; with none, nothing. The clock calls it every minute.
///
/// # Errors
/// A fault; the batches before it are done.
pub(crate) async fn purge(service: &Service) -> Result<()> {
    let Some(days) = service.tombstone_days().filter(|days| *days > 0) else { return Ok(()) };
    let caller = Caller::local(Actor::Clock);
    let Some(before) = service.now().checked_sub(Duration::days(days.into())) else {
        return Ok(());
    };
    for _ in 0..BATCHES {
        let mut tx = service.store().begin(permit(&caller.actor, Action::Sweep)?).await?;
        let count = tx.purge_tokens(before, BATCH).await?;
        if count == 0 {
            return Ok(());
        }
        let ended_before = before.format(&Rfc3339).ok().map(|at| ("ended_before", at));
        let kind = EventKind::TokensPurged;
        let event = Event::new(kind, SubjectKind::Token, None, count.to_string())
            .with("count", count.to_string())
            .with_all(ended_before);
        service.commit(tx, &caller, event).await?;
        tracing::info!(count, "removed tokens that ended long ago");
        if count < BATCH.unsigned_abs() {
            return Ok(());
        }
    }
    Ok(())
}
