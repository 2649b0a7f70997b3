//! Several statuses, of which a token has one.

use crate::token::State;
use crate::token::state::SOON_DAYS;
use crate::{Code, OffsetDateTime, Refused};
use time::Duration;

/// At least one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusSet(Vec<State>);

/// What is true of every token whose status is in a set. It is not all of it: it is what an index can be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Whether it was revoked.
    pub revoked: Option<bool>,
    /// It expires after then, or never.
    pub expires_after: Option<OffsetDateTime>,
    /// It expires then at the latest.
    pub expires_until: Option<OffsetDateTime>,
    /// It was disabled.
    pub disabled: bool,
    /// It has not begun.
    pub scheduled: bool,
    /// Its former secret works.
    pub rotating: bool,
}

impl StatusSet {
    /// Reads names with commas between. `working` is all that a good token may have, `ended` all that nothing makes good again.
    ///
    /// # Errors
    /// `status_unknown` on the field `status`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let mut states = Vec::new();
        for name in text.split(',').map(str::trim) {
            let before = states.len();
            states.extend(State::ALL.into_iter().filter(|state| match name {
                "working" => state.is_working(),
                "ended" => state.has_ended(),
                name => state.as_str() == name,
            }));
            if states.len() == before {
                return Err(Refused::field("status", Code::StatusUnknown));
            }
        }
        let place = |state: &State| State::ALL.iter().position(|it| it == state);
        states.sort_by_key(place);
        states.dedup();
        Ok(Self(states))
    }

    /// The statuses, each once.
    pub fn states(&self) -> &[State] {
        &self.0
    }

    /// What is true of every token of the set at `now`.
    pub fn needs(&self, now: OffsetDateTime) -> Needs {
        let has = |state: State| self.0.contains(&state);
        let only = |state: State| self.0 == [state];
        let soon = now.saturating_add(Duration::days(SOON_DAYS));
        let revoked =
            if only(State::Revoked) { Some(true) } else { (!has(State::Revoked)).then_some(false) };
        let late = [State::Active, State::Scheduled, State::Disabled, State::Rotating];
        let until = if only(State::Expired) { now } else { soon };
        let bounded = !has(State::Revoked) && !late.into_iter().any(has);
        Needs {
            revoked,
            expires_after: self.0.iter().all(|state| !state.has_ended()).then_some(now),
            expires_until: bounded.then_some(until),
            disabled: only(State::Disabled),
            scheduled: only(State::Scheduled),
            rotating: only(State::Rotating),
        }
    }
}

impl std::fmt::Display for StatusSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|state| state.as_str()).collect();
        f.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_as_it_is_said() {
        let read = |text: &str| StatusSet::parse(text).map(|set| set.to_string());
        assert_eq!(read("revoked, active").as_deref(), Ok("active,revoked"));
        assert_eq!(read("working").as_deref(), Ok("active,expiring_soon,rotating"));
        assert_eq!(read("ended,expired").as_deref(), Ok("expired,revoked"));
        assert!(read("active,").is_err());
    }
}
