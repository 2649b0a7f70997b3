//! Why a token is not good.

/// Why a token is not good. The text form is part of the public contract.
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
    /// It is the secret before a rotation, and the overlap is over.
    Rotated,
    /// Somebody switched it off.
    Disabled,
    /// Its time has not come.
    NotYetValid,
    /// It is good, but not from there.
    OriginDenied,
    /// It is good, but not for this.
    ScopeDenied,
    /// It is good, but was used too often of late.
    RateLimited,
    /// It is good, but none of its uses is left.
    UsesSpent,
    /// Whether it is good cannot be told now.
    Unavailable,
}

impl Denial {
    /// Every denial.
    pub const ALL: &'static [Self] = &[
        Self::Malformed,
        Self::Unknown,
        Self::Expired,
        Self::Revoked,
        Self::Rotated,
        Self::Disabled,
        Self::NotYetValid,
        Self::OriginDenied,
        Self::ScopeDenied,
        Self::RateLimited,
        Self::UsesSpent,
        Self::Unavailable,
    ];

    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Rotated => "rotated",
            Self::Disabled => "disabled",
            Self::NotYetValid => "not_yet_valid",
            Self::OriginDenied => "origin_denied",
            Self::ScopeDenied => "scope_denied",
            Self::RateLimited => "rate_limited",
            Self::UsesSpent => "uses_spent",
            Self::Unavailable => "unavailable",
        }
    }

    /// Whether another secret is needed: the token itself is no good, and not only this use of it (RFC 6750, section 3.1, `invalid_token`).
    pub const fn is_of_the_token(self) -> bool {
        match self {
            Self::Malformed
            | Self::Unknown
            | Self::Expired
            | Self::Revoked
            | Self::Rotated
            | Self::Disabled
            | Self::NotYetValid => true,
            Self::OriginDenied
            | Self::ScopeDenied
            | Self::RateLimited
            | Self::UsesSpent
            | Self::Unavailable => false,
        }
    }
}
