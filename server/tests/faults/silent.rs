//! A server with mirrors of every kind, of which those over a network never answer: the others are as soon as ever, and when the silence is over, so are
//! these, and nobody starts anything again.

use crate::client::{get, post};
use crate::cluster::Cluster;
use crate::kv::server::{Cloudflare, TOKEN};
use crate::outside::way::{Fault, Way};
use crate::poll::until;
use crate::s3::servers::{ACCESS, S3s, SECRET};
use crate::server::Server;
use domain::token::SecretHash;
use serde_json::{Value, json};
use sqlx::postgres::PgPoolOptions;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Half of the time after which every mirror is looked at anyway: what comes sooner was not held up.
const SOON: Duration = Duration::from_secs(30);

/// What runs Workers KV.
const SCRIPT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/storage/tests/kv/cloudflare/server.mjs");

fn names(directory: &Path) -> Vec<String> {
    let names = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".json")).collect()
}

/// What a branch has in its directory `tokens`.
fn committed(repository: &Path) -> Vec<String> {
    let mut git = Command::new("git");
    git.arg("-C").arg(repository).args(["ls-tree", "--name-only", "main:tokens"]);
    let told = git.output().expect("git runs").stdout;
    String::from_utf8(told).expect("text").lines().map(str::to_owned).collect()
}

/// A new token: its id, and the name of its object.
async fn create(server: &Server, key: &str, team: &Value, name: &str) -> (String, String) {
    let body = json!({ "name": name, "team_id": team, "scopes": ["images:read"] });
    let made = post(server.address, "/api/tokens", Some(key), &body).await;
    let (status, made) = made.expect("an answer");
    assert_eq!(status, 201, "{made}");
    let text = |name: &str| made[name].as_str().expect("a text");
    let hash = SecretHash::of_offered(text("token")).expect("good form").to_hex();
    (text("id").to_owned(), format!("{hash}.json"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn targets_that_never_answer_slow_no_other_and_need_no_restart_when_they_do() {
    let mut cluster = Cluster::start().await;
    let (database, dir) = (cluster.url(), tempfile::tempdir().expect("a directory"));
    let (bucket, cloudflare) = (S3s::start(), Cloudflare::start_by(SCRIPT));
    let (mut to_bucket, mut to_kv) =
        (Way::open(bucket.address()).await, Way::open(cloudflare.address()).await);
    to_bucket.set(Fault::Silent).await;
    to_kv.set(Fault::Silent).await;
    let (files, repository) = (dir.path().join("files"), dir.path().join("remote.git"));
    let mut git = Command::new("git");
    git.args(["init", "--quiet", "--bare", "--initial-branch=main"]).arg(&repository);
    assert!(git.status().expect("git runs").success());

    let text = |path: &Path| path.display().to_string();
    let settings = [
        ("TOKENKEEP_MIRROR_FILES_PATH", text(&files)),
        ("GITSTORE_GIT_URL", text(&repository)),
        ("GITSTORE_LOCAL_PATH", text(&dir.path().join("clone"))),
        ("PATH", std::env::var("PATH").expect("PATH")),
        ("PGSTORE_DSN", database.clone()),
        ("OBJECTSTORE_ENDPOINT", format!("http://{}", to_bucket.address)),
        ("OBJECTSTORE_BUCKET", "mirror".to_owned()),
        ("OBJECTSTORE_ACCESS_KEY", ACCESS.to_owned()),
        ("OBJECTSTORE_SECRET_KEY", SECRET.to_owned()),
        ("CLOUDFLARE_ACCOUNT_ID", "account".to_owned()),
        ("CLOUDFLARE_KV_NAMESPACE_ID", "namespace".to_owned()),
        ("CLOUDFLARE_API_TOKEN", TOKEN.to_owned()),
        ("CLOUDFLARE_API_BASE", format!("http://{}/client/v4", to_kv.address)),
    ];
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = Server::start_with("silent", &database, &settings).await;
    let key = server.command(&["admin", "api-key", "--name", "silent"]).await;
    let team = post(server.address, "/api/teams", Some(&key), &json!({ "name": "silent" })).await;
    let team = team.expect("an answer").1["id"].clone();

    // Each is where it should be, and gone when it is revoked.
    let pool = PgPoolOptions::new().connect_with(cluster.options()).await.expect("a connection");
    let others_hold = async |wanted: &[&str]| {
        let rows = "SELECT key FROM tokenkeep_mirror.objects WHERE key LIKE 'tokens/%'";
        let held = sqlx::query_scalar::<_, String>(rows).fetch_all(&pool).await;
        let held: Vec<_> = held.unwrap_or_default();
        let held: Vec<_> = held.iter().filter_map(|key| key.strip_prefix("tokens/")).collect();
        [names(&files.join("tokens")), committed(&repository)].iter().all(|names| *names == wanted)
            && held == wanted
    };
    let (doomed, first) = create(&server, &key, &team, "first").await;
    let in_time = until("the others have it", async || others_hold(&[&first]).await);
    tokio::time::timeout(SOON, in_time).await.expect("not held up");
    let path = format!("/api/tokens/{doomed}/revoke");
    post(server.address, &path, Some(&key), &json!({})).await.expect("an answer");
    let (_, second) = create(&server, &key, &team, "second").await;
    let in_time = until("the others have another", async || others_hold(&[&second]).await);
    tokio::time::timeout(SOON, in_time).await.expect("not held up");
    let bearer = format!("Authorization: Bearer {key}\r\n");
    until("three of five have all", async || {
        let mirrors = get(server.address, "/api/mirrors", &bearer).await.expect("an answer").1;
        mirrors.matches(r#""status":"current""#).count() == 3
    })
    .await;

    // They answer again: nobody starts anything.
    to_bucket.set(Fault::Nothing).await;
    to_kv.set(Fault::Nothing).await;
    let tokens = bucket.dir.path().join("mirror/tokens");
    let hash = second.trim_end_matches(".json");
    until("the bucket has it", async || names(&tokens) == [second.as_str()]).await;
    until("the namespace has it", async || {
        let names = cloudflare.names().await;
        let ours = |line: &&Value| line["name"].as_str().is_some_and(|n| n.starts_with("token:"));
        let ours: Vec<_> = names.iter().filter(ours).map(|line| line["name"].clone()).collect();
        ours == [format!("token:{hash}")]
    })
    .await;
    pool.close().await;
    drop(server);
    cluster.stop().await;
}
