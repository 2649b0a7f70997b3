//! The configuration: one tree, read from a file, then the environment, then `*_FILE` for secrets.
//!
//! Owns every variable's name, default and description ([`variables`]), from which the documentation and the commented default file are
//! made. Never reads anything else of the environment. All problems are reported at once, each with its key.

pub mod docs;
pub mod git_mirror;
pub mod postgres_mirror;
pub mod read;
mod traces;
pub mod variables;

use domain::token::Prefix;
use domain::user::Email;
use domain::verify::Origins;
use service::verify::VerifyAccess;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use storage::{Egress, Endpoint, ObjectKey};
use zeroize::Zeroizing;

pub use git_mirror::GitMirror;
pub use postgres_mirror::PostgresMirror;
pub use read::{Environment, Problem, Problems};
pub use traces::TraceSettings;

/// A secret of the configuration: no `Debug`, wiped when dropped.
pub type Secret = Zeroizing<String>;

/// What the operator decided.
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// How people reach the console, without a slash at the end.
    pub public_url: Option<String>,
    /// The proxies that are believed about where a request comes from; `None` is none.
    pub trusted_proxies: Option<Origins>,
    /// Where what is ours is kept.
    pub data_dir: PathBuf,
    /// The database; `None` is the embedded one.
    pub database_url: Option<Secret>,
    /// The Fernet keys, separated by commas.
    pub encryption_keys: Option<Secret>,
    /// What new tokens begin with.
    pub token_prefix: Prefix,
    /// The first owner, made at the first start.
    pub admin: Option<(Email, Secret)>,
    /// Where the files mirror writes; `None` is no such mirror.
    pub mirror_files_path: Option<PathBuf>,
    /// Where the Git mirror is; `None` is no such mirror.
    pub git_mirror: Option<GitMirror>,
    /// Where the Postgres mirror is; `None` is no such mirror.
    pub postgres_mirror: Option<PostgresMirror>,
    /// The bucket of the S3 mirror; `None` is no such mirror.
    pub mirror_s3: Option<S3Target>,
    /// The namespace of the KV mirror; `None` is no such mirror.
    pub mirror_kv: Option<KvTarget>,
    /// Whether mirrors may be at link-local addresses.
    pub mirror_egress: Egress,
    /// Where programs are looked for, as `PATH` has it.
    pub search_path: String,
    /// The names of the mirrors that are written for the readers of token-manager.
    pub mirror_token_manager: Vec<String>,
    /// Whether what mirrors hold and nobody here knows is adopted after a start.
    pub mirror_adopt: bool,
    /// What this instance is called among those that verify; `None` is the machine's name and the port.
    pub instance: Option<String>,
    /// For how long known tokens are good while the database does not answer.
    pub verify_budget: Duration,
    /// Who may ask whether tokens are good.
    pub verify_access: VerifyAccess,
    /// How many tokens are kept in memory.
    pub verify_resident_max: usize,
    /// Where a snapshot of what is in memory is kept; `None` is nowhere.
    pub snapshot_path: Option<PathBuf>,
    /// For how many months the use of tokens is kept.
    pub usage_retention_months: u16,
    /// How many days after its end a token is removed; `None` is never.
    pub tombstone_days: Option<u16>,
    /// Whether `GET /metrics` answers.
    pub metrics: bool,
    /// Where traces go, and which; `None` is nowhere.
    pub traces: Option<TraceSettings>,
    /// Where the console's files are; `None` looks beside the program.
    pub site_dir: Option<PathBuf>,
    /// Where Postgres' programs are; `None` looks in the usual places.
    pub postgres_bin_dir: Option<PathBuf>,
    /// What is logged.
    pub log: String,
}

/// A bucket, and as whom.
pub struct S3Target {
    /// The server.
    pub endpoint: Endpoint,
    /// The bucket.
    pub bucket: String,
    /// The access key's id.
    pub access_key: Secret,
    /// The secret access key.
    pub secret_key: Secret,
    /// The region.
    pub region: String,
    /// What every key begins with.
    pub prefix: Option<ObjectKey>,
}

/// A namespace of Workers KV, and as whom.
pub struct KvTarget {
    /// Cloudflare's API.
    pub base: Endpoint,
    /// The account's id.
    pub account: String,
    /// The namespace's id.
    pub namespace: String,
    /// The API token.
    pub token: Secret,
}

impl Config {
    /// How people reach the console.
    pub fn url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// What this instance is called. By default one that no other can have while it listens.
    pub fn instance(&self) -> String {
        self.instance.clone().unwrap_or_else(|| {
            let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
            format!("{host}:{}", self.listen.port())
        })
    }

    /// Whether cookies may only travel over TLS.
    pub fn secure(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}
