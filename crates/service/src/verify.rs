//! Answers whether a token is good.
//!
//! From memory on a hit, with no lock, no write and no wait ([`index`]); [`follow`] keeps what is there true. Start at [`answer`].

pub mod access;
pub mod batch;
pub mod follow;
pub mod index;
pub mod receipt;
pub mod snapshot;

pub use access::{VerifyAccess, admit};
pub use batch::answer_all;
pub use follow::Following;
pub use index::{Bar, Index, Trust};

use crate::{Fault, Service};
use domain::OffsetDateTime;
use domain::token::{Scope, SecretHash};
use domain::verify::{Denial, Request, Verdict, decide};
use index::{Entry, Found};
use std::net::IpAddr;
use std::time::Instant;
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

    /// The time of `retry_after` in whole seconds, rounded up, as `Retry-After` has it (RFC 9110, section 10.2.3).
    pub fn retry_after_seconds(&self) -> Option<u64> {
        let micros = u64::try_from(self.retry_after?.whole_microseconds()).unwrap_or(0);
        Some(micros.div_ceil(1_000_000).max(1))
    }
}

/// What can be said without the database.
enum Recalled<R> {
    /// It was told.
    Told(R),
    /// The database knows about the secret of this hash.
    Ask(SecretHash),
}

/// Answers, in the form that `tell` makes of it. What has not the form of a token is refused before it is hashed; what cannot be told is refused as
/// `unavailable`.
pub async fn answer<R>(service: &Service, asked: &Asked<'_>, tell: impl Fn(Answer<'_>) -> R) -> R {
    let began = service.usage().begin();
    let (index, strangers) = (service.index(), service.index().strangers());
    let asked_at = index.changes();
    let hash = match recall(service, asked, began, &tell) {
        Recalled::Told(told) => return told,
        Recalled::Ask(hash) => hash,
    };
    match service.store().find_record(&hash).await {
        Ok(record) => {
            if record.is_none() {
                strangers.asked_in_vain(asked.origin, service.now());
            }
            index.learn(&hash, record.clone(), service.now(), asked_at);
            judged(service, record.map(Entry::of).as_ref(), asked, began, &tell)
        }
        Err(error) => {
            let fault = Fault::unavailable("looking up a token", error);
            tracing::error!(fault = fault.chain(), "a token could not be verified");
            refused(service, Denial::Unavailable, asked, began, &tell)
        }
    }
}

/// Answers from memory, where that can be.
fn recall<R>(
    service: &Service,
    asked: &Asked<'_>,
    began: Option<Instant>,
    tell: impl Fn(Answer<'_>) -> R,
) -> Recalled<R> {
    let Some(hash) = SecretHash::of_offered(asked.offered) else {
        return Recalled::Told(refused(service, Denial::Malformed, asked, began, &tell));
    };
    let index = service.index();
    match index.ask(&hash, |entry| judged(service, entry, asked, began, &tell)) {
        Found::Told(told) => return Recalled::Told(told),
        Found::Untold => {
            return Recalled::Told(refused(service, Denial::Unavailable, asked, began, &tell));
        }
        Found::Ask => {}
    }
    // It may have been issued a moment ago, or it has ended and the caller should hear which. Whoever asks for many that are neither gets no query.
    if index.trust() == Trust::All && !index.strangers().may_ask(asked.origin, service.now()) {
        return Recalled::Told(refused(service, Denial::Unknown, asked, began, &tell));
    }
    Recalled::Ask(hash)
}

/// Tells what is decided, and takes note of it.
fn judged<R>(
    service: &Service,
    entry: Option<&Entry>,
    asked: &Asked<'_>,
    began: Option<Instant>,
    tell: impl Fn(Answer<'_>) -> R,
) -> R {
    let now = service.now();
    let answer = judge(service, entry, asked, now);
    service.usage().record(asked, &answer, now, began);
    tell(answer)
}

/// Tells what is refused without a record to decide on, and takes note of it.
fn refused<R>(
    service: &Service,
    denial: Denial,
    asked: &Asked<'_>,
    began: Option<Instant>,
    tell: impl Fn(Answer<'_>) -> R,
) -> R {
    let answer = Answer::unknown(denial);
    service.usage().record(asked, &answer, service.now(), began);
    tell(answer)
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
