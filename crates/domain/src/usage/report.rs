//! What is told of the use of one token, and of all of them.

use super::{Asked, Bucket, Counts, Proposal, Span};
use crate::OffsetDateTime;
use crate::id::{TeamId, TokenId};
use crate::token::Scopes;

/// The last time that a token was good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUsed {
    /// When.
    pub at: OffsetDateTime,
    /// Where from.
    pub origin: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// On which path.
    pub route: Option<String>,
}

/// An origin that a token was used from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenOrigin {
    /// The address, or the network.
    pub origin: String,
    /// When first.
    pub first_at: OffsetDateTime,
    /// When last.
    pub last_at: OffsetDateTime,
    /// When it was good last; `None` is never.
    pub last_valid_at: Option<OffsetDateTime>,
    /// How often it was good.
    pub valid: u64,
    /// How often it was refused.
    pub refused: u64,
}

/// How often one of the most used tokens was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSum {
    /// The token.
    pub token: TokenId,
    /// Its name.
    pub name: String,
    /// Its team.
    pub team: TeamId,
    /// Its team's name.
    pub team_name: String,
    /// How often it was good.
    pub valid: u64,
    /// How often it was refused.
    pub refused: u64,
}

/// The use of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenReport {
    /// The token.
    pub token: TokenId,
    /// Which time is told of.
    pub span: Span,
    /// Its parts.
    pub series: Vec<Bucket>,
    /// When it was good last, whatever the span.
    pub last_used: Option<LastUsed>,
    /// The origins, the latest first, whatever the span.
    pub origins: Vec<SeenOrigin>,
    /// What it may do.
    pub granted: Scopes,
    /// What it was used for, whatever the span.
    pub asked: Vec<Asked>,
}

impl TokenReport {
    /// What was counted in the span.
    pub fn totals(&self) -> Counts {
        sum(&self.series)
    }

    /// Since when it is recorded what the token asks for; `None` while it has asked for nothing.
    pub fn asked_since(&self) -> Option<OffsetDateTime> {
        self.asked.iter().map(|asked| asked.first_at).min()
    }

    /// Which narrower set of scopes would do.
    pub fn proposal(&self) -> Proposal {
        Proposal::of(&self.granted, &self.asked)
    }
}

/// The use of all tokens, or of a team's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which time is told of.
    pub span: Span,
    /// Its parts.
    pub series: Vec<Bucket>,
    /// The tokens that were used most.
    pub top: Vec<TokenSum>,
}

impl Report {
    /// What was counted in the span.
    pub fn totals(&self) -> Counts {
        sum(&self.series)
    }
}

fn sum(series: &[Bucket]) -> Counts {
    let mut sum = Counts::default();
    for bucket in series {
        sum.add_all(&bucket.counts);
    }
    sum
}
