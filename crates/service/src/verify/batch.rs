//! Answers about many tokens at once: each from memory where that can be, and all the others by one query; and
//! the uses of all by one statement.

use super::{Answer, Asked, Counting, Judged, Moment, Recalled, judged, recall, refused, uses};
use crate::{Fault, Service};
use domain::token::SecretHash;
use domain::verify::{Denial, Record};

/// How many tokens one question may be about.
pub const ITEMS_MAX: usize = 1_000;

/// How many are looked for before the first of them is judged: a processor waits for several places of memory at a time, if nothing is between them.
const AHEAD: usize = 25;

/// Answers each, in order, in the form that `tell` makes of it, as [`super::answer`] would.
pub async fn answer_all<R>(
    service: &Service,
    asked: &[Asked<'_>],
    tell: impl Fn(Answer<'_>) -> R,
) -> Vec<R> {
    let asked_at = service.index().changes();
    let mut told = Vec::with_capacity(asked.len());
    let mut open: Vec<(usize, SecretHash)> = Vec::new();
    let mut spending: Vec<(usize, Box<Record>)> = Vec::new();
    // What stays if nobody can tell.
    let untold = || tell(Answer::unknown(Denial::Unavailable));
    let now = service.now();
    for some in asked.chunks(AHEAD) {
        let hashes: Vec<_> = some.iter().map(|one| SecretHash::of_offered(one.offered)).collect();
        service.index().near::<AHEAD, _>(&hashes, |near| {
            for ((one, hash), near) in some.iter().zip(&hashes).zip(near) {
                let (at, moment) = (told.len(), Moment { now, began: service.usage().begin() });
                let hash = (*hash, near);
                told.push(match recall(service, hash, one, moment, Counting::Here, &tell) {
                    Recalled::Judged(Judged::Told(told)) => told,
                    Recalled::Judged(Judged::Spend(record)) => {
                        spending.push((at, record));
                        untold()
                    }
                    Recalled::Ask(hash) => {
                        open.push((at, hash));
                        untold()
                    }
                });
            }
        });
    }
    if !open.is_empty() {
        for (at, judged) in look_up(service, asked, &open, asked_at, &tell).await {
            match judged {
                Judged::Told(told_now) => told[at] = told_now,
                Judged::Spend(record) => spending.push((at, record)),
            }
        }
    }
    if !spending.is_empty() {
        spending.sort_unstable_by_key(|(at, _)| *at);
        for (at, told_now) in uses::spend_all(service, asked, spending, &tell).await {
            told[at] = told_now;
        }
    }
    told
}

async fn look_up<R>(
    service: &Service,
    asked: &[Asked<'_>],
    open: &[(usize, SecretHash)],
    asked_at: u64,
    tell: impl Fn(Answer<'_>) -> R,
) -> Vec<(usize, Judged<R>)> {
    let moment = Moment::begin(service);
    let hashes: Vec<SecretHash> = open.iter().map(|(_, hash)| *hash).collect();
    let found = match service.store().find_records(&hashes).await {
        Ok(found) => found,
        Err(error) => {
            let fault = Fault::unavailable("looking up tokens", error);
            tracing::error!(fault = fault.chain(), "some tokens could not be verified");
            let untold = |at: usize| {
                Judged::Told(refused(service, Denial::Unavailable, &asked[at], moment, &tell))
            };
            return open.iter().map(|(at, _)| (*at, untold(*at))).collect();
        }
    };
    let index = service.index();
    let moment = moment.later(service);
    let answers = open.iter().map(|(at, hash)| {
        let record = found.get(hash.bytes());
        if record.is_none() {
            index.strangers().asked_in_vain(asked[*at].origin, moment.now);
        }
        index.learn(hash, record.cloned(), moment.now, asked_at);
        let entry = record.map(|record| index.entry(hash, record.clone()));
        (*at, judged(service, entry.as_ref(), &asked[*at], moment, &tell))
    });
    answers.collect()
}
