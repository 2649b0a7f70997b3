//! Tries whether a target can be used: one object is written, read back and deleted.

use super::change::drawn_up;
use super::kept::make;
use crate::{Result, Service};
use domain::Code;
use domain::audit::Caller;
use domain::mirror::target::{ProbeFailure, Probed};
use domain::mirror::{Failure, FailureClass, NewTarget, TargetChange};
use domain::policy::{Action, permit};
use std::time::Duration;
use storage::{Place, Storage};

/// How long a person waits at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// Tries a target that is not kept yet.
///
/// # Errors
/// `unauthenticated`, `forbidden`; of each field as [`super::create`]; a fault. That it cannot be used is none.
pub async fn probe(service: &Service, caller: &Caller, asked: &NewTarget) -> Result<Probed> {
    permit(&caller.actor, Action::ProbeMirror)?;
    made(service, asked).await
}

/// Tries the target of a mirror as it would be after a change; one of the configuration as it is.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `mirror_configured` when something is to be changed of such a one; else as [`super::change`]; a fault.
pub async fn probe_kept(
    service: &Service,
    caller: &Caller,
    name: &str,
    asked: &TargetChange,
) -> Result<Probed> {
    let permit = permit(&caller.actor, Action::ProbeMirror)?;
    if let Some(kept) = service.store().find_mirror_target(&permit, name).await? {
        return made(service, &drawn_up(service, &kept, asked)?).await;
    }
    let configured = service.configured().iter().find(|target| target.name() == name);
    let target = configured.ok_or(Code::NotFound)?;
    if !asked.is_empty() {
        return Err(Code::MirrorConfigured.into());
    }
    Ok(attempt(target.place()).await)
}

/// In a clone of its own, where there is one: that of the loop is at work.
async fn made(service: &Service, asked: &NewTarget) -> Result<Probed> {
    let outside = service.outside();
    let number = service.random(|rng| rng.next_u64());
    let clone = make::clone_of(outside, &format!("probe-{number:016x}"));
    let place = make::place(outside, &clone, &asked.settings, &asked.secrets)?;
    let probed = attempt(&place).await;
    if matches!(place, Place::Git(_)) {
        let _ = tokio::fs::remove_dir_all(&clone).await;
    }
    Ok(probed)
}

/// Tries a place.
pub(super) async fn attempt(place: &Place) -> Probed {
    let target = place.describe();
    let failed = match tokio::time::timeout(PATIENCE, place.probe()).await {
        Ok(Ok(())) => None,
        Ok(Err(unfit)) => {
            let failure = Failure::from(&unfit.error);
            Some(ProbeFailure { step: Some(unfit.step.as_str()), failure })
        }
        Err(_) => {
            let said = format!("no answer within {} s", PATIENCE.as_secs());
            let failure = Failure { class: FailureClass::Transient, said };
            Some(ProbeFailure { step: None, failure })
        }
    };
    Probed { target, failed }
}
