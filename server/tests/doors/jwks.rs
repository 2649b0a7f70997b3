//! `GET /.well-known/jwks.json`.

use crate::app::{Answer, TestApp};
use http::Method;
use serde_json::json;
use sqlx::PgPool;

/// Of 32 zero bytes, and of 32 that are one.
const KEYS: [&str; 2] = [
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
];

async fn jwks(app: &TestApp) -> Answer {
    app.ask(Method::GET, "/.well-known/jwks.json").send().await
}

#[sqlx::test(migrations = "../migrations")]
async fn each_encryption_key_has_a_public_key_that_everybody_may_have(pool: PgPool) {
    let app = TestApp::with_keys(pool, Some(&KEYS.join(","))).await;
    let answer = jwks(&app).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let told = answer.json();
    let keys = told["keys"].as_array().expect("keys");
    assert_eq!(keys.len(), 2);
    for key in keys {
        assert_eq!((&key["kty"], &key["crv"]), (&json!("OKP"), &json!("Ed25519")));
        assert_eq!((&key["use"], &key["alg"]), (&json!("sig"), &json!("EdDSA")));
        assert!(key.get("d").is_none(), "{key}");
    }
    let signing = app.service.signing_key().expect("a key");
    assert_eq!(keys[0]["kid"], signing.id());
    // In the other order the same two.
    let turned = app
        .restarted(Some(
            &KEYS.map(str::to_owned).iter().rev().cloned().collect::<Vec<_>>().join(","),
        ))
        .await;
    let after = jwks(&turned).await.json();
    assert_eq!((&after["keys"][0], &after["keys"][1]), (&keys[1], &keys[0]));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_keys_are_the_same_in_every_version(pool: PgPool) {
    // Whoever pinned them would lose every record otherwise. By hand, with HKDF-SHA-256 (RFC 5869) and Ed25519 of Python's `cryptography`.
    let app = TestApp::with_keys(pool, Some(KEYS[0])).await;
    let told = jwks(&app).await.json();
    assert_eq!(told["keys"][0]["x"], "AJnNDqmRIN79z3qgYBjb3Kg8Ovmm3Mxdeg-sZm268Yg");
    assert_eq!(told["keys"][0]["kid"], "QWkpDfPN1UItMXKWERhG6ZqiguL2_aNNqmwqsKWgUMI");
}

#[sqlx::test(migrations = "../migrations")]
async fn without_an_encryption_key_there_is_none(pool: PgPool) {
    let app = TestApp::with_keys(pool, None).await;
    assert_eq!(jwks(&app).await.json(), json!({ "keys": [] }));
}
