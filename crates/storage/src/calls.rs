//! How much a target was asked.

use std::sync::atomic::{AtomicU64, Ordering};

/// How much a target was asked since its value was made; clones of the value count together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// What the target is paid by, or waits for: HTTP requests (S3, KV), runs of `git`, files written and removed, SQL statements.
    pub requests: u64,
    /// Bytes that were sent as contents, with what is around them: bodies, what a `git` reads, values of statements. Not headers, not what was received.
    pub bytes: u64,
}

/// Counts.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Meter {
    /// One request, with so many bytes.
    pub fn request(&self, bytes: usize) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.sent(bytes);
    }

    /// So many bytes more, of a request that was counted.
    pub fn sent(&self, bytes: usize) {
        self.bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// What was counted.
    pub fn read(&self) -> Calls {
        Calls {
            requests: self.requests.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
