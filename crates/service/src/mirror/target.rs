//! A place that a mirror writes to, under a name.

use storage::{Files, Git, Kv, Place, Postgres, S3, Storage};

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
        Self { name: "kv".to_owned(), place: Place::Kv(place) }
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
        let mut count = 0;
        self.place.list(&at, &mut |page| count += page.len()).await?;
        Ok(count)
    }

    /// How to talk to it.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }
}
