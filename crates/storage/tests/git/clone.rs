//! The clone is a cache: whatever happens to it, the next run is right.

use super::{EachARun, Remote, git};
use crate::{found, list, listed, object};
use domain::mirror::FailureClass;
use std::fs;
use std::path::Path;
use storage::{Done, Storage};

async fn begun() -> (Remote, EachARun) {
    let remote = Remote::make();
    let place = EachARun(remote.place());
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    (remote, place)
}

/// What happens to a clone.
type Damage = fn(&Path);

/// Every file below a directory.
fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("it").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_clone_that_was_damaged_is_made_anew() {
    let damages: [(&str, Damage); 6] = [
        ("gone", |clone| fs::remove_dir_all(clone).expect("removed")),
        ("locked", |clone| {
            for lock in ["shallow.lock", "refs/tokenkeep/tip.lock", "tokenkeep-index.lock"] {
                fs::write(clone.join(lock), "").expect("a lock");
            }
        }),
        ("without a head", |clone| fs::remove_file(clone.join("HEAD")).expect("removed")),
        ("half made", |clone| {
            fs::remove_dir_all(clone.join("objects")).expect("removed");
            fs::remove_file(clone.join("config")).expect("removed");
        }),
        ("with empty objects", |clone| {
            for file in files(&clone.join("objects")) {
                fs::remove_file(&file).expect("removed");
                fs::write(&file, "").expect("an empty file");
            }
        }),
        ("with a reference to nothing", |clone| {
            fs::write(clone.join("refs/tokenkeep/tip"), format!("{:040}\n", 7)).expect("written");
        }),
    ];
    for (damage, damaged) in damages {
        let (remote, place) = begun().await;
        damaged(&remote.clone_path());
        assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")], "{damage}");
        damaged(&remote.clone_path());
        place.put(vec![object("tokens/b.json", "two")]).await.expect(damage);
        assert_eq!(remote.file("tokens/b.json"), "two", "{damage}");
        assert_eq!(remote.log().len(), 2, "{damage}");
    }
}

#[tokio::test]
async fn another_process_takes_over() {
    let (remote, first) = begun().await;
    let second = EachARun(remote.place());
    second.put(vec![object("tokens/b.json", "two")]).await.expect("put");
    first.put(vec![object("tokens/c.json", "three")]).await.expect("put");
    assert_eq!(listed(&first).await.len(), 3);
    assert_eq!(remote.log().len(), 3);
}

#[tokio::test]
async fn another_repository_gets_another_clone() {
    let (remote, _) = begun().await;
    let other = Remote::make();
    let place = EachARun(storage::Git::new(remote.settings(&other.path().display().to_string())));
    assert_eq!(listed(&place).await, []);
    place.put(vec![object("tokens/b.json", "two")]).await.expect("put");
    assert_eq!(other.log().len(), 1);
    assert_eq!(remote.log().len(), 1);
}

#[tokio::test]
async fn a_directory_that_is_somebody_elses_is_left() {
    let remote = Remote::make();
    fs::create_dir_all(remote.clone_path()).expect("a directory");
    fs::write(remote.clone_path().join("precious"), "theirs").expect("a file");
    let place = remote.place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    for refused in
        [place.finish(Done { put: 1, deleted: 0 }).await, list(&place, "tokens").await.map(drop)]
    {
        let refused = refused.expect_err("somebody else's");
        assert_eq!(refused.class, FailureClass::Broken);
        assert!(refused.to_string().contains("GITSTORE_LOCAL_PATH"), "{refused}");
    }
    assert_eq!(files(&remote.clone_path()).len(), 1);
}

#[tokio::test]
async fn the_clone_has_the_newest_commit_alone() {
    let (remote, place) = begun().await;
    for n in 0..5 {
        place.put(vec![object("tokens/a.json", n.to_string())]).await.expect("put");
    }
    assert_eq!(listed(&place).await.len(), 1);
    let clone = remote.clone_path();
    assert_eq!(git(&clone, &["rev-list", "--count", "refs/tokenkeep/tip"]), "1");
    assert_eq!(remote.log().len(), 6);
}
