//! What people do with a token while it lives: what is said of it, a later end, off for a while, and its end.

use super::{expires_at, instant};
use domain::refusal::Judge;
use domain::text::Description;
use domain::token::{ExpiryRequest, Revocation, Tags, TokenChange, TokenName};
use domain::{Code, OffsetDateTime, Refusals, Refused};
use serde::{Deserialize, Serialize};

/// `PATCH /api/tokens/{id}`: what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeToken {
    /// 1 to 255 characters, unique among the team's tokens that have not been revoked.
    #[serde(default)]
    pub name: Option<String>,
    /// At most 500 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// All of its tags from now on: at most 10 words, each of up to 32 letters, digits, `.`, `_` and `-`; kept in lower case.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// While it is true, the token cannot be revoked, but for whoever holds it.
    #[serde(default)]
    pub protected: Option<bool>,
}

impl TryFrom<ChangeToken> for TokenChange {
    type Error = Refusals;

    fn try_from(asked: ChangeToken) -> Result<Self, Refusals> {
        let mut judge = Judge::default();
        let name = asked.name.as_deref().map(TokenName::parse).transpose();
        let name = judge.take(name).flatten();
        let description = asked.description.as_deref().map(Description::parse).transpose();
        let description = judge.take(description).flatten();
        let tags = asked.tags.map(|tags| Tags::parse(tags.iter().map(String::as_str))).transpose();
        let tags = judge.take(tags).flatten();
        judge.verdict()?;
        Ok(Self { name, description, tags, protected: asked.protected })
    }
}

/// `POST /api/tokens/{id}/extend`: one of the three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExtendToken {
    /// 1 to 3650 days from now.
    #[serde(default)]
    pub expires_days: Option<i64>,
    /// An RFC 3339 instant, instead of days.
    #[serde(default)]
    pub expires_at: Option<String>,
    /// Without an end from now on, instead of both.
    #[serde(default)]
    pub never: bool,
}

impl TryFrom<ExtendToken> for ExpiryRequest {
    type Error = Refusals;

    fn try_from(asked: ExtendToken) -> Result<Self, Refusals> {
        let at = asked.expires_at.as_deref().map(expires_at).transpose()?;
        let given = asked.expires_days.is_some() || at.is_some();
        match (asked.never, given) {
            (true, false) => Ok(Self::Never),
            (true, true) => Err(Refused::field("expires_at", Code::ExpiresTwice).into()),
            // Nothing said is nothing meant: it would be forever.
            (false, false) => Err(Refused::field("expires_at", Code::Empty).into()),
            (false, true) => Ok(Self::parse(asked.expires_days, at)?),
        }
    }
}

/// `POST /api/tokens/{id}/disable`. Without a body, until somebody enables it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DisableToken {
    /// An RFC 3339 instant ahead, within ten years, from which on it is good again by itself. Null is when somebody enables it.
    #[serde(default)]
    pub until: Option<String>,
}

impl DisableToken {
    /// Until when.
    ///
    /// # Errors
    /// `until_invalid` on `until`.
    pub fn until(&self) -> Result<Option<OffsetDateTime>, Refused> {
        let read = |text| instant(text).ok_or(Refused::field("until", Code::UntilInvalid));
        self.until.as_deref().map(read).transpose()
    }
}

/// `POST /api/tokens/{id}/revoke`. The body may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevokeToken {
    /// `superseded`, `leaked`, `owner_left`, `unused` or `other`.
    #[serde(default)]
    pub reason: Option<String>,
    /// In the caller's own words: one line of at most 255 characters.
    #[serde(default)]
    pub note: Option<String>,
}

impl TryFrom<RevokeToken> for Revocation {
    type Error = Refusals;

    fn try_from(asked: RevokeToken) -> Result<Self, Refusals> {
        Ok(Self::parse(asked.reason.as_deref(), asked.note.as_deref())?)
    }
}
