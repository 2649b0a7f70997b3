//! How new a mirror is, and whom it refuses.

use crate::runtime::{NOW, Runtime, candidate, judged, jwks, key, page, routes, secret};
use domain::OffsetDateTime;
use domain::mirror::Format;
use record::{HEAD, Head, SigningKey};
use serde_json::json;
use time::Duration;

const UNAVAILABLE: &str = "503 unavailable Unavailable";

#[tokio::test]
async fn without_a_head_that_is_new_and_ours_nobody_gets_through() {
    let runtime = Runtime::start(&json!({ "PUBLIC_KEYS": jwks(&[&key()]), "MAX_HEAD_AGE": "60" }));
    let token = secret(0);
    runtime.write_token(&candidate(&token)).await;
    runtime.write_routes(&routes()).await;
    // Far enough apart for the Worker to look again.
    let at = |minutes: i64| {
        let ask = runtime.ask("/api/image").with(&token).at(NOW + Duration::minutes(minutes));
        async move { ask.send().await.said() }
    };
    assert_eq!(at(0).await, UNAVAILABLE, "absent");
    let foreign =
        Head::new(NOW, 1, Vec::new()).expect("a head").bytes(Some(&SigningKey::of(&[8; 32])));
    runtime.write(HEAD, foreign).await;
    assert_eq!(at(1).await, UNAVAILABLE, "by another key");
    runtime.write(HEAD, Head::new(NOW, 1, Vec::new()).expect("a head").bytes(None)).await;
    assert_eq!(at(0).await, UNAVAILABLE, "unsigned");
    runtime.write_head(NOW + Duration::MINUTE, &[]).await;
    assert_eq!(at(2).await, "200 good -", "as old as it may be");
    assert_eq!(at(3).await, UNAVAILABLE, "older");
    assert_eq!(at(-1).await, UNAVAILABLE, "from a clock that is wrong");
    runtime.write_head(NOW + Duration::minutes(3), &[]).await;
    assert_eq!(at(4).await, "200 good -", "new again");
}

#[tokio::test]
async fn who_is_in_the_head_is_refused_whatever_is_known_of_them() {
    let runtime = Runtime::good().await;
    let (token, other) = (secret(0), secret(1));
    runtime.write_token(&candidate(&token)).await;
    runtime.write_token(&candidate(&other)).await;
    let at = |secret: &str, seconds: i64| {
        let ask = runtime.ask("/api/image").with(secret).at(NOW + Duration::seconds(seconds));
        async move { ask.send().await.said() }
    };
    assert_eq!(at(&token, 0).await, "200 good -");
    // Its record stays where it is, and in memory.
    runtime.write_head(NOW + Duration::seconds(5), &[&token]).await;
    assert_eq!(at(&token, 10).await, "401 revoked Invalid API Key");
    assert_eq!(at(&other, 10).await, "200 good -");
    // Whoever puts an older head back changes nothing.
    runtime.write_head(NOW, &[]).await;
    assert_eq!(at(&token, 20).await, "401 revoked Invalid API Key");
}

#[tokio::test]
async fn a_record_has_an_age_too() {
    let runtime =
        Runtime::start(&json!({ "PUBLIC_KEYS": jwks(&[&key()]), "MAX_RECORD_AGE": "3600" }));
    runtime.write_routes(&routes()).await;
    let token = secret(0);
    let entry = judged(&candidate(&token));
    let bytes = record::bytes(&entry, NOW, Format::Full, Some(&key()));
    runtime.write(&entry.key().path(), bytes).await;
    for (hours, said) in [(1, "200 good -"), (2, UNAVAILABLE)] {
        let now = NOW + Duration::hours(hours);
        runtime.write_head(now, &[]).await;
        let told = runtime.ask("/api/image").with(&token).at(now).send().await;
        assert_eq!(told.said(), said, "after {hours} h");
    }
}

#[tokio::test]
async fn routes_that_cannot_be_read_are_none() {
    let runtime = Runtime::good().await;
    let token = secret(0);
    runtime.write_token(&candidate(&token)).await;
    let unknown =
        json!({ "/api/image": { "url": "https://images.example", "tags": [], "only": "GET" } });
    for routes in [unknown, json!({ "/api/image": "https://images.example" })] {
        runtime.write_routes(&routes).await;
        let told = runtime.ask("/api/image").with(&token).send().await;
        assert_eq!(told.said(), UNAVAILABLE, "{routes}");
    }
}

#[tokio::test]
async fn the_list_goes_on_in_pages_and_without_one_nobody_gets_through() {
    let runtime = Runtime::good().await;
    let [token, first, second] = [0, 1, 2].map(secret);
    for secret in [&token, &first, &second] {
        runtime.write_token(&candidate(secret)).await;
    }
    let at = |secret: &str, seconds: i64| {
        let ask = runtime.ask("/api/image").with(secret).at(NOW + Duration::seconds(seconds));
        async move { ask.send().await.said() }
    };
    let revoked = "401 revoked Invalid API Key";
    assert_eq!(at(&first, 0).await, "200 good -");
    let one = runtime.write_page(&[&first]).await;
    let (two, bytes) = page(&[&second]);
    let head = Head::new(NOW + Duration::SECOND, 1, Vec::new()).expect("a head");
    let head = head.in_pages(vec![one, two]);
    runtime.write_whole_head(&head).await;
    assert_eq!(at(&token, 20).await, UNAVAILABLE, "one page is not there");
    assert_eq!(at(&first, 20).await, revoked);
    // Whoever can write there has a page of their own under that name.
    runtime.write(&record::page_path(&two), br#"{"denied":[]}"#.to_vec()).await;
    assert_eq!(at(&second, 40).await, UNAVAILABLE, "a page that is not the one");
    runtime.write(&record::page_path(&two), bytes).await;
    assert_eq!((at(&first, 60).await.as_str(), at(&second, 60).await.as_str()), (revoked, revoked));
    assert_eq!(at(&token, 60).await, "200 good -");
    // A page that is known stays known, until no head names it.
    runtime.write(&record::page_path(&one), br#"{"denied":[]}"#.to_vec()).await;
    let later = NOW + Duration::seconds(70);
    let next = Head::new(later, 1, Vec::new()).expect("a head");
    runtime.write_whole_head(&next.in_pages(head.pages)).await;
    assert_eq!(at(&first, 90).await, revoked);
    runtime.write_head(later + Duration::SECOND, &[]).await;
    assert_eq!(at(&first, 110).await, "200 good -");
}

#[tokio::test]
async fn where_not_all_can_be_told_only_what_was_written_since_is_believed() {
    let runtime = Runtime::good().await;
    let [old, new] = [0, 1].map(secret);
    runtime.write_token(&candidate(&old)).await;
    let entry = judged(&candidate(&new));
    let since = NOW + Duration::MINUTE;
    let bytes = record::bytes(&entry, since, Format::Full, Some(&key()));
    runtime.write(&entry.key().path(), bytes).await;
    let now = NOW + Duration::minutes(2);
    let head = Head::new(now, 1, Vec::new()).expect("a head");
    runtime.write_whole_head(&head.denied_since(Some(since))).await;
    let said =
        async |secret: &str| runtime.ask("/api/image").with(secret).at(now).send().await.said();
    assert_eq!(said(&old).await, UNAVAILABLE);
    assert_eq!(said(&new).await, "200 good -");
}

#[tokio::test]
async fn routes_that_the_head_knows_newer_ones_of_are_good_for_two_minutes() {
    let runtime = Runtime::good().await;
    let token = secret(0);
    runtime.write_token(&candidate(&token)).await;
    let head = async |at: OffsetDateTime, routes_at: OffsetDateTime| {
        let head = Head::new(at, 1, Vec::new()).expect("a head");
        runtime.write_whole_head(&head.routes_at(Some(routes_at))).await;
    };
    let said = async |path: &str, seconds: i64| {
        let now = NOW + Duration::seconds(seconds);
        runtime.ask(path).with(&token).at(now).send().await.said()
    };
    let old = serde_json::json!({ "/api/image": { "url": "https://old.example", "tags": [] } });
    runtime.write_routes_of(&old, NOW).await;
    head(NOW, NOW).await;
    assert_eq!(said("/api/image", 0).await, "200 good -");
    let changed = NOW + Duration::seconds(10);
    // KV may show one before the other: newer routes are good under an older head, and older ones for a while under a newer.
    head(changed, changed).await;
    assert_eq!(said("/api/image", 130).await, "200 good -");
    assert_eq!(said("/api/image", 131).await, UNAVAILABLE, "they had the time to arrive");
    runtime.write_routes_of(&routes(), changed).await;
    assert_eq!(said("/api/image/admin", 150).await, "403 scope_denied Permission Denied");
    // Whoever can write there puts the former ones back, or some that do not say when they were written.
    for rolled_back in [true, false] {
        if rolled_back {
            runtime.write_routes_of(&old, NOW).await;
        } else {
            runtime.write_routes(&old).await;
        }
        assert_eq!(said("/api/image/admin", 170).await, "403 scope_denied Permission Denied");
    }
    let elsewhere = Runtime::good().await;
    elsewhere.write_token(&candidate(&token)).await;
    elsewhere.write_routes(&old).await;
    let later = Head::new(NOW + Duration::minutes(4), 1, Vec::new()).expect("a head");
    elsewhere.write_whole_head(&later.routes_at(Some(changed))).await;
    let ask = elsewhere.ask("/api/image").with(&token).at(NOW + Duration::minutes(4));
    assert_eq!(ask.send().await.said(), UNAVAILABLE, "an isolate that knows nothing else");
}
