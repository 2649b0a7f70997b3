//! Removes what has run out: tokens that ended long ago, sessions, replays, verifiers that were not heard of, what they have long forgotten, the throttle's memory, old usage.

use crate::token::SECRET_KEPT;
use crate::{Result, Service};
use domain::policy::{Action, Actor, permit};

/// For how long an idempotency key is remembered.
const REPLAYS_KEPT: time::Duration = time::Duration::hours(24);

/// Sweeps once. The clock calls it every minute.
///
/// # Errors
/// A fault.
pub async fn sweep(service: &Service) -> Result<()> {
    let permit = permit(&Actor::Clock, Action::Sweep)?;
    let now = service.now();
    service.throttle().sweep();
    service.store().sweep_verifiers(&permit).await?;
    service.store().sweep_gone(&permit).await?;
    service.store().sweep_sessions(&permit, now).await?;
    service.store().sweep_replays(&permit, now - SECRET_KEPT, now - REPLAYS_KEPT).await?;
    crate::usage::tidy(service).await?;
    crate::token::purge(service).await
}
