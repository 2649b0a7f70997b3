//! Other processes for the tests: one that runs the server too, and one that only happens to be there.

use std::fs;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use store::embedded::Embedded;

use crate::harness::{config, is_root};

const HELPER_DIR: &str = "TOKENKEEP_TEST_EMBEDDED_DIR";
const READY: &str = "the helper is ready";

/// Another process that runs the server on a data directory.
pub struct Helper {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Helper {
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Lets it stop in order.
    pub fn finish(mut self) {
        drop(self.process.stdin.take());
        let said: Vec<_> = self.lines.map_while(Result::ok).collect();
        assert!(self.process.wait().unwrap().success(), "{said:?}");
    }
}

/// Starts this test program again as a [`Helper`], and returns when it is ready.
pub fn helper(data_dir: &Path) -> Helper {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["the_other_process", "--exact", "--nocapture"])
        .env(HELPER_DIR, data_dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains(READY)), "the helper could not start");
    Helper { process, lines }
}

/// The body of the other process; nothing to do in an ordinary run.
pub async fn be_the_other_process() {
    let Some(data_dir) = std::env::var_os(HELPER_DIR) else {
        return;
    };
    let embedded = Embedded::start(config(Path::new(&data_dir))).await.unwrap();
    let mut said = std::io::stdout();
    said.write_all(READY.as_bytes()).and_then(|()| said.write_all(b"\n")).unwrap();
    // Until it is killed, or its parent is gone.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    embedded.stop().await;
}

/// A process that only waits, as long as it is held.
pub struct Bystander(Child);

impl Bystander {
    /// In `dir`, and as the owner of `as_owner_of` if we may.
    pub fn new(dir: &Path, as_owner_of: &Path) -> Self {
        use std::os::unix::fs::MetadataExt;
        use std::os::unix::process::CommandExt;
        let mut command = Command::new("sleep");
        command.arg("600").current_dir(dir).stdin(Stdio::null()).stdout(Stdio::null());
        if is_root() {
            command.uid(fs::metadata(as_owner_of).unwrap().uid());
        }
        Self(command.spawn().unwrap())
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Bystander {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
