//! A branch of a Git repository: the contract on a real one, and what is its alone.

mod clone;
mod http;
mod others;
pub mod server;
mod way;

use super::contract;
use crate::{found, key, list, listed, object};
use domain::mirror::{Digest, FailureClass};
use std::path::{Path, PathBuf};
use std::process::Command;
use storage::git::{Address, Branch, Settings, Times};
use storage::{Calls, Done, Egress, Git, Object, ObjectKey, Pages, Result, Storage, Unfit};
use tempfile::TempDir;

/// Runs `git` as somebody else would, and answers what it says.
pub fn git(dir: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(dir).args(["-c", "user.name=Else", "-c", "user.email=else@localhost"]);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.args(arguments).output().expect("git runs");
    let said = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Where a program is.
pub fn real_program(name: &str) -> String {
    let path = std::env::var("PATH").expect("PATH");
    let mut found = path.split(':').map(|dir| Path::new(dir).join(name));
    found.find(|path| path.exists()).expect(name).display().to_string()
}

/// A repository, cloned in that directory.
pub fn settings(address: &str, local_path: PathBuf) -> Settings {
    Settings {
        address: Address::parse(address).expect("an address"),
        credentials: None,
        ssh: None,
        branch: Branch::default(),
        local_path,
        search_path: std::env::var("PATH").expect("PATH"),
        egress: Egress::Guarded,
        times: Times::default(),
    }
}

/// An empty repository, and room for clones of it.
pub struct Remote(pub TempDir);

impl Remote {
    pub fn make() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        git(dir.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "remote.git"]);
        Self(dir)
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("remote.git")
    }

    /// Where the clone is kept.
    fn clone_path(&self) -> PathBuf {
        self.0.path().join("data/tokenkeep-mirror.git")
    }

    pub fn settings(&self, address: &str) -> Settings {
        settings(address, self.0.path().join("data"))
    }

    fn place(&self) -> Git {
        Git::new(self.settings(&self.path().display().to_string()))
    }

    /// The messages of the branch, the newest first.
    fn log(&self) -> Vec<String> {
        let log = git(&self.path(), &["log", "--format=%s", "main"]);
        log.lines().map(str::to_owned).collect()
    }

    /// The content of a file of the branch.
    fn file(&self, path: &str) -> String {
        git(&self.path(), &["show", &format!("main:{path}")])
    }

    /// Somebody else writes these files, and pushes.
    fn written_by_else(&self, files: &[(&str, &str)]) {
        let dir = tempfile::tempdir().expect("a directory");
        let remote = self.path().display().to_string();
        git(dir.path(), &["clone", "--quiet", &remote, "else"]);
        let clone = dir.path().join("else");
        git(&clone, &["checkout", "--quiet", "-B", "main"]);
        for (path, text) in files {
            let path = clone.join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            std::fs::write(path, text).expect("a file");
        }
        git(&clone, &["add", "--all"]);
        git(&clone, &["commit", "--quiet", "--message=Theirs"]);
        git(&clone, &["push", "--quiet", "origin", "main"]);
    }
}

/// Each call is a run of its own.
struct EachARun(Git);

impl Storage for EachARun {
    fn describe(&self) -> String {
        self.0.describe()
    }

    fn digest(&self, bytes: &[u8]) -> Digest {
        self.0.digest(bytes)
    }

    fn batch(&self) -> usize {
        self.0.batch()
    }

    fn key_max(&self) -> usize {
        self.0.key_max()
    }

    fn calls(&self) -> Calls {
        self.0.calls()
    }

    async fn list(&self, at: &ObjectKey, pages: Pages<'_>) -> Result<()> {
        self.0.list(at, pages).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>> {
        self.0.get(key).await
    }

    async fn put(&self, objects: Vec<Object>) -> Result<()> {
        let done = Done { put: objects.len(), deleted: 0 };
        self.0.put(objects).await?;
        self.0.finish(done).await
    }

    async fn delete(&self, keys: Vec<ObjectKey>) -> Result<()> {
        let done = Done { put: 0, deleted: keys.len() };
        self.0.delete(keys).await?;
        self.0.finish(done).await
    }

    async fn sweep(&self, at: &ObjectKey) -> Result<usize> {
        self.0.sweep(at).await
    }

    async fn probe(&self) -> Result<(), Unfit> {
        self.0.probe().await
    }
}

fn place() -> (EachARun, Remote) {
    let remote = Remote::make();
    (EachARun(remote.place()), remote)
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

#[tokio::test]
async fn a_run_is_one_commit_and_history_is_kept() {
    let remote = Remote::make();
    let place = remote.place();
    for name in ["a", "b"] {
        place.put(vec![object(&format!("tokens/{name}.json"), name)]).await.expect("put");
    }
    place.finish(Done { put: 2, deleted: 0 }).await.expect("pushed");
    place.put(vec![object("tokens/c.json", "c")]).await.expect("put");
    place.delete(vec![key("tokens/a.json")]).await.expect("delete");
    place.finish(Done { put: 1, deleted: 1 }).await.expect("pushed");
    assert_eq!(remote.log(), ["Mirror: 1 put, 1 deleted", "Mirror: 2 put, 0 deleted"]);
    assert_eq!(git(&remote.path(), &["show", "main~1:tokens/a.json"]), "a");
    let who = git(&remote.path(), &["log", "-1", "--format=%an <%ae> %cn", "main"]);
    assert_eq!(who, "Tokenkeep <tokenkeep@localhost> Tokenkeep");
    let files = git(&remote.path(), &["ls-tree", "-r", "--name-only", "main"]);
    assert_eq!(files, "tokens/b.json\ntokens/c.json");
}

#[tokio::test]
async fn a_run_that_changes_nothing_is_no_commit() {
    let remote = Remote::make();
    let place = remote.place();
    place.delete(vec![key("tokens/a.json")]).await.expect("delete");
    place.finish(Done { put: 0, deleted: 1 }).await.expect("nothing to push");
    assert_eq!(git(&remote.path(), &["branch", "--list"]), "", "the branch is not born");
    for _ in 0..3 {
        place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
        place.finish(Done { put: 1, deleted: 0 }).await.expect("finished");
    }
    place.finish(Done::default()).await.expect("finished");
    assert_eq!(remote.log(), ["Mirror: 1 put, 0 deleted"]);
}

#[tokio::test]
async fn what_was_never_pushed_is_seen_by_us_alone_and_swept() {
    let remote = Remote::make();
    let place = remote.place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    place.finish(Done { put: 1, deleted: 0 }).await.expect("pushed");
    place.put(vec![object("tokens/b.json", "two")]).await.expect("put");
    place.delete(vec![key("tokens/a.json")]).await.expect("delete");
    assert_eq!(listed(&place).await, [found(&place, "tokens/b.json", b"two")]);
    assert_eq!(place.get(&key("tokens/a.json")).await.expect("an answer"), None);
    assert_eq!(place.sweep(&key("tokens")).await.expect("swept"), 2);
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
    assert_eq!(remote.log().len(), 1);
}

#[tokio::test]
async fn a_probe_takes_nothing_of_a_run_with_it() {
    let remote = Remote::make();
    let place = remote.place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    place.probe().await.expect("it can be used");
    assert_eq!(listed(&place).await.len(), 1, "still collected");
    assert_eq!(remote.log(), ["Mirror: a probe"; 2]);
    assert_eq!(git(&remote.path(), &["ls-tree", "-r", "--name-only", "main"]), "");
    place.finish(Done { put: 1, deleted: 0 }).await.expect("pushed");
    assert_eq!(remote.file("tokens/a.json"), "one");
}

#[tokio::test]
async fn another_branch_is_left_alone() {
    let remote = Remote::make();
    remote.written_by_else(&[("README", "theirs")]);
    let settings = remote.settings(&remote.path().display().to_string());
    let branch = Branch::parse("mirror/edge").expect("a branch");
    let place = EachARun(Git::new(Settings { branch, ..settings }));
    assert_eq!(listed(&place).await, []);
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
    assert_eq!(remote.log(), ["Theirs"]);
}

#[tokio::test]
async fn failures_have_their_class() {
    let remote = Remote::make();
    let nowhere = remote.0.path().join("nowhere.git").display().to_string();
    let place = Git::new(remote.settings(&nowhere));
    let refused = list(&place, "tokens").await.expect_err("nowhere");
    assert_eq!(refused.class, FailureClass::Broken, "{refused}");
    let settings = remote.settings(&remote.path().display().to_string());
    let place = Git::new(Settings { search_path: "/nowhere".to_owned(), ..settings });
    let refused = list(&place, "tokens").await.expect_err("no git");
    assert!(refused.to_string().contains("not installed"), "{refused}");
}
