//! Whether a plan waits for a person.

use super::Target;
use crate::{Result, Service};
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::mirror::Plan;
use domain::policy::{Action, Actor, Permit, permit};
use std::collections::BTreeSet;

/// A plan that waits for a person.
pub(super) struct Held {
    /// How many of its deletes no ended token explains.
    pub deletes: usize,
    /// What of it is done meanwhile.
    pub meanwhile: Plan,
}

/// Whether the plan must wait; notes it, and tells the audit log when that is news.
pub(super) async fn hold(
    service: &Service,
    target: &Target,
    may: &Permit,
    plan: &Plan,
) -> Result<Option<Held>> {
    if !plan.may_be_drastic() {
        return Ok(None);
    }
    let ended: BTreeSet<_> = service.store().list_ended(may, &plan.delete, service.now()).await?;
    if !plan.drastic(&ended) {
        return Ok(None);
    }
    let deletes = plan.unexplained(&ended);
    let wanted = u64::try_from(deletes).unwrap_or(u64::MAX);
    let clock = Caller::local(Actor::Clock);
    let mut tx = service.store().begin(permit(&clock.actor, Action::RecordMirrorRun)?).await?;
    let (known, released) = tx.lock_mirror_holds(target.name()).await?.unwrap_or_default();
    if released >= wanted {
        return Ok(None);
    }
    if wanted > known || released > 0 {
        tx.set_mirror_holds(target.name(), wanted, 0).await?;
        let name = target.name();
        let event =
            Event::new(EventKind::MirrorHeld, SubjectKind::Mirror, Some(name.to_owned()), name)
                .with("deletes", wanted.to_string());
        service.commit(tx, &clock, event).await?;
    }
    Ok(Some(Held { deletes, meanwhile: plan.explained(&ended) }))
}
