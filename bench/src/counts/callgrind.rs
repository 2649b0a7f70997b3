//! Tokenkeep under callgrind: started, asked for its counts, stopped.

use crate::Result;
use crate::program::Program;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::process::Command;

/// What counts while it runs, with all that it calls: one poll of a connection. The listener keeps a function of this name, which is not inlined.
const COUNTED: &str = "server::http::listen::poll_connection*";
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

    /// What was counted since the last time; of the decision where one was made.
    ///
    /// # Errors
    /// When the release has no function of the name that is counted.
    pub async fn count(&self, decides: bool) -> Result<Count> {
        let number = self.dumps.fetch_add(1, Ordering::Relaxed) + 1;
        let pid = self.program.pid()?.to_string();
        printed("callgrind_control", &["--dump", &pid]).await?;
        let dump = out(self.directory.path()).with_extension(number.to_string());
        let whole = whole(&std::fs::read_to_string(&dump)?)?;
        let dump = dump.to_string_lossy().into_owned();
        let each =
            printed("callgrind_annotate", &["--inclusive=yes", "--threshold=100", &dump]).await?;
        let decide = if decides { decide(&each)? } else { 0 };
        Ok(Count { whole, decide })
    }

    /// Stops it.
    pub async fn stop(self) -> Result<()> {
        self.program.stop().await
    }
}

/// The total of a dump.
fn whole(dump: &str) -> Result<u64> {
    let total = dump.lines().find_map(|line| line.strip_prefix("totals: "));
    match total.ok_or("a dump without a total")?.trim().parse()? {
        0 => Err(format!("nothing was counted: there is no {COUNTED} in the release").into()),
        total => Ok(total),
    }
}

/// What the decision took, of what callgrind says of each function.
fn decide(each: &str) -> Result<u64> {
    let line = each.lines().find(|line| line.contains(DECIDE));
    first(line.ok_or_else(|| format!("there is no {DECIDE}in what was counted"))?)
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

#[cfg(test)]
mod tests {
    use super::*;

    const EACH: &str = "\
12,000 (100.0%)  ???:server::http::listen::poll_connection [/release/tokenkeep]
    97 ( 0.81%)  ???:domain::verify::decide [/release/tokenkeep]
";

    #[test]
    fn what_was_counted_is_read() {
        assert_eq!(whole("events: Ir\ntotals: 12000\n").expect("a total"), 12_000);
        assert_eq!(decide(EACH).expect("the decision"), 97);
    }

    #[test]
    fn a_name_that_is_not_there_is_an_error_and_no_zero() {
        let error = whole("events: Ir\ntotals: 0\n").err().expect("an error").to_string();
        assert!(error.contains("poll_connection"), "{error}");
        assert!(whole("events: Ir\n").is_err());
        let others: String = EACH.lines().take(1).collect();
        let error = decide(&others).err().expect("an error").to_string();
        assert!(error.contains("decide"), "{error}");
    }

    #[test]
    fn the_listener_has_the_function_that_is_counted_and_does_not_inline_it() {
        let listener = include_str!("../../../server/src/http/listen.rs");
        let name = COUNTED.trim_end_matches('*').rsplit("::").next().expect("a name");
        assert!(listener.contains(&format!("#[inline(never)]\nfn {name}<")), "{name}");
    }
}
