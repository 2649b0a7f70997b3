//! Which origins and scopes of tokens the database has, as far as this process saw: most that are flushed are, and need no question.

use crate::{Result, Service};
use domain::id::TokenId;
use domain::policy::Permit;
use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, RandomState};
use store::usage::Batch;

/// How many are remembered: 9 bytes each in a table that is at most half empty. With more, it begins anew.
const KNOWN_MAX: usize = 400_000;

/// Which origins and scopes of tokens the database has. One that it has no more is written like one that it has: nothing is lost, and the bound on how many
/// there are is no promise.
#[derive(Default)]
pub(super) struct Known {
    // 64 bits of a keyed hash. Two that are the same are not to be expected, and would make one row more than the bound.
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl Known {
    /// Marks what of a batch the database has.
    pub(super) async fn mark(
        &mut self,
        service: &Service,
        permit: &Permit,
        batch: &mut Batch,
    ) -> Result<()> {
        let mut asked = Vec::new();
        for (place, row) in batch.origins.iter_mut().enumerate() {
            row.known = self.has(row.token, row.origin);
            if !row.known {
                asked.push(place);
            }
        }
        if !asked.is_empty() {
            let pairs = asked.iter().map(|place| &batch.origins[*place]);
            let pairs: Vec<_> = pairs.map(|row| (row.token, row.origin)).collect();
            for found in service.store().find_known_origins(permit, &pairs).await? {
                let row = &mut batch.origins[asked[found]];
                row.known = true;
                self.keep(row.token, row.origin);
            }
        }
        asked.clear();
        for (place, row) in batch.scopes.iter_mut().enumerate() {
            row.known = self.has(row.token, &row.scope);
            if !row.known {
                asked.push(place);
            }
        }
        if !asked.is_empty() {
            let pairs = asked.iter().map(|place| &batch.scopes[*place]);
            let pairs: Vec<_> = pairs.map(|row| (row.token, &row.scope)).collect();
            for found in service.store().find_known_scopes(permit, &pairs).await? {
                let row = &mut batch.scopes[asked[found]];
                row.known = true;
                self.keep(row.token, &row.scope);
            }
        }
        Ok(())
    }

    fn has(&self, token: TokenId, what: impl Hash) -> bool {
        self.seen.contains(&self.hasher.hash_one((token.uuid(), what)))
    }

    fn keep(&mut self, token: TokenId, what: impl Hash) {
        if self.seen.len() >= KNOWN_MAX {
            self.seen.clear();
        }
        self.seen.insert(self.hasher.hash_one((token.uuid(), what)));
    }
}
