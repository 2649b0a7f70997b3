//! The processor time of programs, with all the processes that they started: load and servers share the cores, so that requests a second say less
//! than what one costs.

use crate::Result;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How long a tick of `/proc` is: a hundredth of a second on every Linux (proc_pid_stat(5), `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// Some programs.
#[derive(Clone, Default)]
pub struct Cpu {
    roots: Vec<u32>,
}

/// What `/proc` says of a process.
struct Process {
    parent: u32,
    ticks: u32,
}

impl Cpu {
    /// Of these processes and all below them.
    pub fn of(roots: impl IntoIterator<Item = u32>) -> Self {
        Self { roots: roots.into_iter().collect() }
    }

    /// Of the Postgres of which this process is a part.
    pub fn of_backend(backend: u32) -> Result<Self> {
        Ok(Self::of([process(backend).ok_or("the backend runs on this machine")?.parent]))
    }

    /// These and others.
    pub fn and(&self, others: &Self) -> Self {
        Self::of(self.roots.iter().chain(&others.roots).copied())
    }

    /// What each of them has used until now, in user mode and in the kernel.
    pub fn used(&self) -> Result<Used> {
        let mut all = HashMap::new();
        for entry in std::fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
            all.extend(process(pid).map(|process| (pid, process)));
        }
        let mut ours: HashSet<u32> = self.roots.iter().copied().collect();
        loop {
            let below = |process: &Process| ours.contains(&process.parent);
            let more: Vec<u32> = all
                .iter()
                .filter(|(pid, process)| !ours.contains(pid) && below(process))
                .map(|(pid, _)| *pid)
                .collect();
            if more.is_empty() {
                break;
            }
            ours.extend(more);
        }
        all.retain(|pid, _| ours.contains(pid));
        Ok(Used(all.into_iter().map(|(pid, process)| (pid, process.ticks)).collect()))
    }
}

/// What processes have used, each since it began.
pub struct Used(HashMap<u32, u32>);

impl Used {
    /// What those that still run have used since `before`. One that has ended meanwhile takes nothing away from the others.
    pub fn since(&self, before: &Self) -> Duration {
        let each = self
            .0
            .iter()
            .map(|(pid, ticks)| ticks.saturating_sub(before.0.get(pid).copied().unwrap_or(0)));
        TICK * each.sum::<u32>()
    }
}

fn process(pid: u32) -> Option<Process> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the name, which may have anything in it: the state, the parent, and as the 12th and 13th the two times.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u32>().ok();
    Some(Process { parent: number(1)?, ticks: number(11)? + number(12)? })
}
