//! A place that a mirror writes to, under a name.

use storage::{Files, Git, Place, Postgres, Storage};

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

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it writes; never with a credential.
    pub fn describe(&self) -> String {
        self.place.describe()
    }

    /// How to talk to it.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }
}
