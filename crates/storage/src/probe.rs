//! Whether a target can be used at all: one small object is written, read back and deleted.

use crate::place::Done;
use crate::{Error, Object, ObjectKey, Storage};
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};

/// What is written: large enough to be something, and JSON as everything else there.
const CONTENT: &[u8] = br#"{"tokenkeep":"a probe, to be deleted"}"#;

/// A step of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An object is written.
    Write,
    /// It is read back.
    Read,
    /// It is deleted.
    Delete,
}

impl Step {
    /// The step as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Read => "read",
            Self::Delete => "delete",
        }
    }
}

/// Why a target cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Unfit {
    /// Which step failed first.
    pub step: Step,
    /// How.
    pub error: Error,
}

/// A name that nobody else has; no secret.
pub(crate) fn random_name() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

/// The object of a probe, beside the tokens' directory.
pub(crate) fn object() -> Object {
    let path = format!("probe/{}.json", random_name());
    let key = ObjectKey::parse(&path).expect("two plain segments are a key");
    Object { key, bytes: CONTENT.to_vec(), expires_at: None }
}

/// What was read is what was written.
pub(crate) fn compare(object: &Object, read: Option<&[u8]>) -> Result<(), Error> {
    let what = || format!("read {}", object.key.as_str());
    match read {
        Some(read) if read == object.bytes => Ok(()),
        Some(_) => Err(Error::broken(what(), "it is not what was written")),
        None => Err(Error::transient(what(), "it was written and is not there")),
    }
}

/// By the operations that every run uses. What was written is deleted, whatever comes of reading it.
pub(crate) async fn probe(place: &(impl Storage + ?Sized)) -> Result<(), Unfit> {
    let object = object();
    let at = |step| move |error| Unfit { step, error };
    let written = async {
        place.put(vec![object.clone()]).await?;
        place.finish(Done { put: 1, deleted: 0 }).await
    };
    let written = written.await.map_err(at(Step::Write));
    let read = async { compare(&object, place.get(&object.key).await?.as_deref()) };
    let read = match written {
        Ok(()) => read.await.map_err(at(Step::Read)),
        failed => failed,
    };
    let deleted = async {
        place.delete(vec![object.key.clone()]).await?;
        place.finish(Done { put: 0, deleted: 1 }).await
    };
    let deleted = deleted.await.map_err(at(Step::Delete));
    read.and(deleted)
}
