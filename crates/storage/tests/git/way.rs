//! Where a `git` may connect to, and that it is held to that.

use super::server::{PASSWORD, Server, USER};
use super::{EachARun, Remote, real_program};
use crate::{found, list, listed, object};
use domain::mirror::FailureClass;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use storage::git::{Address, Settings};
use storage::{Done, Egress, Git, Storage};
use zeroize::Zeroizing;

/// A program of that name before all others: it notes its arguments in the file that is answered, and then does what the script says.
fn before(remote: &Remote, name: &str, script: &str) -> (String, PathBuf) {
    let (programs, noted) = (remote.0.path().join("bin"), remote.0.path().join("noted"));
    fs::create_dir_all(&programs).expect("a directory");
    let whole = format!("#!/bin/sh\necho \"$@\" >>'{}'\n{script}\n", noted.display());
    fs::write(programs.join(name), whole).expect("a program");
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(programs.join(name), mode).expect("a mode");
    let others = std::env::var("PATH").expect("PATH");
    (format!("{}:{others}", programs.display()), noted)
}

const FORBIDDEN: [&str; 4] = [
    "http://169.254.169.254/mirror.git",
    "https://2852039166/mirror.git",
    "ssh://git@metadata.google.internal/mirror.git",
    "git@169.254.1.1:mirror.git",
];

#[tokio::test]
async fn link_local_addresses_are_denied_before_git_is_asked() {
    for address in FORBIDDEN {
        let remote = Remote::make();
        let script =
            format!("case $1 in fetch|push) exit 1;; esac; exec {} \"$@\"", real_program("git"));
        let (search_path, noted) = before(&remote, "git", &script);
        let settings = Settings { search_path, ..remote.settings(address) };
        let place = Git::new(settings.clone());
        place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
        for refused in [
            list(&place, "tokens").await.map(drop),
            place.finish(Done { put: 1, deleted: 0 }).await,
        ] {
            let refused = refused.expect_err(address);
            assert_eq!(refused.class, FailureClass::Denied, "{address}: {refused}");
        }
        let asked = fs::read_to_string(&noted).unwrap_or_default();
        assert!(!asked.contains("fetch"), "{asked}");
        let place = Git::new(Settings { egress: Egress::LinkLocalAllowed, ..settings });
        list(&place, "tokens").await.expect_err("that git does not fetch");
        assert!(fs::read_to_string(&noted).expect("it was asked").contains("fetch"));
    }
}

#[tokio::test]
async fn over_http_a_name_is_held_to_what_was_judged() {
    let remote = Remote::make();
    let server = Server::start(remote.0.path());
    let address = server.url("remote.git").replace("127.0.0.1", "localhost");
    let script = format!("exec {} \"$@\"", real_program("git"));
    let (search_path, noted) = before(&remote, "git", &script);
    let credentials = Some((USER.to_owned(), Zeroizing::new(PASSWORD.to_owned())));
    let settings = Settings { search_path, credentials, ..remote.settings(&address) };
    let (_, port) = settings.address.host().expect("a host");
    let place = EachARun(Git::new(settings.clone()));
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
    let noted = fs::read_to_string(noted).expect("arguments");
    let network = |line: &&str| line.contains("fetch --quiet") || line.contains("push --porcelain");
    for line in noted.lines().filter(network) {
        let pinned = format!("-c http.curloptResolve=localhost:{port}:");
        assert!(line.starts_with(&pinned) && line.contains("127.0.0.1"), "{line}");
    }
    assert_eq!(noted.lines().filter(network).count(), 3, "{noted}");
}

#[tokio::test]
async fn over_ssh_the_host_is_reached_by_the_address_and_known_by_its_name() {
    let remote = Remote::make();
    // In the place of the other machine: the last argument is what is to be run there.
    let (search_path, noted) =
        before(&remote, "ssh", "for command; do :; done; exec sh -c \"$command\"");
    let address = format!("ssh://mirror@LocalHost:2222{}", remote.path().display());
    let ssh = Some((remote.0.path().join("key"), remote.0.path().join("it's known")));
    let place = EachARun(Git::new(Settings { search_path, ssh, ..remote.settings(&address) }));
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(remote.file("tokens/a.json"), "one");
    let noted = fs::read_to_string(noted).expect("arguments");
    for line in noted.lines() {
        let pinned = ["HostName=127.0.0.1 ", "HostName=::1 "].iter().any(|pin| line.contains(pin));
        assert!(pinned && line.contains("HostKeyAlias=[localhost]:2222"), "{line}");
        assert!(
            line.contains("/it's known") && line.contains("StrictHostKeyChecking=yes"),
            "{line}"
        );
    }
    assert_eq!(noted.lines().count(), 2, "a fetch and a push: {noted}");
}

#[test]
fn a_host_is_read_as_those_read_it_who_connect() {
    for address in FORBIDDEN {
        let address = Address::parse(address).expect(address);
        let (host, _) = address.host().expect("a host");
        assert!(!Egress::Guarded.allows_host(host), "{host}");
    }
}
