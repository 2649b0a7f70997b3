//! Brings what was collected to the database, and keeps what is there bounded.

use super::gathered::{Collected, Gathered};
use super::known::Known;
use super::notices;
use crate::{Result, Service};
use domain::id::RecorderId;
use domain::policy::{Action, Actor, permit};
use domain::usage::series::kept_since;
use domain::{Code, OffsetDateTime};
use time::Duration;

/// How often a batch that the database does not take is tried, before it is dropped for those after it.
const TRIES: u32 = 10;
/// How often what nobody saw for long is forgotten.
const FORGET: Duration = Duration::DAY;

/// What is known of flushes. Held for as long as one takes.
#[derive(Default)]
pub struct Flushing {
    id: Option<RecorderId>,
    number: i64,
    /// Taken, and not sent.
    gathered: Gathered,
    /// Sent, and maybe not in the database yet. It keeps its number: nobody knows of a commit whose answer was lost.
    waiting: Option<Collected>,
    /// How often the database refused it for a reason that does not pass by itself.
    refused: u32,
    forgot_at: Option<OffsetDateTime>,
    known: Known,
}

/// Brings what was collected to the database, a batch after the other. What cannot be brought waits for the next flush, and what is collected meanwhile too, as long as there is
/// room.
///
/// # Errors
/// A fault.
pub async fn flush(service: &Service) -> Result<()> {
    let mut flushing = service.usage().flushing.lock().await;
    send_all(service, &mut flushing).await?;
    let now = service.now();
    flushing.gathered = service.usage().take();
    send_all(service, &mut flushing).await?;
    service.usage().set_flushed_at(now);
    Ok(())
}

async fn send_all(service: &Service, flushing: &mut Flushing) -> Result<()> {
    loop {
        if flushing.waiting.is_none() {
            flushing.waiting = flushing.gathered.next();
            flushing.number += i64::from(flushing.waiting.is_some());
        }
        if flushing.waiting.is_none() {
            return Ok(());
        }
        send(service, flushing).await?;
    }
}

async fn send(service: &Service, flushing: &mut Flushing) -> Result<()> {
    let now = service.now();
    let id =
        *flushing.id.get_or_insert_with(|| service.random(|rng| RecorderId::generate(now, rng)));
    let Some(collected) = &mut flushing.waiting else { return Ok(()) };
    if let Err(error) =
        write(service, id, flushing.number, collected, &mut flushing.known, now).await
    {
        // A database that is away comes back; one that says no would say so for ever.
        flushing.refused += u32::from(error.refusals().first().code != Code::Unavailable);
        if flushing.refused < TRIES {
            return Err(error);
        }
        let counts = collected.batch.counts.len();
        tracing::error!(counts, "the database does not take a batch of usage; it is lost");
    }
    service.usage().flushed(collected.parts);
    flushing.waiting = None;
    flushing.refused = 0;
    Ok(())
}

async fn write(
    service: &Service,
    id: RecorderId,
    number: i64,
    collected: &mut Collected,
    known: &mut Known,
    now: OffsetDateTime,
) -> Result<()> {
    let permit = permit(&Actor::Clock, Action::RecordUsage)?;
    known.mark(service, &permit, &mut collected.batch).await?;
    notices::tell(service, collected).await?;
    Ok(service.store().flush_usage(&permit, id, number, &collected.batch, now).await?)
}

/// Makes room for the next month, and lets go of what is older than was agreed. The clock calls it every minute.
///
/// # Errors
/// A fault.
pub async fn tidy(service: &Service) -> Result<()> {
    let permit = permit(&Actor::Clock, Action::Sweep)?;
    let (store, now) = (service.store(), service.now());
    store.make_usage_partitions(&permit, now).await?;
    let before = kept_since(now, service.usage_settings().retention_months);
    let dropped = store.drop_usage_partitions(&permit, before).await?;
    if dropped > 0 {
        tracing::info!(months = dropped, "dropped old usage");
    }
    // Decided under the lock and done without it: a flush should not wait for it.
    let due = {
        let mut flushing = service.usage().flushing.lock().await;
        let due = flushing.forgot_at.is_none_or(|at| now - at >= FORGET);
        if due {
            flushing.forgot_at = Some(now);
        }
        due
    };
    if due {
        store.forget_usage(&permit, before, now).await?;
    }
    Ok(())
}
