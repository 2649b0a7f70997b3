//! What people ask of a mirror: to look at everything now, to tell what that would do, to stop and to go on.

use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::mirror::Digest;
use domain::mirror::state::Asked;
use domain::policy::{Action, permit};

fn event(kind: EventKind, name: &str) -> Event {
    Event::new(kind, SubjectKind::Mirror, Some(name.to_owned()), name)
}

/// Asks for a look at everything, for the plan of one, or to adopt the records that nobody here issued. The next run does it: at once, where a server runs
/// that has the mirror.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `not_found`; `mirror_paused` while it is stopped; a fault.
pub async fn ask(service: &Service, caller: &Caller, name: &str, asked: Asked) -> Result<()> {
    let permit = permit(&caller.actor, Action::AskMirror)?;
    let mut tx = service.store().begin(permit).await?;
    if tx.mirror_paused(name).await?.ok_or(Code::NotFound)? {
        return Err(Code::MirrorPaused.into());
    }
    tx.ask_mirror(name, asked, service.now()).await?;
    let event = event(EventKind::MirrorAsked, name).with("asked", asked.as_str().to_owned());
    service.commit(tx, caller, event).await
}

/// Stops a mirror until [`resume`]: what is revoked meanwhile stays there, and is shown.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `not_found`; a fault. To stop one that is stopped changes nothing.
pub async fn pause(service: &Service, caller: &Caller, name: &str) -> Result<()> {
    stop(service, caller, name, true).await
}

/// Lets a mirror go on.
///
/// # Errors
/// As [`pause`].
pub async fn resume(service: &Service, caller: &Caller, name: &str) -> Result<()> {
    stop(service, caller, name, false).await
}

async fn stop(service: &Service, caller: &Caller, name: &str, stopped: bool) -> Result<()> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::PauseMirror)?).await?;
    let changed = tx.pause_mirror(name, stopped.then(|| service.now())).await?;
    if !changed.ok_or(Code::NotFound)? {
        return Ok(());
    }
    let kind = if stopped { EventKind::MirrorPaused } else { EventKind::MirrorResumed };
    service.commit(tx, caller, event(kind, name)).await
}

/// Lets the records and routes go that nobody here issued, if they are those that were confirmed, by their digest. Should others be found by then, all are
/// kept, because nobody has seen those.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `not_found`; `not_held` when there are none; `list_changed` when they are others by now; a fault.
pub async fn delete_foreign(
    service: &Service,
    caller: &Caller,
    name: &str,
    confirmed: Option<&Digest>,
) -> Result<()> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::ReleaseMirror)?).await?;
    let same = tx.end_foreign(name, confirmed).await?.ok_or(Code::NotFound)?;
    let records = same.ok_or(Code::ListChanged)?;
    if records == 0 {
        return Err(Code::NotHeld.into());
    }
    let event = event(EventKind::MirrorForeignEnded, name).with("records", records.to_string());
    service.commit(tx, caller, event).await
}
