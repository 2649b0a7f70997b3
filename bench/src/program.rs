//! The programs that are measured: started on a free port, stopped by their own pid.

use crate::Result;
use crate::client::{Connection, Request};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const EMAIL: &str = "bench@example.com";
const PASSWORD: &str = "a long password for one run";

/// A running program.
pub struct Program {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    data: Option<tempfile::TempDir>,
}

/// The program that is measured.
pub fn binary() -> PathBuf {
    std::env::var_os("TOKENKEEP_BINARY")
        .map_or_else(|| "target/release/tokenkeep".into(), PathBuf::from)
}

impl Program {
    /// The bare handler, in a process of its own.
    pub async fn bare() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("bare")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the output is piped")?;
        let line =
            BufReader::new(stdout).lines().next_line().await?.ok_or("it says its address")?;
        Ok(Self { address: line.parse()?, child, data: None })
    }

    /// A program that was told to listen on `address`, and may look into `data`.
    pub async fn told(
        mut command: Command,
        address: SocketAddr,
        data: tempfile::TempDir,
    ) -> Result<Self> {
        let child = command.stdout(Stdio::null()).kill_on_drop(true).spawn()?;
        let mut program = Self { address, child, data: Some(data) };
        program.listening().await?;
        Ok(program)
    }

    /// Waits until somebody answers there, at most a minute.
    async fn listening(&mut self) -> Result<()> {
        let ask = async {
            while Connection::open(self.address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            asked = tokio::time::timeout(Duration::from_secs(60), ask) => Ok(asked?),
            ended = self.child.wait() => Err(format!("it ended before it listened: {}", ended?).into()),
        }
    }

    /// Its process.
    pub fn pid(&self) -> Result<u32> {
        self.child.id().ok_or_else(|| "it has ended".into())
    }

    /// Tokenkeep, with an embedded Postgres in a directory of its own.
    pub async fn tokenkeep() -> Result<Self> {
        let free = free_address()?;
        let data = tempfile::Builder::new().permissions(open_to_all()).tempdir()?;
        let child = configured(Command::new(binary()), &data, free)
            .arg("serve")
            .env("TOKENKEEP_ADMIN_EMAIL", EMAIL)
            .env("TOKENKEEP_ADMIN_PASSWORD", PASSWORD)
            .stdout(Stdio::null())
            .spawn()?;
        let mut program = Self { address: free, child, data: Some(data) };
        program.ready().await?;
        Ok(program)
    }

    /// Tokenkeep on a database that is there, as the instance of this name.
    pub async fn instance(name: &str, database: &str) -> Result<Self> {
        Self::instance_by(Command::new(binary()), name, database).await
    }

    /// The same, where `command` runs it.
    pub async fn instance_by(command: Command, name: &str, database: &str) -> Result<Self> {
        let free = free_address()?;
        let data = tempfile::tempdir()?;
        let child = configured(command, &data, free)
            .arg("serve")
            .env("DATABASE_URL", database)
            .env("TOKENKEEP_INSTANCE", name)
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut program = Self { address: free, child, data: Some(data) };
        program.ready().await?;
        Ok(program)
    }

    /// What a command on a database that is there prints.
    pub async fn command_on(database: &str, arguments: &[&str]) -> Result<String> {
        let output =
            Command::new(binary()).args(arguments).env("DATABASE_URL", database).output().await?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// How much memory it has, in bytes.
    pub fn resident(&self) -> Result<u64> {
        self.memory("VmRSS:")
    }

    /// The most that it had since it began, or since [`Self::forget_peak`], in bytes.
    pub fn peak(&self) -> Result<u64> {
        self.memory("VmHWM:")
    }

    /// Lets the most that it had begin anew (proc_pid_clear_refs(5)).
    pub fn forget_peak(&self) -> Result<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.pid()?), "5")?)
    }

    fn memory(&self, line: &str) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let value =
            status.lines().find_map(|text| text.strip_prefix(line)).ok_or("no such line")?;
        let kilobytes: u64 = value.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1024)
    }

    /// Waits until it is ready, at most a minute.
    async fn ready(&mut self) -> Result<()> {
        let ask = async {
            loop {
                if let Ok(mut connection) = Connection::open(self.address).await
                    && let Ok(answer) = connection.send(&Request::get("/readyz")).await
                    && answer.status == 200
                {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            asked = tokio::time::timeout(Duration::from_secs(60), ask) => Ok(asked?),
            ended = self.child.wait() => Err(format!("it ended before it was ready: {}", ended?).into()),
        }
    }

    /// What a command beside the running server prints.
    pub async fn command(&self, arguments: &[&str]) -> Result<String> {
        let data = self.data.as_ref().ok_or("the bare handler has no commands")?;
        let output =
            configured(Command::new(binary()), data, self.address).args(arguments).output().await?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// The JSON that a POST is answered with.
    pub async fn post(&self, target: &str, key: &str, body: &Value) -> Result<Value> {
        let request = Request::post(target).bearer(key).json(body);
        let answer = Connection::open(self.address).await?.send(&request).await?;
        if answer.status != 201 {
            return Err(format!("{target}: status {}", answer.status).into());
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }

    /// Signs in by the console's form; the cookie of the session.
    pub async fn sign_in(&self) -> Result<String> {
        let form = format!("email={EMAIL}&password={}&next=/", PASSWORD.replace(' ', "+"))
            .replace('@', "%40");
        let request = Request::post("/fn/sign_in")
            .header("Accept", "text/html")
            .header("Origin", &format!("http://{}", self.address))
            .body("application/x-www-form-urlencoded", form.into_bytes());
        let answer = Connection::open(self.address).await?.send(&request).await?;
        let cookie = answer
            .head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, value)| {
                name.eq_ignore_ascii_case("set-cookie") && value.starts_with("tokenkeep_session=")
            })
            .and_then(|(_, value)| value.split(';').next());
        cookie.map(str::to_owned).ok_or_else(|| format!("sign-in: status {}", answer.status).into())
    }

    /// Stops it, and waits for its end.
    pub async fn stop(mut self) -> Result<()> {
        self.end().await
    }

    /// The same, for one that is looked at afterwards.
    pub async fn end(&mut self) -> Result<()> {
        if let Some(pid) = self.child.id() {
            Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
        }
        self.child.wait().await?;
        Ok(())
    }
}

/// Tokenkeep by `command`, with its data there, listening there.
fn configured(mut command: Command, data: &tempfile::TempDir, address: SocketAddr) -> Command {
    command
        .env_remove("DATABASE_URL")
        .env("TOKENKEEP_DATA_DIR", data.path().join("data"))
        .env("TOKENKEEP_LISTEN", address.to_string())
        .env("TOKENKEEP_LOG", "warn");
    command
}

/// An address of this machine that nobody listens on.
pub fn free_address() -> Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The embedded Postgres of root runs as somebody else, who must be able to pass.
fn open_to_all() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::Permissions::from_mode(0o755)
}
