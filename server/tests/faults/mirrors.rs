//! Two servers with one mirror: whoever works on it is killed in the middle of it, and the other goes on.

use crate::client::post;
use crate::cluster::Cluster;
use crate::poll::until;
use crate::server::Server;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};

/// Half of the time after which every mirror is looked at anyway: what comes sooner was a take-over.
const SOON: Duration = Duration::from_secs(30);

/// A bucket's server that takes requests and never answers: whoever talks to it is at work until it ends.
struct Silent {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Silent {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(listen(stream, Arc::clone(&told)));
            }
        });
        Self { address, heard }
    }

    /// Whether a request came that was signed by this key.
    fn heard(&self, key: &str) -> bool {
        let signed = format!("Credential={key}/");
        self.heard.lock().expect("what was heard").iter().any(|request| request.contains(&signed))
    }
}

async fn listen(mut stream: TcpStream, heard: Arc<Mutex<Vec<String>>>) {
    let mut request = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = stream.read(&mut request).await {
        let text = String::from_utf8_lossy(&request[..length]).into_owned();
        heard.lock().expect("what is heard").push(text);
    }
}

async fn start(name: &str, database: &str, bucket: &Silent) -> Server {
    let endpoint = format!("http://{}", bucket.address);
    let settings = [
        ("OBJECTSTORE_ENDPOINT", endpoint.as_str()),
        ("OBJECTSTORE_BUCKET", "tokens"),
        ("OBJECTSTORE_ACCESS_KEY", name),
        ("OBJECTSTORE_SECRET_KEY", "a-secret-of-the-test"),
    ];
    Server::start_with(name, database, &settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mirror_is_taken_over_from_a_server_that_was_killed_at_work() {
    let cluster = Cluster::start().await;
    let (database, bucket) = (cluster.url(), Silent::start().await);
    let mut first = start("first", &database, &bucket).await;
    until("the first is at work", async || bucket.heard("first")).await;

    let second = start("second", &database, &bucket).await;
    let key = second.command(&["admin", "api-key", "--name", "mirrors"]).await;
    let team = post(second.address, "/api/teams", Some(&key), &json!({ "name": "mirrors" })).await;
    let (status, team) = team.expect("an answer");
    assert_eq!(status, 201, "{team}");
    let body = json!({ "name": "one", "team_id": team["id"], "scopes": ["images:read"] });
    let made = post(second.address, "/api/tokens", Some(&key), &body).await;
    assert_eq!(made.expect("an answer").0, 201);
    assert!(!bucket.heard("second"), "one at a time");

    first.kill().await;
    let taken_over = until("the second is at work", async || bucket.heard("second"));
    tokio::time::timeout(SOON, taken_over).await.expect("taken over");
}
