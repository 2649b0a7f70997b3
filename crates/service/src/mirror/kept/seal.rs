//! The secrets of targets on their way to the database and back. They are sealed for a name and for everything that is told of the target: whoever can
//! write to our database, and has no key, cannot have them shown at an address of their own.

use crate::{Result, Service};
use domain::mirror::{MirrorTarget, TargetName, TargetSecrets, TargetSettings};
use domain::{Code, Refused};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// What the secrets are sealed for.
fn place(name: &TargetName, settings: &TargetSettings) -> String {
    format!("mirror {}\n{}", name.as_str(), settings.told())
}

/// Seals all of them together; `None` where there is none.
///
/// # Errors
/// `sealing_off` on the first of them when there is no key to seal with.
pub fn seal(
    service: &Service,
    name: &TargetName,
    settings: &TargetSettings,
    secrets: &TargetSecrets,
) -> Result<Option<String>> {
    let names = secrets.names();
    let Some(first) = names.first() else { return Ok(None) };
    let sealer = service.sealer().ok_or(Refused::field(first, Code::SealingOff))?;
    let pairs: BTreeMap<_, _> =
        names.iter().filter_map(|name| Some((*name, secrets.expose(name)?.as_str()))).collect();
    let text = Zeroizing::new(serde_json::to_string(&pairs).expect("texts are JSON"));
    Ok(Some(sealer.seal_text(&place(name, settings), &text)))
}

/// Opens what was sealed; `None` when no key does, or what is told of the target is not what it was sealed for.
pub fn open(
    service: &Service,
    target: &MirrorTarget,
    sealed: Option<&str>,
) -> Option<TargetSecrets> {
    let Some(sealed) = sealed else { return Some(TargetSecrets::default()) };
    let text = service.sealer()?.open_text(&place(&target.name, &target.settings), sealed).ok()?;
    let pairs: BTreeMap<String, String> = serde_json::from_str(&text).ok()?;
    let pairs = pairs.into_iter().map(|(name, value)| (name, Zeroizing::new(value)));
    Some(TargetSecrets::stored(target.settings.kind(), pairs))
}
