//! A server: a real process, that can be killed, paused and started again under its name.

use crate::client::post;
use crate::poll::until;
use serde_json::json;
use std::net::{SocketAddr, TcpListener};
use std::process::{Output, Stdio};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// How long known tokens go on without the database. Short, so that a receipt need not wait long for one that was killed.
const BUDGET_SECONDS: &str = "2";

/// A running server.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it is called.
    pub name: String,
    database: String,
    directory: TempDir,
    clock: Clock,
    child: Child,
    asked: u64,
}

/// What a server's clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The time.
    Right,
    /// Five minutes more.
    Ahead,
}

impl Server {
    /// Starts one.
    pub async fn start(name: &str, database: &str) -> Self {
        let mut server = Self::begin(name, database, Clock::Right);
        server.ready().await;
        server
    }

    /// Starts one, and does not wait for it.
    pub fn begin(name: &str, database: &str, clock: Clock) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("a free port");
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(directory.path().join("site/pkg")).expect("a site");
        let child = spawn(name, database, address, &directory, clock);
        Self {
            address,
            name: name.to_owned(),
            database: database.to_owned(),
            directory,
            clock,
            child,
            asked: 0,
        }
    }

    /// Ends it as a power cut does.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("killed");
    }

    /// Ends it as a power cut does, and starts it again.
    pub async fn kill_and_restart(&mut self) {
        self.kill().await;
        self.spawn();
        self.ready().await;
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Waits until it verifies with the database's help.
    pub async fn ready(&mut self) {
        let name = self.name.clone();
        until(&format!("{name} verifies"), async || self.verifies().await).await;
    }

    async fn verifies(&mut self) -> bool {
        // Another one each time: what is remembered takes no database.
        let nobodys = json!({ "token": format!("ntk_{:043}", self.asked) });
        self.asked += 1;
        let answer = post(self.address, "/api/verify", None, &nobodys).await;
        if answer.is_some_and(|(status, verdict)| status == 200 && verdict["code"] == "unknown") {
            return true;
        }
        if let Some(ended) = self.child.try_wait().expect("a process") {
            // It may have met a database that was starting itself.
            assert!(!ended.success(), "{} stopped by itself", self.name);
            self.spawn();
        }
        false
    }

    fn spawn(&mut self) {
        self.child = spawn(&self.name, &self.database, self.address, &self.directory, self.clock);
    }

    /// What it says of a token; nothing when it does not answer.
    pub async fn verify(&self, token: &str) -> Option<String> {
        let (_, verdict) =
            post(self.address, "/api/verify", None, &json!({ "token": token })).await?;
        verdict["code"].as_str().map(str::to_owned)
    }

    /// What a command beside it prints.
    pub async fn command(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }

    /// What becomes of a command beside it, under the same clock.
    pub async fn output(&self, arguments: &[&str]) -> Output {
        let Self { name, database, address, directory, clock, .. } = self;
        let mut command = command(name, database, *address, directory, *clock);
        command.args(arguments).output().await.expect("it runs")
    }
}

fn spawn(
    name: &str,
    database: &str,
    address: SocketAddr,
    directory: &TempDir,
    clock: Clock,
) -> Child {
    let mut command = command(name, database, address, directory, clock);
    command.arg("serve").stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().expect("it starts")
}

fn command(
    name: &str,
    database: &str,
    address: SocketAddr,
    directory: &TempDir,
    clock: Clock,
) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenkeep"));
    command
        .env_clear()
        .current_dir(directory.path())
        .env("DATABASE_URL", database)
        .env("TOKENKEEP_LISTEN", address.to_string())
        .env("TOKENKEEP_INSTANCE", name)
        .env("TOKENKEEP_VERIFY_BUDGET_SECONDS", BUDGET_SECONDS)
        .env("TOKENKEEP_SITE_DIR", directory.path().join("site"));
    if clock == Clock::Ahead {
        let library = std::env::var("TOKENKEEP_TEST_FAKETIME").expect(
            "TOKENKEEP_TEST_FAKETIME is the path of libfaketime: run `scripts/setup test`, then `. scripts/env`",
        );
        // The monotonic clock is nobody's to set, here as on any machine.
        command
            .env("LD_PRELOAD", library)
            .env("FAKETIME", "+300")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
    command
}
