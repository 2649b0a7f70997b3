//! Where the requests of a token stand against its rate limit: once for all of its secrets, and for every copy of its record.
//!
//! In an entry there is one only where there is a limit, so that tokens without one do not pay for it.

use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::verify::rate::{Arrival, RateLimit, TooEarly};
use quick_cache::sync::Cache;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// How many are remembered of tokens that are not kept. Of more, those that are asked for least begin anew.
const PACES_MAX: usize = 65_536;

/// Where a token's requests stand. A clone is the same one.
#[derive(Clone, Default)]
pub(in crate::verify) struct Pace(Arc<AtomicI64>);

impl Pace {
    pub(super) fn arrival(&self) -> Arrival {
        Arrival(self.0.load(Ordering::Relaxed))
    }

    /// Takes one request.
    ///
    /// # Errors
    /// [`TooEarly`] when others took the last one meanwhile.
    pub(super) fn take(&self, limit: RateLimit, now: OffsetDateTime) -> Result<(), TooEarly> {
        let mut seen = self.arrival();
        loop {
            let next = limit.arrive(seen, now)?;
            let swapped =
                self.0.compare_exchange_weak(seen.0, next.0, Ordering::Relaxed, Ordering::Relaxed);
            match swapped {
                Ok(_) => return Ok(()),
                Err(moved) => seen = Arrival(moved),
            }
        }
    }
}

/// Those of tokens that the database was asked for: what is known of them is not kept, or not yet, and their requests count.
pub(super) struct Paces(Cache<TokenId, Pace>);

impl Paces {
    pub(super) fn new() -> Self {
        Self(Cache::new(PACES_MAX))
    }

    pub(super) fn find(&self, id: TokenId) -> Option<Pace> {
        self.0.get(&id)
    }

    pub(super) fn make(&self, id: TokenId) -> Pace {
        let made = self.0.get_or_insert_with(&id, || Ok::<_, Infallible>(Pace::default()));
        made.unwrap_or_else(|never| match never {})
    }
}
