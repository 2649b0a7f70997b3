//! A place that a mirror writes to, under a name.

use storage::{Files, Git, Kv, Place, Postgres, S3, Storage};
use time::Duration;

/// The name of the namespace of Workers KV.
const KV: &str = "kv";
/// The network of Workers KV may answer from its caches for so long after a write (Cloudflare, "How KV works").
const KV_CACHES: Duration = Duration::MINUTE;

/// How long whoever reads the mirror of this name may go on with what it held before a write, also when another instance writes it.
pub(crate) fn readers_lag(name: &str) -> Duration {
    if name == KV { KV_CACHES } else { Duration::ZERO }
}

/// A configured mirror. It is told apart from others by its name alone.
#[derive(Clone, Debug)]
pub struct Target {
    name: String,
    place: Place,
}

impl Target {
    /// The local files mirror: `files`.
    pub fn files(place: Files) -> Self {
        Self { name: "files".to_owned(), place: Place::Files(place) }
    }

    /// The mirror in a branch of a Git repository: `git`.
    pub fn git(place: Git) -> Self {
        Self { name: "git".to_owned(), place: Place::Git(place) }
    }

    /// The mirror in a schema of a Postgres: `postgres`.
    pub fn postgres(place: Postgres) -> Self {
        Self { name: "postgres".to_owned(), place: Place::Postgres(place) }
    }

    /// The bucket: `s3`.
    pub fn s3(place: S3) -> Self {
        Self { name: "s3".to_owned(), place: Place::S3(place) }
    }

    /// The namespace of Workers KV: `kv`.
    pub fn kv(place: Kv) -> Self {
        Self { name: KV.to_owned(), place: Place::Kv(place) }
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
        let at = super::reconcile::directory();
        Ok(self.place.list(&at).await?.len())
    }

    /// How long whoever reads it may go on with what it held before a write.
    pub fn readers_lag(&self) -> Duration {
        readers_lag(&self.name)
    }

    /// How to talk to it.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }
}
