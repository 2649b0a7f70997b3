//! Tells the audit log when a mirror has failed so often that people should know, and when it is well again.

use super::pass::Pass;
use crate::Result;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::mirror::Failure;
use domain::mirror::state::ALARM_AFTER;
use domain::policy::{Action, Actor, permit};

/// Compares how often it had failed before the run with how it ended.
pub(super) async fn tell(pass: &Pass<'_>, before: u32, failure: Option<&Failure>) -> Result<()> {
    let (kind, class) = match failure {
        Some(failure) if before < ALARM_AFTER && pass.failures >= ALARM_AFTER => {
            (EventKind::MirrorFailing, Some(failure.class))
        }
        None if before >= ALARM_AFTER => (EventKind::MirrorRecovered, None),
        _ => return Ok(()),
    };
    let clock = Caller::local(Actor::Clock);
    let tx = pass.store().begin(permit(&clock.actor, Action::RecordMirrorRun)?).await?;
    let name = pass.name();
    let event = Event::new(kind, SubjectKind::Mirror, Some(name.to_owned()), name);
    let event = match class {
        Some(class) => event.with("class", class.as_str().to_owned()),
        None => event,
    };
    pass.service.commit(tx, &clock, event).await
}
