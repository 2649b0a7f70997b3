//! Adds a target.

use super::kept::facts::{event, facts};
use super::kept::{make, seal};
use crate::error::violated;
use crate::{Result, Service};
use domain::audit::{Caller, EventKind};
use domain::mirror::target::TARGETS_MAX;
use domain::mirror::{MirrorTarget, NewTarget, TargetName};
use domain::policy::{Action, permit};
use domain::{Code, Refused};
use store::mirror::KeptTarget;

/// Adds a target under a name: its mirror is written from now on, where a server runs. It is not asked whether it answers: [`super::probe`] does.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `name_taken` on `name`; `place_taken` when another mirror writes there; `mirrors_too_many`; of each field that its
/// backend refuses `url_invalid`, `setting_invalid`, `address_forbidden`; `sealing_off` on a secret; a fault.
pub async fn create(
    service: &Service,
    caller: &Caller,
    name: TargetName,
    asked: NewTarget,
) -> Result<()> {
    let permit = permit(&caller.actor, Action::CreateMirror)?;
    let NewTarget { settings, secrets } = asked;
    let place = make::target(service, &name, &settings, &secrets)?.describe();
    let sealed = seal::seal(service, &name, &settings, &secrets)?;
    let mut tx = service.store().begin(permit).await?;
    tx.lock_mirror_places().await?;
    if tx.count_mirror_targets().await? >= TARGETS_MAX {
        return Err(Code::MirrorsTooMany.into());
    }
    if tx.lock_mirror_target(name.as_str()).await?.is_some() {
        return Err(Refused::field("name", Code::NameTaken).into());
    }
    if tx.find_mirror_at(&place).await?.is_some() {
        return Err(Code::PlaceTaken.into());
    }
    let now = service.now();
    let event = event(EventKind::MirrorCreated, name.as_str()).with_all(facts(&settings));
    let secrets = secrets.names();
    let target = MirrorTarget {
        name,
        settings,
        secrets,
        version: 1,
        created_at: now,
        updated_at: now,
        emptying_since: None,
    };
    let taken = [
        ("mirror_targets_pkey", "name", Code::NameTaken),
        ("mirrors_pkey", "name", Code::NameTaken),
    ];
    tx.insert_mirror_target(&KeptTarget { target, sealed }, &place)
        .await
        .map_err(|error| violated(error, &taken))?;
    service.commit(tx, caller, event).await
}
