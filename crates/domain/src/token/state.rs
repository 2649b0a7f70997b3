//! A token's state, derived and never stored.

use super::Token;
use crate::OffsetDateTime;
use time::Duration;

/// Days before its expiry in which a token expires soon.
pub const SOON_DAYS: i64 = 14;

/// What a token is at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Good, if the conditions of its use are met.
    Active,
    /// The same, and for no more than [`SOON_DAYS`].
    ExpiringSoon,
    /// The same, and the secret before its last rotation works too.
    Rotating,
    /// Its time has not begun.
    Scheduled,
    /// Switched off by somebody, until somebody switches it on or the time is over that they said.
    Disabled,
    /// Past its expiry.
    Expired,
    /// Ended by somebody.
    Revoked,
}

impl State {
    /// Every state, in the order in which people are offered them.
    pub const ALL: [Self; 7] = [
        Self::Active,
        Self::ExpiringSoon,
        Self::Rotating,
        Self::Scheduled,
        Self::Disabled,
        Self::Expired,
        Self::Revoked,
    ];

    /// The state at `now`; of several, the one that is harder to undo, as [`crate::verify::decide`] has it. A token is expired at the exact instant of
    /// its expiry (RFC 7519, section 4.1.4: "on or after"), and begins at the exact instant of its beginning.
    /// `store::token_list` says the same in SQL.
    pub fn at(token: &Token, now: OffsetDateTime) -> Self {
        let soon = now.saturating_add(Duration::days(SOON_DAYS));
        if token.revoked_at.is_some() {
            Self::Revoked
        } else if token.expires_at.is_some_and(|at| at <= now) {
            Self::Expired
        } else if token.disabled_since(now).is_some() {
            Self::Disabled
        } else if token.conditions.not_before.is_some_and(|at| now < at) {
            Self::Scheduled
        } else if token.expires_at.is_some_and(|at| at <= soon) {
            Self::ExpiringSoon
        } else if token.retired_until.is_some_and(|at| now < at) {
            Self::Rotating
        } else {
            Self::Active
        }
    }

    /// Whether it is good, if the conditions of its use are met.
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Active | Self::ExpiringSoon | Self::Rotating)
    }

    /// Whether nothing makes it good again.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Expired | Self::Revoked)
    }

    /// The state's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::ExpiringSoon => "expiring_soon",
            Self::Rotating => "rotating",
            Self::Scheduled => "scheduled",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;
    use crate::text::Description;
    use crate::token::{Conditions, Display, Pause, Revocation, Scopes, Tags, TokenName};
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    fn token() -> Token {
        Token {
            id: uuid::Uuid::nil().into(),
            name: TokenName::stored("import".to_owned()),
            team: uuid::Uuid::nil().into(),
            team_name: String::new(),
            description: Description::default(),
            scopes: Scopes::stored(&[]),
            display: Display::stored(String::new()),
            revealable: false,
            created_at: NOW,
            created_by: String::new(),
            expires_at: None,
            conditions: Conditions::default(),
            disabled_at: None,
            retired_until: None,
            revoked_at: None,
            last_used_at: None,
            tally: None,
            tags: Tags::default(),
            version: Version::FIRST,
            protected: false,
            revocation: Revocation::default(),
            pause: None,
        }
    }

    #[test]
    fn the_state_that_is_harder_to_undo_wins() {
        let mut token = token();
        assert_eq!(token.state(NOW), State::Active);
        token.retired_until = Some(NOW + Duration::hours(1));
        assert_eq!(token.state(NOW), State::Rotating);
        token.expires_at = Some(NOW + Duration::days(SOON_DAYS));
        assert_eq!(token.state(NOW), State::ExpiringSoon);
        token.conditions.not_before = Some(NOW + Duration::hours(1));
        assert_eq!(token.state(NOW), State::Scheduled);
        token.disabled_at = Some(NOW);
        assert_eq!(token.state(NOW), State::Disabled);
        token.expires_at = Some(NOW);
        assert_eq!(token.state(NOW), State::Expired);
        token.revoked_at = Some(NOW);
        assert_eq!(token.state(NOW), State::Revoked);
    }

    #[test]
    fn a_pause_is_over_at_its_instant() {
        let mut token = token();
        token.disabled_at = Some(NOW);
        token.pause = Some(Pause { at: NOW, until: NOW + Duration::hours(1) });
        let last = NOW + Duration::hours(1) - Duration::microseconds(1);
        assert_eq!((token.state(last), token.disabled_since(last)), (State::Disabled, Some(NOW)));
        let over = NOW + Duration::hours(1);
        assert_eq!((token.state(over), token.disabled_since(over)), (State::Active, None));
        token.pause = None;
        assert_eq!(token.state(over), State::Disabled);
    }

    #[test]
    fn a_token_begins_at_its_instant() {
        let mut token = token();
        token.conditions.not_before = Some(NOW);
        assert_eq!(token.state(NOW), State::Active);
        assert_eq!(token.state(NOW - Duration::microseconds(1)), State::Scheduled);
    }
}
