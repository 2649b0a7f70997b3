//! Putting, deleting, and cleaning up after a crash.

use super::dir::{Dir, UNFINISHED};
use crate::calls::Meter;
use crate::{Error, Object, ObjectKey, Result};
use rustix::fs::{self, Mode, OFlags};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;

/// How many objects are written at a time: a disk syncs many files in little more time than one. Few are not worth a thread.
const AT_ONCE: usize = 16;
const ALONE: usize = 8;

const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);

impl Dir {
    /// Puts objects that belong in here.
    pub(super) fn put(&self, objects: &[Object], meter: &Meter) -> Result<()> {
        // Each key once, the last of them: no two threads may make the same file.
        let objects: BTreeMap<_, _> =
            objects.iter().map(|object| (object.key.as_str(), object)).collect();
        let objects: Vec<_> = objects.into_values().collect();
        let share = objects.len().div_ceil(AT_ONCE).max(ALONE);
        let some =
            |objects: &[&Object]| objects.iter().try_for_each(|one| self.put_one(one, meter));
        let done = std::thread::scope(|scope| {
            let begun = objects.chunks(share).map(|objects| scope.spawn(move || some(objects)));
            let begun: Vec<_> = begun.collect();
            let ended = begun.into_iter().map(|thread| {
                thread.join().unwrap_or_else(|_| Err(Error::broken("write", "a thread died")))
            });
            // All of them end, whatever the first says.
            ended.collect::<Vec<_>>()
        });
        done.into_iter().collect::<Result<()>>()?;
        self.sync()
    }

    fn put_one(&self, object: &Object, meter: &Meter) -> Result<()> {
        meter.request(object.bytes.len());
        let replaced = self.replace(object);
        replaced.map_err(|errno| Error::os(format!("write {}", object.key.as_str()), errno))
    }

    /// Writes beside the object's place, and moves it there when it is safe on the disk.
    fn replace(&self, object: &Object) -> rustix::io::Result<()> {
        let (_, name) = object.key.split();
        let unfinished = format!("{UNFINISHED}{name}");
        let moved = self
            .write_new(&unfinished, &object.bytes)
            .and_then(|()| fs::renameat(&self.fd, unfinished.as_str(), &self.fd, name));
        if moved.is_err() {
            // The first error is the one to tell; what stays is swept before the next run.
            let _ = self.unlink(&unfinished);
        }
        moved
    }

    fn write_new(&self, name: &str, bytes: &[u8]) -> rustix::io::Result<()> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = match fs::openat(&self.fd, name, flags, FILE_MODE) {
            // What a crash left: nobody else puts here.
            Err(Errno::EXIST) => {
                self.unlink(name)?;
                fs::openat(&self.fd, name, flags, FILE_MODE)?
            }
            opened => opened?,
        };
        let mut file = File::from(fd);
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))
    }

    /// Deletes objects that are in here.
    pub(super) fn delete(&self, keys: &[ObjectKey], meter: &Meter) -> Result<()> {
        for key in keys {
            meter.request(0);
            self.unlink(key.split().1)
                .map_err(|errno| Error::os(format!("delete {}", key.as_str()), errno))?;
        }
        self.sync()
    }

    /// Removes what a crash left of unfinished puts.
    pub(super) fn sweep(&self) -> Result<usize> {
        let mut swept = 0;
        let unfinished = self.names()?.filter(|name| match name {
            Ok(name) => name.starts_with(UNFINISHED),
            Err(_) => true,
        });
        // Read to the end first: what is removed meanwhile may move what was not read yet.
        for name in unfinished.collect::<Result<Vec<_>>>()? {
            let removed = self.unlink(&name);
            let what = || format!("delete {}/{name}", self.path);
            swept += usize::from(removed.map_err(|errno| Error::os(what(), errno))?);
        }
        Ok(swept)
    }
}
