//! Tokenkeep under callgrind: started, asked for its counts, stopped.

use crate::Result;
use crate::program::Program;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::process::Command;

/// What counts while it runs, with all that it calls: the poll of one connection. A release whose listener is built otherwise has another name for
/// it, and nothing would be counted.
const COUNTED: &str = "*hyper_util::server::conn::auto::Connection*::poll*";
/// The decision, which is a part of it.
const DECIDE: &str = ":domain::verify::decide ";

/// Instructions.
#[derive(Clone, Copy)]
pub struct Count {
    /// From the first byte to the last.
    pub whole: u64,
    /// In the decision.
    pub decide: u64,
}

impl Count {
    /// Whichever is less as a whole.
    pub const fn or_less(self, other: Self) -> Self {
        if other.whole < self.whole { other } else { self }
    }

    /// The part of each of `answers`.
    pub const fn of_each(self, answers: u64) -> Self {
        Self { whole: self.whole / answers, decide: self.decide / answers }
    }
}

/// The program under callgrind.
pub struct Callgrind {
    program: Program,
    directory: tempfile::TempDir,
    dumps: AtomicU32,
}

impl Callgrind {
    /// Starts it with one thread for its tasks, and waits until it is ready.
    pub async fn start(database: &str) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let mut valgrind = Command::new("valgrind");
        valgrind
            .args(["-q", "--tool=callgrind"])
            .arg(format!("--toggle-collect={COUNTED}"))
            .arg(format!("--callgrind-out-file={}", out(directory.path()).display()))
            .arg(crate::program::binary())
            .env("TOKIO_WORKER_THREADS", "1");
        let program = Program::instance_by(valgrind, "bench-counts", database).await?;
        Ok(Self { program, directory, dumps: AtomicU32::new(0) })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.program.address
    }

    /// What was counted since the last time.
    pub async fn count(&self) -> Result<Count> {
        let number = self.dumps.fetch_add(1, Ordering::Relaxed) + 1;
        let pid = self.program.pid()?.to_string();
        printed("callgrind_control", &["--dump", &pid]).await?;
        let dump = out(self.directory.path()).with_extension(number.to_string());
        let text = std::fs::read_to_string(&dump)?;
        let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
        let whole = total.ok_or("a dump without a total")?.trim().parse()?;
        if whole == 0 {
            return Err(format!("nothing was counted: there is no {COUNTED} in the release").into());
        }
        let dump = dump.to_string_lossy().into_owned();
        let each =
            printed("callgrind_annotate", &["--inclusive=yes", "--threshold=100", &dump]).await?;
        let decide = each.lines().find(|line| line.contains(DECIDE)).map_or(Ok(0), first)?;
        Ok(Count { whole, decide })
    }

    /// Stops it.
    pub async fn stop(self) -> Result<()> {
        self.program.stop().await
    }
}

fn out(directory: &Path) -> PathBuf {
    directory.join("callgrind")
}

/// The number that a line begins with: `97,000 ( 0.42%)  …`.
fn first(line: &str) -> Result<u64> {
    let digits: String = line
        .chars()
        .skip_while(|c| c.is_whitespace())
        .take_while(|c| c.is_ascii_digit() || *c == ',')
        .filter(char::is_ascii_digit)
        .collect();
    Ok(digits.parse()?)
}

async fn printed(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().await?;
    if !output.status.success() {
        return Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Which callgrind it is.
pub async fn version() -> Result<String> {
    let version = printed("valgrind", &["--version"]).await?;
    Ok(format!("callgrind of {}", version.trim().replace('-', " ")))
}
