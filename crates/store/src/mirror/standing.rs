//! What a run needs to know of its mirror before it begins.

use crate::verify::Seen;
use crate::{Result, Store};
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::mirror::Digest;
use domain::mirror::state::Asked;
use domain::policy::Permit;

/// How far a mirror is, as a run wants to know it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What the last good run saw, and the moment that it made true. `None`: there was none, or nothing can be said of it any more.
    pub since: Option<(Seen, OffsetDateTime)>,
    /// When everything was last looked at.
    pub observed_at: Option<OffsetDateTime>,
    /// Deletes that wait for a person, and how many of them a person has released.
    pub held: (u64, u64),
    /// Records that nobody here issued, and how many of them a person lets go.
    pub foreign: (u64, u64),
    /// What the foreign records were known by that were listed last.
    pub foreign_digest: Option<Digest>,
    /// Whether a person stopped it.
    pub paused: bool,
    /// What a person asked for.
    pub asked: Option<Asked>,
    /// Tokens whose rows were invalid.
    pub set_aside: Vec<TokenId>,
    /// When its head was last written.
    pub head_at: Option<OffsetDateTime>,
    /// What the routes are known by that were last written.
    pub routes: Option<Digest>,
    /// When they were first written there.
    pub routes_at: Option<OffsetDateTime>,
    /// Runs that failed since the last good one.
    pub failures: u32,
}

impl Store {
    /// How far the mirror `name` is; `None` when there is none of that name that writes to `target`.
    ///
    /// # Errors
    /// As every read.
    pub async fn mirror_standing(
        &self,
        _permit: &Permit,
        name: &str,
        target: &str,
    ) -> Result<Option<Standing>> {
        let row = sqlx::query!(
            "SELECT seen::text AS seen, looked_at, observed_at, held_deletes, released_deletes, foreign_total, foreign_ended,
                    paused_at, asked, set_aside, head_at, failures, routes, routes_at,
                    foreign_digest
             FROM mirrors WHERE name = $1 AND target = $2",
            name,
            target,
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(|row| Standing {
            since: row.seen.map(Seen::stored).zip(row.looked_at),
            observed_at: row.observed_at,
            held: (row.held_deletes.unsigned_abs(), row.released_deletes.unsigned_abs()),
            foreign: (row.foreign_total.unsigned_abs(), row.foreign_ended.unsigned_abs()),
            foreign_digest: row.foreign_digest.as_deref().and_then(Digest::told),
            paused: row.paused_at.is_some(),
            asked: row.asked.as_deref().and_then(Asked::parse),
            set_aside: super::list::set_aside_from(&row.set_aside)
                .iter()
                .map(|row| row.token)
                .collect(),
            head_at: row.head_at,
            failures: row.failures.unsigned_abs(),
            routes: row.routes.as_deref().and_then(Digest::told),
            routes_at: row.routes_at,
        }))
    }
}
