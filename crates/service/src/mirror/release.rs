//! Releases a held plan.

use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::policy::{Action, permit};

/// Lets the next run do the deletes that are held. Only as many as were held: should more of them have come meanwhile, the plan is held
/// again, because nobody has seen those.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `not_found`; `not_held` when nothing waits; a fault.
pub async fn release(service: &Service, caller: &Caller, name: &str) -> Result<()> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::ReleaseMirror)?).await?;
    let (held, released) = tx.lock_mirror_holds(name).await?.ok_or(Code::NotFound)?;
    if held <= released {
        return Err(Code::NotHeld.into());
    }
    tx.set_mirror_holds(name, held, held).await?;
    let event =
        Event::new(EventKind::MirrorReleased, SubjectKind::Mirror, Some(name.to_owned()), name)
            .with("deletes", held.to_string());
    service.commit(tx, caller, event).await
}
