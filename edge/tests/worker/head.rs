//! How new a mirror is, and whom it refuses.

use crate::runtime::{NOW, Runtime, candidate, judged, jwks, key, routes, secret};
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
