//! The table itself: all tokens, or those that are asked for most.

use super::pace::Pace;
use domain::OffsetDateTime;
use domain::token::SecretHash;
use domain::verify::Record;
use domain::verify::rate::{Arrival, RateLimit, TooEarly};
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};
use std::hash::{BuildHasherDefault, Hasher};
use std::hint::black_box;
use std::sync::Arc;

/// A token's record, and where its requests stand against its limit.
pub struct Entry {
    /// What is known of it.
    pub record: Record,
    // None where there is no limit.
    pace: Option<Pace>,
}

impl Entry {
    /// An entry that nothing is taken from: of a token without a limit, or that has ended.
    pub const fn of(record: Record) -> Self {
        Self { record, pace: None }
    }

    pub(super) const fn paced(record: Record, pace: Option<Pace>) -> Self {
        Self { record, pace }
    }

    /// Where its requests stand.
    pub fn arrival(&self) -> Arrival {
        self.pace.as_ref().map(Pace::arrival).unwrap_or_default()
    }

    /// Takes one request from the limit.
    ///
    /// # Errors
    /// [`TooEarly`] when others took the last one meanwhile.
    pub fn take(&self, limit: RateLimit, now: OffsetDateTime) -> Result<(), TooEarly> {
        self.pace.as_ref().map_or(Ok(()), |pace| pace.take(limit, now))
    }
}

/// A hash as a key. It is spread evenly already, and only tokens that were issued are kept, so that hashing it again would buy nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    const fn of(hash: &SecretHash) -> Self {
        Self(*hash.bytes())
    }

    fn told(&self) -> SecretHash {
        SecretHash::from_slice(&self.0).expect("32 bytes")
    }
}

impl std::hash::Hash for Hash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        state.write_u64(u64::from_le_bytes([a, b, c, d, e, f, g, h]));
    }
}

/// Takes a hash for what it is.
#[derive(Default)]
pub struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only whole hashes are keys");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type Build = BuildHasherDefault<AsItIs>;

/// Where records are.
pub enum Kept {
    /// All that live.
    All(papaya::HashMap<Hash, Entry, Build>),
    /// Those that are asked for most.
    Hottest(Hottest<Arc<Entry>>),
}

type Hottest<V> = Cache<Hash, V, UnitWeighter, Build>;

fn hottest<V: Clone>(max: usize) -> Hottest<V> {
    let (max, items) = (u64::try_from(max).unwrap_or(u64::MAX), max.min(1 << 20));
    Cache::with(items, max, UnitWeighter, Build::default(), DefaultLifecycle::default())
}

impl Kept {
    pub(super) fn all(count: usize) -> Self {
        Self::All(papaya::HashMap::with_capacity_and_hasher(count, Build::default()))
    }

    pub(super) fn hottest(max: usize) -> Self {
        Self::Hottest(hottest(max))
    }

    pub(super) fn get<R>(&self, hash: &SecretHash, tell: impl FnOnce(&Entry) -> R) -> Option<R> {
        let hash = Hash::of(hash);
        match self {
            Self::All(map) => map.pin().get(&hash).map(tell),
            Self::Hottest(cache) => cache.get(&hash).map(|entry| tell(&entry)),
        }
    }

    /// Where the requests of the token of this hash stand, if it is here and has a limit.
    pub(super) fn pace(&self, hash: &SecretHash) -> Option<Pace> {
        let hash = Hash::of(hash);
        match self {
            Self::All(map) => map.pin().get(&hash)?.pace.clone(),
            Self::Hottest(cache) => cache.peek(&hash)?.pace.clone(),
        }
    }

    /// Gives `tell` the entries of these hashes, each read once, so that what it reads next is near; nothing where only those are here that are asked for
    /// most.
    pub(super) fn near<const N: usize, R>(
        &self,
        hashes: &[Option<SecretHash>],
        tell: impl FnOnce(Option<&[Option<&Entry>; N]>) -> R,
    ) -> R {
        let Self::All(map) = self else { return tell(None) };
        let map = map.pin();
        let mut near = [None; N];
        for (near, hash) in near.iter_mut().zip(hashes) {
            *near = hash.as_ref().and_then(|hash| map.get(&Hash::of(hash)));
            // Its key was compared; these are in the lines behind that.
            black_box(near.map(|Entry { record, .. }| (record.expires_at, record.revoked)));
        }
        tell(Some(&near))
    }

    /// A record as the database has it now.
    pub(super) fn put(&self, hash: &SecretHash, record: Record, pace: Option<Pace>) {
        let hash = Hash::of(hash);
        let entry = Entry::paced(record, pace);
        match self {
            Self::All(map) => {
                map.pin().insert(hash, entry);
            }
            // Only what is here needs to be told.
            Self::Hottest(cache) => {
                if cache.contains_key(&hash) {
                    cache.insert(hash, entry.into());
                }
            }
        }
    }

    /// A record that somebody asked for. Where all are, it comes with the next change.
    pub(super) fn learn(&self, hash: &SecretHash, entry: Entry) {
        if let Self::Hottest(cache) = self {
            cache.insert(Hash::of(hash), entry.into());
        }
    }

    pub(super) fn remove(&self, hash: &SecretHash) {
        let hash = Hash::of(hash);
        match self {
            Self::All(map) => {
                map.pin().remove(&hash);
            }
            Self::Hottest(cache) => {
                cache.remove(&hash);
            }
        }
    }

    pub(super) fn retain(&self, keep: impl Fn(&Record) -> bool) {
        match self {
            Self::All(map) => map.pin().retain(|_, entry| keep(&entry.record)),
            Self::Hottest(cache) => cache.retain(|_, entry| keep(&entry.record)),
        }
    }

    /// Gives `each` all that is here, in no order.
    pub(super) fn try_each<E>(
        &self,
        each: &mut impl FnMut(&SecretHash, &Record) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::All(map) => {
                map.pin().iter().try_for_each(|(hash, entry)| each(&hash.told(), &entry.record))
            }
            Self::Hottest(cache) => {
                cache.iter().try_for_each(|(hash, entry)| each(&hash.told(), &entry.record))
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::All(map) => map.len(),
            Self::Hottest(cache) => cache.len(),
        }
    }

    pub(crate) const fn is_all(&self) -> bool {
        matches!(self, Self::All(_))
    }
}

/// What is known not to be good, so that asking again costs no query. Bounded, so that asking for many costs no memory.
pub(super) struct Misses(Hottest<super::Miss>);

impl Misses {
    pub(super) fn new(max: usize) -> Self {
        Self(hottest(max))
    }

    pub(super) fn get(&self, hash: &SecretHash) -> Option<super::Miss> {
        self.0.get(&Hash::of(hash))
    }

    pub(super) fn put(&self, hash: &SecretHash, miss: super::Miss) {
        self.0.insert(Hash::of(hash), miss);
    }

    pub(super) fn remove(&self, hash: &SecretHash) {
        self.0.remove(&Hash::of(hash));
    }

    /// Gives `each` what is remembered of tokens that have ended.
    pub(super) fn try_each_ended<E>(
        &self,
        each: &mut impl FnMut(&SecretHash, &Record) -> Result<(), E>,
    ) -> Result<(), E> {
        self.0.iter().try_for_each(|(hash, miss)| match miss {
            super::Miss::Ended(entry) => each(&hash.told(), &entry.record),
            super::Miss::Unknown => Ok(()),
        })
    }

    pub(super) fn clear(&self) {
        self.0.clear();
    }
}
