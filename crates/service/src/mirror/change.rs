//! Changes a target.

use super::kept::facts::{event, told};
use super::kept::{make, seal};
use crate::{Result, Service};
use domain::audit::{Caller, EventKind};
use domain::mirror::{
    Format, MirrorTarget, NewTarget, TargetChange, TargetSecrets, TargetSettings,
};
use domain::policy::{Action, permit};
use domain::{Code, Refusals, Refused};
use store::Tx;
use store::mirror::KeptTarget;

/// Changes what is said of a target. What stays as it was is no change, and leaves no event; a secret that is given is always one, and so is that the kept
/// ones are sealed with the newest key. Where it writes to another place than before, or in another format, its mirror begins anew.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `mirror_configured` for a mirror of the configuration; `mirror_changed` when the version is another;
/// `mirror_emptying`; `secret_not_kept` and `secret_lost` on a secret that has to be given anew; else as [`super::create`].
pub async fn change(
    service: &Service,
    caller: &Caller,
    name: &str,
    asked: TargetChange,
) -> Result<()> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::ChangeMirror)?).await?;
    tx.lock_mirror_places().await?;
    let kept = lock(&mut tx, name).await?;
    if asked.version.is_some_and(|version| version != kept.target.version) {
        return Err(Code::MirrorChanged.into());
    }
    if kept.target.emptying_since.is_some() {
        return Err(Code::MirrorEmptying.into());
    }
    let before = kept.target.settings.clone();
    let newest = |sealed: &str| service.sealer().is_some_and(|sealer| sealer.is_newest(sealed));
    let stale = kept.sealed.as_deref().is_some_and(|sealed| !newest(sealed));
    let NewTarget { settings, secrets } = drawn_up(service, &kept, &asked)?;
    let said = asked.secrets(settings.kind());
    if settings == before && said.is_empty() && !stale {
        return Ok(());
    }
    let target = kept.target;
    let place = make::target(service, &target.name, &settings, &secrets)?.describe();
    if tx.find_mirror_at(&place).await?.is_some_and(|other| other != name) {
        return Err(Code::PlaceTaken.into());
    }
    let sealed = seal::seal(service, &target.name, &settings, &secrets)?;
    let event = event(EventKind::MirrorChanged, name)
        .with("before", told(&before))
        .with("after", told(&settings))
        .with_all((!said.is_empty()).then(|| ("secrets", said.join(" "))));
    let target = MirrorTarget {
        settings,
        secrets: secrets.names(),
        version: target.version + 1,
        updated_at: service.now(),
        ..target
    };
    // Readers of another format know nothing of what is there.
    let anew = format(&target.settings) != format(&before);
    tx.update_mirror_target(&KeptTarget { target, sealed }, &place, anew).await?;
    service.commit(tx, caller, event).await
}

fn format(settings: &TargetSettings) -> Format {
    settings.get("format").and_then(Format::parse).unwrap_or_default()
}

/// The target of that name, locked, if it is one that can be changed here.
pub(super) async fn lock(tx: &mut Tx, name: &str) -> Result<KeptTarget> {
    match tx.lock_mirror_target(name).await? {
        Some(kept) => Ok(kept),
        None if tx.has_mirror(name).await? => Err(Code::MirrorConfigured.into()),
        None => Err(Code::NotFound.into()),
    }
}

/// The target as it shall be. Of secrets that no key opens none is kept: each has to be given anew.
pub(super) fn drawn_up(
    service: &Service,
    kept: &KeptTarget,
    asked: &TargetChange,
) -> Result<NewTarget, Refusals> {
    let before = &kept.target.settings;
    if let Some(secrets) = seal::open(service, &kept.target, kept.sealed.as_deref()) {
        return asked.of(before, secrets);
    }
    let said = asked.secrets(before.kind());
    match kept.target.secrets.iter().find(|name| !said.contains(*name)) {
        Some(name) => Err(Refused::field(name, Code::SecretLost).into()),
        None => asked.of(before, TargetSecrets::default()),
    }
}
