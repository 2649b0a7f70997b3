//! A server that starts while its database is away, from the snapshot on its disk.

use crate::client::{get, post};
use crate::cluster::Cluster;
use crate::poll::until;
use crate::server::Server;
use serde_json::json;
use vault::Sealer;

const STRANGER: &str = "ntk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The status of a proxy's question.
async fn status(server: &Server, token: &str) -> u16 {
    let answer = get(server.address, "/verify", &format!("X-API-Key: {token}\r\n")).await;
    answer.map_or(0, |(status, _)| status)
}

async fn make(server: &Server, key: &str, team: &str, name: &str) -> Option<(String, String)> {
    let body = json!({ "name": name, "team_id": team, "scopes": ["*"] });
    let (status, made) = post(server.address, "/api/tokens", Some(key), &body).await?;
    let text = |field: &str| made[field].as_str().unwrap_or_default().to_owned();
    (status == 201).then(|| (text("id"), text("token")))
}

/// What a metric says; `None` when it is not there.
async fn metric(server: &Server, name: &str) -> Option<f64> {
    let (_, page) = get(server.address, "/metrics", "").await?;
    let line = page.lines().find(|line| line.starts_with(name))?;
    line.rsplit(' ').next()?.trim().parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_starts_without_its_database() {
    let mut cluster = Cluster::start().await;
    let disk = tempfile::tempdir().expect("a directory");
    let path = disk.path().join("snapshot").display().to_string();
    let encryption_key = Sealer::generate_key();
    let settings = [
        ("TOKENKEEP_SNAPSHOT_PATH", path.as_str()),
        ("TOKEN_ENCRYPTION_KEY", encryption_key.as_str()),
        ("TOKENKEEP_VERIFY_BUDGET_SECONDS", "600"),
        ("TOKENKEEP_METRICS", "on"),
    ];
    let mut server = Server::start_with("tokens-1", &cluster.url(), &settings).await;
    let key = server.command(&["admin", "api-key", "--name", "story"]).await;
    let team = post(server.address, "/api/teams", Some(&key), &json!({ "name": "story" })).await;
    let team = team.and_then(|(_, team)| team["id"].as_str().map(str::to_owned)).expect("a team");
    let (_, good) = make(&server, &key, &team, "good").await.expect("a token");
    let (id, ended) = make(&server, &key, &team, "ended").await.expect("a token");
    until("both are in memory", async || {
        metric(&server, "tokenkeep_index_tokens ").await == Some(2.0)
    })
    .await;
    let revoke = format!("/api/tokens/{id}/revoke?wait=true");
    let (revoked, _) =
        post(server.address, &revoke, Some(&key), &json!({})).await.expect("an answer");
    assert_eq!(revoked, 200);
    let stamp = disk.path().join("snapshot/stamp");
    let written = async || std::fs::metadata(&stamp).and_then(|stamp| stamp.modified()).ok();
    // One may have been on its way.
    for _ in 0..2 {
        let before = written().await;
        until("the snapshot has it", async || written().await > before).await;
    }

    let files = std::fs::read_dir(disk.path().join("snapshot")).expect("a directory");
    let read = |file: std::io::Result<std::fs::DirEntry>| {
        std::fs::read(file.expect("an entry").path()).expect("bytes")
    };
    let kept: Vec<u8> = files.flat_map(read).collect();
    for secret in [&good, &ended, &key, &*encryption_key] {
        let found = kept.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
        assert!(!found, "a secret is on the disk");
    }

    // A power cut, and the database does not come back.
    server.kill().await;
    cluster.stop().await;
    server.start_again(&[]);
    until("it answers", async || status(&server, &good).await == 204).await;
    assert_eq!(
        (server.code(&good).await, server.code(&ended).await),
        ("valid".into(), "revoked".into())
    );
    assert_eq!((status(&server, &ended).await, status(&server, STRANGER).await), (401, 403));
    assert_eq!(server.code(STRANGER).await, "unavailable");
    let (refused, problem) =
        post(server.address, "/api/teams", Some(&key), &json!({ "name": "two" }))
            .await
            .expect("an answer");
    assert_eq!((refused, problem["code"].as_str()), (503, Some("unavailable")));
    let (shown, page) =
        get(server.address, "/tokens", "Accept: text/html\r\nAccept-Language: zh-TW\r\n")
            .await
            .expect("a page");
    assert!(
        shown == 503 && page.contains("DATABASE_URL") && page.contains("資料庫沒有回應"),
        "{page}"
    );
    assert_eq!(get(server.address, "/healthz", "").await.map(|(status, _)| status), Some(200));
    let (unready, reason) = get(server.address, "/readyz", "").await.expect("an answer");
    assert!(unready == 503 && reason.contains("started from the snapshot"), "{reason}");
    let (verifies, trust) = get(server.address, "/readyz/verify", "").await.expect("an answer");
    assert!(verifies == 200 && trust.contains("known"), "{trust}");
    assert!(metric(&server, "tokenkeep_snapshot_age_seconds ").await.is_some_and(|age| age > 0.0));

    // Without a budget there is no start without the database.
    server.kill().await;
    server.start_again(&[("TOKENKEEP_VERIFY_BUDGET_SECONDS", "0")]);
    until("it gives up", async || server.gave_up()).await;
    // Nor from a snapshot that is older than the budget.
    until("it is three seconds old", async || {
        let age = written().await.and_then(|at| at.elapsed().ok());
        age.is_some_and(|age| age.as_secs() >= 3)
    })
    .await;
    server.start_again(&[("TOKENKEEP_VERIFY_BUDGET_SECONDS", "1")]);
    until("it gives up", async || server.gave_up()).await;

    // It goes on by itself when the database is back.
    server.start_again(&[("TOKENKEEP_VERIFY_BUDGET_SECONDS", "600")]);
    until("it answers", async || status(&server, &good).await == 204).await;
    let pid = server.pid();
    cluster.start_again().await;
    until("it is ready", async || {
        get(server.address, "/readyz", "").await.is_some_and(|(status, _)| status == 200)
    })
    .await;
    assert_eq!(server.pid(), pid);
    assert!(!server.gave_up());
    let (_, new) = make(&server, &key, &team, "new").await.expect("a token");
    assert_eq!(
        (server.code(&new).await, server.code(&ended).await),
        ("valid".into(), "revoked".into())
    );
    assert_eq!(
        (server.code(&good).await, server.code(STRANGER).await),
        ("valid".into(), "unknown".into())
    );
    until("the snapshot is young again", async || {
        metric(&server, "tokenkeep_snapshot_age_seconds ").await.is_some_and(|age| age < 3.0)
    })
    .await;
    server.kill().await;
    cluster.stop().await;
}
