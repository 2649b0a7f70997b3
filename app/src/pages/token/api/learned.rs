//! What was learned of a token's use, and the two things that can be done about it.

use crate::{Refusal, Seen};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use wire::origin::OriginProposal;
use wire::usage::{Bucket, TokenUsage};

/// How a token was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// In seven days, by the day.
    pub week: TokenUsage,
    /// In 24 hours, by the hour.
    pub day: Vec<Bucket>,
    /// Where from, and which networks would do.
    pub origins: OriginProposal,
}

/// How a token was used.
///
/// # Errors
/// `learn_days_range`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "get_token_usage", input = GetUrl)]
pub async fn get_token_usage(
    id: String,
    /// From how many days its origins are learned; 14 if absent.
    #[server(default)]
    days: Option<i64>,
) -> Result<Seen<Use>, Refusal> {
    crate::backend::learned::usage(&id, days).await
}

/// Binds a token to the networks that its page showed.
///
/// # Errors
/// `networks_changed`, `cidr_invalid`, `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "lock_networks")]
pub async fn lock_networks(
    #[server(default)] id: String,
    /// The networks, with spaces between.
    #[server(default)]
    allowed_cidrs: String,
    /// The list that was shown as the token's own.
    #[server(default)]
    replaces: String,
) -> Result<(), Refusal> {
    crate::backend::learned::lock_networks(&id, &allowed_cidrs, &replaces).await
}

/// Leaves a token the scopes that its page showed.
///
/// # Errors
/// `scopes_wider`, `scope_invalid`, `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "narrow_scopes")]
pub async fn narrow_scopes(
    #[server(default)] id: String,
    /// The scopes that it keeps, with spaces between.
    #[server(default)]
    scopes: String,
) -> Result<(), Refusal> {
    crate::backend::learned::narrow_scopes(&id, &scopes).await
}
