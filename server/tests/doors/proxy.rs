//! nginx with the recipe of `deploy/nginx/tokenkeep.conf`, between a caller and what it protects, with Tokenkeep beside it. All of them are real,
//! on loopback; a caller has an address of its own there.

mod caller;
mod nginx;

use crate::app::{TestApp, text};
use axum::Router;
use caller::call;
use http::HeaderMap;
use nginx::Nginx;
use serde_json::json;
use sqlx::PgPool;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const CALLER: &str = "127.0.0.2";
const STRANGER: &str = "127.0.0.3";

/// A router on a socket, until it is stopped.
struct Listening {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Listening {
    async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let (stop, stopped) = oneshot::channel::<()>();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let served = tokio::spawn(async move { serving.await.expect("served") });
        Self { address, stop, served }
    }

    /// Stops it, with the connections that nginx keeps.
    async fn stop(self) {
        let _ = self.stop.send(());
        self.served.await.expect("stopped");
    }
}

/// What is protected: tells what it was told.
fn protected() -> Router {
    Router::new().fallback(|headers: HeaderMap, body: String| async move {
        let said =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        axum::Json(json!({
            "token_id": said("x-token-id"),
            "team_id": said("x-team-id"),
            "scopes": said("x-token-scopes"),
            "forwarded_for": said("x-forwarded-for"),
            "body": body,
        }))
    })
}

/// Everything, running.
struct Around {
    app: TestApp,
    verifier: Listening,
    nginx: Nginx,
    _protected: Listening,
}

impl Around {
    async fn start(pool: PgPool) -> Self {
        let app = TestApp::new(pool).await.behind("127.0.0.1");
        let verifier = Listening::start(app.router.clone()).await;
        let protected = Listening::start(protected()).await;
        let nginx = Nginx::start(&[verifier.address], protected.address).await;
        Self { app, verifier, nginx, _protected: protected }
    }

    /// A token for `images:read`, its id and its secret.
    async fn token(&self) -> (String, String) {
        let made = self.app.token(&self.app.team("platform").await, "import").await;
        (text(&made, "id"), text(&made, "token"))
    }

    async fn set(&self, columns: &'static str) {
        let done = sqlx::query(columns).execute(&self.app.pool).await;
        done.expect("set");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_good_token_gets_through_and_says_whose_it_is(pool: PgPool) {
    let around = Around::start(pool).await;
    let (id, token) = around.token().await;
    let headers =
        [("x-api-key", token.as_str()), ("x-token-id", "forged"), ("x-token-scopes", "*")];
    let answer = call(around.nginx.address, CALLER, "GET", &headers, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = answer.json();
    assert_eq!(
        (told["token_id"].as_str(), told["scopes"].as_str()),
        (Some(id.as_str()), Some("images:read"))
    );
    assert_eq!(told["forwarded_for"], CALLER);
    // The body goes to what is protected, and only there.
    let bearer = format!("Bearer {token}");
    let answer =
        call(around.nginx.address, CALLER, "POST", &[("authorization", &bearer)], "hello").await;
    assert_eq!((answer.status, answer.json()["body"].as_str()), (200, Some("hello")));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_good_token_is_401(pool: PgPool) {
    let around = Around::start(pool).await;
    let unknown = format!("ntk_{}", "A".repeat(43));
    for headers in
        [&[][..], &[("x-api-key", unknown.as_str())], &[("authorization", "Bearer nonsense")]]
    {
        let answer = call(around.nginx.address, CALLER, "GET", headers, "").await;
        assert_eq!(answer.status, 401, "{answer:?}");
        assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_good_for_something_else_is_403(pool: PgPool) {
    let around = Around::start(pool).await;
    let (_, token) = around.token().await;
    around.set("UPDATE tokens SET scopes = '{audio}'").await;
    for more in [("x-required-scopes", "audio"), ("x-server-timing", "1")] {
        let headers = [("x-api-key", token.as_str()), more];
        let answer = call(around.nginx.address, CALLER, "GET", &headers, "").await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("scope_denied")));
        assert_eq!(answer.header("server-timing"), "");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn too_often_is_429_and_says_when(pool: PgPool) {
    let around = Around::start(pool).await;
    let (_, token) = around.token().await;
    around.set("UPDATE tokens SET rate_requests = 2, rate_seconds = 60").await;
    let _following = around.app.follow().await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(call(around.nginx.address, CALLER, "GET", &[("x-api-key", &token)], "").await);
    }
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 429]);
    assert_eq!(answers[2].header("retry-after"), "30");
    assert_eq!(answers[2].json()["code"], "rate_limited");
}

#[sqlx::test(migrations = "../migrations")]
async fn no_use_left_is_429_until_there_are_more_and_403_for_good(pool: PgPool) {
    let around = Around::start(pool).await;
    let (_, token) = around.token().await;
    let monthly = "UPDATE tokens SET uses_count = 1, uses_per = 'month'";
    let in_all =
        "UPDATE tokens SET uses_count = 1, uses_per = NULL, uses_since = '2026-11-22 10:00+00'";
    for (limit, status, retry_after) in [(monthly, 429, true), (in_all, 403, false)] {
        around.set(limit).await;
        let key = [("x-api-key", token.as_str())];
        assert_eq!(call(around.nginx.address, CALLER, "GET", &key, "").await.status, 200);
        let answer = call(around.nginx.address, CALLER, "GET", &key, "").await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some("uses_spent")));
        assert_eq!(!answer.header("retry-after").is_empty(), retry_after);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_passes_a_list_of_networks_by_saying_so(pool: PgPool) {
    let around = Around::start(pool).await;
    let (_, token) = around.token().await;
    around.set("UPDATE tokens SET allowed_cidrs = '{127.0.0.2/32}'").await;
    let key = ("x-api-key", token.as_str());
    let spoofed = [
        ("x-forwarded-for", CALLER),
        ("x-forwarded-for", "127.0.0.2, 127.0.0.1"),
        ("forwarded", "for=127.0.0.2"),
        ("x-real-ip", CALLER),
    ];
    for said in spoofed {
        let answer = call(around.nginx.address, STRANGER, "GET", &[key, said], "").await;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (403, Some("origin_denied")),
            "{said:?}"
        );
        // Nor does it hurt whoever is there.
        let answer =
            call(around.nginx.address, CALLER, "GET", &[key, ("x-forwarded-for", STRANGER)], "")
                .await;
        assert_eq!(answer.status, 200);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_told_is_503(pool: PgPool) {
    let around = Around::start(pool).await;
    let (_, token) = around.token().await;
    let key = [("x-api-key", token.as_str())];
    assert_eq!(call(around.nginx.address, CALLER, "GET", &key, "").await.status, 200);
    // Tokenkeep answers that it cannot tell.
    around.app.pool.close().await;
    let untold = call(around.nginx.address, CALLER, "GET", &key, "").await;
    // Tokenkeep does not answer.
    around.verifier.stop().await;
    let down = call(around.nginx.address, CALLER, "GET", &key, "").await;
    for answer in [untold, down] {
        assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{answer:?}");
        assert_eq!(answer.json()["code"], "unavailable");
    }
}
