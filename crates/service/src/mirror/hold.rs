//! Whether a plan waits for a person.

use super::pass::{Pass, Trouble};
use super::push;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::mirror::Plan;
use domain::policy::{Action, Actor, permit};

/// How many deletes of rows that are gone must wait for a person; notes it, and tells the audit log when that is news.
pub(super) async fn hold(pass: &Pass<'_>, plan: &Plan, gone: usize) -> Result<u64, Trouble> {
    if !plan.drastic(gone) {
        return Ok(0);
    }
    let wanted = push::count(gone);
    let clock = Caller::local(Actor::Clock);
    let may = permit(&clock.actor, Action::RecordMirrorRun).map_err(crate::Error::from)?;
    let mut tx = pass.store().begin(may).await?;
    let (known, released) = tx.lock_mirror_holds(pass.name()).await?.unwrap_or_default();
    if released >= wanted {
        return Ok(0);
    }
    if wanted > known || released > 0 {
        tx.set_mirror_holds(pass.name(), wanted, 0).await?;
        let name = pass.name();
        let event =
            Event::new(EventKind::MirrorHeld, SubjectKind::Mirror, Some(name.to_owned()), name)
                .with("deletes", wanted.to_string());
        pass.service.commit(tx, &clock, event).await?;
    }
    Ok(wanted)
}
