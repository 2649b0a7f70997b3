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
    settings: Vec<(String, String)>,
    directory: TempDir,
    child: Child,
    asked: u64,
}

impl Server {
    /// Starts one.
    pub async fn start(name: &str, database: &str) -> Self {
        Self::start_with(name, database, &[]).await
    }

    /// Starts one with these settings too.
    pub async fn start_with(name: &str, database: &str, settings: &[(&str, &str)]) -> Self {
        let mut server = Self::begin(name, database, settings);
        server.ready().await;
        server
    }

    /// Starts one with these settings, and does not wait for it.
    pub fn begin(name: &str, database: &str, settings: &[(&str, &str)]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("a free port");
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(directory.path().join("site/pkg")).expect("a site");
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let mut command = command(name, database, address, &settings, &directory);
        Self {
            address,
            name: name.to_owned(),
            database: database.to_owned(),
            settings,
            directory,
            child: spawn(&mut command),
            asked: 0,
        }
    }

    /// Ends it as a power cut does.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("killed");
    }

    /// Starts it again, with these settings in place of those that it had; it need not become ready.
    pub fn start_again(&mut self, settings: &[(&str, &str)]) {
        for (name, value) in settings {
            self.settings.push(((*name).to_owned(), (*value).to_owned()));
        }
        self.child = spawn(&mut self.to_run());
    }

    /// Whether it ended by itself, and not well.
    pub fn gave_up(&mut self) -> bool {
        self.child.try_wait().expect("a process").is_some_and(|ended| !ended.success())
    }

    fn to_run(&self) -> Command {
        command(&self.name, &self.database, self.address, &self.settings, &self.directory)
    }

    /// Ends it as a power cut does, and starts it again.
    pub async fn kill_and_restart(&mut self) {
        self.kill().await;
        self.start_again(&[]);
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
            self.start_again(&[]);
        }
        false
    }

    /// What a command beside it prints.
    pub async fn command(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }

    /// What becomes of a command beside it.
    pub async fn output(&self, arguments: &[&str]) -> Output {
        self.to_run().args(arguments).output().await.expect("it runs")
    }

    /// What it says of a token, by its code.
    pub async fn code(&self, token: &str) -> String {
        match post(self.address, "/api/verify", None, &json!({ "token": token })).await {
            Some((_, answer)) => answer["code"].as_str().unwrap_or_default().to_owned(),
            None => "no answer".to_owned(),
        }
    }
}

fn spawn(command: &mut Command) -> Child {
    command.arg("serve").stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().expect("it starts")
}

fn command(
    name: &str,
    database: &str,
    address: SocketAddr,
    settings: &[(String, String)],
    directory: &TempDir,
) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenkeep"));
    command
        .env_clear()
        .current_dir(directory.path())
        .env("DATABASE_URL", database)
        .env("TOKENKEEP_LISTEN", address.to_string())
        .env("TOKENKEEP_INSTANCE", name)
        .env("TOKENKEEP_VERIFY_BUDGET_SECONDS", BUDGET_SECONDS)
        .env("TOKENKEEP_SITE_DIR", directory.path().join("site"))
        .envs(settings.iter().map(|(name, value)| (name, value)));
    command
}
