//! Answers whether a token is good.
//!
//! From memory on a hit, with no lock, no write and no wait ([`index`]); [`follow`] keeps what is there true. Start at [`answer`].

pub mod follow;
pub mod index;
pub mod receipt;

pub use follow::Following;
pub use index::{Bar, Index, Trust};

use crate::{Fault, Service};
use domain::OffsetDateTime;
use domain::token::{Scope, SecretHash};
use domain::verify::{Denial, Request, Verdict, decide};
use index::{Entry, Found};
use std::net::IpAddr;
use time::Duration;

/// A token as it was received, and what it shall be used for. No `Debug`: it holds a secret.
#[derive(Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The token.
    pub offered: &'a str,
    /// The scopes that it needs.
    pub wanted: &'a [Scope],
    /// Where it came from, if the doorway can tell.
    pub origin: Option<IpAddr>,
    /// What it was sent with, as that calls itself.
    pub user_agent: Option<&'a str>,
    /// The path that it was used on, without a query.
    pub route: Option<&'a str>,
}

/// The answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'r> {
    /// Whether the token is good.
    pub verdict: Verdict<'r>,
    /// For one that is used too often: when it may be used again.
    pub retry_after: Option<Duration>,
}

impl Answer<'_> {
    const fn unknown(denial: Denial) -> Self {
        Self { verdict: Verdict::NotKnown(denial), retry_after: None }
    }
}

/// Answers, in the form that `tell` makes of it. What has not the form of a token is refused before it is hashed; what cannot be told is refused as
/// `unavailable`.
pub async fn answer<R>(service: &Service, asked: &Asked<'_>, tell: impl Fn(Answer<'_>) -> R) -> R {
    let began = service.usage().begin();
    let tell = |answer: Answer<'_>, now: OffsetDateTime| {
        service.usage().record(asked, &answer, now, began);
        tell(answer)
    };
    let unknown = |denial| tell(Answer::unknown(denial), service.now());
    let judged = |entry: Option<&Entry>| {
        let now = service.now();
        tell(judge(service, entry, asked, now), now)
    };
    let Some(hash) = SecretHash::of_offered(asked.offered) else {
        return unknown(Denial::Malformed);
    };
    let index = service.index();
    let asked_at = index.changes();
    match index.ask(&hash, judged) {
        Found::Told(told) => return told,
        Found::Untold => return unknown(Denial::Unavailable),
        Found::Ask => {}
    }
    // It may have been issued a moment ago, or it has ended and the caller should hear which. Whoever asks for many that are neither gets no query.
    let strangers = index.strangers();
    if index.trust() == Trust::All && !strangers.may_ask(asked.origin, service.now()) {
        return unknown(Denial::Unknown);
    }
    match service.store().find_record(&hash).await {
        Ok(record) => {
            if record.is_none() {
                strangers.asked_in_vain(asked.origin, service.now());
            }
            index.learn(&hash, record.clone(), service.now(), asked_at);
            judged(record.map(Entry::of).as_ref())
        }
        Err(error) => {
            let fault = Fault::unavailable("looking up a token", error);
            tracing::error!(fault = fault.chain(), "a token could not be verified");
            unknown(Denial::Unavailable)
        }
    }
}

/// Decides, and counts the request where that matters.
fn judge<'r>(
    service: &Service,
    entry: Option<&'r Entry>,
    asked: &Asked<'_>,
    now: OffsetDateTime,
) -> Answer<'r> {
    let Some(entry) = entry else {
        return Answer::unknown(Denial::Unknown);
    };
    let share = service.index().instances();
    let limit = entry.record.conditions.as_ref().and_then(|conditions| conditions.rate);
    let request =
        Request { wanted: asked.wanted, origin: asked.origin, arrival: entry.arrival(), share };
    let verdict = decide(Some(&entry.record), &request, now);
    let early = match (verdict, limit) {
        (Verdict::Valid(_), Some(limit)) => entry.take(limit.share(share), now).err(),
        (Verdict::Denied(Denial::RateLimited, _), Some(limit)) => {
            limit.share(share).arrive(entry.arrival(), now).err()
        }
        _ => None,
    };
    match early {
        // Another request took the last one meanwhile.
        Some(early) => Answer {
            verdict: Verdict::Denied(Denial::RateLimited, &entry.record),
            retry_after: Some(early.retry_after),
        },
        None => Answer { verdict, retry_after: None },
    }
}
