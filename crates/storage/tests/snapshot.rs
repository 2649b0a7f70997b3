//! The snapshot's format: what was written is read, and nothing else is.

use proptest::collection::vec;
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use storage::snapshot::{Folder, Key, Log, Stamped, Unreadable};
use tempfile::TempDir;

fn key(of: u8) -> Key {
    Key::new([of; 32])
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("snapshot")
    }

    fn file(&self, beginning: &str) -> PathBuf {
        let entries = fs::read_dir(self.path()).expect("a directory");
        let named = |path: &PathBuf| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.starts_with(beginning))
        };
        entries.map(|entry| entry.expect("an entry").path()).find(named).expect("a file")
    }

    fn begin(&self, id: u8) -> (Folder, Log) {
        let folder = Folder::open(&self.path()).expect("a folder");
        let log = folder.begin([id; 16], &key(1)).expect("a log");
        (folder, log)
    }

    fn written(&self, frames: &[Vec<u8>], note: &[u8]) {
        let (_folder, mut log) = self.begin(7);
        for frame in frames {
            log.append(frame).expect("appended");
        }
        log.stamp(note).expect("stamped");
    }

    fn read(&self) -> Result<(Vec<Vec<u8>>, Vec<u8>), Unreadable> {
        read(&self.path(), &[key(1)])
    }
}

fn read(path: &Path, keys: &[Key]) -> Result<(Vec<Vec<u8>>, Vec<u8>), Unreadable> {
    let stamped = Stamped::read(path, keys)?;
    let mut frames = Vec::new();
    stamped.each(|frame| {
        frames.push(frame.to_vec());
        true
    })?;
    Ok((frames, stamped.note().to_vec()))
}

fn frames() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(vec(any::<u8>(), 1..200), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_written_is_read(frames in frames(), note in vec(any::<u8>(), 0..100)) {
        let place = Place::new();
        place.written(&frames, &note);
        prop_assert_eq!(place.read().expect("read"), (frames, note));
    }

    #[test]
    fn a_changed_bit_is_refused(frames in frames(), note in vec(any::<u8>(), 0..100), at in any::<prop::sample::Index>(), bit in 0..8_u32, in_log in any::<bool>()) {
        let place = Place::new();
        place.written(&frames, &note);
        let path = place.file(if in_log { "log-" } else { "stamp" });
        let mut bytes = fs::read(&path).expect("bytes");
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        fs::write(&path, bytes).expect("written");
        prop_assert!(matches!(place.read(), Err(Unreadable::NotSigned)));
    }

    #[test]
    fn a_frame_of_another_log_does_not_fit(frames in vec(vec(any::<u8>(), 8), 2..5), at in any::<prop::sample::Index>()) {
        // The same key, the same frames and the same lengths: only the id differs.
        let (one, other) = (Place::new(), Place::new());
        one.written(&frames, b"");
        let (_folder, mut log) = other.begin(8);
        for frame in &frames {
            log.append(frame).expect("appended");
        }
        log.stamp(b"").expect("stamped");
        let path = one.file("log-");
        let mut bytes = fs::read(&path).expect("bytes");
        let theirs = fs::read(other.file("log-")).expect("bytes");
        let from = 24 + at.index(frames.len()) * (4 + 8 + 32);
        bytes[from..].copy_from_slice(&theirs[from..]);
        fs::write(&path, &bytes).expect("written");
        prop_assert!(matches!(one.read(), Err(Unreadable::NotSigned)));
        // Nor does the other's stamp.
        fs::copy(other.file("stamp"), one.file("stamp")).expect("copied");
        prop_assert!(matches!(one.read(), Err(Unreadable::NotSigned)));
    }
}

#[test]
fn what_is_cut_is_refused_wherever_it_is_cut() {
    let place = Place::new();
    place.written(&[vec![1; 40], vec![2; 9]], b"a note");
    for file in ["log-", "stamp"] {
        let path = place.file(file);
        let whole = fs::read(&path).expect("bytes");
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).expect("written");
            assert!(matches!(place.read(), Err(Unreadable::NotSigned)), "{file} cut at {length}");
        }
        fs::write(&path, &whole).expect("written");
    }
    assert!(place.read().is_ok());
    fs::remove_file(place.file("log-")).expect("removed");
    assert!(matches!(place.read(), Err(Unreadable::NotSigned)));
}

#[test]
fn what_the_stamp_does_not_name_does_not_count() {
    let place = Place::new();
    let (folder, mut log) = place.begin(1);
    log.append(b"first").expect("appended");
    log.stamp(b"then").expect("stamped");
    let earlier = fs::read(place.file("stamp")).expect("bytes");
    log.append(b"second").expect("appended");
    log.stamp(b"later").expect("stamped");
    assert_eq!(place.read().expect("read").0, [b"first".to_vec(), b"second".to_vec()]);
    // An earlier stamp with the longer log: what was true then, as of then.
    fs::write(place.file("stamp"), earlier).expect("written");
    assert_eq!(place.read().expect("read"), (vec![b"first".to_vec()], b"then".to_vec()));
    drop((log, folder));
    // Whatever is at the end of the log.
    let path = place.file("log-");
    let mut bytes = fs::read(&path).expect("bytes");
    let end = bytes.len();
    bytes.truncate(end - 3);
    bytes.extend_from_slice(&[0xff; 4096]);
    fs::write(&path, bytes).expect("written");
    assert_eq!(place.read().expect("read").0, [b"first".to_vec()]);
}

#[test]
fn each_key_of_the_ring_reads_and_no_other() {
    let place = Place::new();
    place.written(&[b"frame".to_vec()], b"");
    assert!(read(&place.path(), &[key(2), key(1)]).is_ok());
    for keys in [vec![key(2)], vec![]] {
        assert!(matches!(read(&place.path(), &keys), Err(Unreadable::NotSigned)));
    }
}

#[test]
fn a_new_log_takes_the_place_of_the_former_one_when_it_is_stamped() {
    let place = Place::new();
    place.written(&[b"old".to_vec()], b"");
    // One that is given up leaves nothing.
    drop(place.begin(2));
    let logs = || {
        fs::read_dir(place.path())
            .expect("a directory")
            .filter(|entry| {
                entry
                    .as_ref()
                    .is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("log-"))
            })
            .count()
    };
    assert_eq!(logs(), 1);
    let (_folder, mut log) = place.begin(3);
    log.append(b"new").expect("appended");
    assert_eq!((place.read().expect("read").0, logs()), (vec![b"old".to_vec()], 2));
    log.stamp(b"").expect("stamped");
    assert_eq!((place.read().expect("read").0, logs()), (vec![b"new".to_vec()], 1));
}

#[test]
fn one_process_writes_and_only_its_owner_reads() {
    let place = Place::new();
    assert!(matches!(place.read(), Err(Unreadable::Absent)));
    let (_folder, mut log) = place.begin(1);
    log.stamp(b"").expect("stamped");
    let taken = Folder::open(&place.path()).err().expect("taken");
    assert!(taken.to_string().contains("another process"), "{taken}");
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!(mode(&place.path()), 0o700);
    for file in ["log-", "stamp", "lock"] {
        assert_eq!(mode(&place.file(file)), 0o600, "{file}");
    }
}

#[test]
fn what_is_not_understood_is_said() {
    let place = Place::new();
    place.written(&[b"frame".to_vec()], b"");
    let stamped = Stamped::read(&place.path(), &[key(1)]).expect("a stamp");
    assert!(matches!(stamped.each(|_| false), Err(Unreadable::NotUnderstood)));
}
