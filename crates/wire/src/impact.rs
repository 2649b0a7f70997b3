//! What would be missed of a token, on the wire.

use crate::usage::{Counts, LastUsed};
use domain::usage;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How a token was used of late, for whoever is about to take it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Impact {
    /// The token.
    pub token_id: Uuid,
    /// What was counted in the last 24 hours, in whole hours.
    pub last_24h: Counts,
    /// The same of seven days.
    pub last_7d: Counts,
    /// From how many origins it was used in seven days; more than 200 are told as 200.
    pub origins_7d: u64,
    /// When it was good last, ever; null is never.
    pub last_used: Option<LastUsed>,
    /// The scopes that it was used for, ever, the most used first.
    pub scopes_asked: Vec<String>,
    /// Of one that has ended, how often it was refused for that since, in at most 90 days; null while it has not.
    pub tries_since_end: Option<u64>,
}

impl From<usage::Impact> for Impact {
    fn from(impact: usage::Impact) -> Self {
        let scopes = impact.asked.into_iter().filter_map(|asked| asked.scope);
        Self {
            token_id: impact.token.uuid(),
            last_24h: (&impact.day).into(),
            last_7d: (&impact.week).into(),
            origins_7d: impact.origins,
            last_used: impact.last_used.map(Into::into),
            scopes_asked: scopes.map(|scope| scope.as_str().to_owned()).collect(),
            tries_since_end: impact.tries,
        }
    }
}
