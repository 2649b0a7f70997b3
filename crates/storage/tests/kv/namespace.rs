//! What a namespace keeps beyond the contract.

use super::server::{Cloudflare, TOKEN, settings};
use super::{found, key, list, listed, object, place};
use crate::outside::is;
use domain::mirror::FailureClass;
use domain::{OffsetDateTime, mirror::Digest};
use reqwest::Method;
use serde_json::{Value, json};
use storage::{Egress, Kv, KvSettings, Object, Storage as _};
use zeroize::Zeroizing;

#[tokio::test]
async fn a_token_is_where_workers_look_for_it() {
    let (place, server) = place();
    let hex = "0a".repeat(32);
    let path = format!("tokens/{hex}.json");
    place.put(vec![object(&path, "{}"), object("routes/a.json", "[]")]).await.expect("put");
    let names: Vec<_> = server.names().await.iter().map(|line| line["name"].clone()).collect();
    assert_eq!(names, [json!("routes/a.json"), json!(format!("token:{hex}"))]);
    assert_eq!(listed(&place).await, [found(&place, &path, b"{}")]);
    let routes = list(&place, "routes").await.expect("a listing");
    assert_eq!(routes, [found(&place, "routes/a.json", b"[]")]);
    let bytes = place.get(&key("routes/a.json")).await.expect("an answer");
    assert_eq!(bytes.as_deref(), Some(&b"[]"[..]));
}

#[tokio::test]
async fn bytes_that_are_no_text_come_back_as_they_are() {
    let (place, server) = place();
    let bytes = vec![0, 159, 146, 150, 255];
    place.put(vec![object("tokens/a.json", bytes.clone())]).await.expect("put");
    // Another process, which remembers nothing and so reads the value.
    let other = server.place();
    assert_eq!(listed(&other).await, [found(&other, "tokens/a.json", &bytes)]);
    assert_eq!(other.get(&key("tokens/a.json")).await.expect("an answer"), Some(bytes));
}

fn expiring(path: &str, at: OffsetDateTime) -> Object {
    Object { expires_at: Some(at), ..object(path, "{}") }
}

#[tokio::test]
async fn kv_forgets_at_the_expiry_and_takes_one_that_is_near() {
    let (place, server) = place();
    #[expect(clippy::disallowed_methods, reason = "the runtime has the machine's clock")]
    let now = OffsetDateTime::now_utc();
    let hour = now + time::Duration::HOUR;
    let objects = vec![
        expiring("tokens/hour.json", hour),
        expiring("tokens/near.json", now + time::Duration::SECOND),
        object("tokens/never.json", "{}"),
    ];
    place.put(objects).await.expect("put");
    let names = server.names().await;
    let expiration = |at: usize| names[at]["expiration"].as_i64();
    let seconds = expiration(0).expect("an expiry") - hour.unix_timestamp();
    assert!((0..=1).contains(&seconds), "{seconds} s after it");
    let near = expiration(1).expect("an expiry") - now.unix_timestamp();
    assert!((89..=120).contains(&near), "{near} s");
    assert_eq!(expiration(2), None);
    // Put again without one, it has none.
    place.put(vec![object("tokens/hour.json", "{}")]).await.expect("put");
    assert!(server.names().await[0].get("expiration").is_none());
}

#[tokio::test]
async fn short_pages_are_one_listing() {
    let (place, server) = place();
    server.control(&json!({ "page": 100 })).await;
    let objects: Vec<_> =
        (0..250).map(|n| object(&format!("tokens/{n:03}.json"), format!("{n}"))).collect();
    place.put(objects.clone()).await.expect("put");
    let wanted: Vec<_> =
        objects.iter().map(|object| found(&place, object.key.as_str(), &object.bytes)).collect();
    let other = server.place();
    let asked = server.asked(async { assert_eq!(listed(&other).await, wanted) }).await;
    assert_eq!(asked, ["GET keys", "GET keys", "GET keys", "POST bulk/get"]);
    let keys = objects.into_iter().map(|object| object.key).collect();
    place.delete(keys).await.expect("delete");
    assert_eq!(server.names().await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_altered_value_is_found_though_its_metadata_was_kept() {
    let (place, server) = place();
    place
        .put(vec![object("tokens/a.json", "one"), object("tokens/b.json", "b")])
        .await
        .expect("put");
    let metadata = server.names().await[0]["metadata"].clone();
    let altered = json!([{ "key": "token:a", "value": "0ne", "metadata": metadata }]);
    server.by_hand(Method::PUT, "bulk", &altered).await;
    // For a minute nobody looks, because what was just put may not be readable yet. A process that did not put it looks at once.
    assert_eq!(listed(&place).await[0].digest, Some(Digest::of(b"one")));
    let other = server.place();
    let asked = server
        .asked(async {
            let listed = listed(&other).await;
            assert_eq!(listed[0], found(&other, "tokens/a.json", b"0ne"));
            assert_eq!(listed[1], found(&other, "tokens/b.json", b"b"));
        })
        .await;
    assert_eq!(asked, ["GET keys", "POST bulk/get", "GET values/token%3Aa"]);
    // And then not again for a while.
    let again = server.asked(async { drop(listed(&other).await) }).await;
    assert_eq!(again, ["GET keys"]);
}

#[tokio::test]
async fn a_value_without_our_metadata_equals_nothing_and_is_put_anew() {
    let (place, server) = place();
    let theirs = json!([
        { "key": "token:a", "value": "one" },
        { "key": "token:b", "value": "two", "metadata": { "sha256": 7 } },
        { "key": "token:not ours", "value": "x" },
    ]);
    server.by_hand(Method::PUT, "bulk", &theirs).await;
    let told = listed(&place).await;
    let paths: Vec<_> = told.iter().map(|listed| listed.path.as_str()).collect();
    assert_eq!(paths, ["token:not ours", "tokens/a.json", "tokens/b.json"]);
    assert!(told.iter().all(|listed| listed.digest.is_none()));
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(listed(&place).await[1], found(&place, "tokens/a.json", b"one"));
}

#[tokio::test]
async fn a_listing_that_is_behind_moves_nothing() {
    let (place, server) = place();
    let long_ago = json!({ "sha256": Digest::of(b"old").to_hex(), "put_at": 0 });
    let theirs = json!([
        { "key": "token:a", "value": "old", "metadata": long_ago },
        { "key": "token:gone", "value": "old", "metadata": long_ago },
    ]);
    server.by_hand(Method::PUT, "bulk", &theirs).await;
    assert_eq!(listed(&place).await.len(), 2);
    server.control(&json!({ "freeze": true })).await;
    place
        .put(vec![object("tokens/a.json", "new"), object("tokens/b.json", "b")])
        .await
        .expect("put");
    place.delete(vec![key("tokens/gone.json")]).await.expect("delete");
    let told = [found(&place, "tokens/a.json", b"new"), found(&place, "tokens/b.json", b"b")];
    assert_eq!(listed(&place).await, told);
    // Whoever did not write it believes the listing, but for the values that are read.
    let other = server.place();
    assert_eq!(listed(&other).await, [found(&other, "tokens/a.json", b"new")]);
    server.control(&json!({ "freeze": false })).await;
    assert_eq!(listed(&place).await, told);
}

#[tokio::test]
async fn what_another_puts_after_our_delete_is_seen() {
    let (place, server) = place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    place.delete(vec![key("tokens/a.json")]).await.expect("delete");
    server.place().put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
}

#[tokio::test]
async fn half_a_bulk_request_is_told_and_repeated() {
    let (place, server) = place();
    let objects = vec![object("tokens/a.json", "a"), object("tokens/b.json", "b")];
    server.control(&json!({ "refuse": ["token:b"] })).await;
    let refused = place.put(objects.clone()).await.expect_err("half");
    is(&refused, FailureClass::Transient, &[TOKEN]);
    assert_eq!(refused.to_string(), "put tokens/a.json and 1 more: 1 were not put");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"a")]);
    place.put(objects.clone()).await.expect("put");
    server.control(&json!({ "refuse": ["token:a"] })).await;
    let keys: Vec<_> = objects.into_iter().map(|object| object.key).collect();
    let refused = place.delete(keys.clone()).await.expect_err("half");
    is(&refused, FailureClass::Transient, &[TOKEN]);
    assert_eq!(refused.why, "1 were not deleted");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"a")]);
    place.delete(keys).await.expect("delete");
    assert_eq!(listed(&place).await, []);
}

#[tokio::test]
async fn who_may_not_is_denied_and_what_is_not_there_is_broken() {
    let server = Cloudflare::start();
    let with = |change: fn(&mut KvSettings)| {
        let mut settings = settings(&server.base());
        change(&mut settings);
        Kv::new(settings).expect("a client")
    };
    let other: fn(&mut KvSettings) = |s| s.token = Zeroizing::new("another-token".to_owned());
    let account: fn(&mut KvSettings) = |s| s.account = "another".to_owned();
    let namespace: fn(&mut KvSettings) = |s| s.namespace = "another".to_owned();
    for (change, class) in [
        (other, FailureClass::Denied),
        (account, FailureClass::Denied),
        (namespace, FailureClass::Broken),
    ] {
        let place = with(change);
        let refused = [
            list(&place, "tokens").await.map(drop),
            place.get(&key("tokens/a.json")).await.map(drop),
            place.put(vec![object("tokens/a.json", "one")]).await,
            place.delete(vec![key("tokens/a.json")]).await,
        ];
        for refused in refused {
            is(&refused.expect_err("refused"), class, &[TOKEN, "another-token"]);
        }
    }
}

#[tokio::test]
async fn an_api_that_is_gone_is_transient() {
    let (place, server) = place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    drop(server);
    let refused = list(&place, "tokens").await.expect_err("gone");
    is(&refused, FailureClass::Transient, &[TOKEN]);
}

#[test]
fn what_is_said_of_it_has_no_credential() {
    let place = Kv::new(settings(storage::kv::CLOUDFLARE)).expect("a client");
    let path = "/accounts/account/storage/kv/namespaces/namespace";
    assert_eq!(place.describe(), format!("https://api.cloudflare.com/client/v4{path}"));
    assert!(!format!("{place:?}").contains(TOKEN));
    let linked = settings("http://169.254.169.254/client/v4");
    assert!(Kv::new(KvSettings { egress: Egress::LinkLocalAllowed, ..linked }).is_ok());
    let refused = Kv::new(settings("http://169.254.169.254/client/v4")).expect_err("link-local");
    assert_eq!(refused.class, FailureClass::Denied);
}
