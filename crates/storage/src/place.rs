//! What every backend keeps, and any one of them.

use crate::{
    Calls, Files, Git, KEY_MAX, Kv, OBJECT_MAX, Object, ObjectKey, Pages, Postgres, Result, S3,
};
use domain::mirror::Digest;

/// An outside key space. Batches and listings, as bulk APIs want them; no transaction over several objects.
///
/// Every operation may be repeated: doing it twice does it once. Keys of one call are of one directory, or of several in runs.
pub trait Storage: Send + Sync {
    /// Where it is, for people; never with a credential.
    fn describe(&self) -> String;

    /// How a listing tells the content `bytes`: SHA-256, or what the outside computes by itself.
    fn digest(&self, bytes: &[u8]) -> Digest {
        Digest::of(bytes)
    }

    /// How many objects one [`Self::put`] or [`Self::delete`] takes best: fewer cost more calls for each, more only memory.
    fn batch(&self) -> usize;

    /// The largest object that it takes, in bytes: at most [`OBJECT_MAX`].
    fn object_max(&self) -> usize {
        OBJECT_MAX
    }

    /// The longest key that it takes, in bytes: at most [`KEY_MAX`].
    fn key_max(&self) -> usize {
        KEY_MAX
    }

    /// How much it was asked until now.
    fn calls(&self) -> Calls;

    /// Hands over every object in the directory `at` (not below it) as they are found, page by page and in no order. A directory that is not there holds
    /// none. Only a listing that came to its end says what is *not* there: after an error, what was handed over before is no listing.
    ///
    /// # Errors
    /// Of the outside, by class.
    fn list(&self, at: &ObjectKey, pages: Pages<'_>) -> impl Future<Output = Result<()>> + Send;

    /// The bytes of an object; `None` when there is none.
    ///
    /// # Errors
    /// Of the outside, by class; `broken` when what is there is no object of at most [`OBJECT_MAX`] bytes.
    fn get(&self, key: &ObjectKey) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send;

    /// Puts objects, each of them whole or not at all; all that were put are durable when it returns, or at the latest when [`Self::finish`] does. On an
    /// error some were put and some were not.
    ///
    /// # Errors
    /// Of the outside, by class; `broken` for an object of more than [`OBJECT_MAX`] bytes, before anything is put.
    fn put(&self, objects: Vec<Object>) -> impl Future<Output = Result<()>> + Send;

    /// Deletes objects, as durably as they are put; what is not there is deleted already. On an error some were deleted and some were not.
    ///
    /// # Errors
    /// Of the outside, by class.
    fn delete(&self, keys: Vec<ObjectKey>) -> impl Future<Output = Result<()>> + Send;

    /// Ends a run that put and deleted so much: when it returns, all of that is durable, and readers see it. A place that keeps every object at once has
    /// nothing to do. A run that ends without it may have been for nothing, and the next one finds that out.
    ///
    /// # Errors
    /// Of the outside, by class.
    fn finish(&self, _done: Done) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Removes what a crash left of unfinished puts in the directory `at`, and says how many. Nobody else may be putting there meanwhile.
    ///
    /// # Errors
    /// Of the outside, by class.
    fn sweep(&self, at: &ObjectKey) -> impl Future<Output = Result<usize>> + Send;
}

/// How much a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Objects that were put.
    pub put: usize,
    /// Objects that were deleted.
    pub deleted: usize,
}

/// Any one of the backends.
#[derive(Clone, Debug)]
pub enum Place {
    /// Local files.
    Files(Files),
    /// A branch of a Git repository.
    Git(Git),
    /// A schema of a foreign Postgres.
    Postgres(Postgres),
    /// A bucket.
    S3(S3),
    /// A namespace of Workers KV.
    Kv(Kv),
}

/// The same for whichever it is.
macro_rules! any {
    ($place:expr, $each:ident => $does:expr) => {
        match $place {
            Place::Files($each) => $does,
            Place::Git($each) => $does,
            Place::Postgres($each) => $does,
            Place::S3($each) => $does,
            Place::Kv($each) => $does,
        }
    };
}

impl Storage for Place {
    fn describe(&self) -> String {
        any!(self, place => place.describe())
    }

    fn digest(&self, bytes: &[u8]) -> Digest {
        any!(self, place => place.digest(bytes))
    }

    fn batch(&self) -> usize {
        any!(self, place => place.batch())
    }

    fn object_max(&self) -> usize {
        any!(self, place => place.object_max())
    }

    fn key_max(&self) -> usize {
        any!(self, place => place.key_max())
    }

    fn calls(&self) -> Calls {
        any!(self, place => place.calls())
    }

    async fn list(&self, at: &ObjectKey, pages: Pages<'_>) -> Result<()> {
        any!(self, place => place.list(at, pages).await)
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>> {
        any!(self, place => place.get(key).await)
    }

    async fn put(&self, objects: Vec<Object>) -> Result<()> {
        any!(self, place => place.put(objects).await)
    }

    async fn delete(&self, keys: Vec<ObjectKey>) -> Result<()> {
        any!(self, place => place.delete(keys).await)
    }

    async fn finish(&self, done: Done) -> Result<()> {
        any!(self, place => place.finish(done).await)
    }

    async fn sweep(&self, at: &ObjectKey) -> Result<usize> {
        any!(self, place => place.sweep(at).await)
    }
}
