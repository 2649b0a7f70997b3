//! What a Worker at the edge tells of the use of tokens.

use domain::{Code, Refused};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a Worker at the edge saw since it last told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageReport {
    /// What the Worker is called: 1 to 64 characters.
    pub worker: String,
    /// At most 1,000 kinds of use.
    pub items: Vec<ReportedUse>,
}

/// Uses of a token that were alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportedUse {
    /// The token's id. Of one that there is not, nothing is kept.
    pub token_id: Uuid,
    /// `valid`, or the code of its refusal. One that is not known is left out.
    pub code: String,
    /// The path of the route that they took.
    #[serde(default)]
    pub route: Option<String>,
    /// The status that was answered. Not kept.
    pub status: u16,
    /// How many; more than 10,000 count as so many.
    pub count: u32,
    /// How long all of them took, in milliseconds. Not kept.
    pub duration_ms: u64,
}

impl UsageReport {
    /// What the Worker is called.
    ///
    /// # Errors
    /// `empty`, `too_long` on `worker`.
    pub fn worker(&self) -> Result<&str, Refused> {
        let name = self.worker.trim();
        match name.chars().count() {
            0 => Err(Refused::field("worker", Code::Empty)),
            1..=64 => Ok(name),
            _ => Err(Refused::field("worker", Code::TooLong)),
        }
    }
}
