//! What callers are told, and that they are told nothing else.

use crate::runtime::{NOW, Runtime, candidate, secret};
use domain::mirror::Candidate;
use domain::token::SecretHash;
use time::Duration;

#[tokio::test]
async fn who_may_not_is_told_as_token_managers_worker_tells_it() {
    let runtime = Runtime::good().await;
    let [good, gone, bound, narrow, later] = [0, 1, 2, 3, 4].map(secret);
    runtime.write_token(&candidate(&good)).await;
    let expires_at = Some(NOW - Duration::SECOND);
    runtime.write_token(&Candidate { expires_at, ..candidate(&gone) }).await;
    let networks = Some(vec!["10.0.0.0/8".to_owned()]);
    runtime.write_token(&Candidate { networks, ..candidate(&bound) }).await;
    let scopes = vec!["video".to_owned()];
    runtime.write_token(&Candidate { scopes, ..candidate(&narrow) }).await;
    let not_before = Some(NOW + Duration::HOUR);
    runtime.write_token(&Candidate { not_before, ..candidate(&later) }).await;

    let image = || runtime.ask("/api/image/x");
    let missing = image().send().await;
    assert_eq!(missing.said(), "401 missing Missing API Key");
    assert_eq!(missing.header("www-authenticate"), Some("Bearer"));
    assert_eq!(missing.header("content-type"), Some("application/json"));
    assert_eq!(missing.header("cache-control"), Some("no-store"));
    assert_eq!(image().with("nonsense").send().await.said(), "401 malformed Invalid API Key");
    assert_eq!(image().with(&secret(9)).send().await.said(), "401 unknown Invalid API Key");
    assert_eq!(image().with(&later).send().await.said(), "401 not_yet_valid Invalid API Key");
    assert_eq!(image().with(&gone).send().await.said(), "401 expired Token Expired");
    let elsewhere = image().with(&bound).header("CF-Connecting-IP", "192.0.2.1").send().await;
    assert_eq!(elsewhere.said(), "403 origin_denied Permission Denied");
    let inside = image().with(&bound).header("CF-Connecting-IP", "10.1.2.3").send().await;
    assert_eq!(inside.status(), 200);
    assert_eq!(image().with(&narrow).send().await.said(), "403 scope_denied Permission Denied");
    let nowhere = runtime.ask("/nowhere").with(&good).send().await;
    assert_eq!(nowhere.said(), "404 route_missing Route Not Found");
    let neighbour = runtime.ask("/api/imagezzz").with(&good).send().await;
    assert_eq!(neighbour.said(), "404 route_missing Route Not Found");
    let by_bearer = image().header("Authorization", &format!("bearer {good}")).send().await;
    assert_eq!(by_bearer.status(), 200);
    // The key header goes before the bearer.
    let both = image().with(&good).header("Authorization", "Bearer nonsense").send().await;
    assert_eq!(both.status(), 200);
}

#[tokio::test]
async fn a_token_expires_at_its_instant() {
    let runtime = Runtime::good().await;
    let [token, former] = [0, 1].map(secret);
    let end = Some(NOW + Duration::SECOND);
    runtime.write_token(&Candidate { expires_at: end, ..candidate(&token) }).await;
    runtime.write_token(&Candidate { retires_at: end, ..candidate(&former) }).await;
    let at = |secret: &str, after: Duration| {
        let secret = secret.to_owned();
        let ask = runtime.ask("/api/image").with(&secret).at(NOW + after);
        async move { ask.send().await.said() }
    };
    let last = Duration::milliseconds(999);
    for secret in [&token, &former] {
        assert_eq!(at(secret, last).await, "200 good -");
    }
    // It is in memory now, for longer than it lives.
    assert_eq!(at(&token, Duration::SECOND).await, "401 expired Token Expired");
    assert_eq!(at(&former, Duration::SECOND).await, "401 rotated Token Expired");
}

#[tokio::test]
async fn too_often_is_told_with_when_to_come_back() {
    let runtime = Runtime::good().await;
    let token = secret(0);
    runtime.write_token(&Candidate { rate: Some((2, 60)), ..candidate(&token) }).await;
    let at = |after: i64| {
        runtime.ask("/api/image").with(&token).at(NOW + Duration::seconds(after)).send()
    };
    // What goes nowhere is not counted.
    assert_eq!(runtime.ask("/nowhere").with(&token).send().await.status(), 404);
    assert_eq!((at(0).await.status(), at(0).await.status()), (200, 200));
    let early = at(0).await;
    assert_eq!(early.said(), "429 rate_limited Too Many Requests");
    assert_eq!(early.header("retry-after"), Some("30"));
    assert_eq!((at(30).await.status(), at(31).await.status()), (200, 429));
}

#[tokio::test]
async fn no_answer_has_the_token_or_its_hash() {
    let runtime = Runtime::good().await;
    let [token, unknown] = [0, 1].map(secret);
    runtime.write_token(&candidate(&token)).await;
    for offered in [&token, &unknown] {
        let hash = SecretHash::of_offered(offered).expect("good form").to_hex();
        for path in ["/api/image", "/nowhere", "/api/image/admin", "/api//image"] {
            for header in ["X-API-Key", "Authorization"] {
                let value =
                    if header == "X-API-Key" { offered } else { &format!("Bearer {offered}") };
                let answer = runtime.ask(path).header(header, value).send().await;
                assert!(!answer.0.contains(offered.as_str()), "{}", answer.0);
                assert!(!answer.0.contains(&hash), "{}", answer.0);
            }
        }
    }
    let forwarded = runtime.forwarded().await;
    assert_eq!(forwarded.len(), 2);
    let hash = SecretHash::of_offered(&token).expect("good form").to_hex();
    for asked in forwarded.iter().map(ToString::to_string) {
        assert!(!asked.contains(&token) && !asked.contains(&hash), "{asked}");
    }
}
