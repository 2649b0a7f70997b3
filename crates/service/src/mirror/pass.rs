//! What every step of a run has at hand: its target, its permit, and how much was done.

use super::{Target, push};
use crate::{Error, Service};
use domain::OffsetDateTime;
use domain::mirror::Digest;
use domain::mirror::state::Work;
use domain::policy::Permit;
use storage::{Calls, Done, Storage};
use store::Store;
use store::mirror::MirrorLock;

/// Why a step did not end.
pub(super) enum Trouble {
    /// The target failed: that is recorded, and tried again.
    Theirs(storage::Error),
    /// We did.
    Ours(Error),
}

impl From<storage::Error> for Trouble {
    fn from(error: storage::Error) -> Self {
        Self::Theirs(error)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        Self::Ours(error.into())
    }
}

/// A run that has begun.
pub(super) struct Pass<'a> {
    pub service: &'a Service,
    pub target: &'a Target,
    pub permit: &'a Permit,
    lock: &'a mut MirrorLock,
    pub began_at: OffsetDateTime,
    /// What a person asked for until then is known to this run.
    pub looked_at: OffsetDateTime,
    /// What was put and deleted since it was last recorded.
    pub done: Done,
    /// Whether the head was written since then.
    pub head: bool,
    /// The routes that were written since then.
    pub routes: Option<Digest>,
    /// How many runs have failed in a row.
    pub failures: u32,
    calls: Calls,
}

impl<'a> Pass<'a> {
    pub(super) fn begin(
        service: &'a Service,
        target: &'a Target,
        permit: &'a Permit,
        lock: &'a mut MirrorLock,
    ) -> Self {
        let (began_at, calls) = (service.now(), target.place().calls());
        let (done, head, routes, failures) = (Done::default(), false, None, 0);
        Self {
            service,
            target,
            permit,
            lock,
            looked_at: began_at,
            began_at,
            done,
            head,
            routes,
            failures,
            calls,
        }
    }

    pub(super) fn store(&self) -> &'a Store {
        self.service.store()
    }

    pub(super) fn name(&self) -> &'a str {
        self.target.name()
    }

    /// Before each batch: whoever lost the lock, for its connection broke, must not undo what the next one does.
    pub(super) async fn still_ours(&mut self) -> Result<(), Trouble> {
        Ok(self.lock.holds().await?)
    }

    /// What was done since it was last recorded, and what that cost.
    pub(super) fn work(&self) -> Work {
        let calls = self.target.place().calls();
        Work {
            put: push::count(self.done.put),
            deleted: push::count(self.done.deleted),
            calls: calls.requests - self.calls.requests,
            bytes: calls.bytes - self.calls.bytes,
        }
    }

    /// What follows is another run's.
    pub(super) fn start_anew(&mut self) {
        self.began_at = self.service.now();
        self.done = Done::default();
        self.head = false;
        self.routes = None;
        self.calls = self.target.place().calls();
    }

    /// Makes what was done durable.
    pub(super) async fn finish(&self) -> storage::Result<()> {
        self.target.place().finish(self.done).await
    }
}
