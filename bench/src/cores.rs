//! Two cores: one for whoever is asked, one for whoever asks. Otherwise the kernel gives each its share of both in turns of some milliseconds, and an answer
//! waits for the turn, which says nothing of the server.

use crate::Result;
use rustix::thread::{CpuSet, Pid, sched_getaffinity, sched_setaffinity};

/// A core of this machine.
#[derive(Clone, Copy)]
pub struct Core(CpuSet);

/// The first two that this process may use; `None` where there is but one.
pub fn two() -> Result<Option<[Core; 2]>> {
    let may = sched_getaffinity(None)?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| may.is_set(*core)).map(|core| {
        let mut set = CpuSet::new();
        set.set(core);
        Core(set)
    });
    Ok(cores.next().zip(cores.next()).map(|(first, second)| [first, second]))
}

/// Threads that stay on a core until this is dropped; then they are where they were.
pub struct Kept(Vec<(Option<Pid>, CpuSet)>);

impl Core {
    /// Keeps every thread of a process there, and those that they start.
    pub fn keep(self, pid: u32) -> Result<Kept> {
        let mut kept = Kept(Vec::new());
        for thread in std::fs::read_dir(format!("/proc/{pid}/task"))? {
            let thread = thread?.file_name();
            let thread = thread.to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
            self.take(&mut kept, Some(thread.ok_or("a thread has a number")?))?;
        }
        Ok(kept)
    }

    /// Keeps the thread that calls this there.
    pub fn keep_this(self) -> Result<Kept> {
        let mut kept = Kept(Vec::new());
        self.take(&mut kept, None)?;
        Ok(kept)
    }

    fn take(self, kept: &mut Kept, thread: Option<Pid>) -> Result<()> {
        let before = sched_getaffinity(thread)?;
        sched_setaffinity(thread, &self.0)?;
        kept.0.push((thread, before));
        Ok(())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        for (thread, before) in &self.0 {
            // One that has ended needs none.
            let _ = sched_setaffinity(*thread, before);
        }
    }
}
