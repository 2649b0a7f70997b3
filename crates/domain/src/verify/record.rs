//! What is known of a token when it is offered.

use super::{Origins, RateLimit, UsesLimit};
use crate::OffsetDateTime;
use crate::id::{TeamId, TokenId};
use crate::text::SmallStr;
use crate::token::Scopes;
use std::sync::Arc;

/// What is known of a token when one of its secrets is offered. Millions of them are kept, so that what is rare is behind a pointer, what is short is in
/// place, and scopes that are the same are shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: TokenId,
    /// Its team.
    pub team: TeamId,
    /// Its name.
    pub name: SmallStr,
    /// What it may do.
    pub scopes: Arc<Scopes>,
    /// When it expires; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
    /// Whether somebody ended it.
    pub revoked: bool,
    /// When, from where and how often it may be used; `None` is always.
    pub conditions: Option<Box<Conditions>>,
}

impl Record {
    /// How often it may be used; `None` is without a limit.
    pub fn rate(&self) -> Option<RateLimit> {
        self.conditions.as_ref()?.rate
    }

    /// How many uses it has; `None` is without a limit.
    pub fn uses(&self) -> Option<UsesLimit> {
        self.conditions.as_ref()?.uses
    }
}

/// When, from where and how often a token may be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// When its time begins.
    pub not_before: Option<OffsetDateTime>,
    /// Whether somebody switched it off.
    pub disabled: bool,
    /// Until when somebody switched it off; that may have passed.
    pub paused_until: Option<OffsetDateTime>,
    /// When this secret of it stops working, because a rotation replaced it; `None` for the secret that is current.
    pub retires_at: Option<OffsetDateTime>,
    /// Where it may be used from; `None` is everywhere.
    pub origins: Option<Origins>,
    /// How often it may be used.
    pub rate: Option<RateLimit>,
    /// How many uses it has.
    pub uses: Option<UsesLimit>,
}

impl Conditions {
    /// The conditions in a record's form: none at all where nothing is asked.
    pub fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}
