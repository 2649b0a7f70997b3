//! Over HTTP with basic authentication: the contract, and where the credential is seen.

use super::server::{PASSWORD, Server, USER};
use super::{EachARun, Remote};
use crate::{contract, found, list, listed, object};
use domain::mirror::FailureClass;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use storage::git::Settings;
use storage::{Git, Storage};
use zeroize::Zeroizing;

fn open(remote: &Remote, server: &Server, password: &str) -> EachARun {
    let settings = remote.settings(&server.url("remote.git"));
    let credentials = Some((USER.to_owned(), Zeroizing::new(password.to_owned())));
    EachARun(Git::new(Settings { credentials, ..settings }))
}

fn place() -> (EachARun, (Remote, Server)) {
    let remote = Remote::make();
    let server = Server::start(remote.0.path());
    (open(&remote, &server, PASSWORD), (remote, server))
}

contract! { place:
    an_empty_place_lists_nothing
    what_is_put_is_listed_and_read_back
    putting_again_replaces
    deleting_is_idempotent
    an_object_has_a_largest_size
    the_longest_key_is_taken
    what_it_was_asked_is_counted
    a_thousand_objects_are_one_listing
}

#[tokio::test]
async fn a_wrong_password_is_denied_and_a_good_one_mends_it() {
    let (good, (remote, server)) = place();
    let wrong = open(&remote, &server, "canary-wrong");
    let put = vec![object("tokens/a.json", "one")];
    for refused in [wrong.put(put.clone()).await, list(&wrong, "tokens").await.map(drop)] {
        let refused = refused.expect_err("a wrong password");
        assert_eq!(refused.class, FailureClass::Denied, "{refused}");
        assert!(!refused.to_string().contains("canary"), "{refused}");
    }
    let nobody = EachARun(Git::new(remote.settings(&server.url("remote.git"))));
    let refused = list(&nobody, "tokens").await.expect_err("no password");
    assert_eq!(refused.class, FailureClass::Denied, "{refused}");
    good.put(put).await.expect("put");
}

#[tokio::test]
async fn a_server_that_was_gone_is_used_again_when_it_is_back() {
    let (place, (_remote, mut server)) = place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    server.stop();
    let refused = list(&place, "tokens").await.expect_err("gone");
    assert_eq!(refused.class, FailureClass::Transient, "{refused}");
    place.0.put(vec![object("tokens/b.json", "two")]).await.expect("put");
    let done = storage::Done { put: 1, deleted: 0 };
    let refused = place.0.finish(done).await.expect_err("gone");
    assert_eq!(refused.class, FailureClass::Transient, "{refused}");
    server.start_again();
    place.0.finish(done).await.expect("it is back");
    let expected = [found(&place, "tokens/a.json", b"one"), found(&place, "tokens/b.json", b"two")];
    assert_eq!(listed(&place).await, expected);
}

#[tokio::test]
async fn what_the_server_says_has_its_class() {
    let (_, (remote, server)) = place();
    for (repository, class) in
        [("nowhere.git", FailureClass::Broken), ("unavailable.git", FailureClass::Transient)]
    {
        let settings = remote.settings(&server.url(repository));
        let credentials = Some((USER.to_owned(), Zeroizing::new(PASSWORD.to_owned())));
        let place = Git::new(Settings { credentials, ..settings });
        let refused = list(&place, "tokens").await.expect_err(repository);
        assert_eq!(refused.class, class, "{refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_not_waited_for_without_end() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = silent.local_addr().expect("its address");
    let remote = Remote::make();
    let place = Git::new(remote.settings(&format!("http://{address}/remote.git")));
    let refused = list(&place, "tokens").await.expect_err("silence");
    assert_eq!(refused.class, FailureClass::Transient, "{refused}");
}

/// Where a text is, in the files below a directory.
fn files_with(dir: &Path, text: &str) -> String {
    let grep = Command::new("grep").args(["-rlaF", text]).arg(dir).output().expect("grep runs");
    String::from_utf8_lossy(&grep.stdout).into_owned()
}

#[tokio::test]
async fn the_credential_is_in_no_argument_and_in_no_file() {
    let (place, (remote, _server)) = place();
    // While the server takes the push, `git push` runs: it looks at what everybody sees of everybody.
    let seen = remote.0.path().join("seen");
    let hook = remote.path().join("hooks/pre-receive");
    let script = format!(
        "#!/bin/sh\nfor one in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <\"$one\" 2>/dev/null; echo; done >'{}'\n",
        seen.display()
    );
    std::fs::create_dir_all(hook.parent().expect("a parent")).expect("a directory");
    std::fs::write(&hook, script).expect("a hook");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    let basic = "bWlycm9yOmNhbmFyeS1wNHNzd29yZA==";
    let seen = std::fs::read_to_string(seen).expect("what was seen");
    assert!(seen.contains("git push --porcelain"), "{seen}");
    for secret in [PASSWORD, basic] {
        assert!(!seen.contains(secret));
        assert_eq!(files_with(&remote.clone_path(), secret), "");
        assert!(!place.describe().contains(secret));
        assert!(!format!("{:?}", place.0).contains(secret));
    }
}
