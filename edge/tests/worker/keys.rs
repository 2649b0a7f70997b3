//! Whose records are believed.

use crate::runtime::{NOW, Runtime, candidate, judged, jwks, key, routes, secret};
use domain::mirror::{Candidate, Format};
use record::{HEAD, Head, ROUTES, SigningKey, bytes};
use serde_json::{Value, json};
use time::Duration;

const UNAVAILABLE: &str = "503 unavailable Unavailable";

fn path(secret: &str) -> String {
    judged(&candidate(secret)).key().path()
}

fn signed(candidate: &Candidate, key: Option<&SigningKey>) -> Vec<u8> {
    bytes(&judged(candidate), NOW, Format::Full, key)
}

async fn said(runtime: &Runtime, secret: &str) -> String {
    runtime.ask("/api/image").with(secret).send().await.said()
}

#[tokio::test]
async fn whoever_can_write_there_cannot_make_a_token() {
    let runtime = Runtime::good().await;
    let [good, altered, moved, foreign, unsigned, other] = [0, 1, 2, 3, 4, 5].map(secret);
    runtime.write_token(&candidate(&good)).await;
    let text = String::from_utf8(signed(&candidate(&altered), Some(&key()))).expect("text");
    let text = text.replace(r#""scopes":["image"]"#, r#""scopes":["*"]"#);
    runtime.write(&path(&altered), text.into_bytes()).await;
    // The record of one under the hash of another.
    runtime.write(&path(&moved), signed(&candidate(&good), Some(&key()))).await;
    runtime
        .write(&path(&foreign), signed(&candidate(&foreign), Some(&SigningKey::of(&[8; 32]))))
        .await;
    runtime.write(&path(&unsigned), signed(&candidate(&unsigned), None)).await;
    // What was signed as something else.
    runtime
        .write(&path(&other), Head::new(NOW, 1, Vec::new()).expect("a head").bytes(Some(&key())))
        .await;
    assert_eq!(said(&runtime, &good).await, "200 good -");
    for secret in [&altered, &moved, &foreign, &unsigned, &other] {
        assert_eq!(said(&runtime, secret).await, UNAVAILABLE);
    }
    assert_eq!(runtime.forwarded().await.len(), 1);
}

#[tokio::test]
async fn without_a_key_records_are_taken_where_that_is_allowed() {
    let runtime =
        Runtime::start(&json!({ "PUBLIC_KEYS": jwks(&[&key()]), "ALLOW_UNSIGNED": "on" }));
    let [unsigned, foreign, theirs] = [0, 1, 2].map(secret);
    runtime.write(HEAD, Head::new(NOW, 1, Vec::new()).expect("a head").bytes(None)).await;
    runtime.write(ROUTES, routes().to_string().into_bytes()).await;
    runtime.write(&path(&unsigned), signed(&candidate(&unsigned), None)).await;
    runtime
        .write(&path(&foreign), signed(&candidate(&foreign), Some(&SigningKey::of(&[8; 32]))))
        .await;
    let old = bytes(&judged(&candidate(&theirs)), NOW, Format::TokenManager, None);
    runtime.write(&path(&theirs), old).await;
    assert_eq!(said(&runtime, &unsigned).await, "200 good -");
    assert_eq!(said(&runtime, &foreign).await, UNAVAILABLE, "a signature that is there is right");
    assert_eq!(said(&runtime, &theirs).await, UNAVAILABLE, "nobody says how old it is");
}

#[tokio::test]
async fn keys_may_be_fetched_from_their_address() {
    let keys = jwks(&[&key()]).to_string();
    let address =
        reqwest::Url::parse_with_params("https://keys.example/jwks.json", [("keys", &keys)])
            .expect("a URL");
    let runtime = Runtime::start(&json!({ "JWKS_URL": address.as_str() }));
    let [good, foreign] = [0, 1].map(secret);
    runtime.write_head(NOW, &[]).await;
    runtime.write_routes(&routes()).await;
    runtime.write_token(&candidate(&good)).await;
    runtime
        .write(&path(&foreign), signed(&candidate(&foreign), Some(&SigningKey::of(&[8; 32]))))
        .await;
    assert_eq!(said(&runtime, &good).await, "200 good -");
    runtime.forwarded().await;
    // A key that is not there is not asked for each time.
    for _ in 0..3 {
        assert_eq!(said(&runtime, &foreign).await, UNAVAILABLE);
    }
    assert_eq!(runtime.forwarded().await, Vec::<Value>::new());
}

#[tokio::test]
async fn keys_that_were_fetched_are_fetched_again() {
    let runtime = Runtime::start(&json!({ "JWKS_URL": "https://keys.example/jwks.json" }));
    let (former, next) = (key(), SigningKey::of(&[8; 32]));
    runtime.tell_keys(&jwks(&[&former])).await;
    let secrets = [0, 1, 2].map(secret);
    for secret in &secrets {
        runtime.write(&path(secret), signed(&candidate(secret), Some(&former))).await;
    }
    runtime.write_routes(&routes()).await;
    let said = async |secret: &str, minutes: i64| {
        let now = NOW + Duration::minutes(minutes);
        runtime.write_head(now, &[]).await;
        runtime.ask("/api/image").with(secret).at(now).send().await.said()
    };
    let fetched = async || {
        let asked = runtime.forwarded().await;
        asked
            .iter()
            .filter(|one| one["url"].as_str().is_some_and(|url| url.contains("keys.")))
            .count()
    };
    assert_eq!(said(&secrets[0], 0).await, "200 good -");
    assert_eq!(said(&secrets[0], 9).await, "200 good -");
    assert_eq!(fetched().await, 1);
    // While their address fails, what it told last is believed for a day, and it is asked once a minute.
    runtime.tell_keys(&json!(null)).await;
    assert_eq!(said(&secrets[0], 10).await, "200 good -");
    assert_eq!((said(&secrets[1], 10).await.as_str(), fetched().await), ("200 good -", 1));
    assert_eq!(said(&secrets[0], 23 * 60).await, "200 good -");
    assert_eq!(said(&secrets[2], 25 * 60).await, UNAVAILABLE);
    // A key that is not there any more is not believed.
    runtime.tell_keys(&jwks(&[&former])).await;
    assert_eq!(said(&secrets[2], 25 * 60 + 2).await, "200 good -");
    runtime.tell_keys(&jwks(&[&next])).await;
    assert_eq!(said(&secrets[1], 25 * 60 + 20).await, UNAVAILABLE);
}

#[tokio::test]
async fn a_configuration_that_cannot_be_read_lets_nobody_through() {
    let keys = jwks(&[&key()]);
    for wrong in [
        json!({}),
        json!({ "PUBLIC_KEYS": "nonsense" }),
        json!({ "PUBLIC_KEYS": keys, "MAX_HEAD_AGE": "ten" }),
        json!({ "PUBLIC_KEYS": keys, "MAX_HEAD_AGE": "off" }),
        json!({ "PUBLIC_KEYS": keys, "USAGE_URL": "https://keep.example/api/usage/report" }),
    ] {
        let runtime = Runtime::start(&wrong);
        runtime.write_head(NOW, &[]).await;
        runtime.write_routes(&routes()).await;
        let token = secret(0);
        runtime.write_token(&candidate(&token)).await;
        assert_eq!(said(&runtime, &token).await, UNAVAILABLE, "{wrong}");
    }
    let off = Runtime::start(&json!({ "PUBLIC_KEYS": keys, "MAX_RECORD_AGE": "off" }));
    let now = NOW + Duration::days(3650);
    off.write_head(now, &[]).await;
    off.write_routes(&routes()).await;
    off.write_token(&candidate(&secret(0))).await;
    assert_eq!(off.ask("/api/image").with(&secret(0)).at(now).send().await.said(), "200 good -");
}
