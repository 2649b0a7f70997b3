//! Whether a plan waits for a person.

use super::pass::{Pass, Trouble};
use super::push;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::mirror::{Digest, Key, Plan};
use domain::policy::{Action, Actor, permit};
use store::mirror::Holds;

/// How many deletes of rows that are gone must wait for a person; notes which, and tells the audit log when that is news. What a person released is done
/// if it is what they saw.
pub(super) async fn hold(pass: &Pass<'_>, plan: &Plan, gone: &[Key]) -> Result<u64, Trouble> {
    if !plan.drastic(gone.len()) {
        return Ok(0);
    }
    let (held, digest) = (push::count(gone.len()), Some(Digest::of_keys(gone, &[])));
    let clock = Caller::local(Actor::Clock);
    let may = permit(&clock.actor, Action::RecordMirrorRun).map_err(crate::Error::from)?;
    let mut tx = pass.store().begin(may).await?;
    let known = tx.lock_mirror_holds(pass.name()).await?.unwrap_or_default();
    if known.digest == digest && known.released > 0 {
        return Ok(0);
    }
    if known.digest != digest || known.held == 0 {
        tx.set_mirror_holds(pass.name(), Holds { held, released: 0, digest }).await?;
        let name = pass.name();
        let event =
            Event::new(EventKind::MirrorHeld, SubjectKind::Mirror, Some(name.to_owned()), name)
                .with("deletes", held.to_string());
        pass.service.commit(tx, &clock, event).await?;
    }
    Ok(held)
}
