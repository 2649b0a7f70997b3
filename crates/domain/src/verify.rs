//! The verify decision: one pure function for every doorway.

use crate::OffsetDateTime;
use crate::id::{TeamId, TokenId};
use crate::token::{Scope, Scopes, State};

/// What is known of a token when it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: TokenId,
    /// Its team.
    pub team: TeamId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it expires; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
    /// When it was revoked.
    pub revoked_at: Option<OffsetDateTime>,
}

/// Why a token is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Denial {
    /// It has not the form of a token.
    Malformed,
    /// Nobody issued it.
    Unknown,
    /// Its time is over.
    Expired,
    /// Somebody ended it.
    Revoked,
    /// It is good, but not for this.
    ScopeDenied,
}

impl Denial {
    /// Every denial.
    pub const ALL: &'static [Self] =
        &[Self::Malformed, Self::Unknown, Self::Expired, Self::Revoked, Self::ScopeDenied];

    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::ScopeDenied => "scope_denied",
        }
    }
}

/// The answer. What is denied for its life or its scopes still says whose it was; what is unknown says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Good, for all that was wanted.
    Valid(Record),
    /// Known, and not good.
    Denied(Denial, Record),
    /// Not known.
    NotKnown(Denial),
}

/// Decides on a token that was looked up: `record` is what is known of it, `wanted` what it shall be used for.
pub fn decide(record: Option<Record>, wanted: &[Scope], now: OffsetDateTime) -> Verdict {
    let Some(record) = record else {
        return Verdict::NotKnown(Denial::Unknown);
    };
    match State::at(record.revoked_at, record.expires_at, now) {
        State::Revoked => Verdict::Denied(Denial::Revoked, record),
        State::Expired => Verdict::Denied(Denial::Expired, record),
        State::Active if record.scopes.cover(wanted) => Verdict::Valid(record),
        State::Active => Verdict::Denied(Denial::ScopeDenied, record),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    fn record() -> Record {
        Record {
            id: Uuid::nil().into(),
            team: Uuid::nil().into(),
            name: "image job".to_owned(),
            scopes: Scopes::parse(["images:read"]).expect("good scope"),
            expires_at: Some(NOW + Duration::days(1)),
            revoked_at: None,
        }
    }

    fn denial(verdict: Verdict) -> Option<Denial> {
        match verdict {
            Verdict::Valid(_) => None,
            Verdict::Denied(denial, _) | Verdict::NotKnown(denial) => Some(denial),
        }
    }

    #[test]
    fn a_good_token_is_valid_until_the_instant_of_its_expiry() {
        let expires_at = NOW + Duration::days(1);
        let before = expires_at - Duration::nanoseconds(1);
        assert_eq!(denial(decide(Some(record()), &[], before)), None);
        assert_eq!(denial(decide(Some(record()), &[], expires_at)), Some(Denial::Expired));
    }

    #[test]
    fn revoked_wins_over_expired_and_expired_over_scope() {
        let revoked = Record { revoked_at: Some(NOW), ..record() };
        let later = NOW + Duration::days(2);
        assert_eq!(denial(decide(Some(revoked), &[], later)), Some(Denial::Revoked));
        let wanted = [Scope::parse("images:write").expect("good scope")];
        assert_eq!(denial(decide(Some(record()), &wanted, later)), Some(Denial::Expired));
        assert_eq!(denial(decide(Some(record()), &wanted, NOW)), Some(Denial::ScopeDenied));
    }

    #[test]
    fn what_nobody_issued_is_unknown() {
        assert_eq!(denial(decide(None, &[], NOW)), Some(Denial::Unknown));
    }
}
