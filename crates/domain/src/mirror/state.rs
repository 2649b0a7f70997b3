//! How a mirror is, as people see it.

use super::{Digest, Failure, FailureClass, TargetKind};
use crate::id::TokenId;
use crate::{Code, OffsetDateTime};

/// A token whose row breaks a rule, so that it is shown and not pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The token.
    pub token: TokenId,
    /// The rule.
    pub code: Code,
    /// The field that breaks it.
    pub field: Option<String>,
}

/// A mirror, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// Its name.
    pub name: String,
    /// Where it writes; never with a credential.
    pub target: String,
    /// What kind it is, of one that people added; `None` for one of the configuration, whose name says it.
    pub added: Option<TargetKind>,
    /// Since when it is to be emptied, and then deleted.
    pub emptying_since: Option<OffsetDateTime>,
    /// Objects that it held after the last good run.
    pub objects: u64,
    /// Changes that were committed since the last good run: of more than [`COUNTED_MAX`] no more are counted.
    pub pending: u64,
    /// When the last run ended.
    pub last_run_at: Option<OffsetDateTime>,
    /// When the last good run ended.
    pub last_ok_at: Option<OffsetDateTime>,
    /// Why the last run did not end well, if it did not.
    pub failure: Option<Failure>,
    /// Deletes that wait for a person; zero unless held.
    pub held_deletes: u64,
    /// Of those, how many a person has released: the next run does them, if it finds no more than these.
    pub released_deletes: u64,
    /// Rows that are invalid: the first of them, by id.
    pub set_aside: Vec<SetAside>,
    /// How many rows are invalid.
    pub set_aside_total: u64,
    /// When the oldest change was committed that it has not seen.
    pub lagging_since: Option<OffsetDateTime>,
    /// Tokens that were revoked and that it may still accept: of more than [`COUNTED_MAX`] no more are counted.
    pub lingering: u64,
    /// Runs that failed since the last that did not.
    pub failures: u32,
    /// When the first of them ended.
    pub failing_since: Option<OffsetDateTime>,
    /// Since when a person has it stopped.
    pub paused_at: Option<OffsetDateTime>,
    /// What a person asked for, until it is done.
    pub asked: Option<Asked>,
    /// When all of its objects were last looked at.
    pub observed_at: Option<OffsetDateTime>,
    /// What differed then.
    pub drift: Drift,
    /// How many of the foreign records a person lets go.
    pub foreign_ended: u64,
    /// What the held deletes are known by: whoever releases them releases these.
    pub held_digest: Option<Digest>,
    /// What the foreign records and routes are known by.
    pub foreign_digest: Option<Digest>,
    /// The first of the routes there that nobody here made. They count as foreign records too.
    pub foreign_routes: Vec<ForeignRoute>,
    /// How far the adoption of the foreign records is, while it is under way.
    pub adopting: Option<Adopting>,
}

/// No more than so many changes and tokens are counted: what is shown often must not read a whole table.
pub const COUNTED_MAX: u64 = 10_000;

/// A route at a mirror that nobody here made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignRoute {
    /// Its path, as it is written there.
    pub path: String,
    /// Why it cannot be adopted, where it cannot.
    pub code: Option<Code>,
}

/// How far an adoption is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adopting {
    /// Foreign records that there are.
    pub total: u64,
    /// Of those, how many were looked at.
    pub done: u64,
    /// Of those, how many are tokens of ours now.
    pub taken: u64,
}

/// How what a mirror held differed from what it should have held, beyond what was changed since it was pushed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Records that were not there.
    pub missing: u64,
    /// Records that were not what was written.
    pub altered: u64,
    /// Objects that are not named like records; they are never touched.
    pub others: u64,
    /// Records of secrets that nobody here ever issued, and routes that nobody here made.
    pub foreign: u64,
    /// The first of the records: the beginnings of their hashes.
    pub foreign_some: Vec<String>,
}

/// What a person may ask a mirror for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asked {
    /// To look at everything now, and to make it right.
    Look,
    /// To say what that would do, and to do nothing.
    Plan,
    /// To take the foreign records for tokens of ours.
    Adopt,
}

impl Asked {
    /// Each of them.
    pub const ALL: &'static [Self] = &[Self::Look, Self::Plan, Self::Adopt];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Plan => "plan",
            Self::Adopt => "adopt",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|asked| asked.as_str() == text)
    }
}

/// What a look at everything would do, by a person's wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorPlan {
    /// When it was made.
    pub at: OffsetDateTime,
    /// What it would put, and what it would not touch.
    pub drift: Drift,
    /// Records that it would delete, because their tokens have ended.
    pub ended: u64,
    /// Records that it would delete, because the rows of their tokens were deleted.
    pub gone: u64,
    /// Records that are as they should be.
    pub unchanged: u64,
    /// The first paths that it would put or delete, with `+` or `-` before them.
    pub some: Vec<String>,
}

/// What a run looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunKind {
    /// What was changed since the one before.
    Changes,
    /// Everything.
    Whole,
}

impl RunKind {
    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::Whole => "whole",
        }
    }
}

/// What a run did, and what it cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Objects that were put.
    pub put: u64,
    /// Objects that were deleted.
    pub deleted: u64,
    /// Calls of the target: requests, statements, files or programs, whichever it takes.
    pub calls: u64,
    /// Bytes that were sent to it.
    pub bytes: u64,
}

impl Work {
    /// Whether it changed anything.
    pub const fn did_something(&self) -> bool {
        self.put > 0 || self.deleted > 0
    }
}

/// A run that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorRun {
    /// What it looked at.
    pub kind: RunKind,
    /// When it began.
    pub began_at: OffsetDateTime,
    /// When it ended.
    pub ended_at: OffsetDateTime,
    /// What it did.
    pub work: Work,
    /// Why it did not end well.
    pub failure: Option<Failure>,
}

/// A token that was revoked and that a mirror may still accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lingering {
    /// Its id.
    pub token: TokenId,
    /// Its name.
    pub name: String,
    /// When it was revoked.
    pub revoked_at: OffsetDateTime,
}

/// How a mirror is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It holds what it should.
    Current,
    /// Changes are on their way.
    Behind,
    /// The last run failed; it tries again.
    Failing,
    /// The last run failed in a way that trying again does not mend.
    Stopped,
    /// A plan that deletes a large share waits for a person.
    Held,
    /// A person stopped it.
    Paused,
}

/// After so many failures in a row people are told.
pub const ALARM_AFTER: u32 = 5;

impl Mirror {
    /// A mirror that has never run.
    pub fn fresh(name: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            target: target.into(),
            added: None,
            emptying_since: None,
            objects: 0,
            pending: 0,
            last_run_at: None,
            last_ok_at: None,
            failure: None,
            held_deletes: 0,
            released_deletes: 0,
            set_aside: Vec::new(),
            set_aside_total: 0,
            lagging_since: None,
            lingering: 0,
            failures: 0,
            failing_since: None,
            paused_at: None,
            asked: None,
            observed_at: None,
            drift: Drift::default(),
            foreign_ended: 0,
            held_digest: None,
            foreign_digest: None,
            foreign_routes: Vec::new(),
            adopting: None,
        }
    }

    /// What kind of target it has.
    pub fn kind(&self) -> &str {
        self.added.map_or(&self.name, |kind| kind.as_str())
    }

    /// Whether a plan waits for a person.
    pub const fn is_held(&self) -> bool {
        self.held_deletes > self.released_deletes
    }

    /// Whether a person has released a plan, and no run has done it yet.
    pub const fn is_released(&self) -> bool {
        self.released_deletes > 0 && !self.is_held()
    }

    /// How many foreign records wait for a person.
    pub const fn foreign_waiting(&self) -> u64 {
        self.drift.foreign.saturating_sub(self.foreign_ended)
    }

    /// Whether it has failed so often that people are told.
    pub const fn alarms(&self) -> bool {
        self.failures >= ALARM_AFTER
    }

    /// How long the oldest change waits that it has not seen; none when it has seen all.
    pub fn lag(&self, now: OffsetDateTime) -> Option<time::Duration> {
        self.lagging_since.map(|since| (now - since).max(time::Duration::ZERO))
    }

    /// The one word. What a person stopped comes first; a failure comes before a hold: until the target works again, a release could do nothing.
    pub fn status(&self) -> Status {
        if self.paused_at.is_some() {
            return Status::Paused;
        }
        match self.failure.as_ref().map(|failure| failure.class) {
            Some(FailureClass::Transient) => Status::Failing,
            Some(FailureClass::Denied | FailureClass::Broken) => Status::Stopped,
            None if self.is_held() => Status::Held,
            None if self.last_ok_at.is_none() || self.pending > 0 || self.is_released() => {
                Status::Behind
            }
            None => Status::Current,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn good() -> Mirror {
        let at = Some(datetime!(2026-11-22 10:00 UTC));
        Mirror { last_run_at: at, last_ok_at: at, ..Mirror::fresh("files", "/mirror") }
    }

    fn failed(class: FailureClass) -> Mirror {
        let failure = Some(Failure { class, said: "no".to_owned() });
        Mirror { failure, held_deletes: 12, ..good() }
    }

    #[test]
    fn the_word_says_what_is_to_be_done() {
        assert_eq!(Mirror::fresh("files", "/mirror").status(), Status::Behind);
        assert_eq!(good().status(), Status::Current);
        assert_eq!(Mirror { pending: 1, ..good() }.status(), Status::Behind);
        assert_eq!(Mirror { held_deletes: 12, pending: 1, ..good() }.status(), Status::Held);
        let released = Mirror { held_deletes: 12, released_deletes: 12, ..good() };
        assert_eq!(released.status(), Status::Behind);
        assert_eq!(failed(FailureClass::Transient).status(), Status::Failing);
        assert_eq!(failed(FailureClass::Denied).status(), Status::Stopped);
        assert_eq!(failed(FailureClass::Broken).status(), Status::Stopped);
        let paused_at = good().last_ok_at;
        assert_eq!(Mirror { paused_at, ..failed(FailureClass::Broken) }.status(), Status::Paused);
    }
}
