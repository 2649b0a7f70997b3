//! Writes what one process collected: in one transaction, added to what is there, in the order of the keys, so that two processes never wait for each
//! other in a circle.

use crate::{Result, Store};
use domain::OffsetDateTime;
use domain::id::{RecorderId, TokenId};
use domain::policy::Permit;
use domain::token::Scope;
use domain::usage::{KEPT_MAX, Origin, Outcome};
use std::net::IpAddr;
use std::sync::Arc;

/// Origins and scopes that are kept for each token.
pub const EACH_MAX: i64 = KEPT_MAX as i64;

/// What one process collected. Everything is sorted by its key, and each key is there once.
#[derive(Debug, Default)]
pub struct Batch {
    /// Counts by hour.
    pub counts: Vec<HourCount>,
    /// Last uses.
    pub last: Vec<LastUse>,
    /// Origins.
    pub origins: Vec<OriginUse>,
    /// Scopes.
    pub scopes: Vec<ScopeUse>,
}

/// How often an outcome came in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourCount {
    /// The hour's beginning.
    pub hour: OffsetDateTime,
    /// The token; `None` is what was none of ours.
    pub token: Option<TokenId>,
    /// The outcome.
    pub outcome: Outcome,
    /// How often.
    pub count: u64,
}

/// The last time that a token was good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// The token.
    pub token: TokenId,
    /// When.
    pub at: OffsetDateTime,
    /// Where from.
    pub origin: Option<IpAddr>,
    /// With what; empty is not known.
    pub user_agent: Arc<str>,
    /// On which path; empty is not known.
    pub route: Arc<str>,
    /// How often without naming a scope.
    pub unnamed: Option<UnnamedUse>,
}

/// How often a token was good for requests that named no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnnamedUse {
    /// How often.
    pub count: u64,
    /// When first.
    pub first_at: OffsetDateTime,
    /// When last.
    pub last_at: OffsetDateTime,
}

impl UnnamedUse {
    /// Both together.
    pub fn sum(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let Some((one, other)) = one.zip(other) else { return one.or(other) };
        Some(Self {
            count: one.count + other.count,
            first_at: one.first_at.min(other.first_at),
            last_at: one.last_at.max(other.last_at),
        })
    }
}

/// How often a token was used from an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginUse {
    /// The token.
    pub token: TokenId,
    /// The origin.
    pub origin: Origin,
    /// When first.
    pub first_at: OffsetDateTime,
    /// When last.
    pub last_at: OffsetDateTime,
    /// How often it was good.
    pub valid: u64,
    /// How often it was refused.
    pub refused: u64,
    /// How often of these because its time was over.
    pub ended: u64,
    /// When it was good last; `None` is not at all.
    pub last_valid_at: Option<OffsetDateTime>,
    /// Whether the database has this origin of the token: it is added to, whatever the bound.
    pub known: bool,
}

/// How often a token was used for a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeUse {
    /// The token.
    pub token: TokenId,
    /// The scope.
    pub scope: Scope,
    /// When first.
    pub first_at: OffsetDateTime,
    /// When last.
    pub last_at: OffsetDateTime,
    /// How often it was granted.
    pub granted: u64,
    /// How often it was refused.
    pub refused: u64,
    /// Whether the database has this scope of the token: it is added to, whatever the bound.
    pub known: bool,
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A column of a batch.
fn column<'r, R, T>(rows: &'r [R], of: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

impl Store {
    /// Adds a batch, once: one that the database has already is left alone. `number` rises from batch to batch of a recorder.
    ///
    /// # Errors
    /// As every statement; nothing is added then, or nobody knows: try it again with the same number.
    pub async fn flush_usage(
        &self,
        _permit: &Permit,
        recorder: RecorderId,
        number: i64,
        batch: &Batch,
        now: OffsetDateTime,
    ) -> Result<()> {
        let mut tx = self.pool().begin().await?;
        // What a crash of the database can lose of the last moment is what a crash of ours can lose too: nobody should wait for a disk.
        sqlx::query("SET LOCAL synchronous_commit = off").execute(&mut *tx).await?;
        let fresh = sqlx::query!(
            "INSERT INTO usage_batches AS b (recorder, number, at) VALUES ($1, $2, $3)
             ON CONFLICT (recorder) DO UPDATE SET number = excluded.number, at = excluded.at WHERE b.number < excluded.number",
            recorder.uuid(),
            number,
            now,
        )
        .execute(&mut *tx)
        .await?;
        if fresh.rows_affected() == 0 {
            return Ok(());
        }
        add_counts(&mut tx, &batch.counts).await?;
        move_last_used(&mut tx, &batch.last).await?;
        add_origins(&mut tx, &batch.origins).await?;
        add_scopes(&mut tx, &batch.scopes).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes the partitions that the next hours need.
    ///
    /// # Errors
    /// As every statement.
    pub async fn make_usage_partitions(&self, _permit: &Permit, now: OffsetDateTime) -> Result<()> {
        let soon = now.saturating_add(time::Duration::days(7));
        sqlx::query("SELECT usage_hours_make($1), usage_hours_make($2)")
            .bind(now)
            .bind(soon)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Drops the months that were over before `before`, and says how many. Waits for nobody longer than a second: a later sweep tries again.
    ///
    /// # Errors
    /// As every statement.
    pub async fn drop_usage_partitions(
        &self,
        _permit: &Permit,
        before: OffsetDateTime,
    ) -> Result<u32> {
        let mut tx = self.pool().begin().await?;
        sqlx::query("SET LOCAL lock_timeout = '1s'").execute(&mut *tx).await?;
        let dropped = sqlx::query_scalar!(r#"SELECT usage_hours_drop($1) AS "dropped!""#, before)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(dropped.unsigned_abs())
    }

    /// Forgets origins and scopes that were last seen before `before`, and batches of processes that have been silent for a week.
    ///
    /// # Errors
    /// As every statement.
    pub async fn forget_usage(
        &self,
        _permit: &Permit,
        before: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<()> {
        sqlx::query!("DELETE FROM token_origins WHERE last_at < $1", before)
            .execute(self.pool())
            .await?;
        sqlx::query!("DELETE FROM token_scopes_asked WHERE last_at < $1", before)
            .execute(self.pool())
            .await?;
        sqlx::query!(
            "UPDATE token_last_used SET unnamed = 0, unnamed_first_at = NULL, unnamed_last_at = NULL WHERE unnamed_last_at < $1",
            before
        )
        .execute(self.pool())
        .await?;
        sqlx::query!("DELETE FROM usage_notices WHERE at < $1", before)
            .execute(self.pool())
            .await?;
        // A server of a version before knows of no token_used.
        sqlx::query!(
            "UPDATE token_used AS u SET hour = date_trunc('hour', l.at, 'UTC') FROM token_last_used AS l
             WHERE l.token_id = u.token_id AND u.hour < date_trunc('hour', l.at, 'UTC')"
        )
        .execute(self.pool())
        .await?;
        let silent = now.saturating_sub(time::Duration::weeks(1));
        sqlx::query!("DELETE FROM usage_batches WHERE at < $1", silent)
            .execute(self.pool())
            .await?;
        Ok(())
    }
}

async fn add_counts(tx: &mut sqlx::PgConnection, counts: &[HourCount]) -> Result<()> {
    // A batch is of one hour or two; one that waited for the database may be of more.
    let mut months: Vec<(i32, time::Month)> =
        column(counts, |row| (row.hour.year(), row.hour.month()));
    months.dedup();
    for (year, month) in months {
        if let Ok(first) = time::Date::from_calendar_date(year, month, 1) {
            sqlx::query("SELECT usage_hours_make($1)")
                .bind(first.midnight().assume_utc())
                .execute(&mut *tx)
                .await?;
        }
    }
    sqlx::query!(
        "INSERT INTO usage_hours AS u (hour, token_id, outcome, count)
         SELECT * FROM unnest($1::timestamptz[], $2::uuid[], $3::text[], $4::bigint[])
         ON CONFLICT (hour, token_id, outcome) DO UPDATE SET count = u.count + excluded.count",
        &column(counts, |row| row.hour),
        &column(counts, |row| row.token.map_or(uuid::Uuid::nil(), TokenId::uuid)),
        &column(counts, |row| row.outcome.as_str()) as &[&str],
        &column(counts, |row| count(row.count)),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn move_last_used(tx: &mut sqlx::PgConnection, last: &[LastUse]) -> Result<()> {
    if last.is_empty() {
        return Ok(());
    }
    // Only forward: another process may have seen it later, and be here earlier. Requests that named no scope add up, whoever is here first.
    sqlx::query!(
        "INSERT INTO token_last_used AS l (token_id, at, origin, user_agent, route, unnamed, unnamed_first_at, unnamed_last_at)
         SELECT token_id, at, origin::inet, nullif(user_agent, ''), nullif(route, ''), unnamed, unnamed_first_at, unnamed_last_at
         FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[], $8::timestamptz[])
              AS used (token_id, at, origin, user_agent, route, unnamed, unnamed_first_at, unnamed_last_at)
         ON CONFLICT (token_id) DO UPDATE
             SET at = greatest(l.at, excluded.at),
                 origin = CASE WHEN l.at < excluded.at THEN excluded.origin ELSE l.origin END,
                 user_agent = CASE WHEN l.at < excluded.at THEN excluded.user_agent ELSE l.user_agent END,
                 route = CASE WHEN l.at < excluded.at THEN excluded.route ELSE l.route END,
                 unnamed = l.unnamed + excluded.unnamed,
                 unnamed_first_at = least(l.unnamed_first_at, excluded.unnamed_first_at),
                 unnamed_last_at = greatest(l.unnamed_last_at, excluded.unnamed_last_at)",
        &column(last, |row| row.token.uuid()),
        &column(last, |row| row.at),
        &column(last, |row| row.origin.map(|origin| origin.to_string())) as &[Option<String>],
        &column(last, |row| &*row.user_agent) as &[&str],
        &column(last, |row| &*row.route) as &[&str],
        &column(last, |row| row.unnamed.map_or(0, |unnamed| count(unnamed.count))),
        &column(last, |row| row.unnamed.map(|unnamed| unnamed.first_at)) as _,
        &column(last, |row| row.unnamed.map(|unnamed| unnamed.last_at)) as _,
    )
    .execute(&mut *tx)
    .await?;
    // What the list sorts by is written once an hour: that row's index would be written each time.
    sqlx::query!(
        "UPDATE token_used AS u
         SET hour = n.hour
         FROM (SELECT token_id, date_trunc('hour', at, 'UTC') AS hour FROM unnest($1::uuid[], $2::timestamptz[]) AS used (token_id, at)) AS n
         WHERE u.token_id = n.token_id AND u.hour < n.hour",
        &column(last, |row| row.token.uuid()),
        &column(last, |row| row.at),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn add_origins(tx: &mut sqlx::PgConnection, origins: &[OriginUse]) -> Result<()> {
    if origins.is_empty() {
        return Ok(());
    }
    // What is there is added to; of the others as many as there is room for, in their order. Two processes that do so at the same moment may end up a
    // few above the bound, which is no promise to anybody. `unnest` keeps the order, which is that of the keys.
    sqlx::query!(
        "INSERT INTO token_origins AS o (token_id, origin, first_at, last_at, valid, refused, last_valid_at)
         SELECT token_id, origin::inet, first_at, last_at, valid, refused, last_valid_at
         FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::bigint[], $8::timestamptz[], $9::boolean[])
              WITH ORDINALITY AS u (token_id, origin, first_at, last_at, valid, refused, last_valid_at, known, place)
         WHERE known OR place IN (
             SELECT place
             FROM (SELECT token_id, place, row_number() OVER (PARTITION BY token_id ORDER BY place) AS nth
                   FROM unnest($1::uuid[], $9::boolean[]) WITH ORDINALITY AS n (token_id, known, place) WHERE NOT known) AS new
             WHERE nth + (SELECT count(*) FROM token_origins AS t WHERE t.token_id = new.token_id) <= $7)
         ON CONFLICT (token_id, origin) DO UPDATE
             SET first_at = least(o.first_at, excluded.first_at), last_at = greatest(o.last_at, excluded.last_at),
                 valid = o.valid + excluded.valid, refused = o.refused + excluded.refused,
                 last_valid_at = greatest(o.last_valid_at, excluded.last_valid_at)",
        &column(origins, |row| row.token.uuid()),
        &column(origins, |row| row.origin.to_string()),
        &column(origins, |row| row.first_at),
        &column(origins, |row| row.last_at),
        &column(origins, |row| count(row.valid)),
        &column(origins, |row| count(row.refused)),
        EACH_MAX,
        &column(origins, |row| row.last_valid_at) as _,
        &column(origins, |row| row.known),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn add_scopes(tx: &mut sqlx::PgConnection, scopes: &[ScopeUse]) -> Result<()> {
    if scopes.is_empty() {
        return Ok(());
    }
    // As for origins.
    sqlx::query!(
        "INSERT INTO token_scopes_asked AS s (token_id, scope, first_at, last_at, granted, refused)
         SELECT token_id, scope, first_at, last_at, granted, refused
         FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::bigint[], $8::boolean[])
              WITH ORDINALITY AS u (token_id, scope, first_at, last_at, granted, refused, known, place)
         WHERE known OR place IN (
             SELECT place
             FROM (SELECT token_id, place, row_number() OVER (PARTITION BY token_id ORDER BY place) AS nth
                   FROM unnest($1::uuid[], $8::boolean[]) WITH ORDINALITY AS n (token_id, known, place) WHERE NOT known) AS new
             WHERE nth + (SELECT count(*) FROM token_scopes_asked AS t WHERE t.token_id = new.token_id) <= $7)
         ON CONFLICT (token_id, scope) DO UPDATE
             SET first_at = least(s.first_at, excluded.first_at), last_at = greatest(s.last_at, excluded.last_at),
                 granted = s.granted + excluded.granted, refused = s.refused + excluded.refused",
        &column(scopes, |row| row.token.uuid()),
        &column(scopes, |row| row.scope.as_str()) as &[&str],
        &column(scopes, |row| row.first_at),
        &column(scopes, |row| row.last_at),
        &column(scopes, |row| count(row.granted)),
        &column(scopes, |row| count(row.refused)),
        EACH_MAX,
        &column(scopes, |row| row.known),
    )
    .execute(tx)
    .await?;
    Ok(())
}
