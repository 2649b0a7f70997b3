//! Local files: a directory that mirrors are read from by whatever is beside us.
//!
//! - **Whole or not at all.** An object is written to a hidden file beside its place, synced, and renamed over it; then its directory is synced.
//!   What a crash leaves of that is removed by [`Files::sweep`].
//! - **Private.** Files are 0600 and directories 0700. What exists is left with the rights that its owner gave it.
//! - **Inside.** Every step below the root is taken by descriptor and refuses symbolic links, so that nobody who may write there can make us
//!   write elsewhere. A link in an object's own place is replaced, never followed. The root's path may hold links: the operator chose it.
//! - **A root that vanished is not made again.** The root is created at first, when its parent exists: a new installation needs no more.
//!   Once this value has seen it, its absence means that a volume is gone, and is `broken`: an empty directory in its place would be a
//!   mirror that nobody reads. A server that is started anew makes it again.
//!
//! Listing reads every object, because only its bytes tell that nobody edited it. 20,000 objects in the page cache took 0.4 s of one core in a
//! debug build, and it grows with their number. Putting is the sync of each: 280 objects a second one after another, on a busy virtual disk, and 2,900
//! as it is done, 16 at a time. All of it runs on tokio's blocking threads, and puts on further ones.

mod dir;
mod write;

use crate::calls::Meter;
use crate::object::within_limits;
use crate::{Calls, Error, Object, ObjectKey, Pages, Result, Storage};
use dir::{Dir, UNFINISHED};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

/// Enough objects to share a directory's sync, few enough to stay small.
const BATCH: usize = 1_000;
/// The longest name of a file, in bytes (`NAME_MAX` of Linux).
const NAME_MAX: usize = 255;

/// Objects as files under a root; cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    root: Arc<Root>,
}

#[derive(Debug)]
struct Root {
    path: PathBuf,
    seen: AtomicBool,
    meter: Meter,
}

impl Files {
    /// Objects under `root`. Touches nothing yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let (seen, meter) = (AtomicBool::new(false), Meter::default());
        Self { root: Arc::new(Root { path: root.into(), seen, meter }) }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Root) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let root = Arc::clone(&self.root);
        match tokio::task::spawn_blocking(move || work(&root)).await {
            Ok(done) => done,
            Err(died) => Err(Error::broken("use the files", died.to_string())),
        }
    }
}

impl Storage for Files {
    fn describe(&self) -> String {
        self.root.path.display().to_string()
    }

    fn batch(&self) -> usize {
        BATCH
    }

    /// An object is written under a longer name at first.
    fn key_max(&self) -> usize {
        NAME_MAX - UNFINISHED.len()
    }

    fn calls(&self) -> Calls {
        self.root.meter.read()
    }

    async fn list(&self, at: &ObjectKey, pages: Pages<'_>) -> Result<()> {
        let at = at.clone();
        // One page is read while another is taken; whoever stops taking them stops the reading.
        let (sender, mut receiver) = mpsc::channel(1);
        let listing = self.blocking(move |root| {
            let Some(dir) = root.descend(at.as_str(), Absent::Nothing)? else { return Ok(()) };
            let mut taken = true;
            let mut pages = |lines| taken = taken && sender.blocking_send(lines).is_ok();
            dir.list(at.as_str(), &mut pages)
        });
        let taking = async {
            while let Some(lines) = receiver.recv().await {
                pages(lines);
            }
        };
        let (listed, ()) = tokio::join!(listing, taking);
        listed
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>> {
        let key = key.clone();
        self.blocking(move |root| {
            let (parent, name) = key.split();
            let Some(dir) = root.descend(parent, Absent::Nothing)? else {
                return Ok(None);
            };
            dir.get(name, key.as_str())
        })
        .await
    }

    async fn put(&self, objects: Vec<Object>) -> Result<()> {
        within_limits(&objects)?;
        self.blocking(move |root| {
            for (parent, objects) in by_parent(&objects, |object| object.key.split().0) {
                let dir = root.descend(parent, Absent::Make)?;
                let Some(dir) = dir else { continue };
                dir.put(objects, &root.meter)?;
            }
            Ok(())
        })
        .await
    }

    async fn delete(&self, keys: Vec<ObjectKey>) -> Result<()> {
        self.blocking(move |root| {
            for (parent, keys) in by_parent(&keys, |key| key.split().0) {
                let Some(dir) = root.descend(parent, Absent::Nothing)? else {
                    continue;
                };
                dir.delete(keys, &root.meter)?;
            }
            Ok(())
        })
        .await
    }

    async fn sweep(&self, at: &ObjectKey) -> Result<usize> {
        let at = at.clone();
        self.blocking(move |root| match root.descend(at.as_str(), Absent::Nothing)? {
            Some(dir) => dir.sweep(),
            None => Ok(0),
        })
        .await
    }
}

/// Runs of neighbours with the same parent, so that each directory is opened and synced once.
fn by_parent<T>(items: &[T], parent: fn(&T) -> &str) -> Vec<(&str, &[T])> {
    items
        .chunk_by(|a, b| parent(a) == parent(b))
        .map(|chunk| (chunk.first().map_or("", parent), chunk))
        .collect()
}

/// What to do about a directory that is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    /// Then there is nothing.
    Nothing,
    /// Make it.
    Make,
}

impl Root {
    /// Opens the directory at the path `below` the root.
    fn descend(&self, below: &str, absent: Absent) -> Result<Option<Dir>> {
        let mut dir = self.open()?;
        for segment in below.split('/').filter(|segment| !segment.is_empty()) {
            dir = match dir.enter(segment)? {
                Some(next) => next,
                None if absent == Absent::Nothing => return Ok(None),
                None => dir.make(segment)?,
            };
        }
        Ok(Some(dir))
    }

    fn open(&self) -> Result<Dir> {
        let seen = self.seen.load(Ordering::Relaxed);
        let dir = match Dir::open(&self.path)? {
            Some(dir) => dir,
            None if seen => return Err(self.gone()),
            None => Dir::create(&self.path)?,
        };
        self.seen.store(true, Ordering::Relaxed);
        Ok(dir)
    }

    fn gone(&self) -> Error {
        let path: &Path = &self.path;
        let why = "the directory was there and is gone; is its volume mounted?";
        Error::broken(format!("open {}", path.display()), why)
    }
}
