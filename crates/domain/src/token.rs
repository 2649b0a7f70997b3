//! Tokens: their grammar, their secret, their scopes and their life.
//!
//! Start at [`secret`] for the format, [`scope`] for what a token may do, [`expiry`] for how long,
//! [`conditions`] for when, from where and how often, [`list`] for which of them are listed.

pub mod conditions;
pub mod expiry;
pub mod list;
pub mod name;
pub mod overlap;
pub mod pause;
pub mod revocation;
pub mod scope;
pub mod search;
pub mod secret;
pub mod state;
pub mod tag;

use crate::OffsetDateTime;
use crate::id::{TeamId, TokenId};
use crate::text::Description;
use crate::verify::uses::Tally;
use crate::version::Version;
pub use conditions::Conditions;
pub use expiry::{Expiry, ExpiryRequest};
pub use list::{TokenCursor, TokenFilter, TokenPage, TokenQuery, TokenSort};
pub use name::TokenName;
pub use overlap::Overlap;
pub use pause::Pause;
pub use revocation::{Revocation, RevokeReason};
pub use scope::{Scope, Scopes};
pub use secret::{Display, Prefix, SecretHash, TokenSecret};
pub use state::State;
pub use tag::Tags;

/// What is needed to make a token.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its name, unique among its team's tokens that have not been revoked.
    pub name: TokenName,
    /// The team it belongs to.
    pub team: TeamId,
    /// What it is for.
    pub description: Description,
    /// What it may do.
    pub scopes: Scopes,
    /// How long it lives.
    pub expiry: ExpiryRequest,
    /// When, from where and how often it may be used.
    pub conditions: Conditions,
    /// Whether a sealed copy is kept for a later reveal.
    pub revealable: bool,
    /// What it is sorted by.
    pub tags: Tags,
}

/// What shall be said of a token from now on. What is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenChange {
    /// Its name.
    pub name: Option<TokenName>,
    /// What it is for.
    pub description: Option<Description>,
    /// What it is sorted by.
    pub tags: Option<Tags>,
    /// Whether people cannot revoke it.
    pub protected: Option<bool>,
}

/// A token as everybody who may know of it sees it: never the secret nor its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Its name.
    pub name: TokenName,
    /// The team it belongs to.
    pub team: TeamId,
    /// That team's name.
    pub team_name: String,
    /// What it is for.
    pub description: Description,
    /// What it may do.
    pub scopes: Scopes,
    /// The first 12 and the last 4 characters of the secret.
    pub display: Display,
    /// Whether a sealed copy is kept.
    pub revealable: bool,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// Who made it, as the audit log names them.
    pub created_by: String,
    /// When it expires; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
    /// When, from where and how often it may be used.
    pub conditions: Conditions,
    /// When it was disabled, if it is; with a pause, until that is over.
    pub disabled_at: Option<OffsetDateTime>,
    /// Until when the secret before the last rotation works; in the past when it does no more.
    pub retired_until: Option<OffsetDateTime>,
    /// When it was revoked.
    pub revoked_at: Option<OffsetDateTime>,
    /// When it was good last, but for the last seconds.
    pub last_used_at: Option<OffsetDateTime>,
    /// What was spent of its uses, while they have a limit; `None` is nothing yet.
    pub tally: Option<Tally>,
    /// What it is sorted by.
    pub tags: Tags,
    /// How often it was written.
    pub version: Version,
    /// Whether people cannot revoke it until that is taken off.
    pub protected: bool,
    /// Why it was revoked, as far as somebody said.
    pub revocation: Revocation,
    /// The last time that it was switched off until a moment; that may have passed.
    pub pause: Option<Pause>,
}

impl Token {
    /// Until when the former secret works, while it does.
    pub fn overlap_until(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.retired_until.filter(|at| now < *at && !self.state(now).has_ended())
    }

    /// Since when it is switched off, if it is.
    pub fn disabled_since(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.disabled_at.filter(|_| self.pause.is_none_or(|pause| pause.is_on(now)))
    }

    /// The token's state at `now`.
    pub fn state(&self, now: OffsetDateTime) -> State {
        State::at(self, now)
    }
}
