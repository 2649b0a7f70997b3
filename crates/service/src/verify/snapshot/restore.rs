//! Starting from a snapshot.

use super::age::{AsOf, TooFar, left};
use super::frame;
use super::note::{Note, instant};
use super::{Agreed, Key, SnapshotSettings};
use crate::Service;
use crate::verify::index::FRESH;
use domain::OffsetDateTime;
use domain::id::KeyId;
use domain::key::{Key as ManagementKey, KeyScope};
use domain::token::{Scopes, SecretHash};
use std::time::{Duration, Instant};
use storage::snapshot::{Stamped, Unreadable, Uptime};
use store::verify::Seen;

/// A snapshot that an instance started from, or could.
#[derive(Clone)]
pub struct Restored {
    /// When it was what the database has.
    pub as_of: OffsetDateTime,
    /// Until when it is good.
    pub good_until: OffsetDateTime,
    /// How many tokens it knows.
    pub tokens: usize,
    pub(in crate::verify) agreed: Agreed,
}

/// Why a snapshot cannot be started from: to be read after "the snapshot".
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It is another instance's.
    #[error("it is of the instance {0}")]
    OfAnother(String),
    /// Its time is over.
    #[error("it is too old: the database was last seen at {0}")]
    Old(String),
    /// It is from the future, or the clock is wrong.
    #[error("it is from the future ({0}): set the clock")]
    Ahead(String),
}

/// A snapshot whose stamp is good.
struct Found {
    stamped: Stamped,
    note: Note,
    as_of: AsOf,
    /// For how long it is good from now on, of its whole life.
    left: Duration,
    life: Duration,
}

fn find(
    settings: &SnapshotSettings,
    keys: &[Key],
    budget: Duration,
    tolerance: Option<time::Duration>,
    now: &AsOf,
) -> Result<Found, Unusable> {
    let stamped = Stamped::read(&settings.path, keys)?;
    let note = Note::read(stamped.note()).ok_or(Unreadable::NotUnderstood)?;
    let as_of = note.as_of().ok_or(Unreadable::NotUnderstood)?;
    if note.instance != settings.instance {
        return Err(Unusable::OfAnother(note.instance));
    }
    // A budget that was raised since then was not in the lease that the database has.
    let budget = budget.min(Duration::from_micros(note.budget));
    let left = left(&as_of, now, budget, tolerance).map_err(|far| {
        let at = as_of.wall.replace_nanosecond(0).unwrap_or(as_of.wall).to_string();
        match far {
            TooFar::Old => Unusable::Old(at),
            TooFar::Ahead => Unusable::Ahead(at),
        }
    })?;
    Ok(Found { stamped, note, as_of, left, life: FRESH + budget })
}

impl Found {
    fn restored(&self, now: &AsOf, tokens: usize) -> Restored {
        let Note { history, seen, .. } = &self.note;
        Restored {
            as_of: self.as_of.wall,
            good_until: now.wall + self.left,
            tokens,
            agreed: Agreed {
                history: history.clone(),
                seen: Seen::stored(seen.clone()),
                as_of: self.as_of.clone(),
            },
        }
    }
}

/// Whether one could start from the snapshot of these settings now. Reads all of it, and changes nothing.
///
/// # Errors
/// [`Unusable`].
pub fn inspect(
    settings: &SnapshotSettings,
    keys: &[Key],
    budget: Duration,
    now: OffsetDateTime,
) -> Result<Restored, Unusable> {
    let tolerance = crate::VerifySettings::default().clock_tolerance;
    let now = AsOf { wall: now, uptime: Uptime::now() };
    let found = find(settings, keys, budget, tolerance, &now)?;
    let mut hashes = std::collections::HashSet::new();
    found.stamped.each(|bytes| {
        frame::read(
            bytes,
            |scopes| Scopes::stored(&scopes).into(),
            |hash, record| {
                if record.is_none_or(|record| record.revoked) {
                    hashes.remove(hash.bytes())
                } else {
                    hashes.insert(*hash.bytes())
                };
            },
        )
        .is_some()
    })?;
    Ok(found.restored(&now, hashes.len()))
}

/// Fills the index from the snapshot. What is known is verified from then on, until the moment at which the process that wrote it would have stopped.
/// Blocks while it reads.
///
/// # Errors
/// [`Unusable`]; the index is what it was.
pub fn restore(service: &Service) -> Result<Restored, Unusable> {
    let Some(snapshot) = service.snapshot() else { return Err(Unreadable::Absent.into()) };
    // Before the other clocks: what is left is counted from here.
    let began = Instant::now();
    let now = AsOf { wall: service.now(), uptime: Uptime::now() };
    let (budget, tolerance) = (service.verify_budget(), service.clock_tolerance());
    let found = find(&snapshot.settings, &snapshot.keys, budget, tolerance, &now)?;
    let index = service.index();
    let mut filling = index.begin_fill(found.note.tokens, found.note.all, now.wall);
    found.stamped.each(|bytes| {
        frame::read(bytes, |scopes| index.share(&scopes), |hash, record| filling.put(hash, record))
            .is_some()
    })?;
    index.fill(filling);
    index.set_instances(found.note.instances);
    admit_again(service, &found, &now);
    index.clockwork().resume(began, found.left);
    let restored = found.restored(&now, index.len());
    Ok(snapshot.restored.get_or_init(|| restored).clone())
}

/// The keys that might ask may do so for as long as they might have.
fn admit_again(service: &Service, found: &Found, now: &AsOf) {
    let spent = found.life - found.left;
    for key in &found.note.keys {
        let age = Duration::from_micros(
            found.note.as_of.saturating_sub(key.checked_at).max(0).unsigned_abs(),
        );
        let at = Instant::now().checked_sub(spent + age);
        let (Some(hash), Some(id), Some(at)) =
            (SecretHash::from_hex(&key.hash), KeyId::parse(&key.id), at)
        else {
            continue;
        };
        let expires_at = match key.expires_at.map(instant) {
            Some(None) => continue,
            expires_at => expires_at.flatten(),
        };
        let known = ManagementKey {
            id,
            name: key.name.clone(),
            scopes: Some(vec![KeyScope::Verify]),
            expires_at,
        };
        if expires_at.is_none_or(|at| now.wall < at) {
            service.admitted().put(&hash, known, at);
        }
    }
}
