//! What Postgres says.
//!
//! Owns turning its lines into `tracing` events and keeping the last few for an error message. Never writes a file. What
//! Postgres says is kept free of statements and values by the settings in `process.rs`. Start reading at [`Tail::follow`].

use std::collections::VecDeque;
use std::fmt::Display;
use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

const KEPT_LINES: usize = 8;
const LONGEST_LINE: u64 = 4096;

/// The last lines of one run of Postgres.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail {
    lines: Arc<Mutex<VecDeque<String>>>,
}

impl Tail {
    /// Reads `source` on its own thread until its end, which the returned channel tells by closing.
    pub fn follow(&self, source: impl Read + Send + 'static) -> Receiver<()> {
        let (open, closed) = channel();
        let tail = self.clone();
        let read = move || {
            tail.read(BufReader::new(source));
            drop(open);
        };
        if let Err(error) = thread::Builder::new().name("postgres-log".to_owned()).spawn(read) {
            tracing::warn!(%error, "the lines of Postgres are not logged");
        }
        closed
    }

    /// The last lines, or what became of the process if it said nothing.
    pub fn summary(&self, end: impl Display) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        summary(lines.iter().map(String::as_str), end)
    }

    fn read(&self, mut source: impl BufRead) {
        let mut line = Vec::new();
        while let Ok(1..) = source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            self.keep(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    }

    fn keep(&self, line: &str) {
        if line.contains("PANIC:") {
            tracing::warn!(target: "postgres", "{line}");
        } else {
            tracing::debug!(target: "postgres", "{line}");
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT_LINES {
            lines.pop_front();
        }
        lines.push_back(line.to_owned());
    }
}

/// The last of `lines` as one line, or `end` if there is none.
pub(super) fn summary<'a>(lines: impl Iterator<Item = &'a str>, end: impl Display) -> String {
    let lines: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(KEPT_LINES)..];
    if last.is_empty() { format!("it ended with {end} and said nothing") } else { last.join("; ") }
}
