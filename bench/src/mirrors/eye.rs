//! Whoever looks at a target, by what it is: whether a token's object stands there.

use crate::Result;
use crate::client::{Connection, Request};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::PgPool;
use std::collections::HashSet;
use std::path::PathBuf;
use tokio::process::Command;

/// Keys of one read of KV: Cloudflare's limit.
const READ_MAX: usize = 100;

/// A look at a target.
pub enum Eye {
    /// A directory, in which objects are files: our own, or that of the server of a bucket.
    Directory(PathBuf),
    Git(Git),
    Postgres(PgPool),
    Kv(Kv),
}

impl Eye {
    /// Which of these tokens, by the hexadecimal digits of their hashes, have an object there.
    pub async fn standing(&mut self, hashes: &[String]) -> Result<HashSet<String>> {
        match self {
            Self::Directory(tokens) => {
                let is_there =
                    |hash: &&String| tokens.join(format!("{hash}.json")).try_exists().ok();
                Ok(hashes.iter().filter(|hash| is_there(hash) == Some(true)).cloned().collect())
            }
            Self::Git(git) => git.standing(hashes).await,
            Self::Postgres(pool) => {
                let paths: Vec<String> =
                    hashes.iter().map(|hash| format!("tokens/{hash}.json")).collect();
                let there: Vec<String> = sqlx::query_scalar(
                    "SELECT key FROM tokenkeep_mirror.objects WHERE key = ANY($1)",
                )
                .bind(paths)
                .fetch_all(&*pool)
                .await?;
                Ok(there.iter().filter_map(|path| hash(path)).collect())
            }
            Self::Kv(kv) => kv.standing(hashes).await,
        }
    }
}

/// The hash in `tokens/{hash}.json`.
fn hash(path: &str) -> Option<String> {
    Some(path.strip_prefix("tokens/")?.strip_suffix(".json")?.to_owned())
}

/// A bare repository.
pub struct Git {
    repository: PathBuf,
    tip: String,
    names: HashSet<String>,
}

impl Git {
    /// At that path.
    pub fn at(repository: PathBuf) -> Self {
        Self { repository, tip: String::new(), names: HashSet::new() }
    }

    async fn standing(&mut self, hashes: &[String]) -> Result<HashSet<String>> {
        let tip = self.repository.join("refs/heads/main");
        let tip = std::fs::read_to_string(tip).unwrap_or_default();
        if tip != self.tip {
            let mut git = Command::new("git");
            git.arg("-C").arg(&self.repository);
            let output =
                git.args(["ls-tree", "--name-only", tip.trim(), "tokens/"]).output().await?;
            self.names = String::from_utf8(output.stdout)?.lines().filter_map(hash).collect();
            self.tip = tip;
        }
        Ok(hashes.iter().filter(|hash| self.names.contains(*hash)).cloned().collect())
    }
}

/// A namespace, by its REST API.
pub struct Kv {
    connection: Connection,
    path: String,
    token: String,
}

impl Kv {
    /// With that base of the API.
    pub async fn at(base: &str, token: &str) -> Result<Self> {
        let url: url::Url = base.parse()?;
        let address = url.socket_addrs(|| None)?.first().copied().ok_or("an address")?;
        let path = url.path();
        let path = format!("{path}/accounts/account/storage/kv/namespaces/namespace/bulk/get");
        Ok(Self { connection: Connection::open(address).await?, path, token: token.to_owned() })
    }

    async fn standing(&mut self, hashes: &[String]) -> Result<HashSet<String>> {
        let mut there = HashSet::new();
        for some in hashes.chunks(READ_MAX) {
            let keys: Vec<String> = some.iter().map(|hash| format!("token:{hash}")).collect();
            let request = Request::post(&self.path).bearer(&self.token);
            let answer = self.connection.send(&request.json(&json!({ "keys": keys }))).await?;
            let answer: Value = serde_json::from_slice(&answer.body)?;
            let values = answer["result"]["values"].as_object().ok_or("values")?;
            let found = values.iter().filter(|(_, value)| !value.is_null());
            there.extend(
                found.filter_map(|(name, _)| name.strip_prefix("token:").map(str::to_owned)),
            );
        }
        Ok(there)
    }
}

/// What the object of a secret is called by: the hexadecimal digits of its SHA-256.
pub fn hash_of(secret: &str) -> String {
    Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
}
