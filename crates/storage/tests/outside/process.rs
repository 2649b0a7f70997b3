//! A server as a child process, from when it says that it listens until it is dropped.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a server may take to start, on a busy machine.
const START_MAX: Duration = Duration::from_secs(60);

/// A server that runs.
pub struct Served {
    child: Child,
    /// What it said when it was ready.
    pub said: String,
}

impl Served {
    /// Starts a program, and waits for the line with `ready` in what it prints.
    pub fn start(command: &mut Command, ready: &'static str) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}; run `make setup`"));
        let (told, hears) = mpsc::channel();
        let stdout = child.stdout.take().expect("its output");
        let stderr = child.stderr.take().expect("its errors");
        read(stdout, ready, told.clone());
        read(stderr, ready, told);
        let mut served = Self { child, said: String::new() };
        served.said = hears.recv_timeout(START_MAX).expect("it starts and says so");
        served
    }

    /// Ends it.
    pub fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Lets it end by itself, with what it started: its standard input ends, as it does when this process is gone.
    pub fn let_end(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.end();
    }
}

/// Reads to the end, so that the program never waits for us, and tells of the line.
fn read(output: impl Read + Send + 'static, ready: &'static str, told: mpsc::Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if line.contains(ready) {
                let _ = told.send(line);
            }
        }
    });
}
