//! A branch of a Git repository: objects as its files, each run a commit, so that its history says who could do what, and when.
//!
//! - **A run is a commit.** Puts and deletes are kept in memory until [`Storage::finish`] makes one commit of them all and pushes it.
//! - **History is kept.** Only fast-forward pushes, never force. Was somebody faster, the same changes are made anew on top of theirs: our paths are
//!   as we want them, and theirs as they left them.
//! - **No work tree.** The clone is a bare repository with the newest commit alone (`--depth=1`), and commits are made with an index alone: 100,000
//!   objects are two streams. It is a cache: one that cannot be used is made anew.
//! - **A listing is the tree.** Git's own ids of contents (SHA-1 over `blob <size>\0` and the bytes) are the digests, so that no content is read.
//! - **Credentials** are in the environment of a `git` process, never in its arguments, in the address or in a file of the clone.
//!
//! Start at [`Settings`]; the steps on the clone are in `local`, how a `git` is run in `program`.

mod error;
mod local;
mod program;
mod remote;
mod stream;

pub use remote::{Address, Branch, Kind};

use crate::calls::Meter;
use crate::object::within_limits;
use crate::page::Filling;
use crate::place::Done;
use crate::{Calls, Error, Listed, Object, ObjectKey, Pages, Result, Storage};
use domain::mirror::{Digest, FailureClass};
use local::Local;
use sha1::{Digest as _, Sha1};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// They are only kept until the run's end.
const BATCH: usize = 1_000;
/// The longest name of a file where somebody checks the branch out, in bytes.
const NAME_MAX: usize = 255;

/// What is to be done at the next commit: the content of a path, or that it goes.
type Staged = BTreeMap<String, Option<Vec<u8>>>;

/// Where a repository is, and who we are there.
#[derive(Clone)]
pub struct Settings {
    /// The repository.
    pub address: Address,
    /// For `http` and `https`: a user's name, and a token or password.
    pub credentials: Option<(String, Zeroizing<String>)>,
    /// For `ssh`: the file with the private key, and the one with the keys of known hosts.
    pub ssh: Option<(PathBuf, PathBuf)>,
    /// The branch.
    pub branch: Branch,
    /// The directory in which the clone is kept, under a name of its own.
    pub local_path: PathBuf,
    /// Where programs are looked for, as `PATH` has it.
    pub search_path: String,
}

/// Objects as files of a branch; cheap to clone.
#[derive(Clone)]
pub struct Git {
    shown: Arc<str>,
    state: Arc<Mutex<State>>,
    meter: Arc<Meter>,
}

struct State {
    local: Local,
    staged: Staged,
}

impl std::fmt::Debug for Git {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Git").field(&self.shown).finish()
    }
}

impl Git {
    /// Objects in that branch. Touches nothing yet.
    pub fn new(settings: Settings) -> Self {
        let shown = format!("{}, branch {}", settings.address.as_str(), settings.branch.as_str());
        let meter = Arc::<Meter>::default();
        let local = Local::new(settings, Arc::clone(&meter));
        let state = State { local, staged: Staged::new() };
        Self { shown: shown.into(), state: Arc::new(Mutex::new(state)), meter }
    }
}

impl Storage for Git {
    fn describe(&self) -> String {
        self.shown.to_string()
    }

    fn digest(&self, bytes: &[u8]) -> Digest {
        blob_id(bytes)
    }

    fn batch(&self) -> usize {
        BATCH
    }

    fn key_max(&self) -> usize {
        NAME_MAX
    }

    fn calls(&self) -> Calls {
        self.meter.read()
    }

    async fn list(&self, at: &ObjectKey, pages: Pages<'_>) -> Result<()> {
        let state = self.state.lock().await;
        let State { local, staged } = &*state;
        let begun = AtomicBool::new(false);
        let mut unstaged = |mut lines: Vec<Listed>| {
            begun.store(true, Ordering::Relaxed);
            lines.retain(|listed| !staged.contains_key(&listed.path));
            if !lines.is_empty() {
                pages(lines);
            }
        };
        match local.list(at, &mut unstaged).await {
            Err(error) if error.class == FailureClass::Broken => {
                local.discard().await?;
                if begun.load(Ordering::Relaxed) {
                    // Half of it was told: from the beginning then, but as another listing.
                    return Err(Error { class: FailureClass::Transient, ..error });
                }
                local.list(at, &mut unstaged).await?;
            }
            listed => listed?,
        }
        let directory = format!("{}/", at.as_str());
        let inside = |path: &str| path.strip_prefix(&directory).is_some_and(|n| !n.contains('/'));
        let staged = staged.iter().filter(|(path, _)| inside(path));
        let staged = staged.filter_map(|(path, content)| {
            let digest = Some(blob_id(content.as_deref()?));
            Some(Listed { path: path.clone(), digest })
        });
        Filling::of(pages).hand_over_with(staged);
        Ok(())
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>> {
        let state = self.state.lock().await;
        if let Some(staged) = state.staged.get(key.as_str()) {
            return Ok(staged.clone());
        }
        state.local.get(key).await
    }

    async fn put(&self, objects: Vec<Object>) -> Result<()> {
        within_limits(&objects)?;
        let mut state = self.state.lock().await;
        let staged = objects.into_iter();
        state.staged.extend(staged.map(|object| (object.key.into_text(), Some(object.bytes))));
        Ok(())
    }

    async fn delete(&self, keys: Vec<ObjectKey>) -> Result<()> {
        let mut state = self.state.lock().await;
        state.staged.extend(keys.into_iter().map(|key| (key.into_text(), None)));
        Ok(())
    }

    async fn finish(&self, done: Done) -> Result<()> {
        let mut state = self.state.lock().await;
        let State { local, staged } = &mut *state;
        if staged.is_empty() {
            return Ok(());
        }
        let message = format!("Mirror: {} put, {} deleted", done.put, done.deleted);
        match local.publish(staged, &message).await {
            Err(error) if error.class == FailureClass::Broken => {
                local.discard().await?;
                local.publish(staged, &message).await?;
            }
            published => published?,
        }
        staged.clear();
        Ok(())
    }

    /// What was put or deleted and never published is forgotten: the next run sees what is there, and plans anew.
    async fn sweep(&self, _at: &ObjectKey) -> Result<usize> {
        let mut state = self.state.lock().await;
        Ok(std::mem::take(&mut state.staged).len())
    }
}

/// Git's id of a content, as a digest.
fn blob_id(bytes: &[u8]) -> Digest {
    Digest::told(&blob_sha1(bytes)).expect("20 bytes are at most 32")
}

/// Git's id of a content.
fn blob_sha1(bytes: &[u8]) -> [u8; 20] {
    let mut sha1 = Sha1::new();
    sha1.update(format!("blob {}\0", bytes.len()));
    sha1.update(bytes);
    sha1.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_git() {
        // As `git hash-object` says.
        let empty = [
            0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b, 0x29, 0xae, 0x77, 0x5a,
            0xd8, 0xc2, 0xe4, 0x8c, 0x53, 0x91,
        ];
        assert_eq!(Some(blob_id(b"")), Digest::told(&empty));
    }
}
