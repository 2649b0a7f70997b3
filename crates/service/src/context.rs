//! What every use case needs at hand: the store, the sealer, the clock, the generator.

use crate::mirror::{Outside, Target};
use crate::password::Passwords;
use crate::throttle::Throttle;
use crate::usage::Recorder;
use crate::verify::access::Admitted;
use crate::verify::snapshot::{Snapshot, SnapshotSettings};
use crate::verify::{Index, Uses, VerifyAccess};
use crate::{Error, Fault, Result, signing};
use domain::OffsetDateTime;
use domain::audit::{Caller, Event};
use domain::id::EventId;
use domain::token::Prefix;
use rand_core::{CryptoRng, UnwrapErr};
use record::SigningKey;
use std::sync::{Arc, Mutex, OnceLock};
use store::verify::Change;
use store::{Stamp, Store, Tx};
use vault::Sealer;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;
/// Where ids and secrets come from: the operating system's generator, or a seeded one in tests.
pub type Randomness = Mutex<Box<dyn CryptoRng + Send>>;

/// Where the encryption keys come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// Nowhere: reveal is off.
    None,
    /// The operator's configuration.
    Configured,
    /// Made once, under the data directory.
    Generated,
}

/// What a [`Service`] is built from.
pub struct Parts {
    /// The database, migrated.
    pub store: Store,
    /// The encryption keys; without them nothing is sealed or revealed.
    pub sealer: Option<Sealer>,
    /// Where they come from.
    pub key_source: KeySource,
    /// What new tokens begin with.
    pub prefix: Prefix,
    /// Whether the database is the embedded one.
    pub embedded: bool,
    /// Tells the time.
    pub clock: Clock,
    /// Makes ids and secrets.
    pub randomness: Box<dyn CryptoRng + Send>,
    /// How verification works.
    pub verify: VerifySettings,
    /// Where what verification knows is kept on disk; `None` is nowhere. Needs encryption keys and a budget.
    pub snapshot: Option<SnapshotSettings>,
    /// What becomes of what it learns.
    pub usage: UsageSettings,
    /// The mirrors that the operator configured.
    pub configured: Vec<Target>,
    /// What those may use of the surroundings that people add.
    pub outside: Outside,
    /// How many days after its end a token is removed; `None` is never.
    pub tombstone_days: Option<u16>,
}

/// What becomes of what verification learns.
#[derive(Clone, Copy, Debug)]
pub struct UsageSettings {
    /// For how many months, beside the one that has begun, it is kept.
    pub retention_months: u16,
    /// How many tokens in an hour, origins and scopes wait in memory at most until they are flushed.
    pub waiting_max: usize,
    /// Whether it is measured how long answers take.
    pub measured: bool,
}

impl Default for UsageSettings {
    /// Thirteen months, so that a month can be compared with the one a year ago; about 50 MB; not measured.
    fn default() -> Self {
        Self { retention_months: 13, waiting_max: 262_144, measured: false }
    }
}

/// How verification works.
#[derive(Clone, Copy, Debug)]
pub struct VerifySettings {
    /// For how long known tokens are good while the database does not answer; zero refuses them at once.
    pub budget: std::time::Duration,
    /// How many tokens are kept in memory. Of more, those that are asked for most.
    pub resident_max: usize,
    /// How far the clock may be from the database's; `None` is any distance, for a clock that a test moves.
    pub clock_tolerance: Option<time::Duration>,
    /// Who may ask.
    pub access: VerifyAccess,
}

impl Default for VerifySettings {
    /// Five minutes, two million tokens, 30 seconds, open to everybody.
    fn default() -> Self {
        Self {
            budget: std::time::Duration::from_secs(300),
            resident_max: 2_000_000,
            clock_tolerance: Some(time::Duration::seconds(30)),
            access: VerifyAccess::Open,
        }
    }
}

impl Parts {
    /// Parts with the system's clock and generator, without encryption keys.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            sealer: None,
            key_source: KeySource::None,
            prefix: Prefix::token(),
            embedded: false,
            #[expect(
                clippy::disallowed_methods,
                reason = "this is the clock that others are given"
            )]
            clock: Arc::new(OffsetDateTime::now_utc),
            randomness: Box::new(UnwrapErr(getrandom::SysRng)),
            verify: VerifySettings::default(),
            snapshot: None,
            usage: UsageSettings::default(),
            configured: Vec::new(),
            outside: Outside::default(),
            tombstone_days: None,
        }
    }
}

/// The room that every door leads into; cheap to clone.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    sealer: Option<Sealer>,
    signing_keys: Vec<SigningKey>,
    browser_sealer: OnceLock<Sealer>,
    key_source: KeySource,
    prefix: Prefix,
    embedded: bool,
    clock: Clock,
    randomness: Randomness,
    passwords: Passwords,
    throttle: Throttle,
    index: Index,
    uses: Uses,
    admitted: Admitted,
    verify: VerifySettings,
    snapshot: Option<Snapshot>,
    usage: Recorder,
    usage_settings: UsageSettings,
    configured: Vec<Target>,
    outside: Outside,
    tombstone_days: Option<u16>,
}

impl Service {
    /// Builds the service on a migrated database.
    ///
    /// # Errors
    /// A fault when the database does not answer.
    pub async fn new(parts: Parts) -> Result<Self> {
        let service = Self::closed(parts)?;
        service.open().await?;
        Ok(service)
    }

    /// Builds the service on a database that need not answer yet. It verifies what it knows; for all else it is to be opened.
    ///
    /// # Errors
    /// A fault.
    pub fn closed(parts: Parts) -> Result<Self> {
        let sealer = parts.sealer.as_ref().filter(|_| !parts.verify.budget.is_zero());
        let snapshot = parts.snapshot.zip(sealer);
        let snapshot = snapshot.map(|(settings, sealer)| Snapshot::new(settings, sealer));
        let inner = Inner {
            store: parts.store,
            signing_keys: parts.sealer.as_ref().map(signing::keys).unwrap_or_default(),
            sealer: parts.sealer,
            browser_sealer: OnceLock::new(),
            key_source: parts.key_source,
            prefix: parts.prefix,
            embedded: parts.embedded,
            clock: parts.clock,
            randomness: Mutex::new(parts.randomness),
            passwords: Passwords::new()?,
            throttle: Throttle::new(),
            index: Index::new(parts.verify.resident_max),
            uses: Uses::new(),
            admitted: Admitted::new(),
            verify: parts.verify,
            snapshot,
            usage: Recorder::new(parts.usage.waiting_max, parts.usage.measured),
            usage_settings: parts.usage,
            configured: parts.configured,
            outside: parts.outside,
            tombstone_days: parts.tombstone_days,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The database answers, and is migrated: every use case may be called.
    ///
    /// # Errors
    /// A fault when it does not answer after all.
    pub async fn open(&self) -> Result<()> {
        let candidate = Sealer::generate_key();
        let key = self.store().server_key("browser", &candidate, self.now()).await?;
        let sealer =
            Sealer::parse(&key).map_err(|error| Fault::new("reading the browser key", error))?;
        self.inner.browser_sealer.get_or_init(|| sealer);
        Ok(())
    }

    /// Whether it was opened.
    pub fn is_open(&self) -> bool {
        self.inner.browser_sealer.get().is_some()
    }

    /// The time, to the microsecond, as Postgres keeps it.
    pub fn now(&self) -> OffsetDateTime {
        let now = (self.inner.clock)();
        now.replace_nanosecond(now.nanosecond() / 1_000 * 1_000).unwrap_or(now)
    }

    /// The database. For the worker and the readiness check; use cases of other crates go through the verbs.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Makes something random.
    pub fn random<T>(&self, make: impl FnOnce(&mut dyn CryptoRng) -> T) -> T {
        let mut rng =
            self.inner.randomness.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        make(&mut **rng)
    }

    /// Whether an encryption key is configured, so that tokens can be sealed and revealed.
    pub fn reveal_on(&self) -> bool {
        self.inner.sealer.is_some()
    }

    pub(crate) fn sealer(&self) -> Option<&Sealer> {
        self.inner.sealer.as_ref()
    }

    pub(crate) fn signing_keys(&self) -> &[SigningKey] {
        &self.inner.signing_keys
    }

    pub(crate) fn browser_sealer(&self) -> Result<&Sealer> {
        let sealer = self.inner.browser_sealer.get();
        Ok(sealer.ok_or_else(|| Fault::unavailable("sealing for the browser", "not open yet"))?)
    }

    pub(crate) fn key_source(&self) -> KeySource {
        self.inner.key_source
    }

    pub(crate) fn prefix(&self) -> &Prefix {
        &self.inner.prefix
    }

    pub(crate) fn embedded(&self) -> bool {
        self.inner.embedded
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.inner.passwords
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }

    /// What is known of tokens in memory.
    pub fn index(&self) -> &Index {
        &self.inner.index
    }

    pub(crate) fn uses(&self) -> &Uses {
        &self.inner.uses
    }

    /// The time for what the database's clock decides, where it does not: a clock that a test moves.
    pub(crate) fn moved_clock(&self) -> Option<OffsetDateTime> {
        self.clock_tolerance().is_none().then(|| self.now())
    }

    pub(crate) fn admitted(&self) -> &Admitted {
        &self.inner.admitted
    }

    pub(crate) fn verify_access(&self) -> VerifyAccess {
        self.inner.verify.access
    }

    /// What is kept on disk of what verification knows; `None` is nothing.
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.inner.snapshot.as_ref()
    }

    /// What was verified, until it is flushed.
    pub fn usage(&self) -> &Recorder {
        &self.inner.usage
    }

    pub(crate) fn tombstone_days(&self) -> Option<u16> {
        self.inner.tombstone_days
    }

    pub(crate) fn usage_settings(&self) -> UsageSettings {
        self.inner.usage_settings
    }

    /// The mirrors that the operator configured.
    pub fn configured(&self) -> &[Target] {
        &self.inner.configured
    }

    pub(crate) fn outside(&self) -> &Outside {
        &self.inner.outside
    }

    pub(crate) fn verify_budget(&self) -> std::time::Duration {
        self.inner.verify.budget
    }

    pub(crate) fn clock_tolerance(&self) -> Option<time::Duration> {
        self.inner.verify.clock_tolerance
    }

    /// Commits `tx` with its event.
    pub(crate) async fn commit(&self, tx: Tx, caller: &Caller, event: Event) -> Result<(), Error> {
        self.commit_change(tx, caller, event).await.map(drop)
    }

    /// The same for a change of how a token is answered for: when this returns, this instance answers by it. The others do within moments.
    pub(crate) async fn commit_answer(
        &self,
        tx: Tx,
        caller: &Caller,
        event: Event,
    ) -> Result<(), Error> {
        if let Some(change) = self.commit_change(tx, caller, event).await? {
            self.index().await_change(change).await;
        }
        Ok(())
    }

    async fn commit_change(
        &self,
        tx: Tx,
        caller: &Caller,
        event: Event,
    ) -> Result<Option<Change>, Error> {
        let at = self.now();
        let id = self.random(|rng| EventId::generate(at, rng));
        Ok(tx.commit(Stamp { id, at }, caller, event).await?)
    }
}
