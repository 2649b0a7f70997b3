//! Three servers on one Postgres behind nginx, with the recipe of `deploy/`: one is killed, one cut off from the database, one has a wrong clock.
//! Whoever has a good token gets through all the while, and a revoked one gets through nowhere.

use crate::client::{get, post};
use crate::cluster::Cluster;
use crate::gate::Gate;
use crate::nginx::Nginx;
use crate::poll::until;
use crate::server::Server;
use axum::Router;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::LazyLock;

/// Requests that go through nginx to see that each instance gets some.
const REQUESTS: usize = 24;

/// What is protected: says yes to whoever gets to it.
async fn protected() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let router = Router::new().fallback(|| async { "in" });
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// What many callers with this token hear at nginx; each status once.
async fn through(nginx: &Nginx, token: &str) -> Vec<u16> {
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let mut statuses = Vec::new();
    for _ in 0..REQUESTS {
        let heard = get(nginx.address, "/images/1", &bearer).await;
        statuses.push(heard.expect("an answer").0);
    }
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// The settings of a server whose clock shows five minutes more. The monotonic clock is nobody's to set, here as on any machine.
fn five_minutes_ahead() -> [(&'static str, &'static str); 3] {
    static LIBRARY: LazyLock<String> = LazyLock::new(|| {
        std::env::var("TOKENKEEP_TEST_FAKETIME").expect(
            "TOKENKEEP_TEST_FAKETIME is the path of libfaketime: run `scripts/setup test`, then `. scripts/env`",
        )
    });
    [("LD_PRELOAD", &LIBRARY), ("FAKETIME", "+300"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")]
}

/// A new token by way of this server: its id and its secret.
async fn create(server: &Server, key: &str, team: &str, name: &str) -> (String, String) {
    let body = json!({ "name": name, "team_id": team, "scopes": ["images:read"] });
    let made = post(server.address, "/api/tokens", Some(key), &body).await;
    let (status, made) = made.expect("an answer");
    assert_eq!(status, 201, "{made}");
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    (text("id"), text("token"))
}

async fn revoke(server: &Server, key: &str, id: &str) {
    let path = format!("/api/tokens/{id}/revoke?wait=true");
    let answer = post(server.address, &path, Some(key), &json!({})).await;
    let (status, revoked) = answer.expect("an answer");
    assert_eq!(status, 200, "{revoked}");
    assert_eq!(revoked["receipt"]["refused_by_every_verifier"], true, "{revoked}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_token_gets_through_whichever_instance_fails() {
    let mut cluster = Cluster::start().await;
    let (options, database) = (cluster.options(), cluster.url());
    let gate = Gate::to(&options).await;
    let mut first = Server::start("tokens-1", &database).await;
    let second = Server::start("tokens-2", &database).await;
    let mut third = Server::start("tokens-3", &gate.url(&options)).await;
    let wrong = Server::begin("tokens-4", &database, &five_minutes_ahead());
    let addresses = [first.address, second.address, third.address, wrong.address];
    let nginx = Nginx::start(&addresses[..3], protected().await).await;

    let key = second.command(&["admin", "api-key", "--name", "three"]).await;
    let team = post(second.address, "/api/teams", Some(&key), &json!({ "name": "three" })).await;
    let team = team.and_then(|(_, team)| team["id"].as_str().map(str::to_owned)).expect("a team");
    let (_, good) = create(&first, &key, &team, "good").await;
    let (doomed_id, doomed) = create(&first, &key, &team, "doomed").await;
    for server in [&first, &second, &third] {
        until("each knows both", async || {
            server.code(&good).await == "valid" && server.code(&doomed).await == "valid"
        })
        .await;
    }
    assert_eq!(through(&nginx, &good).await, [200]);

    // One is killed.
    first.kill().await;
    assert_eq!(through(&nginx, &good).await, [200]);

    // One is cut off: what it knows goes on, and what it does not know the others tell.
    gate.cut();
    until("it is noticed", async || third.code(&format!("ntk_{:043}", 1)).await == "unavailable")
        .await;
    let (_, later) = create(&second, &key, &team, "later").await;
    assert_eq!(through(&nginx, &later).await, [200]);
    assert_eq!(through(&nginx, &good).await, [200]);

    // The receipt waits for the one that cannot hear: it refuses everything before it is whole.
    revoke(&second, &key, &doomed_id).await;
    assert_eq!(third.code(&doomed).await, "unavailable");
    assert_eq!(through(&nginx, &doomed).await, [401]);
    assert_eq!(through(&nginx, &good).await, [200]);

    gate.mend();
    third.ready().await;
    assert_eq!(third.code(&doomed).await, "revoked");
    drop(nginx);

    // One has a wrong clock: it answers nothing, says why, and takes nobody's turn.
    let nginx = Nginx::start(&addresses[1..], protected().await).await;
    until("it says why", async || {
        let ready = get(wrong.address, "/readyz", "").await;
        ready.is_some_and(|(status, why)| status == 503 && why.contains("clock"))
    })
    .await;
    assert_eq!(wrong.code(&good).await, "unavailable");
    assert_eq!(through(&nginx, &good).await, [200]);
    let doctor = wrong.output(&["doctor"]).await;
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(!doctor.status.success() && said.contains("fail  clock"), "{said}");
    drop((first, second, third, wrong));
    cluster.stop().await;
}
