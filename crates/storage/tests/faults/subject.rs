//! Each target on a real server, with a way before it on which things go wrong.

use super::super::{git, kv, s3};
use crate::list;
use crate::outside::way::Way;
use git::Remote;
use git::server::{PASSWORD, Server, USER};
use kv::server::Cloudflare;
use reqwest::Method;
use s3::servers::S3s;
use serde_json::Value;
use sqlx::PgPool;
use std::net::SocketAddr;
use std::time::Duration;
use storage::git::{Settings, Times};
use storage::postgres::Schema;
use storage::{Egress, Git, Kv, KvSettings, Patience, Place, Postgres, S3, S3Settings};
use zeroize::Zeroizing;

/// Long enough for a busy machine, short enough for a test of silence.
const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(1), whole: Duration::from_secs(3) };

/// What keeps the objects.
pub enum Keeper {
    S3(S3s),
    Kv(Cloudflare),
    Git(Remote),
    Postgres(PgPool),
}

/// A target.
pub struct Subject {
    pub place: Place,
    pub way: Way,
    pub server: Keeper,
    /// What a repository is behind.
    _http: Option<Server>,
}

impl Subject {
    async fn of(server: Keeper, at: SocketAddr) -> Self {
        let way = Way::open(at).await;
        Self { place: place(&server, way.address), way, server, _http: None }
    }

    pub async fn s3() -> Self {
        let server = S3s::start();
        let at = server.address();
        Self::of(Keeper::S3(server), at).await
    }

    pub async fn kv() -> Self {
        let server = Cloudflare::start();
        let at = server.address();
        Self::of(Keeper::Kv(server), at).await
    }

    pub async fn git() -> Self {
        let remote = Remote::make();
        let server = Server::start(remote.0.path());
        let at = server.address();
        Self { _http: Some(server), ..Self::of(Keeper::Git(remote), at).await }
    }

    pub async fn postgres(pool: &PgPool) -> Self {
        let options = pool.connect_options();
        let host = options.get_host().parse().expect("the test's server has an IP address");
        let at = SocketAddr::new(host, options.get_port());
        Self::of(Keeper::Postgres(pool.clone()), at).await
    }

    /// Whether it is spoken to over HTTP.
    pub const fn speaks_http(&self) -> bool {
        !matches!(self.server, Keeper::Postgres(_))
    }

    /// The same target, as another process has it.
    pub fn another(&self) -> Place {
        place(&self.server, self.way.address)
    }

    /// Somebody deletes all of it: the bucket, the branch, the schema, each name.
    pub async fn wipe(&self) {
        match &self.server {
            Keeper::S3(server) => {
                std::fs::remove_dir_all(server.dir.path().join("mirror")).expect("deleted");
            }
            Keeper::Kv(server) => {
                let names: Vec<Value> =
                    server.names().await.iter().map(|line| line["name"].clone()).collect();
                server.by_hand(Method::POST, "bulk/delete", &Value::Array(names)).await;
            }
            Keeper::Git(remote) => {
                git::git(&remote.path(), &["update-ref", "-d", "refs/heads/main"]);
            }
            Keeper::Postgres(pool) => {
                let drop = "drop schema tokenkeep_mirror cascade";
                sqlx::raw_sql(drop).execute(pool).await.expect("dropped");
            }
        }
    }

    /// What it holds, as somebody who never wrote there sees it.
    pub async fn holds(&self) -> Vec<storage::Listed> {
        list(&self.another(), "tokens").await.expect("a listing")
    }
}

fn place(server: &Keeper, way: SocketAddr) -> Place {
    match server {
        Keeper::S3(_) => {
            let settings = s3::servers::settings(&format!("http://{way}"), "mirror");
            Place::S3(S3::new(S3Settings { patience: PATIENCE, ..settings }).expect("a client"))
        }
        Keeper::Kv(_) => {
            let settings = kv::server::settings(&format!("http://{way}/client/v4"));
            Place::Kv(Kv::new(KvSettings { patience: PATIENCE, ..settings }).expect("a client"))
        }
        Keeper::Git(remote) => {
            let credentials = Some((USER.to_owned(), Zeroizing::new(PASSWORD.to_owned())));
            let settings = remote.settings(&format!("http://{way}/remote.git"));
            let times = Times { stalled: PATIENCE.whole, ..Times::default() };
            Place::Git(Git::new(Settings { credentials, times, ..settings }))
        }
        Keeper::Postgres(pool) => {
            let options = (*pool.connect_options()).clone().port(way.port());
            let (schema, egress) = (Schema::default(), Egress::Guarded);
            Place::Postgres(Postgres::with(options, schema, egress, PATIENCE))
        }
    }
}
