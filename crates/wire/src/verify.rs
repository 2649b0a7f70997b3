//! Verification on the wire.

use domain::OffsetDateTime;
use domain::token::Scopes;
use domain::verify::{Denial, Record, Verdict};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use uuid::Uuid;

/// `POST /api/verify`. No `Debug`: it holds a secret.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyRequest<'a> {
    /// The token as it was received.
    #[serde(borrow)]
    pub token: Cow<'a, str>,
    /// What it shall be used for; each must be covered.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The address that it came from. Without it, a token that is bound to networks is refused.
    #[serde(default)]
    pub origin: Option<String>,
    /// What it was sent with, for the token's page: the caller's `User-Agent`. The first 200 characters are kept.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The path that it was used on, for the token's page. A query is left out, and the first 200 characters are kept.
    #[serde(default)]
    pub route: Option<String>,
}

/// `POST /api/verify/batch`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyBatch<'a> {
    /// At most 1,000 of them.
    #[serde(borrow)]
    pub items: Vec<VerifyRequest<'a>>,
}

/// The answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifiedBatch<'r> {
    /// One for each item, in their order.
    pub results: Vec<VerifyAnswer<'r>>,
}

/// The answer.
// It borrows from what is in memory, and is written from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyAnswer<'r> {
    /// Whether the token is good for all that was asked.
    pub valid: bool,
    /// `valid`, or why it is not: `malformed`, `unknown`, `expired`, `revoked`, `rotated`, `disabled`, `not_yet_valid`, `origin_denied`,
    /// `scope_denied`, `rate_limited`, `uses_spent`; in a batch also `unavailable`.
    pub code: &'r str,
    /// The token's id, where it is known.
    pub token_id: Option<Uuid>,
    /// Its team's id.
    pub team_id: Option<Uuid>,
    /// Its name.
    pub name: Option<&'r str>,
    /// What it may do.
    #[serde(serialize_with = "texts")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub scopes: Option<&'r Scopes>,
    /// When it expires; null is never, or not known.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// For `rate_limited`, and for `uses_spent` where uses are given again: in how many seconds it may be used again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// How many uses are left after this one, of a token that has a limit of them; absent where they were not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses_left: Option<u32>,
}

impl<'r> From<Verdict<'r>> for VerifyAnswer<'r> {
    fn from(verdict: Verdict<'r>) -> Self {
        match verdict {
            Verdict::Valid(record) => Self::known(None, record),
            Verdict::Denied(denial, record) => Self::known(Some(denial), record),
            Verdict::NotKnown(denial) => Self {
                valid: false,
                code: denial.as_str(),
                token_id: None,
                team_id: None,
                name: None,
                scopes: None,
                expires_at: None,
                retry_after_seconds: None,
                uses_left: None,
            },
        }
    }
}

impl<'r> VerifyAnswer<'r> {
    fn known(denial: Option<Denial>, record: &'r Record) -> Self {
        Self {
            valid: denial.is_none(),
            code: denial.map_or("valid", Denial::as_str),
            token_id: Some(record.id.uuid()),
            team_id: Some(record.team.uuid()),
            name: Some(&record.name),
            scopes: Some(&record.scopes),
            expires_at: record.expires_at,
            retry_after_seconds: None,
            uses_left: None,
        }
    }
}

fn texts<S: Serializer>(scopes: &Option<&Scopes>, serializer: S) -> Result<S::Ok, S::Error> {
    match scopes {
        Some(scopes) => serializer.collect_seq(scopes.iter().map(domain::token::Scope::as_str)),
        None => serializer.serialize_none(),
    }
}
