//! Releases a held plan.

use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::mirror::Digest;
use domain::policy::{Action, permit};
use store::mirror::Holds;

/// Lets the next run do the deletes that are held, if they are those that were confirmed, by their digest. Should others be found by then, the plan is held
/// again, because nobody has seen those.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `not_found`; `not_held` when nothing waits; `list_changed` when others are held by now; a fault.
pub async fn release(
    service: &Service,
    caller: &Caller,
    name: &str,
    confirmed: Option<&Digest>,
) -> Result<()> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::ReleaseMirror)?).await?;
    let holds = tx.lock_mirror_holds(name).await?.ok_or(Code::NotFound)?;
    if holds.held <= holds.released {
        return Err(Code::NotHeld.into());
    }
    if holds.digest.as_ref() != confirmed {
        return Err(Code::ListChanged.into());
    }
    tx.set_mirror_holds(name, Holds { released: holds.held, ..holds }).await?;
    let event =
        Event::new(EventKind::MirrorReleased, SubjectKind::Mirror, Some(name.to_owned()), name)
            .with("deletes", holds.held.to_string());
    service.commit(tx, caller, event).await
}
