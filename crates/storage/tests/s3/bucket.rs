//! What a bucket keeps beyond the contract, as functions over one, for either server.

use super::servers::{ACCESS, Moto, S3s, SECRET, settings, under};
use super::{found, key, list, listed, object};
use crate::outside::is;
use domain::mirror::FailureClass;
use storage::{Egress, Endpoint, OBJECT_MAX, S3, S3Settings, Storage as _};

async fn more_than_two_pages_are_one_listing(place: S3) {
    let objects: Vec<_> =
        (0..2_500).map(|n| object(&format!("tokens/{n:04}.json"), format!("{n}"))).collect();
    place.put(objects.clone()).await.expect("put");
    let wanted: Vec<_> =
        objects.iter().map(|object| found(&place, object.key.as_str(), &object.bytes)).collect();
    assert_eq!(listed(&place).await, wanted);
    place.delete(objects.into_iter().map(|object| object.key).collect()).await.expect("delete");
    assert_eq!(listed(&place).await, []);
}

pub async fn a_prefix_keeps_two_mirrors_apart(at: impl Fn(fn(S3Settings) -> S3Settings) -> S3) {
    let (one, two) =
        (at(|settings| under(settings, "one/a")), at(|settings| under(settings, "two")));
    one.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    two.put(vec![object("tokens/a.json", "two"), object("tokens/b.json", "b")]).await.expect("put");
    one.delete(vec![key("tokens/b.json")]).await.expect("delete");
    assert_eq!(listed(&one).await, [found(&one, "tokens/a.json", b"one")]);
    assert_eq!(listed(&two).await.len(), 2);
    let bytes = one.get(&key("tokens/a.json")).await.expect("an answer");
    assert_eq!(bytes.as_deref(), Some(&b"one"[..]));
    let whole = at(|settings| settings);
    let bytes = whole.get(&key("two/tokens/a.json")).await.expect("an answer");
    assert_eq!(bytes.as_deref(), Some(&b"two"[..]));
}

pub async fn an_altered_object_is_found(place: S3) {
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
    let somebody_else = place.clone();
    somebody_else.put(vec![object("tokens/a.json", "0ne")]).await.expect("put");
    assert_ne!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
}

pub async fn foreign_objects_are_listed_as_they_are(place: S3, moto: &Moto) {
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    // Deeper ones are not of this directory.
    place.put(vec![object("tokens/deep/b.json", "b")]).await.expect("put");
    place.put(vec![object("tokens2/c.json", "c")]).await.expect("put");
    place.put(vec![object("tokens/README", "hands off")]).await.expect("put");
    let elsewhere = moto.place("foreign");
    let paths: Vec<_> = listed(&elsewhere).await.into_iter().map(|listed| listed.path).collect();
    assert_eq!(paths, ["tokens/README", "tokens/a.json"]);
}

pub async fn wrong_credentials_are_denied(place: impl Fn(Option<&str>, Option<&str>) -> S3) {
    place(None, None).put(vec![object("tokens/a.json", "one")]).await.expect("put");
    for (id, secret) in [(Some(ACCESS), None), (None, Some(SECRET))] {
        let place = place(id, secret);
        let refused = [
            list(&place, "tokens").await.map(drop),
            place.get(&key("tokens/a.json")).await.map(drop),
            place.put(vec![object("tokens/a.json", "two")]).await,
            place.delete(vec![key("tokens/a.json")]).await,
        ];
        for refused in refused {
            is(&refused.expect_err("refused"), FailureClass::Denied, &[ACCESS, SECRET]);
        }
    }
}

#[tokio::test]
async fn s3s_checks_who_asks() {
    let server = S3s::start();
    wrong_credentials_are_denied(|id, secret| {
        // Another than the right one, wherever one is given.
        let (id, secret) = (id.map(|_| "AKIAOTHER"), secret.map(|_| "another"));
        let settings = settings(&server.endpoint, "mirror");
        let access_key = id.map_or(settings.access_key, |id| id.to_owned().into());
        let secret_key = secret.map_or(settings.secret_key, |key| key.to_owned().into());
        S3::new(S3Settings { access_key, secret_key, ..settings }).expect("a client")
    })
    .await;
}

#[tokio::test]
async fn two_pages_and_a_half_are_one_listing_on_s3s_too() {
    let server = S3s::start();
    more_than_two_pages_are_one_listing(server.place("pages")).await;
}

#[tokio::test]
async fn an_object_that_somebody_edited_is_found() {
    let server = S3s::start();
    let place = server.place("mirror");
    an_altered_object_is_found(place.clone()).await;
    // On the server's own disk, where no ETag tells of it.
    let path = server.dir.path().join("mirror/tokens/a.json");
    std::fs::write(&path, "two").expect("edited");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"two")]);
    std::fs::write(&path, vec![7; OBJECT_MAX + 1]).expect("edited");
    assert_eq!(listed(&place).await[0].digest, None);
    let refused = place.get(&key("tokens/a.json")).await.expect_err("too large");
    is(&refused, FailureClass::Broken, &[ACCESS, SECRET]);
}

#[tokio::test]
async fn a_bucket_that_was_deleted_is_made_again() {
    let server = S3s::start();
    let place = server.place("mirror");
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    std::fs::remove_dir_all(server.dir.path().join("mirror")).expect("deleted");
    assert_eq!(place.get(&key("tokens/a.json")).await.expect("an answer"), None);
    place.delete(vec![key("tokens/a.json")]).await.expect("nothing is there");
    assert_eq!(listed(&place).await, []);
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
}

#[tokio::test]
async fn a_server_that_is_gone_is_transient_and_its_return_is_enough() {
    let mut server = S3s::start();
    let place = server.place("mirror");
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    server.served.end();
    let refused = [
        list(&place, "tokens").await.map(drop),
        place.get(&key("tokens/a.json")).await.map(drop),
        place.put(vec![object("tokens/a.json", "two")]).await,
        place.delete(vec![key("tokens/a.json")]).await,
    ];
    for refused in refused {
        is(&refused.expect_err("gone"), FailureClass::Transient, &[ACCESS, SECRET]);
    }
}

#[test]
fn link_local_addresses_are_refused_unless_allowed() {
    for endpoint in
        ["http://169.254.169.254", "http://[fe80::1]:9000", "https://metadata.google.internal"]
    {
        let refused = S3::new(settings(endpoint, "mirror")).expect_err(endpoint);
        assert_eq!(refused.class, FailureClass::Denied, "{refused}");
        let allowed = settings(endpoint, "mirror");
        S3::new(S3Settings { egress: Egress::LinkLocalAllowed, ..allowed }).expect(endpoint);
    }
}

#[test]
fn what_is_said_of_it_has_no_credential() {
    let place = S3::new(under(settings("s3.example.com", "mirror"), "a/b")).expect("a client");
    assert_eq!(place.describe(), "https://s3.example.com/mirror/a/b");
    assert_eq!(format!("{place:?}"), "S3(https://s3.example.com/mirror/a/b)");
    assert!(Endpoint::parse("http://me:mine@s3.example.com").is_none());
}
