//! Those who wait for a use, and the one statement that is on its way for them.

use crate::{Fault, Service};
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::verify::UsesLimit;
use quick_cache::sync::Cache;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use store::verify::uses::Taken;
use time::Duration;
use tokio::sync::oneshot;

/// How long a statement may take before nobody waits for it any more.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
/// How many tokens without a use left are remembered.
const SPENT_MAX: usize = 16_384;
/// How long that is believed: whatever happens to the limit or to a clock, the database is asked again after it.
const BELIEVED: std::time::Duration = std::time::Duration::from_secs(1);

/// What became of one use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// So many were left before it; none means that it was not given.
    Counted {
        /// How many.
        left: u32,
        /// In what time the count begins at zero again; `None` is never.
        refill_in: Option<Duration>,
    },
    /// The token has no limit any more.
    Uncounted,
    /// The database did not say.
    Untold,
}

/// The uses that this instance takes.
pub(crate) struct Uses {
    queue: Mutex<Queue>,
    spent: Cache<TokenId, Spent>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    // Whether somebody goes through it.
    attended: bool,
}

/// Somebody who waits, for a use of each of these tokens.
struct Waiting {
    tokens: Vec<TokenId>,
    tell: oneshot::Sender<Vec<Use>>,
}

/// That nothing is left, by this limit.
#[derive(Clone, Copy)]
struct Spent {
    limit: UsesLimit,
    told_at: Instant,
    until: Option<OffsetDateTime>,
}

impl Uses {
    /// Nobody waits yet.
    pub(crate) fn new() -> Self {
        Self { queue: Mutex::default(), spent: Cache::new(SPENT_MAX) }
    }

    /// Takes a use of each token, in this order; of a token that is named twice, two. Whoever does not wait for the answer may have spent them for
    /// nothing.
    pub(super) async fn take(&self, service: &Service, tokens: Vec<TokenId>) -> Vec<Use> {
        let count = tokens.len();
        let (tell, told) = oneshot::channel();
        let attended = {
            let mut queue = self.lock();
            queue.waiting.push(Waiting { tokens, tell });
            std::mem::replace(&mut queue.attended, true)
        };
        if !attended {
            // On its own: whoever was first may go away while others wait.
            tokio::spawn(attend(Attending { service: service.clone(), done: false }));
        }
        told.await.unwrap_or_else(|_| vec![Use::Untold; count])
    }

    /// For a token that is known to have no use left by this limit: in what time it has some again, if ever.
    pub(super) fn known_spent(
        &self,
        token: TokenId,
        limit: UsesLimit,
        now: OffsetDateTime,
    ) -> Option<Option<Duration>> {
        let spent = self.spent.get(&token)?;
        let holds = spent.limit == limit
            && spent.told_at.elapsed() < BELIEVED
            && spent.until.is_none_or(|until| now < until);
        holds.then(|| spent.until.map(|until| until - now))
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everybody who waits by now and has not gone away; or the end, when nobody does.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut queue = self.lock();
        queue.waiting.retain(|waiting| !waiting.tell.is_closed());
        if queue.waiting.is_empty() {
            queue.attended = false;
            return None;
        }
        Some(std::mem::take(&mut queue.waiting))
    }

    /// Notes that nothing is left. `asked_at` is when the database was asked: its time is later than that, so that nobody is refused longer than it says.
    fn remember(&self, taken: &Taken, wanted: u32, asked_at: (Instant, OffsetDateTime)) {
        let (told_at, now) = asked_at;
        if let Some(limit) = taken.limit.filter(|_| taken.left <= wanted) {
            let until = taken.refill_in.map(|refill_in| now + refill_in);
            self.spent.insert(taken.token, Spent { limit, told_at, until });
        }
    }
}

/// Goes through the queue. If it is stopped before its end, nobody is left waiting for it.
struct Attending {
    service: Service,
    done: bool,
}

impl Drop for Attending {
    fn drop(&mut self) {
        if !self.done {
            *self.service.uses().lock() = Queue::default();
        }
    }
}

async fn attend(mut attending: Attending) {
    while let Some(waiting) = attending.service.uses().next() {
        let taken = statement(&attending.service, &waiting).await;
        hand_out(waiting, &taken);
    }
    attending.done = true;
}

/// Takes what they wait for, all of it at once. What is not there was not told.
async fn statement(service: &Service, waiting: &[Waiting]) -> HashMap<TokenId, Taken> {
    let mut wanted: HashMap<TokenId, u32> = HashMap::new();
    for token in waiting.iter().flat_map(|waiting| &waiting.tokens) {
        *wanted.entry(*token).or_default() += 1;
    }
    let asked: Vec<(TokenId, u32)> = wanted.iter().map(|(token, count)| (*token, *count)).collect();
    let asked_at = (Instant::now(), service.now());
    let taking = service.store().take_uses(&asked, service.moved_clock());
    let fault = match tokio::time::timeout(PATIENCE, taking).await {
        Ok(Ok(taken)) => {
            for taken in &taken {
                service.uses().remember(taken, wanted[&taken.token], asked_at);
            }
            return taken.into_iter().map(|taken| (taken.token, taken)).collect();
        }
        Ok(Err(error)) => Fault::unavailable("taking uses", error),
        Err(_) => Fault::unavailable("taking uses", "no answer in time"),
    };
    tracing::error!(fault = fault.chain(), "tokens with a limit of uses could not be verified");
    HashMap::new()
}

/// Who came first is served first.
fn hand_out(waiting: Vec<Waiting>, taken: &HashMap<TokenId, Taken>) {
    let mut before: HashMap<TokenId, u32> = HashMap::new();
    for Waiting { tokens, tell } in waiting {
        let each = tokens.into_iter().map(|token| {
            let Some(taken) = taken.get(&token) else { return Use::Untold };
            if taken.limit.is_none() {
                return Use::Uncounted;
            }
            let before = before.entry(token).or_default();
            let left = taken.left.saturating_sub(*before);
            *before += 1;
            Use::Counted { left, refill_in: taken.refill_in }
        });
        let each = each.collect();
        // Whoever went away meanwhile has spent it.
        let _ = tell.send(each);
    }
}
