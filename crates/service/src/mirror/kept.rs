//! The targets that people added, for whoever works with them: which there are, and what is made of them.

pub(super) mod facts;
pub(super) mod make;
pub(super) mod seal;

pub use make::Outside;

use super::Target;
use crate::{Result, Service};
use domain::OffsetDateTime;
use domain::mirror::{Failure, FailureClass};
use domain::policy::{Action, Actor, permit};
use store::mirror::KeptTarget;

/// A target that somebody added, and its secrets, sealed.
#[derive(Clone, Debug)]
pub struct Kept(KeptTarget);

/// Every target that people added, by name.
///
/// # Errors
/// A fault.
pub async fn list(service: &Service) -> Result<Vec<Kept>> {
    let permit = permit(&Actor::Clock, Action::ListMirrors)?;
    let kept = service.store().list_mirror_targets(&permit).await?;
    Ok(kept.into_iter().map(Kept).collect())
}

impl Kept {
    /// Its name.
    pub fn name(&self) -> &str {
        self.0.target.name.as_str()
    }

    /// When it was made, and how many times it was written: what is made of another version is another, and so is one that was made again under its name.
    pub const fn edition(&self) -> (OffsetDateTime, i64) {
        (self.0.target.created_at, self.0.target.version)
    }

    /// Whether it is to be emptied, and then deleted.
    pub const fn is_emptying(&self) -> bool {
        self.0.target.emptying_since.is_some()
    }

    /// Whether its secrets need a key that is not the first.
    pub fn needs_an_earlier_key(&self, service: &Service) -> bool {
        let newest = |sealed| service.sealer().is_some_and(|sealer| sealer.is_newest(sealed));
        self.0.sealed.as_deref().is_some_and(|sealed| !newest(sealed))
    }

    /// What is made of it. Nothing is asked yet.
    ///
    /// # Errors
    /// `broken`: no configured key opens its secrets, or this server's configuration does not allow what is said of it.
    pub fn make(&self, service: &Service) -> Result<Target, Failure> {
        let target = &self.0.target;
        let broken = |said: &str| Failure { class: FailureClass::Broken, said: said.to_owned() };
        let secrets = seal::open(service, target, self.0.sealed.as_deref());
        let secrets = secrets.ok_or_else(|| broken("no configured key opens its secrets"))?;
        make::target(service, &target.name, &target.settings, &secrets).map_err(|error| {
            let refused = error.refusals().first();
            let field = refused.field.map_or_else(String::new, |field| format!(" ({field})"));
            broken(&format!("{}{field}", refused.code.as_str().replace('_', " ")))
        })
    }
}

/// Sees to it that the mirror of a target is told of, whatever other servers made of the list meanwhile.
///
/// # Errors
/// A fault.
pub async fn settle(service: &Service, kept: &Kept, target: &Target) -> Result<()> {
    let permit = permit(&Actor::Clock, Action::RecordMirrorRun)?;
    let place = target.describe();
    Ok(service.store().settle_mirror(&permit, &kept.0.target, &place).await?)
}

/// Tells people why nothing can be made of a target.
///
/// # Errors
/// A fault.
pub async fn fail(service: &Service, name: &str, failure: &Failure) -> Result<()> {
    let permit = permit(&Actor::Clock, Action::RecordMirrorRun)?;
    Ok(service.store().fail_mirror(&permit, name, failure, service.now()).await?)
}

/// Removes what this machine keeps of a target that is not there any more.
pub async fn forget(service: &Service, name: &str) {
    // A clone is a cache; what of it stays is overwritten by the next of this name.
    let _ = tokio::fs::remove_dir_all(make::clone_of(service.outside(), name)).await;
}
