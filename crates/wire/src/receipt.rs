//! The receipt of a revocation on the wire.

use crate::token::Token;
use domain::OffsetDateTime;
use domain::verify::receipt::{self, PartyKind, Standing};
use serde::{Deserialize, Serialize};

/// Who could still accept a revoked token, and where each of them stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// When the token was revoked, by the database's clock, as all times here.
    #[serde(with = "time::serde::rfc3339")]
    pub revoked_at: OffsetDateTime,
    /// Whether every verifier refuses the token. Mirrors are told beside it: who reads a copy elsewhere may do so a little longer.
    pub refused_by_every_verifier: bool,
    /// Verifiers first, then mirrors, by name.
    pub parties: Vec<Party>,
}

/// One that answers for tokens, or holds what answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Party {
    /// `verifier` or `mirror`.
    pub kind: Kind,
    /// What people know it by.
    pub name: String,
    /// Whether it refuses the token.
    pub refuses: bool,
    /// How many milliseconds after the revocation that began; null where nobody wrote it down, or while it does not.
    pub after_ms: Option<i64>,
    /// While it was not heard to refuse: from then on it does, even if it is never heard of again. Null where there is no such instant.
    #[serde(with = "time::serde::rfc3339::option")]
    pub may_accept_until: Option<OffsetDateTime>,
    /// Of a mirror: for how many seconds after it was written its readers may go on with what it held before. 60 for Workers KV, which
    /// answers from caches; else 0.
    pub readers_lag_seconds: u32,
}

/// What a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Kind {
    /// An instance of the server.
    Verifier,
    /// A storage mirror.
    Mirror,
}

/// The answer to a revocation: the token, and its receipt.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevokedToken {
    /// The token.
    #[serde(flatten)]
    pub revoked: Token,
    /// Who refuses it.
    pub receipt: Receipt,
}

/// Whether to wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ReceiptQuery {
    /// `true`: answer once every verifier that may serve refuses the token, at most 10 seconds later.
    #[serde(default)]
    pub wait: bool,
}

impl From<receipt::Receipt> for Receipt {
    fn from(receipt: receipt::Receipt) -> Self {
        Self {
            revoked_at: receipt.revoked_at,
            refused_by_every_verifier: receipt.refused_by_every_verifier(),
            parties: receipt.parties.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<receipt::Party> for Party {
    fn from(party: receipt::Party) -> Self {
        let (refuses, after, may_accept_until) = match party.standing {
            Standing::Refuses { after } => (true, after, None),
            Standing::MayAccept { until } => (false, None, until),
        };
        let kind = match party.kind {
            PartyKind::Verifier => Kind::Verifier,
            PartyKind::Mirror => Kind::Mirror,
        };
        let millis =
            |after: time::Duration| i64::try_from(after.whole_milliseconds()).unwrap_or(i64::MAX);
        Self {
            kind,
            name: party.name,
            refuses,
            after_ms: after.map(millis),
            may_accept_until,
            readers_lag_seconds: u32::try_from(party.readers_lag.whole_seconds())
                .unwrap_or_default(),
        }
    }
}
