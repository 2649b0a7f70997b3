//! What is in the place of an object and is none: links, directories, sockets.

use super::{place, write};
use crate::{key, list, listed, object};
use domain::mirror::FailureClass;
use std::os::unix::fs::symlink;
use storage::{Listed, OBJECT_MAX, Storage};

#[tokio::test]
async fn a_link_in_an_objects_place_is_replaced_and_never_followed() {
    let (place, dir) = place();
    let outside = dir.path().join("outside");
    write(&outside, b"secret");
    write(&dir.path().join("mirror/tokens/x"), b"");
    let link = dir.path().join("mirror/tokens/a.json");
    symlink(&outside, &link).expect("a link");
    let unreadable = Listed { path: "tokens/a.json".to_owned(), digest: None };
    assert!(listed(&place).await.contains(&unreadable));
    let refused = place.get(&key("tokens/a.json")).await.expect_err("a link");
    assert_eq!(refused.class, FailureClass::Broken);
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert!(!link.is_symlink());
    assert_eq!(std::fs::read(&outside).expect("untouched"), b"secret");
    symlink(&outside, dir.path().join("mirror/tokens/b.json")).expect("a link");
    place.delete(vec![key("tokens/b.json")]).await.expect("delete");
    assert!(outside.exists());
}

#[tokio::test]
async fn a_directory_that_is_a_link_is_refused() {
    let (place, dir) = place();
    let outside = dir.path().join("outside");
    write(&outside.join("a.json"), b"theirs");
    std::fs::create_dir(dir.path().join("mirror")).expect("a root");
    symlink(&outside, dir.path().join("mirror/tokens")).expect("a link");
    let refused = [
        list(&place, "tokens").await.map(drop),
        place.put(vec![object("tokens/a.json", "one")]).await,
        place.delete(vec![key("tokens/a.json")]).await,
    ];
    for refused in refused {
        assert_eq!(refused.expect_err("a link").class, FailureClass::Broken);
    }
    assert_eq!(std::fs::read(outside.join("a.json")).expect("untouched"), b"theirs");
}

#[tokio::test]
async fn what_is_no_file_or_too_large_is_listed_and_equals_nothing() {
    let (place, dir) = place();
    let tokens = dir.path().join("mirror/tokens");
    write(&tokens.join("large"), &vec![7; OBJECT_MAX * 3]);
    std::fs::create_dir(tokens.join("directory")).expect("a directory");
    let _socket = std::os::unix::net::UnixListener::bind(tokens.join("socket")).expect("a socket");
    let listed = listed(&place).await;
    let paths: Vec<_> = listed.iter().map(|listed| listed.path.as_str()).collect();
    assert_eq!(paths, ["tokens/directory", "tokens/large", "tokens/socket"]);
    assert!(listed[0].digest.is_none() && listed[2].digest.is_none());
    place.get(&key("tokens/large")).await.expect_err("too large");
}
