//! What is told of uses.

use crate::runtime::{NOW, Runtime, TOKEN, candidate, jwks, key, routes, secret};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Looks until the backend was asked there.
async fn reported(runtime: &Runtime) -> Value {
    let began = Instant::now();
    let mut steps = tokio::time::interval(Duration::from_millis(50));
    loop {
        let asked = runtime.forwarded().await;
        let told =
            asked.into_iter().find(|asked| asked["url"] == "https://keep.example/api/usage/report");
        if let Some(told) = told {
            return told;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "nothing was told");
        steps.tick().await;
    }
}

#[tokio::test]
async fn uses_are_told_in_a_batch() {
    let runtime = Runtime::start(&json!({
        "PUBLIC_KEYS": jwks(&[&key()]),
        "USAGE_URL": "https://keep.example/api/usage/report",
        "USAGE_KEY": "tkm_key",
        "WORKER_NAME": "eu",
    }));
    runtime.write_head(NOW, &[]).await;
    runtime.write_routes(&routes()).await;
    let token = secret(0);
    runtime.write_token(&candidate(&token)).await;
    for path in
        ["/api/image", "/api/image/x", "/api/image?status=500", "/api/image/admin", "/nowhere"]
    {
        runtime.ask(path).with(&token).send().await;
    }
    // Nobody knows whose these are.
    runtime.ask("/api/image").with(&secret(1)).send().await;
    runtime.ask("/api/image").send().await;
    let told = reported(&runtime).await;
    assert_eq!(
        (&told["method"], &told["headers"]["authorization"]),
        (&json!("POST"), &json!("Bearer tkm_key"))
    );
    let body: Value = serde_json::from_str(told["body"].as_str().expect("a text")).expect("JSON");
    assert_eq!(body["worker"], "eu");
    let uses: Vec<_> = body["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|told| {
            assert_eq!(told["token_id"], TOKEN);
            json!([told["code"], told["route"], told["status"], told["count"]])
        })
        .collect();
    let image = "/api/image";
    assert_eq!(
        uses,
        [
            json!(["valid", image, 200, 2]),
            json!(["valid", image, 500, 1]),
            json!(["scope_denied", "/api/image/admin", 403, 1]),
            json!(["valid", null, 404, 1])
        ]
    );
}
