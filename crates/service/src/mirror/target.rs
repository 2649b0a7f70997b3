//! A place that a mirror writes to, under a name.

use domain::mirror::target::Probed;
use domain::mirror::{Format, Key};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use storage::{Files, Git, Kv, Place, Postgres, S3, Storage};
use time::Duration;

/// What mirrors of the configuration are called.
pub const NAMES: &[&str] = &["files", "git", "postgres", "s3", KV];
/// The name of the namespace of Workers KV.
const KV: &str = "kv";
/// The network of Workers KV may answer from its caches for so long after a write (Cloudflare, "How KV works").
const KV_CACHES: Duration = Duration::MINUTE;

/// How long whoever reads a mirror of this kind may go on with what it held before a write, also when another instance writes it.
pub(crate) fn readers_lag(kind: &str) -> Duration {
    if kind == KV { KV_CACHES } else { Duration::ZERO }
}

/// A configured mirror. It is told apart from others by its name alone.
#[derive(Clone, Debug)]
pub struct Target {
    name: String,
    place: Place,
    format: Format,
    /// Whom the head that this process wrote last tells to refuse.
    refused: Arc<Mutex<BTreeSet<Key>>>,
}

impl Target {
    fn new(name: &str, place: Place) -> Self {
        Self { name: name.to_owned(), place, format: Format::default(), refused: Arc::default() }
    }

    /// The same, written for other readers.
    #[must_use]
    pub fn written_for(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// Notes whom the head tells to refuse.
    pub(crate) fn told(&self, refused: Vec<Key>) {
        *self.refused() = refused.into_iter().collect();
    }

    /// Whether the head tells to refuse it.
    pub(crate) fn told_to_refuse(&self, key: &Key) -> bool {
        self.refused().contains(key)
    }

    fn refused(&self) -> MutexGuard<'_, BTreeSet<Key>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For whom it is written.
    pub(crate) const fn format(&self) -> Format {
        self.format
    }

    /// How old its head becomes at most while nothing happens. In Git each is a commit.
    pub(crate) const fn head_period(&self) -> Duration {
        match self.place {
            Place::Git(_) => Duration::HOUR,
            _ => Duration::minutes(5),
        }
    }

    /// The local files mirror: `files`.
    pub fn files(place: Files) -> Self {
        Self::new("files", Place::Files(place))
    }

    /// The mirror in a branch of a Git repository: `git`.
    pub fn git(place: Git) -> Self {
        Self::new("git", Place::Git(place))
    }

    /// The mirror in a schema of a Postgres: `postgres`.
    pub fn postgres(place: Postgres) -> Self {
        Self::new("postgres", Place::Postgres(place))
    }

    /// The bucket: `s3`.
    pub fn s3(place: S3) -> Self {
        Self::new("s3", Place::S3(place))
    }

    /// The namespace of Workers KV: `kv`.
    pub fn kv(place: Kv) -> Self {
        Self::new(KV, Place::Kv(place))
    }

    /// One that people added, under a name of their own.
    pub fn added(name: &str, place: Place) -> Self {
        Self::new(name, place)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it writes; never with a credential.
    pub fn describe(&self) -> String {
        self.place.describe()
    }

    /// Lists it, and says how many objects of ours and of others are there: whether it can be used at all.
    ///
    /// # Errors
    /// Of the target, by class.
    pub async fn count(&self) -> storage::Result<usize> {
        let at = super::whole::directory();
        let mut count = 0;
        self.place.list(&at, &mut |page| count += page.len()).await?;
        Ok(count)
    }

    /// Writes, reads and deletes one object there: whether it can be used, and not only be looked at.
    pub async fn probe(&self) -> Probed {
        super::probe::attempt(&self.place).await
    }

    /// How long whoever reads it may go on with what it held before a write.
    pub fn readers_lag(&self) -> Duration {
        readers_lag(if matches!(self.place, Place::Kv(_)) { KV } else { "" })
    }

    /// Whether the secrets of backends are delivered there: to Workers, who read nothing else.
    pub(crate) const fn delivers_secrets(&self) -> bool {
        matches!(self.place, Place::Kv(_))
    }

    /// How to talk to it.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }
}
