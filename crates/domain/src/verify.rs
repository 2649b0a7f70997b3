//! The verify decision: one pure function for every doorway.
//!
//! Start at [`decide`]. [`Record`] is what is known of a token, [`Request`] what it shall be used for, [`Verdict`] the answer. The vectors that
//! every doorway is held to are in `vectors/verify.json` of this crate.

pub mod denial;
pub mod origin;
pub mod rate;
pub mod receipt;
pub mod record;
pub mod uses;

pub use denial::Denial;
pub use origin::Origins;
pub use rate::RateLimit;
pub use record::{Conditions, Record};
pub use uses::UsesLimit;

use crate::OffsetDateTime;
use crate::token::Scope;
use rate::Arrival;
use std::net::IpAddr;

/// What a token shall be used for, and what is known of whoever offers it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The scopes that it needs; each must be covered.
    pub wanted: &'a [Scope],
    /// The address that it comes from; `None` where the doorway cannot tell, which no allow list covers.
    pub origin: Option<IpAddr>,
    /// Where its requests stand against its limit.
    pub arrival: Arrival,
    /// How many instances share the limit; 0 is one.
    pub share: u32,
    /// How many of its uses were left before this one; `None` where that is not known, and then only all else is judged.
    pub left: Option<u32>,
}

/// The answer. What is denied for its life, its conditions or its scopes still says whose it was; what is unknown says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'r> {
    /// Good, for all that was wanted.
    Valid(&'r Record),
    /// Known, and not good.
    Denied(Denial, &'r Record),
    /// Not known.
    NotKnown(Denial),
}

/// Decides on a token that was looked up. Allocates nothing.
///
/// The order is part of the contract: what has ended is told before what is missing, and limits are judged last, so that only a request that
/// would otherwise be good counts against them; the uses after the rate, so that what comes too fast spends none.
pub fn decide<'r>(
    record: Option<&'r Record>,
    request: &Request<'_>,
    now: OffsetDateTime,
) -> Verdict<'r> {
    let Some(record) = record else {
        return Verdict::NotKnown(Denial::Unknown);
    };
    match denial(record, request, now) {
        Some(denial) => Verdict::Denied(denial, record),
        None => Verdict::Valid(record),
    }
}

fn denial(record: &Record, request: &Request<'_>, now: OffsetDateTime) -> Option<Denial> {
    if record.revoked {
        return Some(Denial::Revoked);
    }
    // On or after, as RFC 7519, section 4.1.4, has it.
    if record.expires_at.is_some_and(|at| at <= now) {
        return Some(Denial::Expired);
    }
    if let Some(conditions) = &record.conditions {
        if conditions.retires_at.is_some_and(|at| at <= now) {
            return Some(Denial::Rotated);
        }
        // By time alone it is over: no doorway has to be told.
        if conditions.disabled || conditions.paused_until.is_some_and(|at| now < at) {
            return Some(Denial::Disabled);
        }
        if conditions.not_before.is_some_and(|at| now < at) {
            return Some(Denial::NotYetValid);
        }
        if !conditions.origins.as_ref().is_none_or(|origins| origins.allow(request.origin)) {
            return Some(Denial::OriginDenied);
        }
    }
    if !record.scopes.cover(request.wanted) {
        return Some(Denial::ScopeDenied);
    }
    let limit = record.conditions.as_ref().and_then(|conditions| conditions.rate);
    if limit.is_some_and(|limit| limit.share(request.share).arrive(request.arrival, now).is_err()) {
        return Some(Denial::RateLimited);
    }
    if request.left == Some(0) && record.uses().is_some() {
        return Some(Denial::UsesSpent);
    }
    None
}
