//! Others who write into the same branch.

use super::{EachARun, Remote, git};
use crate::{found, key, listed, object};
use domain::mirror::FailureClass;
use std::os::unix::fs::PermissionsExt as _;
use storage::git::Settings;
use storage::{Done, Git, Listed, Storage};

const ONE: Done = Done { put: 1, deleted: 0 };

#[tokio::test]
async fn what_is_not_ours_is_listed_and_left() {
    let remote = Remote::make();
    let theirs = [
        ("README", "1"),
        ("tokens/READ ME", "2"),
        ("tokens/below/a.json", "3"),
        ("tokens-2/a.json", "4"),
    ];
    remote.written_by_else(&theirs);
    let place = EachARun(remote.place());
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    place.delete(vec![key("tokens/a.json")]).await.expect("delete");
    let below = Listed { path: "tokens/below".to_owned(), digest: None };
    assert_eq!(listed(&place).await, [found(&place, "tokens/READ ME", b"2"), below]);
    for (path, text) in theirs {
        assert_eq!(remote.file(path), text);
    }
}

#[tokio::test]
async fn what_somebody_altered_is_found_and_put_right() {
    let remote = Remote::make();
    let place = EachARun(remote.place());
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    remote.written_by_else(&[("tokens/a.json", "else")]);
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"else")]);
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(remote.file("tokens/a.json"), "one");
    assert_eq!(remote.log().len(), 3);
}

#[tokio::test]
async fn when_somebody_was_faster_both_are_there() {
    let remote = Remote::make();
    let place = remote.place();
    assert_eq!(listed(&place).await, [], "as of now");
    for round in 0..2 {
        let file = format!("theirs-{round}");
        remote.written_by_else(&[(&file, "theirs"), ("tokens/a.json", "theirs")]);
        let ours = format!("ours {round}");
        place.put(vec![object("tokens/a.json", ours.clone())]).await.expect("put");
        place.finish(ONE).await.expect("pushed on top of theirs");
        assert_eq!(remote.file("tokens/a.json"), ours);
        assert_eq!(remote.file(&file), "theirs");
    }
    let mirror = "Mirror: 1 put, 0 deleted";
    assert_eq!(remote.log(), [mirror, "Theirs", mirror, "Theirs"]);
}

#[tokio::test]
async fn all_who_push_at_once_get_there() {
    let remote = Remote::make();
    let writers = (0..3).map(|writer| {
        let settings = remote.settings(&remote.path().display().to_string());
        let local_path = remote.0.path().join(format!("data{writer}"));
        let place = EachARun(Git::new(Settings { local_path, ..settings }));
        tokio::spawn(async move {
            for n in 0..4 {
                let path = format!("tokens/{writer}-{n}.json");
                // Five times in a run somebody may be faster; then the next run does it.
                while let Err(error) = place.put(vec![object(&path, "one")]).await {
                    assert_eq!(error.class, FailureClass::Transient, "{error}");
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("a writer");
    }
    assert_eq!(listed(&remote.place()).await.len(), 12);
    assert_eq!(remote.log().len(), 12);
}

#[tokio::test]
async fn a_history_that_was_rewritten_is_followed() {
    let remote = Remote::make();
    let place = EachARun(remote.place());
    for bytes in ["one", "two"] {
        place.put(vec![object("tokens/a.json", bytes)]).await.expect("put");
    }
    git(&remote.path(), &["update-ref", "refs/heads/main", "main~1"]);
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
    place.put(vec![object("tokens/b.json", "b")]).await.expect("put");
    assert_eq!(remote.log().len(), 2);
    git(&remote.path(), &["update-ref", "-d", "refs/heads/main"]);
    assert_eq!(listed(&place).await, []);
    place.put(vec![object("tokens/b.json", "b")]).await.expect("put");
    assert_eq!(remote.log().len(), 1);
}

#[tokio::test]
async fn a_repository_that_declines_is_denied() {
    let remote = Remote::make();
    let hook = remote.path().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().expect("a parent")).expect("a directory");
    std::fs::write(&hook, "#!/bin/sh\necho 'Only on Mondays' >&2\nexit 1\n").expect("a hook");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let place = remote.place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    let refused = place.finish(ONE).await.expect_err("declined");
    assert_eq!(refused.class, FailureClass::Denied, "{refused}");
    assert!(refused.to_string().contains("Only on Mondays"), "{refused}");
    std::fs::remove_file(&hook).expect("Monday");
    place.finish(ONE).await.expect("pushed");
    assert_eq!(remote.file("tokens/a.json"), "one");
}

#[tokio::test]
async fn a_link_is_no_object_and_is_replaced() {
    let remote = Remote::make();
    let blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
    let path = remote.path();
    git(&path, &["hash-object", "-w", "--stdin"]);
    git(&path, &["update-index", "--add", "--cacheinfo", &format!("120000,{blob},tokens/a.json")]);
    let tree = git(&path, &["write-tree"]);
    let commit = git(&path, &["commit-tree", &tree, "-m", "Theirs"]);
    git(&path, &["update-ref", "refs/heads/main", &commit]);
    let place = EachARun(remote.place());
    let link = Listed { path: "tokens/a.json".to_owned(), digest: None };
    assert_eq!(listed(&place).await, [link]);
    let refused = place.get(&key("tokens/a.json")).await.expect_err("a link");
    assert_eq!(refused.class, FailureClass::Broken);
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
}
