//! Where tokens are used from, on the wire: what was learned, and the lock.

use crate::usage::UsageOrigin;
use domain::usage::networks::{Advice, LearnedNetwork, Outside};
use domain::usage::{LearnDays, NetworkProposal};
use domain::verify::Origins;
use domain::{Code, OffsetDateTime, Refusals, Refused};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// From how many days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct OriginProposalQuery {
    /// 1 to 90 days, 14 if absent.
    #[serde(default)]
    pub days: Option<i64>,
}

impl OriginProposalQuery {
    /// The days that are asked for.
    ///
    /// # Errors
    /// `learn_days_range` on `days`.
    pub fn days(self) -> Result<LearnDays, Refused> {
        LearnDays::parse(self.days)
    }
}

/// What is proposed for a token's networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum OriginAdvice {
    /// Nothing: in these days it was good from nowhere known.
    Unknown,
    /// It may be used from everywhere; `proposed` would do.
    Lock,
    /// Nothing: there are more origins than a list can name, or than are recorded.
    TooMany,
    /// It was good from each network of its list.
    Fits,
    /// It was not good from each of them; `proposed` is what it was good from.
    Narrower,
}

impl From<&Advice> for OriginAdvice {
    fn from(advice: &Advice) -> Self {
        match advice {
            Advice::Unknown => Self::Unknown,
            Advice::Lock(_) => Self::Lock,
            Advice::TooMany => Self::TooMany,
            Advice::Fits => Self::Fits,
            Advice::Narrower(_) => Self::Narrower,
        }
    }
}

/// A network that is proposed, or of the token's list, and what was seen of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NetworkSeen {
    /// The network, in CIDR notation.
    pub network: String,
    /// How many origins the token was good from in it, in these days; 0 is a network that it did not need.
    pub origins: usize,
    /// How often it was good from these, whatever the days.
    pub valid: u64,
    /// When these were seen first, whatever the days.
    #[serde(with = "time::serde::rfc3339::option")]
    pub first_at: Option<OffsetDateTime>,
    /// When it was good from there last.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_valid_at: Option<OffsetDateTime>,
}

impl From<LearnedNetwork> for NetworkSeen {
    fn from(learned: LearnedNetwork) -> Self {
        let LearnedNetwork { network, origins, uses, first_at, last_valid_at } = learned;
        Self { network, origins, valid: uses, first_at, last_valid_at }
    }
}

/// Why an origin is in none of the networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum OutsideReason {
    /// It was seen in these days, and always refused.
    Refused,
    /// It was not seen in these days.
    Unseen,
    /// The token was good from there in these days; the list that it has now refuses it.
    Excluded,
}

impl From<Outside> for OutsideReason {
    fn from(why: Outside) -> Self {
        match why {
            Outside::Refused => Self::Refused,
            Outside::Unseen => Self::Unseen,
            Outside::Excluded => Self::Excluded,
        }
    }
}

/// An origin that is recorded, and that the networks do not let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutsideOrigin {
    /// Why it is outside.
    pub reason: OutsideReason,
    /// The origin.
    #[serde(flatten)]
    pub seen: UsageOrigin,
}

/// What was learned of where a token is used from, and the networks that would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OriginProposal {
    /// The token.
    pub token_id: Uuid,
    /// From how many days.
    pub days: u16,
    /// Their beginning.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Since when it is recorded where the token is good from; null is not yet. Later than `since`, less was learned than was asked for.
    #[serde(with = "time::serde::rfc3339::option")]
    pub learned_since: Option<OffsetDateTime>,
    /// How often it was good in these days.
    pub valid: u64,
    /// At least so many of these came from nowhere known: the verifier was not told, or it was not kept. Once it is locked, they may be refused.
    pub unlocated: u64,
    /// The list that it has; empty is everywhere.
    pub allowed_cidrs: Vec<String>,
    /// What is proposed.
    pub proposal: OriginAdvice,
    /// The list that is proposed, to be sent back to lock the token; empty where none is.
    pub proposed: Vec<String>,
    /// The networks that are proposed; of a token that has a list, those of the list.
    pub networks: Vec<NetworkSeen>,
    /// Origins that are recorded and that would be refused.
    pub outside: Vec<OutsideOrigin>,
}

impl OriginProposal {
    /// What was learned of a token.
    pub fn of(token_id: Uuid, learned: NetworkProposal) -> Self {
        let texts = |list: Option<&Origins>| list.map(Origins::to_strings).unwrap_or_default();
        let outside = |(seen, why): (domain::usage::SeenOrigin, Outside)| OutsideOrigin {
            reason: why.into(),
            seen: seen.into(),
        };
        Self {
            token_id,
            days: learned.days.get(),
            since: learned.since,
            learned_since: learned.learned_since,
            valid: learned.uses,
            unlocated: learned.unlocated,
            allowed_cidrs: texts(learned.allowed.as_ref()),
            proposal: (&learned.advice).into(),
            proposed: texts(learned.advice.proposed()),
            networks: learned.networks.into_iter().map(Into::into).collect(),
            outside: learned.outside.into_iter().map(outside).collect(),
        }
    }
}

/// `POST /api/tokens/{id}/origins/lock`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LockOrigins {
    /// The networks that it may be used from, 1 to 50: `proposed` of the proposal, or others.
    pub allowed_cidrs: Vec<String>,
    /// The list that they replace: `allowed_cidrs` of the proposal. Has the token another one by now, nothing is changed.
    pub replaces: Vec<String>,
}

impl LockOrigins {
    /// The networks, and the list that they replace.
    ///
    /// # Errors
    /// `cidr_invalid`, `cidrs_too_many` on `allowed_cidrs`; `empty` where there is none; `networks_changed` on `replaces` when no token has such a list.
    pub fn lists(&self) -> Result<(Origins, Option<Origins>), Refusals> {
        let read = |texts: &[String]| Origins::parse(texts.iter().map(String::as_str));
        let empty = Refused::field("allowed_cidrs", Code::Empty);
        let networks = read(&self.allowed_cidrs)?.ok_or(empty)?;
        let changed = |_| Refused::field("replaces", Code::NetworksChanged);
        Ok((networks, read(&self.replaces).map_err(changed)?))
    }
}
