//! How a mirror is, as people see it.

use super::{Failure, FailureClass};
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
    /// Objects that it held after the last good run.
    pub objects: u64,
    /// Changes that were committed since the last good run.
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
}

impl Mirror {
    /// A mirror that has never run.
    pub fn fresh(name: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            target: target.into(),
            objects: 0,
            pending: 0,
            last_run_at: None,
            last_ok_at: None,
            failure: None,
            held_deletes: 0,
            released_deletes: 0,
            set_aside: Vec::new(),
            set_aside_total: 0,
        }
    }

    /// Whether a plan waits for a person.
    pub const fn is_held(&self) -> bool {
        self.held_deletes > self.released_deletes
    }

    /// Whether a person has released a plan, and no run has done it yet.
    pub const fn is_released(&self) -> bool {
        self.released_deletes > 0 && !self.is_held()
    }

    /// The one word. A failure comes before a hold: until the target works again, a release could do nothing.
    pub fn status(&self) -> Status {
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
    }
}
