//! Tokens on the wire.

mod change;

pub use change::{ChangeToken, DisableToken, ExtendToken, RevokeToken};

use domain::id::TeamId;
use domain::refusal::Judge;
use domain::text::Description;
use domain::token::{self, Conditions, ExpiryRequest, NewToken, Overlap, Scopes, Tags, TokenName};
use domain::verify::{self, Origins};
use domain::{Code, OffsetDateTime, Refusals, Refused};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `POST /api/tokens`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
// A field that is absent is an empty one, so that its refusal names it.
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateToken {
    /// 1 to 255 characters, unique among the team's tokens that have not been revoked.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub name: String,
    /// The team's id.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub team_id: String,
    /// At most 500 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// 1 to 50 scopes: `*`, `images`, `images:read`, `images:*`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub scopes: Vec<String>,
    /// 1 to 3650 days from now. With `expires_at` absent too, the token never expires.
    #[serde(default)]
    pub expires_days: Option<i64>,
    /// An RFC 3339 instant, instead of days.
    #[serde(default)]
    pub expires_at: Option<String>,
    /// An RFC 3339 instant before which the token is refused. Without it, the token is good at once.
    #[serde(default)]
    pub not_before: Option<String>,
    /// The networks in CIDR notation, or single addresses, that it may be used from: at most 50. An empty list is everywhere.
    #[serde(default)]
    pub allowed_cidrs: Vec<String>,
    /// How often it may be used. Without it, as often as anybody likes.
    #[serde(default)]
    pub rate_limit: Option<RateLimit>,
    /// How many uses it has. Without it, as many as anybody likes.
    #[serde(default)]
    pub uses_limit: Option<UsesLimit>,
    /// Keep a sealed copy for a later reveal; the team must allow it.
    #[serde(default)]
    pub revealable: bool,
    /// At most 10 words to sort tokens by, each of up to 32 letters, digits, `.`, `_` and `-`; kept in lower case.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl TryFrom<CreateToken> for NewToken {
    type Error = Refusals;

    fn try_from(asked: CreateToken) -> Result<Self, Refusals> {
        let mut judge = Judge::default();
        let name = judge.take(TokenName::parse(&asked.name));
        let team = judge.take(
            TeamId::parse(&asked.team_id).ok_or(Refused::field("team_id", Code::TeamUnknown)),
        );
        let description =
            judge.take(Description::parse(asked.description.as_deref().unwrap_or_default()));
        let scopes = judge.take(Scopes::parse(asked.scopes.iter().map(String::as_str)));
        let at = judge.take(asked.expires_at.as_deref().map(expires_at).transpose());
        let expiry = at.and_then(|at| judge.take(ExpiryRequest::parse(asked.expires_days, at)));
        let limits = (asked.rate_limit, asked.uses_limit);
        let conditions = conditions(&mut judge, asked.not_before, &asked.allowed_cidrs, limits);
        let tags = judge.take(Tags::parse(asked.tags.iter().map(String::as_str)));
        judge.verdict()?;
        match (name, team, description, scopes, expiry, conditions, tags) {
            (
                Some(name),
                Some(team),
                Some(description),
                Some(scopes),
                Some(expiry),
                Some(conditions),
                Some(tags),
            ) => {
                let revealable = asked.revealable;
                Ok(Self { name, team, description, scopes, expiry, conditions, revealable, tags })
            }
            _ => Err(Code::BodyMalformed.into()),
        }
    }
}

fn instant(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text.trim(), &time::format_description::well_known::Rfc3339).ok()
}

fn expires_at(text: &str) -> Result<OffsetDateTime, Refused> {
    instant(text).ok_or(Refused::field("expires_at", Code::ExpiresAtInvalid))
}

/// Judges conditions, all of them.
fn conditions(
    judge: &mut Judge,
    not_before: Option<String>,
    cidrs: &[String],
    (rate, uses): (Option<RateLimit>, Option<UsesLimit>),
) -> Option<Conditions> {
    let begins = |text: String| {
        let at = instant(&text).ok_or(Refused::field("not_before", Code::NotBeforeInvalid))?;
        Conditions::beginning(at)
    };
    let not_before = judge.take(not_before.map(begins).transpose());
    let origins = judge.take(Origins::parse(cidrs.iter().map(String::as_str)));
    let limit = |rate: RateLimit| verify::RateLimit::parse(rate.requests, rate.seconds);
    let rate = judge.take(rate.map(limit).transpose());
    let limit = |uses: UsesLimit| verify::UsesLimit::parse(uses.count, uses.per.as_deref());
    let uses = judge.take(uses.map(limit).transpose());
    Some(Conditions { not_before: not_before?, origins: origins?, rate: rate?, uses: uses? })
}

/// `POST /api/tokens/{id}/conditions`: replaces all of them, so all of them must be there. What is forgotten would be allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeConditions {
    /// An RFC 3339 instant before which the token is refused; null is from now on.
    #[serde(deserialize_with = "Option::deserialize")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub not_before: Option<String>,
    /// The networks that it may be used from, at most 50; an empty list is everywhere.
    pub allowed_cidrs: Vec<String>,
    /// How often it may be used; null is without a limit.
    #[serde(deserialize_with = "Option::deserialize")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub rate_limit: Option<RateLimit>,
    /// How many uses it has; null is without a limit. With another number what was spent counts on; with another `per` it begins at zero.
    #[serde(deserialize_with = "Option::deserialize")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub uses_limit: Option<UsesLimit>,
}

impl TryFrom<ChangeConditions> for Conditions {
    type Error = Refusals;

    fn try_from(asked: ChangeConditions) -> Result<Self, Refusals> {
        let mut judge = Judge::default();
        let limits = (asked.rate_limit, asked.uses_limit);
        let conditions = conditions(&mut judge, asked.not_before, &asked.allowed_cidrs, limits);
        judge.verdict()?;
        conditions.ok_or(Code::BodyMalformed.into())
    }
}

/// So many requests in so many seconds, of which all may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimit {
    /// 1 to 1,000,000.
    pub requests: i64,
    /// 1 to 86,400.
    pub seconds: i64,
}

impl From<verify::RateLimit> for RateLimit {
    fn from(rate: verify::RateLimit) -> Self {
        Self { requests: rate.requests().into(), seconds: rate.seconds().into() }
    }
}

/// So many uses, of which each is counted by all servers together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsesLimit {
    /// 1 to 1,000,000,000.
    pub count: i64,
    /// `hour`, `day`, `week` (from Monday on) or `month`: the count begins at zero again with each, by the calendar in UTC. Null is never.
    #[serde(default)]
    pub per: Option<String>,
}

impl From<verify::UsesLimit> for UsesLimit {
    fn from(uses: verify::UsesLimit) -> Self {
        let per = uses.refill().map(|refill| refill.as_str().to_owned());
        Self { count: uses.count().into(), per }
    }
}

/// A token as it is listed: never the secret nor its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    /// Its id, for its whole life.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its team's id.
    pub team_id: Uuid,
    /// Its team's name.
    pub team_name: String,
    /// What it is for; maybe empty.
    pub description: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// The first 12 and the last 4 characters of the secret.
    pub display: String,
    /// Whether its secret can be revealed.
    pub revealable: bool,
    /// `active`, `expiring_soon`, `rotating`, `scheduled`, `disabled`, `expired` or `revoked`, at the time of the answer.
    pub status: Status,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Who made it.
    pub created_by: String,
    /// When it expires; null is never.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// Before then it is refused; null is from its making on.
    #[serde(with = "time::serde::rfc3339::option")]
    pub not_before: Option<OffsetDateTime>,
    /// The networks that it may be used from; an empty list is everywhere.
    pub allowed_cidrs: Vec<String>,
    /// How often it may be used; null is without a limit.
    pub rate_limit: Option<RateLimit>,
    /// How many uses it has; null is without a limit.
    pub uses_limit: Option<UsesLimit>,
    /// How many of them are left at the time of the answer; null is without a limit.
    pub uses_left: Option<u32>,
    /// When all of them are left again; null is never, or without a limit.
    #[serde(with = "time::serde::rfc3339::option")]
    pub uses_refill_at: Option<OffsetDateTime>,
    /// When it was disabled; null when it is not.
    #[serde(with = "time::serde::rfc3339::option")]
    pub disabled_at: Option<OffsetDateTime>,
    /// Until then the secret before the last rotation works too; null when it does not.
    #[serde(with = "time::serde::rfc3339::option")]
    pub retired_until: Option<OffsetDateTime>,
    /// When it was revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
    /// When it was good last, but for the last seconds; null is never.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_used_at: Option<OffsetDateTime>,
    /// What it is sorted by.
    pub tags: Vec<String>,
    /// How often it was written, which is also its `ETag`. What time and use change of a token (`status`, `last_used_at`, `uses_left`) is no write.
    pub version: i64,
    /// Whether it cannot be revoked until that is taken off.
    pub protected: bool,
    /// When it is good again by itself after it was disabled; null is when somebody enables it, or that it is not disabled.
    #[serde(with = "time::serde::rfc3339::option")]
    pub disabled_until: Option<OffsetDateTime>,
    /// Why it was revoked: `superseded`, `leaked`, `owner_left`, `unused` or `other`; null where nobody said.
    pub revoke_reason: Option<String>,
    /// The same in somebody's own words.
    pub revoke_note: Option<String>,
}

/// What a token is at the time of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Status {
    /// Good, if the conditions of its use are met.
    Active,
    /// The same, and for no more than 14 days.
    ExpiringSoon,
    /// The same, and the secret before its last rotation works too.
    Rotating,
    /// Its time has not begun.
    Scheduled,
    /// Switched off, until it is enabled.
    Disabled,
    /// Past its expiry.
    Expired,
    /// Ended by somebody.
    Revoked,
}

impl From<token::State> for Status {
    fn from(state: token::State) -> Self {
        match state {
            token::State::Active => Self::Active,
            token::State::ExpiringSoon => Self::ExpiringSoon,
            token::State::Rotating => Self::Rotating,
            token::State::Scheduled => Self::Scheduled,
            token::State::Disabled => Self::Disabled,
            token::State::Expired => Self::Expired,
            token::State::Revoked => Self::Revoked,
        }
    }
}

impl Status {
    /// Whether nothing makes it good again.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Expired | Self::Revoked)
    }

    /// Whether it is good, if the conditions of its use are met.
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Active | Self::ExpiringSoon | Self::Rotating)
    }
}

impl Token {
    /// The view of a token at `now`.
    pub fn at(token: token::Token, now: OffsetDateTime) -> Self {
        let uses = token.conditions.uses;
        let disabled_since = token.disabled_since(now);
        let paused = token.state(now) == token::State::Disabled;
        let pause = token.pause.filter(|_| paused);
        Self {
            id: token.id.uuid(),
            status: token.state(now).into(),
            retired_until: token.overlap_until(now),
            name: token.name.as_str().to_owned(),
            team_id: token.team.uuid(),
            team_name: token.team_name,
            description: token.description.as_str().to_owned(),
            scopes: token.scopes.to_strings(),
            display: token.display.as_str().to_owned(),
            revealable: token.revealable,
            created_at: token.created_at,
            created_by: token.created_by,
            expires_at: token.expires_at,
            not_before: token.conditions.not_before,
            allowed_cidrs: token.conditions.origins.map(|it| it.to_strings()).unwrap_or_default(),
            rate_limit: token.conditions.rate.map(Into::into),
            uses_limit: uses.map(Into::into),
            uses_left: uses.map(|uses| uses.left(token.tally, now)),
            uses_refill_at: uses.and_then(|uses| uses.refills_at(now)),
            disabled_at: disabled_since,
            revoked_at: token.revoked_at,
            last_used_at: token.last_used_at,
            tags: token.tags.as_slice().to_vec(),
            version: token.version.number(),
            protected: token.protected,
            disabled_until: pause.map(|pause| pause.until),
            revoke_reason: token.revocation.reason.map(|reason| reason.as_str().to_owned()),
            revoke_note: token.revocation.note,
        }
    }
}

/// The answer to `POST /api/tokens` and to a rotation: the token, and its secret for the only time. Serialised by the server, never read in the console.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedToken {
    /// The secret. Null when an `Idempotency-Key` is replayed after the secret was let go.
    pub token: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub created: Token,
}

/// `POST /api/tokens/{id}/rotate`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotateToken {
    /// For how long the former secret works beside the new one: 0 to 604800 seconds, 86400 if absent.
    #[serde(default)]
    pub overlap_seconds: Option<i64>,
}

impl TryFrom<RotateToken> for Overlap {
    type Error = Refusals;

    fn try_from(asked: RotateToken) -> Result<Self, Refusals> {
        Ok(Self::parse(asked.overlap_seconds)?)
    }
}

/// `POST /api/tokens/{id}/scopes/narrow`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NarrowScopes {
    /// The scopes that it keeps, 1 to 50. Each is covered by one that it has.
    pub scopes: Vec<String>,
}

impl TryFrom<NarrowScopes> for Scopes {
    type Error = Refusals;

    fn try_from(asked: NarrowScopes) -> Result<Self, Refusals> {
        Ok(Self::parse(asked.scopes.iter().map(String::as_str))?)
    }
}

/// The answer to a reveal.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevealedToken {
    /// The secret.
    pub token: String,
}
