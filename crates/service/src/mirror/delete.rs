//! Deletes a target, at once or when it is empty.

use super::change::lock;
use super::kept::facts::{event, facts};
use crate::{Result, Service};
use domain::audit::{Caller, EventKind};
use domain::mirror::MirrorTarget;
use domain::policy::{Action, permit};

/// Deletes a target and its secrets. What is there stays there, and its readers go on with it until it is too old for them. To `empty` it first, the next
/// runs take away what is ours, and then delete it; it can still be deleted at once meanwhile.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `mirror_configured` for a mirror of the configuration; a fault.
pub async fn delete(service: &Service, caller: &Caller, name: &str, empty: bool) -> Result<()> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::DeleteMirror)?).await?;
    let kept = lock(&mut tx, name).await?;
    let told = facts(&kept.target.settings);
    if !empty {
        tx.delete_mirror_target(name).await?;
        let event = event(EventKind::MirrorDeleted, name).with_all(told);
        return service.commit(tx, caller, event).await;
    }
    if kept.target.emptying_since.is_some() {
        return Ok(());
    }
    let now = service.now();
    let target = MirrorTarget {
        version: kept.target.version + 1,
        updated_at: now,
        emptying_since: Some(now),
        ..kept.target
    };
    tx.empty_mirror_target(&target).await?;
    service.commit(tx, caller, event(EventKind::MirrorEmptying, name).with_all(told)).await
}
