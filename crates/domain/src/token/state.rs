//! A token's state, derived and never stored.

use crate::OffsetDateTime;

/// What a token is at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Good.
    Active,
    /// Past its expiry.
    Expired,
    /// Ended by somebody; wins over expired.
    Revoked,
}

impl State {
    /// The state at `now`. A token is expired at the exact instant of its expiry (RFC 7519, section 4.1.4: "on or after").
    pub fn at(
        revoked_at: Option<OffsetDateTime>,
        expires_at: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Self {
        if revoked_at.is_some() {
            Self::Revoked
        } else if expires_at.is_some_and(|at| at <= now) {
            Self::Expired
        } else {
            Self::Active
        }
    }

    /// The state's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}
