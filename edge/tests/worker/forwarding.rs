//! What a backend hears, and what comes back from it.

use crate::runtime::{Ask, Runtime, TEAM, TOKEN, candidate, secret};
use domain::mirror::Candidate;
use serde_json::{Value, json};

async fn runtime(routes: &Value) -> (Runtime, String) {
    let (runtime, token) = (Runtime::good().await, secret(0));
    let scopes = vec!["*".to_owned()];
    runtime.write_token(&Candidate { scopes, ..candidate(&token) }).await;
    runtime.write_routes(routes).await;
    (runtime, token)
}

fn route(url: &str) -> Value {
    json!({ "url": url, "tags": [] })
}

async fn heard(runtime: &Runtime, ask: Ask<'_>) -> Value {
    let answer = ask.send().await;
    assert_eq!(answer.status(), 200, "{}", answer.0);
    let mut asked = runtime.forwarded().await;
    assert_eq!(asked.len(), 1);
    asked.remove(0)
}

#[tokio::test]
async fn a_backend_hears_whose_request_it_is_and_never_the_token() {
    let routes = json!({ "/api/image": route("https://images.example/v1"), "/": route("http://all.example") });
    let (runtime, token) = runtime(&routes).await;
    let ask = runtime.ask("/api/image/x%20y?a=/b?c&d").with(&token);
    let ask =
        ask.header("Authorization", &format!("Bearer {token}")).header("X-Token-Id", "another");
    let ask = ask
        .header("x-team-id", "another")
        .header("Connection", "close, X-Hop")
        .header("X-Hop", "1");
    let ask = ask.header("TE", "trailers").header("Proxy-Authorization", "Basic eA==");
    let ask = ask.header("Accept", "image/png").header("Cookie", "a=b");
    let told = heard(&runtime, ask.post("some bytes")).await;
    assert_eq!(told["method"], "POST");
    assert_eq!(told["url"], "https://images.example/v1/x%20y?a=/b?c&d");
    assert_eq!(told["body"], "some bytes");
    let headers = &told["headers"];
    assert_eq!((&headers["x-token-id"], &headers["x-team-id"]), (&json!(TOKEN), &json!(TEAM)));
    assert_eq!((&headers["accept"], &headers["cookie"]), (&json!("image/png"), &json!("a=b")));
    for gone in ["x-api-key", "authorization", "x-hop", "te", "proxy-authorization", "connection"] {
        assert_eq!(headers[gone], Value::Null, "{gone}");
    }
    // The path itself, and a route that takes everything else.
    assert_eq!(
        heard(&runtime, runtime.ask("/api/image").with(&token)).await["url"],
        "https://images.example/v1"
    );
    assert_eq!(
        heard(&runtime, runtime.ask("/other/").with(&token)).await["url"],
        "http://all.example/other/"
    );
}

#[tokio::test]
async fn a_backend_gets_what_it_asks_for_or_nothing() {
    let with = |auth: Value| json!({ "url": "https://images.example", "tags": [], "auth": auth });
    let (runtime, token) = runtime(&json!({
        "/bearer": with(json!({ "type": "bearer", "config": { "token_ref": "b" } })),
        "/key": with(json!({ "type": "api-key", "config": { "key_ref": "k", "header_name": "X-Key" } })),
        "/basic": with(json!({ "type": "basic", "config": { "username_ref": "u", "password_ref": "p" } })),
        "/none": with(json!({ "type": "bearer", "config": { "token_ref": "absent" } })),
    }))
    .await;
    for (name, value) in [("b", "bearer-1"), ("k", "key-1"), ("u", "üser"), ("p", "pass:word")] {
        runtime.write_secret(name, value).await;
    }
    for (path, header, value) in [
        ("/bearer", "authorization", "Bearer bearer-1"),
        ("/key", "x-key", "key-1"),
        ("/basic", "authorization", "Basic w7xzZXI6cGFzczp3b3Jk"),
    ] {
        // What a caller says there is not what the backend hears.
        let ask = runtime.ask(path).with(&token).header(header, "mine");
        assert_eq!(heard(&runtime, ask).await["headers"][header], value, "{path}");
    }
    let answer = runtime.ask("/none").with(&token).send().await;
    assert_eq!(answer.said(), "503 unavailable Unavailable");
    assert_eq!(runtime.forwarded().await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_answer_comes_back_as_it_is() {
    let (runtime, token) = runtime(&json!({ "/api": route("https://images.example/v1") })).await;
    let answer = runtime.ask("/api?status=418").with(&token).send().await;
    assert_eq!((answer.status(), answer.header("x-backend")), (418, Some("images.example")));
    for (to, seen) in [
        ("https://images.example/v1/new?a=b%23c", "/api/new?a=b#c"),
        ("/v1", "/api"),
        ("there", "/api/there"),
        ("/v1beta", "https://images.example/v1beta"),
        ("https://elsewhere.example/v1/x", "https://elsewhere.example/v1/x"),
    ] {
        let to = to.replace('?', "%3F");
        let answer = runtime.ask(&format!("/api/?redirect={to}")).with(&token).send().await;
        assert_eq!((answer.status(), answer.header("location")), (302, Some(seen)), "{to}");
    }
}
