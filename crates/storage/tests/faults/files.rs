//! What goes wrong on our own disk: files that may not grow, and directories in which nothing can be made. Modes hold root no more than a directory of
//! sysfs holds anybody else, so that root lends a worker its name without the capability to pass over them.

use super::goal::{Goal, digests, goal, mends};
use super::worker::{self, Worker};
use crate::git::Remote;
use crate::list;
use domain::mirror::FailureClass;
use serde_json::{Value, json};
use std::path::Path;
use storage::git::Settings;
use storage::{Git, Place};

const SIZE: usize = 12;
/// A file may have 4 KiB: the large object does not fit, the others do.
const BLOCKS: usize = 8;

/// Orders for a goal with a large object.
fn with_large(orders: &Value) -> Value {
    let mut orders = orders.clone();
    orders["goal"] = json!(1);
    orders["size"] = json!(SIZE);
    orders["large"] = json!(true);
    orders
}

/// A run fails where there is no room, and the next one where there is some is good.
async fn room_comes_back(orders: &Value, class: FailureClass) -> (Place, Goal) {
    mends(&worker::place(orders), &goal(0, SIZE), "nothing").await;
    let orders = with_large(orders);
    let said = Worker::limited(&orders, BLOCKS).says().expect("it comes to its end");
    assert!(said.starts_with(&format!("failed {class:?} ")), "{said}");
    let place = worker::place(&orders);
    let there = list(&place, "tokens").await.expect("a listing");
    assert!(there.iter().all(|listed| !listed.path.contains("large")), "nothing of it is there");
    (place, worker::goal_of(&orders))
}

fn unfinished(dir: &Path) -> usize {
    let names = std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("it"));
    names.filter(|entry| entry.file_name().to_string_lossy().starts_with('.')).count()
}

#[tokio::test]
async fn an_object_without_room_is_not_there_at_all() {
    let dir = tempfile::tempdir().expect("a directory");
    let root = dir.path().join("mirror");
    let orders = worker::at_files(&root);
    let (place, goal) = room_comes_back(&orders, FailureClass::Broken).await;
    assert_eq!(unfinished(&root.join("tokens")), 0, "what was begun is gone");
    mends(&place, &goal, "no room").await;
}

#[tokio::test]
async fn a_clone_without_room_is_made_anew() {
    let remote = Remote::make();
    let orders = worker::at_git(&remote, &std::env::var("PATH").expect("PATH"));
    let (place, goal) = room_comes_back(&orders, FailureClass::Broken).await;
    mends(&place, &goal, "no room").await;
}

/// Takes the right to write from whoever owns what is there, or gives it back.
fn writable(path: &Path, may: bool) {
    let mode = if may { "u+w" } else { "a-w" };
    let mut chmod = std::process::Command::new("chmod");
    assert!(chmod.args(["-R", mode]).arg(path).status().expect("chmod runs").success());
}

/// A run that may not write is denied and changes nothing, and the next one where it may is good.
async fn it_may_be_written_again(orders: &Value, path: &Path) {
    let (place, before) = (worker::place(orders), goal(0, SIZE));
    mends(&place, &before, "nothing").await;
    let mut orders = orders.clone();
    orders["goal"] = json!(1);
    orders["size"] = json!(SIZE);
    writable(path, false);
    let said = Worker::bound(&orders).says().expect("it comes to its end");
    writable(path, true);
    assert!(said.starts_with("failed Denied "), "{said}");
    let there = list(&place, "tokens").await.expect("a listing");
    assert_eq!(there, digests(&place, &before), "all as it was");
    mends(&place, &worker::goal_of(&orders), "no right").await;
}

#[tokio::test]
async fn a_directory_that_was_read_only_is_written_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let root = dir.path().join("mirror");
    it_may_be_written_again(&worker::at_files(&root), &root).await;
}

#[tokio::test]
async fn a_clone_that_was_read_only_is_written_again() {
    let remote = Remote::make();
    let orders = worker::at_git(&remote, &std::env::var("PATH").expect("PATH"));
    it_may_be_written_again(&orders, &remote.0.path().join("data")).await;
}

#[tokio::test]
async fn a_clone_in_a_read_only_directory_is_denied() {
    let remote = Remote::make();
    // Nobody, not even root, makes directories in sysfs.
    let settings = remote.settings(&remote.path().display().to_string());
    let place = Git::new(Settings { local_path: "/sys".into(), ..settings });
    let refused = list(&place, "tokens").await.expect_err("sysfs");
    assert_eq!(refused.class, FailureClass::Denied, "{refused}");
}
