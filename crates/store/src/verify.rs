//! What verifiers read: the records of tokens, all of them, those that changed, or one.
//!
//! Which changes a verifier has is told by a snapshot of Postgres (`pg_snapshot`), not by a number that rises: numbers are given before a commit, so
//! that a later one may become visible first, while a snapshot says of every transaction whether it was seen (PostgreSQL, 9.27.7). Start at
//! [`Follower`]. Who verifies is in [`verifier`], the proof of a revocation in [`receipt`].

mod follower;
mod gone;
mod history;
pub mod receipt;
pub mod uses;
pub mod verifier;

pub use follower::{Changed, Follower};

use crate::{Result, Store};
use domain::OffsetDateTime;
use domain::token::{Scopes, SecretHash};
use domain::verify::{Conditions, Origins, RateLimit, Record};
use std::collections::HashMap;
use std::sync::Arc;

/// What a verifier has seen: the text of a `pg_snapshot`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen(pub(crate) String);

impl Seen {
    /// One that was kept.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text, to keep it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this look saw the change: it was committed, or given up, before.
    pub fn has(&self, change: Change) -> bool {
        let running = self.0.split(':').nth(2).unwrap_or_default();
        change.0 < self.next() && running.split(',').all(|id| id.parse() != Ok(change.0))
    }

    /// Whether this is an earlier look than `other`: what cannot be, in one history of one database.
    pub fn is_before(&self, other: &Self) -> bool {
        self.next() < other.next()
    }

    /// The first transaction that was not begun yet: `xmin:xmax:xip_list` (PostgreSQL, table 9.81).
    fn next(&self) -> u64 {
        self.0.split(':').nth(1).and_then(|next| next.parse().ok()).unwrap_or(0)
    }
}

/// A change that was committed: the id of its transaction (`xid8`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change(pub(crate) u64);

/// What is known of a token, by each of its secrets.
pub struct Known {
    /// The hash of its current secret.
    pub hash: SecretHash,
    /// What is known of the token when that secret is offered.
    pub record: Record,
    /// The secret before the last rotation, and what is known when it is offered.
    pub retired: Option<(SecretHash, Record)>,
}

struct Row {
    id: uuid::Uuid,
    team_id: uuid::Uuid,
    name: String,
    secret_hash: Vec<u8>,
    scopes: Vec<String>,
    expires_at: Option<OffsetDateTime>,
    revoked: bool,
    not_before: Option<OffsetDateTime>,
    disabled: bool,
    paused_until: Option<OffsetDateTime>,
    allowed_cidrs: Option<Vec<String>>,
    rate_requests: Option<i32>,
    rate_seconds: Option<i32>,
    uses_count: Option<i32>,
    uses_per: Option<String>,
    retired_hash: Option<Vec<u8>>,
    retired_until: Option<OffsetDateTime>,
}

impl Row {
    /// `share` gives the one copy of scopes that many tokens have. `None` for a row whose hash is none: nobody can offer its secret.
    fn known(self, share: impl FnOnce(Vec<String>) -> Arc<Scopes>) -> Option<Known> {
        let rate = self.rate_requests.zip(self.rate_seconds);
        let conditions = Conditions {
            not_before: self.not_before,
            disabled: self.disabled,
            paused_until: self.paused_until,
            retires_at: None,
            origins: self.allowed_cidrs.map(|texts| Origins::stored(&texts)),
            // A limit outside its range would not be in the table: a constraint keeps it out.
            rate: rate.and_then(|(requests, seconds)| {
                RateLimit::parse(requests.into(), seconds.into()).ok()
            }),
            uses: uses::limit(self.uses_count, self.uses_per.as_deref()),
        };
        let retired = self
            .retired_hash
            .and_then(|hash| SecretHash::from_slice(&hash))
            .zip(self.retired_until)
            .map(|(hash, until)| {
                (hash, Conditions { retires_at: Some(until), ..conditions.clone() })
            });
        let record = Record {
            id: self.id.into(),
            team: self.team_id.into(),
            name: self.name.into(),
            scopes: share(self.scopes),
            expires_at: self.expires_at,
            revoked: self.revoked,
            conditions: conditions.boxed(),
        };
        let retired = retired.map(|(hash, conditions)| {
            (hash, Record { conditions: conditions.boxed(), ..record.clone() })
        });
        Some(Known { hash: SecretHash::from_slice(&self.secret_hash)?, record, retired })
    }
}

impl Store {
    /// What is known of the token when the secret of this hash is offered.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_record(&self, hash: &SecretHash) -> Result<Option<Record>> {
        // Two lookups by unique indexes, and not an "or" that scans.
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", team_id AS "team_id!", name AS "name!", secret_hash AS "secret_hash!", scopes AS "scopes!", expires_at,
                      revoked_at IS NOT NULL AS "revoked!", not_before, disabled_at IS NOT NULL AND paused_until IS NULL AS "disabled!", paused_until,
                      allowed_cidrs::text[], rate_requests, rate_seconds, uses_count, uses_per, retired_hash, retired_until
               FROM (SELECT * FROM tokens WHERE secret_hash = $1
                     UNION ALL
                     SELECT * FROM tokens WHERE retired_hash = $1) AS k
               LIMIT 1"#,
            hash.bytes()
        )
        .fetch_optional(self.pool())
        .await?;
        let known = row.and_then(|row| row.known(|scopes| Scopes::stored(&scopes).into()));
        Ok(known.and_then(|known| {
            if known.hash == *hash {
                return Some(known.record);
            }
            known.retired.filter(|(retired, _)| retired == hash).map(|(_, record)| record)
        }))
    }

    /// What is known of the tokens when the secrets of these hashes are offered, by hash. What nobody issued is not there.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_records(&self, hashes: &[SecretHash]) -> Result<HashMap<[u8; 32], Record>> {
        let hashes: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.bytes().to_vec()).collect();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", team_id AS "team_id!", name AS "name!", secret_hash AS "secret_hash!", scopes AS "scopes!", expires_at,
                      revoked_at IS NOT NULL AS "revoked!", not_before, disabled_at IS NOT NULL AND paused_until IS NULL AS "disabled!", paused_until,
                      allowed_cidrs::text[], rate_requests, rate_seconds, uses_count, uses_per, retired_hash, retired_until
               FROM (SELECT * FROM tokens WHERE secret_hash = ANY ($1)
                     UNION ALL
                     SELECT * FROM tokens WHERE retired_hash = ANY ($1)) AS k"#,
            &hashes
        )
        .fetch_all(self.pool())
        .await?;
        let known = rows
            .into_iter()
            .filter_map(|row| row.known(|scopes| Scopes::stored(&scopes).into()))
            .flat_map(|known| std::iter::once((known.hash, known.record)).chain(known.retired));
        Ok(known.map(|(hash, record)| (*hash.bytes(), record)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_has_what_was_neither_running_nor_yet_to_begin() {
        let seen = Seen::stored("10:20:10,14,19".to_owned());
        let has: Vec<u64> = (8..23).filter(|id| seen.has(Change(*id))).collect();
        assert_eq!(has, [8, 9, 11, 12, 13, 15, 16, 17, 18]);
        assert!(Seen::stored("20:20:".to_owned()).has(Change(19)));
        assert!(!Seen::stored("no snapshot".to_owned()).has(Change(1)));
    }
}
