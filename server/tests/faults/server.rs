//! A server of the storm: a real process, that can be killed, paused and started again under its name.

use crate::client::post;
use serde_json::json;
use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::{Duration, Instant};
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
    child: Child,
    asked: u64,
}

impl Server {
    /// Starts one.
    pub async fn start(name: &str, database: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("a free port");
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(directory.path().join("site/pkg")).expect("a site");
        let child = spawn(name, database, address, &directory);
        let mut server = Self {
            address,
            name: name.to_owned(),
            database: database.to_owned(),
            directory,
            child,
            asked: 0,
        };
        server.ready().await;
        server
    }

    /// Ends it as a power cut does, and starts it again.
    pub async fn kill_and_restart(&mut self) {
        self.child.kill().await.expect("killed");
        self.child = spawn(&self.name, &self.database, self.address, &self.directory);
        self.ready().await;
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Waits until it verifies with the database's help.
    pub async fn ready(&mut self) {
        let began = Instant::now();
        loop {
            // Another one each time: what is remembered takes no database.
            let nobodys = json!({ "token": format!("ntk_{:043}", self.asked) });
            self.asked += 1;
            let answer = post(self.address, "/api/verify", None, &nobodys).await;
            if answer.is_some_and(|(status, verdict)| status == 200 && verdict["code"] == "unknown")
            {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{} does not answer", self.name);
            if let Some(ended) = self.child.try_wait().expect("a process") {
                // It may have met a database that was starting itself.
                assert!(!ended.success(), "{} stopped by itself", self.name);
                self.child = spawn(&self.name, &self.database, self.address, &self.directory);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What a command beside it prints.
    pub async fn command(&self, arguments: &[&str]) -> String {
        let output = command(&self.name, &self.database, self.address, &self.directory)
            .args(arguments)
            .output()
            .await
            .expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }
}

fn spawn(name: &str, database: &str, address: SocketAddr, directory: &TempDir) -> Child {
    let mut command = command(name, database, address, directory);
    command.arg("serve").stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().expect("it starts")
}

fn command(name: &str, database: &str, address: SocketAddr, directory: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenkeep"));
    command
        .env_clear()
        .current_dir(directory.path())
        .env("DATABASE_URL", database)
        .env("TOKENKEEP_LISTEN", address.to_string())
        .env("TOKENKEEP_INSTANCE", name)
        .env("TOKENKEEP_VERIFY_BUDGET_SECONDS", BUDGET_SECONDS)
        .env("TOKENKEEP_SITE_DIR", directory.path().join("site"));
    command
}
