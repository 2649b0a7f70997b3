//! Local files: the contract, and what is theirs alone.

mod odd;

use super::{contract, found, key, list, listed, object};
use domain::mirror::FailureClass;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use storage::{Files, Storage};
use tempfile::TempDir;

fn place() -> (Files, TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    (Files::new(dir.path().join("mirror")), dir)
}

contract! { place:
    an_empty_place_lists_nothing
    what_is_put_is_listed_and_read_back
    putting_again_replaces
    of_a_key_that_comes_twice_the_last_is_put
    deleting_is_idempotent
    empty_batches_do_nothing
    an_object_has_a_largest_size
    the_longest_key_is_taken
    a_probe_leaves_nothing
    what_it_was_asked_is_counted
    a_thousand_objects_are_one_listing
    a_long_listing_comes_in_pages
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    std::fs::write(path, bytes).expect("a file");
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("what was made").permissions().mode() & 0o7777
}

#[tokio::test]
async fn files_and_directories_are_private() {
    let (place, dir) = place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    let root = dir.path().join("mirror");
    assert_eq!(mode(&root), 0o700);
    assert_eq!(mode(&root.join("tokens")), 0o700);
    assert_eq!(mode(&root.join("tokens/a.json")), 0o600);
}

#[tokio::test]
async fn a_reader_never_sees_half_an_object() {
    let (place, dir) = place();
    let path = dir.path().join("mirror/tokens/a.json");
    let whole = [vec![b'a'; 32 * 1024], vec![b'b'; 9 * 1024]];
    place.put(vec![object("tokens/a.json", whole[0].clone())]).await.expect("put");
    let contents = whole.clone();
    // Both sides are bounded, so that neither can keep the other going.
    let reader = tokio::task::spawn_blocking(move || {
        for _ in 0..2_000 {
            let seen = std::fs::read(&path).expect("there is always an object");
            assert!(contents.contains(&seen), "{} bytes", seen.len());
        }
    });
    for n in 0..200 {
        let next = object("tokens/a.json", whole[n % 2].clone());
        place.put(vec![next]).await.expect("put");
    }
    reader.await.expect("only whole objects");
}

#[tokio::test]
async fn what_a_crash_left_is_hidden_swept_and_in_nobodys_way() {
    let (place, dir) = place();
    let tokens = dir.path().join("mirror/tokens");
    write(&tokens.join(".tokenkeep-a.json"), b"half an ob");
    write(&tokens.join(".tokenkeep-b.json"), b"half an ob");
    write(&tokens.join(".keep"), b"somebody else's");
    assert_eq!(listed(&place).await, []);
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(place.sweep(&key("tokens")).await.expect("swept"), 1);
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
    assert!(tokens.join(".keep").exists());
}

#[tokio::test]
async fn foreign_files_are_listed_and_left() {
    let (place, dir) = place();
    write(&dir.path().join("mirror/tokens/README"), b"hands off");
    write(&dir.path().join("mirror/other/a.json"), b"elsewhere");
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    place.delete(vec![key("tokens/a.json")]).await.expect("delete");
    assert_eq!(listed(&place).await, [found(&place, "tokens/README", b"hands off")]);
    assert!(dir.path().join("mirror/other/a.json").exists());
}

#[tokio::test]
async fn a_root_that_vanished_is_broken_and_is_not_made_again() {
    let (place, dir) = place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    let root = dir.path().join("mirror");
    std::fs::rename(&root, dir.path().join("unmounted")).expect("gone");
    let refused = list(&place, "tokens").await.expect_err("gone");
    assert_eq!(refused.class, FailureClass::Broken);
    place.put(vec![object("tokens/a.json", "two")]).await.expect_err("gone");
    assert!(!root.exists());
    std::fs::rename(dir.path().join("unmounted"), &root).expect("back");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
}

#[tokio::test]
async fn failures_have_their_class() {
    let dir = tempfile::tempdir().expect("a directory");
    write(&dir.path().join("file"), b"");
    for nowhere in ["file", "file/mirror", "no/such/parent"] {
        let place = Files::new(dir.path().join(nowhere));
        let refused = place.put(vec![object("tokens/a.json", "one")]).await.expect_err(nowhere);
        assert_eq!(refused.class, FailureClass::Broken, "{nowhere}: {refused}");
    }
    // Nobody, not even root, makes directories in sysfs.
    let refused =
        Files::new("/sys").put(vec![object("tokens/a.json", "one")]).await.expect_err("sysfs");
    assert_eq!(refused.class, FailureClass::Denied, "{refused}");
}
