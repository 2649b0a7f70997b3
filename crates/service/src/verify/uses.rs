//! Takes a use of a token that has a limit of them, from the count that all instances share.
//!
//! A request waits for the database: a use is given when it was committed, and not before. Of all that wait in an instance, one statement takes the uses
//! at once; what comes meanwhile goes into the next one. That a token has none left is remembered for a moment. Start at [`spend`].

mod queue;

pub(crate) use queue::Uses;

use super::index::{Found, Trust};
use super::{Answer, Asked, Moment, refused};
use crate::Service;
use domain::OffsetDateTime;
use domain::token::SecretHash;
use domain::verify::{Denial, Record, Request, Verdict, decide};
use queue::Use;
use time::Duration;

/// Takes a use, and tells what came of it.
pub(super) async fn spend<R>(
    service: &Service,
    record: Box<Record>,
    asked: &Asked<'_>,
    moment: Moment,
    tell: impl Fn(Answer<'_>) -> R,
) -> R {
    let taken = take(service, vec![record.id]).await.pop();
    told(service, &record, taken.unwrap_or(Use::Untold), asked, moment, &tell)
}

/// Takes a use for each, in their order, and tells what came of it. Each has its place in `asked`.
pub(super) async fn spend_all<R>(
    service: &Service,
    asked: &[Asked<'_>],
    spending: Vec<(usize, Box<Record>)>,
    tell: impl Fn(Answer<'_>) -> R,
) -> Vec<(usize, R)> {
    let moment = Moment::begin(service);
    let taken = take(service, spending.iter().map(|(_, record)| record.id).collect()).await;
    let each = spending.iter().zip(taken);
    each.map(|((at, record), taken)| {
        (*at, told(service, record, taken, &asked[*at], moment, &tell))
    })
    .collect()
}

/// While the database is away nobody waits for it in vain.
async fn take(service: &Service, tokens: Vec<domain::id::TokenId>) -> Vec<Use> {
    match service.index().trust() {
        Trust::All | Trust::TheDatabase => service.uses().take(service, tokens).await,
        Trust::WhatIsKnown | Trust::Nothing => vec![Use::Untold; tokens.len()],
    }
}

/// Decides once more, on what is known by now: the token may have ended while its use was counted.
fn told<R>(
    service: &Service,
    record: &Record,
    taken: Use,
    asked: &Asked<'_>,
    moment: Moment,
    tell: impl Fn(Answer<'_>) -> R,
) -> R {
    // What was known when the use was asked for may have changed while it was counted.
    let Moment { now, began } = moment.later(service);
    let untold = || refused(service, Denial::Unavailable, asked, Moment { now, began }, &tell);
    let (left, refill_in) = match taken {
        Use::Counted { left, refill_in } => (Some(left), refill_in),
        Use::Uncounted => (None, None),
        Use::Untold => return untold(),
    };
    // Its place in the rate was taken before it waited.
    let request =
        Request { wanted: asked.wanted, origin: asked.origin, left, ..Request::default() };
    let settle = |record: Option<&Record>| {
        let verdict = decide(record, &request, now);
        let answer = counted(verdict, left.unwrap_or(0), refill_in);
        service.usage().record(asked, &answer, now, began);
        tell(answer)
    };
    let Some(hash) = SecretHash::of_offered(asked.offered) else { return untold() };
    match service.index().ask(&hash, |entry| settle(entry.map(|entry| &entry.record))) {
        Found::Told(told) => told,
        Found::Ask => settle(Some(record)),
        Found::Untold => untold(),
    }
}

/// An answer about a token of which so many uses were left before it.
pub(super) fn counted(verdict: Verdict<'_>, left: u32, refill_in: Option<Duration>) -> Answer<'_> {
    match verdict {
        Verdict::Valid(record) if record.uses().is_some() => {
            Answer { verdict, retry_after: None, uses_left: left.checked_sub(1) }
        }
        Verdict::Denied(Denial::UsesSpent, _) => {
            Answer { verdict, retry_after: refill_in, uses_left: Some(0) }
        }
        _ => Answer { verdict, retry_after: None, uses_left: None },
    }
}

/// For a token that is known to have no use left: in what time it has some again, if ever.
pub(super) fn known_spent(
    service: &Service,
    record: &Record,
    now: OffsetDateTime,
) -> Option<Option<Duration>> {
    service.uses().known_spent(record.id, record.uses()?, now)
}
