//! Answers whether a token is good.
//!
//! From memory on a hit, with no lock, no write and no wait ([`index`]); [`follow`] keeps what is there true. Start at [`answer`].

pub mod access;
pub mod batch;
pub mod follow;
pub mod index;
pub mod receipt;
pub mod snapshot;
mod uses;

pub use access::{VerifyAccess, admit, admit_at_once};
pub use batch::answer_all;
pub use follow::Following;
pub use index::{Bar, Index, Trust};
pub(crate) use uses::Uses;

use crate::{Fault, Service};
use domain::OffsetDateTime;
use domain::token::{Scope, SecretHash};
use domain::verify::{Denial, Record, Request, Verdict, decide};
use index::{Entry, Found, Near};
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
    /// For one that is used too often, or has no use left: when it may be used again.
    pub retry_after: Option<Duration>,
    /// How many uses are left after this one, of a token that has a limit of them.
    pub uses_left: Option<u32>,
}

impl Answer<'_> {
    const fn unknown(denial: Denial) -> Self {
        Self { verdict: Verdict::NotKnown(denial), retry_after: None, uses_left: None }
    }

    /// The time of `retry_after` in whole seconds, rounded up, as `Retry-After` has it (RFC 9110, section 10.2.3).
    pub fn retry_after_seconds(&self) -> Option<u64> {
        let micros = u64::try_from(self.retry_after?.whole_microseconds()).unwrap_or(0);
        Some(micros.div_ceil(1_000_000).max(1))
    }
}

/// When something is judged, and since when somebody waits for it.
#[derive(Clone, Copy)]
struct Moment {
    now: OffsetDateTime,
    began: Option<Instant>,
}

impl Moment {
    fn begin(service: &Service) -> Self {
        Self { now: service.now(), began: service.usage().begin() }
    }

    /// Later, for the same wait.
    fn later(self, service: &Service) -> Self {
        Self { now: service.now(), ..self }
    }
}

/// What can be said without the database.
enum Recalled<R> {
    /// It was judged.
    Judged(Judged<R>),
    /// The database knows about the secret of this hash.
    Ask(SecretHash),
}

/// What can be said of a record.
enum Judged<R> {
    /// It was told.
    Told(R),
    /// It is good if one of its uses is left, and all instances count those together.
    Spend(Box<Record>),
}

/// Answers, in the form that `tell` makes of it. What has not the form of a token is refused before it is hashed; what cannot be told is refused as
/// `unavailable`.
pub async fn answer<R>(service: &Service, asked: &Asked<'_>, tell: impl Fn(Answer<'_>) -> R) -> R {
    let moment = Moment::begin(service);
    let (index, strangers) = (service.index(), service.index().strangers());
    let asked_at = index.changes();
    let hash = SecretHash::of_offered(asked.offered);
    let hash = match recall(service, (hash, Near::NotLooked), asked, moment, Counting::Here, &tell)
    {
        Recalled::Judged(Judged::Told(told)) => return told,
        Recalled::Judged(Judged::Spend(record)) => {
            return Box::pin(uses::spend(service, record, asked, moment, &tell)).await;
        }
        Recalled::Ask(hash) => hash,
    };
    let judged = match service.store().find_record(&hash).await {
        Ok(record) => {
            if record.is_none() {
                strangers.asked_in_vain(asked.origin, service.now());
            }
            index.learn(&hash, record.clone(), service.now(), asked_at);
            let entry = record.map(|record| index.entry(&hash, record));
            judged(service, entry.as_ref(), asked, moment.later(service), &tell)
        }
        Err(error) => {
            let fault = Fault::unavailable("looking up a token", error);
            tracing::error!(fault = fault.chain(), "a token could not be verified");
            Judged::Told(refused(service, Denial::Unavailable, asked, moment.later(service), &tell))
        }
    };
    match judged {
        Judged::Told(told) => told,
        Judged::Spend(record) => Box::pin(uses::spend(service, record, asked, moment, &tell)).await,
    }
}

/// Answers as [`answer`] does, from memory; `None` where the database has to be asked. Nothing has been counted then.
pub fn answer_at_once<R>(
    service: &Service,
    asked: &Asked<'_>,
    tell: impl Fn(Answer<'_>) -> R,
) -> Option<R> {
    // A token with a limit of uses would be judged twice, and lose two of its requests.
    let hash = SecretHash::of_offered(asked.offered);
    let hash = (hash, Near::NotLooked);
    match recall(service, hash, asked, Moment::begin(service), Counting::Elsewhere, tell) {
        Recalled::Judged(Judged::Told(told)) => Some(told),
        Recalled::Judged(Judged::Spend(_)) | Recalled::Ask(_) => None,
    }
}

/// Refuses what nobody could be granted, without a look at the token. It is counted as every answer is.
pub fn refuse<R>(
    service: &Service,
    denial: Denial,
    asked: &Asked<'_>,
    tell: impl Fn(Answer<'_>) -> R,
) -> R {
    refused(service, denial, asked, Moment::begin(service), tell)
}

/// Where the uses of a token that has a limit of them are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counting {
    /// Here, so that it is judged here too.
    Here,
    /// By somebody who is asked after us, and judges it.
    Elsewhere,
}

/// Answers from memory, where that can be, about the token of this hash, which may have been looked for; `None` has not the form of one.
fn recall<R>(
    service: &Service,
    (hash, near): (Option<SecretHash>, Near<'_>),
    asked: &Asked<'_>,
    moment: Moment,
    counting: Counting,
    tell: impl Fn(Answer<'_>) -> R,
) -> Recalled<R> {
    let refuse =
        |denial| Recalled::Judged(Judged::Told(refused(service, denial, asked, moment, &tell)));
    let Some(hash) = hash else { return refuse(Denial::Malformed) };
    let index = service.index();
    let judge = |entry: Option<&Entry>| {
        let counted = entry.is_some_and(|entry| entry.record.uses().is_some());
        let here = !counted || counting == Counting::Here;
        here.then(|| judged(service, entry, asked, moment, &tell))
    };
    match index.ask_near(&hash, near, judge) {
        Found::Told(Some(judged)) => return Recalled::Judged(judged),
        Found::Told(None) => return Recalled::Ask(hash),
        Found::Untold => return refuse(Denial::Unavailable),
        Found::Ask => {}
    }
    // It may have been issued a moment ago, or it has ended and the caller should hear which. Whoever asks for many that are neither gets no query.
    if index.trust() == Trust::All && !index.strangers().may_ask(asked.origin, moment.now) {
        return refuse(Denial::Unknown);
    }
    Recalled::Ask(hash)
}

/// Tells what is decided, and takes note of it; but for a token that is good if one of its uses is left.
fn judged<R>(
    service: &Service,
    entry: Option<&Entry>,
    asked: &Asked<'_>,
    Moment { now, began }: Moment,
    tell: impl Fn(Answer<'_>) -> R,
) -> Judged<R> {
    let answer = judge(service, entry, asked, now);
    if let Verdict::Valid(record) = answer.verdict
        && record.uses().is_some()
    {
        return Judged::Spend(Box::new(record.clone()));
    }
    service.usage().record(asked, &answer, now, began);
    Judged::Told(tell(answer))
}

/// Tells what is refused without a record to decide on, and takes note of it.
fn refused<R>(
    service: &Service,
    denial: Denial,
    asked: &Asked<'_>,
    Moment { now, began }: Moment,
    tell: impl Fn(Answer<'_>) -> R,
) -> R {
    let answer = Answer::unknown(denial);
    service.usage().record(asked, &answer, now, began);
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
    let limit = entry.record.rate();
    let spent = uses::known_spent(service, &entry.record, now);
    let request = Request {
        wanted: asked.wanted,
        origin: asked.origin,
        arrival: entry.arrival(),
        share,
        left: spent.map(|_| 0),
    };
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
            uses_left: None,
        },
        None => uses::counted(verdict, 0, spent.flatten()),
    }
}
