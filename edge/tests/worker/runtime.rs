//! A runtime of its own for a test, what the server would write there, and requests whose bytes the test chooses.

use crate::process::Served;
use domain::OffsetDateTime;
use domain::mirror::{Candidate, Digest, Entry, Format};
use domain::token::SecretHash;
use record::{HEAD, Head, Page, ROUTES, SigningKey, bytes, sign};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::process::Command;
use storage::{Egress, Endpoint, Kv, KvSettings, Object, ObjectKey, Patience, Storage as _};
use time::Duration;
use time::macros::datetime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

/// When every test begins.
pub const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);
/// What the API asks for.
const BEARER: &str = "cf-token-of-the-tests-0123456789";
/// The key that signs.
const SEED: [u8; 32] = [7; 32];

/// A secret like any other: the same text for the same number.
pub fn secret(number: usize) -> String {
    format!("ntk_{number:04}{}", "A".repeat(39))
}

/// What may be said of the token of a secret.
pub fn candidate(secret: &str) -> Candidate {
    let hash = SecretHash::of_offered(secret).expect("good form");
    Candidate {
        token: token_id(),
        hash: hash.bytes().to_vec(),
        name: "image job".to_owned(),
        team: domain::id::TeamId::parse(TEAM).expect("an id"),
        scopes: vec!["image".to_owned()],
        created_at: NOW - Duration::days(30),
        expires_at: None,
        not_before: None,
        retires_at: None,
        networks: None,
        rate: None,
        revision: 812,
    }
}

/// The token of [`candidate`].
pub const TOKEN: &str = "0197a1b2-0000-7000-8000-000000000002";
/// Its team.
pub const TEAM: &str = "0197a1b2-0000-7000-8000-000000000001";

fn token_id() -> domain::id::TokenId {
    domain::id::TokenId::parse(TOKEN).expect("an id")
}

pub fn judged(candidate: &Candidate) -> Entry {
    candidate.judge().map_err(|refused| refused.code).expect("a good row")
}

/// The key that signs in these tests.
pub fn key() -> SigningKey {
    SigningKey::of(&SEED)
}

/// A JWKS of keys.
pub fn jwks(keys: &[&SigningKey]) -> Value {
    let jwk = |key: &&SigningKey| json!({ "kty": "OKP", "crv": "Ed25519", "x": key.public().x(), "kid": key.id() });
    json!({ "keys": keys.iter().map(jwk).collect::<Vec<_>>() })
}

/// The runtime, with the Worker, the API and a backend.
pub struct Runtime {
    served: Served,
    edge: String,
    backend: String,
    rest: String,
    /// The namespace, as the server writes to it.
    pub kv: Kv,
    client: Client,
}

impl Runtime {
    /// With this configuration, and an empty namespace.
    pub fn start(bindings: &Value) -> Self {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let built = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| format!("{root}/target"));
        let mut command = Command::new("node");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/runtime.mjs"));
        command.env("EDGE", format!("{built}/edge")).env("TOKEN", BEARER);
        let served = Served::start(command.env("BINDINGS", bindings.to_string()), "ready ");
        let mut hosts = served.said.trim_start_matches("ready ").split(' ').map(str::to_owned);
        let mut host = || hosts.next().expect("three hosts");
        let (edge, rest, backend) = (host(), host(), host());
        let _ = rustls::crypto::ring::default_provider().install_default();
        let kv = Kv::new(settings(&rest)).expect("a client");
        Self { served, edge, backend, rest, kv, client: Client::new() }
    }

    /// With the key of these tests, and a head and routes as they should be.
    pub async fn good() -> Self {
        let runtime = Self::start(&json!({ "PUBLIC_KEYS": jwks(&[&key()]) }));
        runtime.write_head(NOW, &[]).await;
        runtime.write_routes(&routes()).await;
        runtime
    }

    /// Writes a value, as the server does.
    pub async fn write(&self, path: &str, bytes: Vec<u8>) {
        let key = ObjectKey::parse(path).expect("a key");
        self.kv.put(vec![Object { key, bytes, expires_at: None }]).await.expect("put");
    }

    /// Writes the record of a token.
    pub async fn write_token(&self, candidate: &Candidate) {
        let entry = judged(candidate);
        let signed = bytes(&entry, NOW, Format::Full, Some(&key()));
        self.write(&entry.key().path(), signed).await;
    }

    /// Writes a head that refuses these secrets.
    pub async fn write_head(&self, at: OffsetDateTime, denied: &[&str]) {
        let hash = |secret: &&str| SecretHash::of_offered(secret).expect("good form");
        let head = Head::new(at, 1, denied.iter().map(hash).collect()).expect("a head");
        self.write(HEAD, head.bytes(Some(&key()))).await;
    }

    /// Writes a head of more than that.
    pub async fn write_whole_head(&self, head: &Head) {
        self.write(HEAD, head.bytes(Some(&key()))).await;
    }

    /// Writes a page of the head's list, and gives its digest.
    pub async fn write_page(&self, denied: &[&str]) -> Digest {
        let (digest, bytes) = page(denied);
        self.write(&record::page_path(&digest), bytes).await;
        digest
    }

    /// Writes the routes as they were at an instant.
    pub async fn write_routes_of(&self, routes: &Value, at: OffsetDateTime) {
        let bytes = record::dated(routes.to_string().into_bytes(), at);
        self.write(ROUTES, sign(ROUTES, bytes, &key())).await;
    }

    /// What the keys' address answers from now on; null is that it fails.
    pub async fn tell_keys(&self, keys: &Value) {
        let url = format!("http://{}/keys", self.backend);
        let request = self.client.post(url).body(keys.to_string());
        assert_eq!(request.send().await.expect("an answer").status(), 204);
    }

    /// Writes the routes.
    pub async fn write_routes(&self, routes: &Value) {
        self.write(ROUTES, sign(ROUTES, routes.to_string().into_bytes(), &key())).await;
    }

    /// Writes what no key of the server's spells.
    pub async fn write_secret(&self, name: &str, value: &str) {
        let pairs = json!([{ "key": format!("secret:{name}"), "value": json!({ "value": value }).to_string() }]);
        let url = format!(
            "http://{}/client/v4/accounts/account/storage/kv/namespaces/namespace/bulk",
            self.rest
        );
        let request = self.client.request(Method::PUT, url).bearer_auth(BEARER);
        let answer = request.body(pairs.to_string()).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }

    /// Asks the Worker.
    pub fn ask(&self, path: &str) -> Ask<'_> {
        Ask { runtime: self, method: "GET", path: path.to_owned(), headers: Vec::new(), body: "" }
    }

    /// What the backend was asked since it was last looked at.
    pub async fn forwarded(&self) -> Vec<Value> {
        let url = format!("http://{}/asked", self.backend);
        let answer = self.client.get(url).send().await.expect("an answer");
        serde_json::from_slice(&answer.bytes().await.expect("its bytes")).expect("a list")
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // Killed, it would leave the runtime behind.
        self.served.let_end();
    }
}

fn settings(rest: &str) -> KvSettings {
    KvSettings {
        base: Endpoint::parse(&format!("http://{rest}/client/v4")).expect("an endpoint"),
        account: "account".to_owned(),
        namespace: "namespace".to_owned(),
        token: Zeroizing::new(BEARER.to_owned()),
        egress: Egress::Guarded,
        patience: Patience::default(),
    }
}

/// A page of the head's list, with its digest.
pub fn page(denied: &[&str]) -> (Digest, Vec<u8>) {
    let hash = |secret: &&str| SecretHash::of_offered(secret).expect("good form");
    let bytes = Page::new(denied.iter().map(hash).collect()).bytes();
    (Digest::of(&bytes), bytes)
}

/// Some routes.
pub fn routes() -> Value {
    json!({
        "/api/image": { "url": "https://images.example/v1", "tags": ["media"] },
        "/api/image/admin": { "url": "https://images.example/admin", "tags": [], "scopes": ["images:admin"] },
    })
}

/// A request in the making.
pub struct Ask<'r> {
    runtime: &'r Runtime,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: &'static str,
}

impl Ask<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a token.
    pub fn with(self, secret: &str) -> Self {
        self.header("X-API-Key", secret)
    }

    /// At another time.
    pub fn at(self, now: OffsetDateTime) -> Self {
        let millis = now.unix_timestamp_nanos() / 1_000_000;
        self.header("x-test-now", &millis.to_string())
    }

    pub fn post(mut self, body: &'static str) -> Self {
        self.method = "POST";
        self.body = body;
        self
    }

    /// The answer at [`NOW`], or when it was told.
    pub async fn send(self) -> Answer {
        let timed = self.headers.iter().any(|(name, _)| name == "x-test-now");
        let ask = if timed { self } else { self.at(NOW) };
        let Ask { runtime, method, path, headers, body } = ask;
        let mut text =
            format!("{method} {path} HTTP/1.1\r\nHost: edge.example\r\nConnection: close\r\n");
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        let mut stream = TcpStream::connect(&runtime.edge).await.expect("it listens");
        stream.write_all(format!("{text}\r\n{body}").as_bytes()).await.expect("sent");
        // The runtime keeps the connection open for more.
        let mut bytes = Vec::new();
        while !is_whole(&bytes) {
            assert!(stream.read_buf(&mut bytes).await.expect("an answer") > 0, "cut off: {path}");
        }
        Answer(String::from_utf8(bytes).expect("text"))
    }
}

/// Whether an answer has come to its end.
fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    match length.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => body.len() >= length,
        None => body.ends_with("0\r\n\r\n"),
    }
}

/// What the Worker answered, as it came.
pub struct Answer(pub String);

impl Answer {
    pub fn status(&self) -> u16 {
        self.0.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.0.split("\r\n\r\n").next().unwrap_or_default();
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(told, _)| told.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// Why not; `good` for what was forwarded.
    pub fn code(&self) -> &str {
        self.header("x-verify-code").unwrap_or(if self.status() == 200 { "good" } else { "?" })
    }

    /// Its JSON.
    pub fn json(&self) -> Value {
        let (from, to) = (self.0.find('{').expect("JSON"), self.0.rfind('}').expect("JSON"));
        serde_json::from_str(&self.0[from..=to]).expect("JSON")
    }

    /// Status, code and error, as one line.
    pub fn said(&self) -> String {
        let error = if self.status() == 200 { Value::Null } else { self.json()["error"].clone() };
        format!("{} {} {}", self.status(), self.code(), error.as_str().unwrap_or("-"))
    }
}
