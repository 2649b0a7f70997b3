//! How long the machine has been up: a clock that nobody sets.

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

fn elapsed() -> Option<Duration> {
    Duration::try_from(clock_gettime(ClockId::Boottime)).ok()
}

/// The time since the machine was started. Comparable only within one life of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uptime {
    /// Which life of the machine this is.
    pub boot: String,
    /// Since its start, also while it slept.
    pub elapsed: Duration,
}

impl Uptime {
    /// Of this machine, now; `None` where the system does not tell.
    pub fn now() -> Option<Self> {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        Some(Self { boot: boot.trim().to_owned(), elapsed: elapsed()? })
    }

    /// A later moment of the same life.
    pub fn later(&self) -> Option<Self> {
        Some(Self { boot: self.boot.clone(), elapsed: elapsed()? })
    }
}
