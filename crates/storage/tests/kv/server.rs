//! The Workers runtime, as `cloudflare/server.mjs` starts it, and what other writers do there.

use crate::outside::process::Served;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::process::Command;
use storage::{Egress, Endpoint, Kv, KvSettings, Patience};
use zeroize::Zeroizing;

pub const TOKEN: &str = "cf-token-of-the-tests-0123456789";

/// Where and as whom.
pub fn settings(base: &str) -> KvSettings {
    KvSettings {
        base: Endpoint::parse(base).expect("an endpoint"),
        account: "account".to_owned(),
        namespace: "namespace".to_owned(),
        token: Zeroizing::new(TOKEN.to_owned()),
        egress: Egress::Guarded,
        patience: Patience::default(),
    }
}

/// A runtime of its own.
pub struct Cloudflare {
    served: Served,
    origin: String,
    client: Client,
}

impl Cloudflare {
    pub fn start() -> Self {
        Self::start_by(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kv/cloudflare/server.mjs"))
    }

    /// By the script where another crate's tests find it.
    pub fn start_by(script: &str) -> Self {
        let served = Served::start(Command::new("node").arg(script).env("TOKEN", TOKEN), "ready ");
        let origin = served.said.trim_start_matches("ready ").trim().to_owned();
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { served, origin, client: Client::new() }
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.origin.trim_start_matches("http://").parse().expect("an address")
    }

    pub fn base(&self) -> String {
        format!("{}/client/v4", self.origin)
    }

    pub fn place(&self) -> Kv {
        self.place_in("namespace")
    }

    pub fn place_in(&self, namespace: &str) -> Kv {
        let settings = settings(&self.base());
        let namespace = namespace.to_owned();
        Kv::new(KvSettings { namespace, ..settings }).expect("a client")
    }

    /// What somebody else does by the API, and its answer.
    pub async fn by_hand(&self, method: Method, path: &str, body: &Value) -> Value {
        let base = self.base();
        let url = format!("{base}/accounts/account/storage/kv/namespaces/namespace/{path}");
        self.ask(self.client.request(method, url).bearer_auth(TOKEN).body(body.to_string())).await
    }

    /// Asks the worker to behave otherwise; what it was asked by the API since it was told to forget.
    pub async fn control(&self, wish: &Value) -> Vec<String> {
        let url = format!("{}/control", self.origin);
        let asked = self.ask(self.client.post(url).body(wish.to_string())).await;
        serde_json::from_value(asked).expect("a list")
    }

    /// What the API is asked while something happens.
    pub async fn asked(&self, happens: impl Future<Output = ()>) -> Vec<String> {
        self.control(&json!({ "forget": true })).await;
        happens.await;
        self.control(&json!({})).await
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Value {
        let answer = request.send().await.expect("an answer").bytes().await.expect("its bytes");
        serde_json::from_slice(&answer).expect("JSON")
    }

    /// The names in the namespace, with what is listed of them.
    pub async fn names(&self) -> Vec<Value> {
        let keys = self.by_hand(Method::GET, "keys", &Value::Null).await;
        keys["result"].as_array().expect("names").clone()
    }
}

impl Drop for Cloudflare {
    fn drop(&mut self) {
        // Killed, it would leave the runtime behind.
        self.served.let_end();
    }
}
