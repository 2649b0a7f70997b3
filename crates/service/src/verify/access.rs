//! Who may ask whether tokens are good: everybody, or whoever has a management key for it.
//!
//! A key that was good a moment ago is believed without the database, as tokens are; and forgotten when [`super::Following`] hears that it was
//! revoked. Start at [`admit`].

use super::index::{FRESH, Trust};
use crate::key::hash;
use crate::{Result, Service};
use domain::key::Key;
use domain::policy::{Action, permit};
use domain::token::SecretHash;
use domain::{Code, OffsetDateTime};
use quick_cache::sync::Cache;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many keys are remembered.
const KEYS_MAX: usize = 1_024;
/// How many of them are kept in a snapshot on disk.
const KEPT_MAX: usize = 256;

/// Who may ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerifyAccess {
    /// Everybody who reaches the door.
    #[default]
    Open,
    /// Whoever has a management key that may verify.
    Key,
}

impl VerifyAccess {
    /// Reads the setting.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "open" => Some(Self::Open),
            "key" => Some(Self::Key),
            _ => None,
        }
    }
}

/// The keys that were good of late.
pub(crate) struct Admitted(Cache<[u8; 32], Arc<Checked>>);

struct Checked {
    key: Key,
    at: Instant,
}

impl Admitted {
    pub(crate) fn new() -> Self {
        Self(Cache::new(KEYS_MAX))
    }

    /// Keys that may verify, each with how long ago that was asked, but for those that there is no room for in a snapshot.
    pub(super) fn verifying(&self, now: OffsetDateTime) -> Vec<(SecretHash, Key, Duration)> {
        let each = self.0.iter().filter_map(|(hash, known)| {
            let good = is_live(&known.key, now) && may_verify(&known.key).is_ok();
            let hash = SecretHash::from_slice(&hash).filter(|_| good)?;
            Some((hash, known.key.clone(), known.at.elapsed()))
        });
        each.take(KEPT_MAX).collect()
    }

    /// These were revoked, or are no more what they were.
    pub(super) fn forget(&self, hashes: &[SecretHash]) {
        for hash in hashes {
            self.0.remove(hash.bytes());
        }
    }

    /// All of them have to be asked about.
    pub(super) fn clear(&self) {
        self.0.clear();
    }

    /// A key that was good then.
    pub(super) fn put(&self, hash: &SecretHash, key: Key, at: Instant) {
        self.0.insert(*hash.bytes(), Checked { key, at }.into());
    }
}

/// Whether whoever offers this key may ask. Where it is open to everybody, nobody looks at it.
///
/// # Errors
/// `unauthenticated` without a good key, `forbidden` with one for something else; a fault.
pub async fn admit(service: &Service, offered: Option<&str>, origin: Option<IpAddr>) -> Result<()> {
    if let Some(admitted) = admit_at_once(service, offered) {
        return admitted;
    }
    let hash = offered.and_then(hash).ok_or(Code::Unauthenticated)?;
    let now = service.now();
    let Admitted(keys) = service.admitted();
    let known = keys.get(hash.bytes()).filter(|known| is_live(&known.key, now));
    let believed =
        known.as_ref().filter(|known| known.at.elapsed() < FRESH + service.verify_budget());
    // The database does not answer: nobody waits to hear that again.
    if matches!(service.index().trust(), Trust::WhatIsKnown | Trust::Nothing) {
        return match believed {
            Some(known) => may_verify(&known.key),
            None => Err(Code::Unavailable.into()),
        };
    }
    let strangers = service.index().strangers();
    if known.is_none() && !strangers.may_ask(origin, now) {
        return Err(Code::Unauthenticated.into());
    }
    let at = Instant::now();
    let asked_at = service.index().changes();
    match (service.store().find_key(&hash, now).await, known) {
        (Ok(Some(key)), _) => {
            let checked = Arc::new(Checked { key, at });
            keys.insert(*hash.bytes(), Arc::clone(&checked));
            // Whoever hears of a revocation counts it as a change first, and forgets the key then: one of us sees the other.
            if service.index().changes() != asked_at {
                keys.remove(hash.bytes());
            }
            may_verify(&checked.key)
        }
        (Ok(None), _) => {
            keys.remove(hash.bytes());
            strangers.asked_in_vain(origin, now);
            Err(Code::Unauthenticated.into())
        }
        // What is known goes on for the agreed time.
        (Err(_), Some(known)) if known.at.elapsed() < FRESH + service.verify_budget() => {
            may_verify(&known.key)
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// What [`admit`] says, where that takes no look at the database; else `None`.
pub fn admit_at_once(service: &Service, offered: Option<&str>) -> Option<Result<()>> {
    if service.verify_access() == VerifyAccess::Open {
        return Some(Ok(()));
    }
    let Some(hash) = offered.and_then(hash) else {
        return Some(Err(Code::Unauthenticated.into()));
    };
    let known =
        service.admitted().0.get(hash.bytes()).filter(|known| known.at.elapsed() < FRESH)?;
    is_live(&known.key, service.now()).then(|| may_verify(&known.key))
}

fn is_live(key: &Key, now: OffsetDateTime) -> bool {
    key.expires_at.is_none_or(|at| now < at)
}

fn may_verify(key: &Key) -> Result<()> {
    let actor = key.actor().ok_or(Code::Forbidden)?;
    permit(&actor, Action::Verify)?;
    Ok(())
}
