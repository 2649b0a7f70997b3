//! Deletes a route.

use super::facts;
use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::RouteId;
use domain::policy::{Action, permit};

/// Deletes a route and the secret that was kept of it. What it was stays in the audit log.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; a fault.
pub async fn delete(service: &Service, caller: &Caller, id: RouteId) -> Result<()> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::DeleteRoute)?).await?;
    let (route, _) = tx.lock_route(id).await?.ok_or(Code::NotFound)?;
    tx.delete_route(id).await?;
    let event = Event::new(
        EventKind::RouteDeleted,
        SubjectKind::Route,
        Some(id.to_string()),
        route.label(),
    );
    service.commit(tx, caller, event.with_all(facts::facts(&route))).await
}
