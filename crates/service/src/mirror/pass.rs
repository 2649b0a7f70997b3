//! What every step of a run has at hand: its target, its permit, and how much was done.

use super::{Target, push};
use crate::{Error, Service};
use domain::OffsetDateTime;
use domain::mirror::Digest;
use domain::mirror::state::{ForeignRoute, Work};
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
    /// When this run wrote the head last.
    pub head: Option<OffsetDateTime>,
    /// The moment that the last good run made true.
    pub confirmed: Option<OffsetDateTime>,
    /// The routes that were written since then, and when those were first written there.
    pub routes: Option<(Digest, OffsetDateTime)>,
    /// What the routes are known by that are there, and when they were first written there.
    pub written: Option<Digest>,
    pub routes_at: Option<OffsetDateTime>,
    /// The routes there that nobody here made, where somebody looked since then.
    pub foreign_routes: Option<Vec<ForeignRoute>>,
    /// How many runs have failed in a row.
    pub failures: u32,
    /// The first failure that did not keep the rest from being done.
    late: Option<Trouble>,
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
        let (done, head, routes, failures) = (Done::default(), None, None, 0);
        Self {
            service,
            target,
            permit,
            lock,
            looked_at: began_at,
            began_at,
            done,
            head,
            confirmed: None,
            routes,
            written: None,
            routes_at: None,
            foreign_routes: None,
            failures,
            late: None,
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
        self.routes = None;
        self.foreign_routes = None;
        self.calls = self.target.place().calls();
    }

    /// Goes on after a failure that need not keep the rest from being done: [`Self::finish`] tells it.
    pub(super) fn later(&mut self, done: Result<(), Trouble>) {
        if let Err(trouble) = done {
            self.late.get_or_insert(trouble);
        }
    }

    /// Makes what was done durable, and tells what failed on the way.
    pub(super) async fn finish(&mut self) -> Result<(), Trouble> {
        let late = self.late.take();
        self.target.place().finish(self.done).await?;
        late.map_or(Ok(()), Err)
    }
}
