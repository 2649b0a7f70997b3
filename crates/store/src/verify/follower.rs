//! A connection of its own that hears of changes and reads them: it waits behind nobody's statements.

use super::{Known, Row, Seen};
use crate::{CHANGES, Error, Result, Store};
use domain::OffsetDateTime;
use domain::token::{Scopes, SecretHash};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::sync::Arc;
use std::time::Duration;

/// What its connection is called in `pg_stat_activity`.
pub const VERIFIER: &str = "tokenkeep verifier";

/// Follows the tokens. One that failed is dropped, and another one made.
pub struct Follower {
    pub(super) connection: PgListener,
    // Of one connection, which the listener has.
    _pool: sqlx::PgPool,
}

/// What changed since a snapshot.
pub struct Changed {
    /// What is seen with it.
    pub seen: Seen,
    /// The tokens that changed, as they are now.
    pub tokens: Vec<Known>,
    /// Secrets that left the database, and are not in it again.
    pub gone: Vec<SecretHash>,
    /// More may have left it than can be told: what is known has to be loaded anew.
    pub all_gone: bool,
    /// The database's clock.
    pub now: OffsetDateTime,
}

impl Store {
    /// Connects, and begins to hear of changes.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] after a second.
    pub async fn follow(&self) -> Result<Follower> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(1))
            .connect_lazy_with(
                self.pool()
                    .connect_options()
                    .as_ref()
                    .clone()
                    .application_name(VERIFIER)
                    .disable_statement_logging(),
            );
        let mut connection = PgListener::connect_with(&pool).await?;
        connection.listen(CHANGES).await?;
        // A lease that Postgres forgot in a crash would be one that receipts do not know of; and what was seen is only safe from its crash once something
        // later is on its disk. So what is told here is.
        sqlx::query("SET synchronous_commit = on").execute(&mut connection).await?;
        Ok(Follower { connection, _pool: pool })
    }
}

impl Follower {
    /// Waits until a change is announced. Safe to drop while it waits.
    ///
    /// # Errors
    /// When the connection is lost; follow anew then.
    pub async fn hear(&mut self) -> Result<()> {
        match self.connection.try_recv().await? {
            Some(_) => {
                while self.connection.next_buffered().is_some() {}
                Ok(())
            }
            None => Err(sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()).into()),
        }
    }

    /// Which history of which database this is. When it is another, nothing is known of what was seen: a backup that was restored gives the numbers
    /// of lost transactions to new ones.
    ///
    /// # Errors
    /// As every read.
    pub async fn history(&mut self) -> Result<String> {
        let told = sqlx::query_scalar(
            "SELECT system_identifier || ' ' || timeline_id || ' ' || current_database()
             FROM pg_control_system(), pg_control_checkpoint()",
        )
        .fetch_one(&mut self.connection)
        .await
        .map_err(Error::from);
        match told {
            // Where the operator of the database does not let us ask, a snapshot that went back still shows.
            Err(Error::Broken(_)) => Ok("not told".to_owned()),
            told => told,
        }
    }

    /// How many tokens live at `now`.
    ///
    /// # Errors
    /// As every read.
    pub async fn count(&mut self, now: OffsetDateTime) -> Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM tokens WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)"#,
            now
        )
        .fetch_one(&mut self.connection)
        .await?;
        Ok(count.unsigned_abs())
    }

    /// Only the snapshot: nothing that it sees is kept yet.
    ///
    /// # Errors
    /// As every read.
    pub async fn seen(&mut self) -> Result<Seen> {
        let seen = sqlx::query_scalar!(r#"SELECT pg_current_snapshot()::text AS "seen!""#)
            .fetch_one(&mut self.connection)
            .await?;
        Ok(Seen(seen))
    }

    /// Gives `each` of the tokens that live at `now`, as one snapshot has them, and says which it was. `share` as for [`Row::known`].
    ///
    /// # Errors
    /// As every read; some tokens may have been given.
    pub async fn load(
        &mut self,
        now: OffsetDateTime,
        mut share: impl FnMut(Vec<String>) -> Arc<Scopes>,
        mut each: impl FnMut(Known),
    ) -> Result<Seen> {
        use tokio_stream::StreamExt as _;
        let seen = self.seen().await?;
        // What this statement sees beyond the snapshot above is given once more by the first look for changes.
        let mut rows = sqlx::query_as!(
            Row,
            r#"SELECT id, team_id, name, secret_hash, scopes, expires_at, revoked_at IS NOT NULL AS "revoked!", not_before,
                      disabled_at IS NOT NULL AND paused_until IS NULL AS "disabled!", paused_until, allowed_cidrs::text[], rate_requests, rate_seconds,
                      uses_count, uses_per, retired_hash, retired_until
               FROM tokens
               WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)"#,
            now
        )
        .fetch(&mut self.connection);
        while let Some(row) = rows.next().await {
            if let Some(known) = row?.known(&mut share) {
                each(known);
            }
        }
        Ok(seen)
    }

    /// What `since` does not see and the database does now.
    ///
    /// # Errors
    /// As every read.
    pub async fn changed(
        &mut self,
        since: &Seen,
        mut share: impl FnMut(Vec<String>) -> Arc<Scopes>,
    ) -> Result<Changed> {
        // One statement, so that the snapshot is that of the rows.
        let rows = sqlx::query!(
            r#"SELECT s.seen::text AS "seen!", clock_timestamp() AS "now!", k.id AS "id?", k.team_id AS "team_id?", k.name AS "name?",
                      k.secret_hash AS "secret_hash?", k.scopes AS "scopes?", k.expires_at AS "expires_at?", coalesce(k.revoked, false) AS "revoked!",
                      k.not_before AS "not_before?", coalesce(k.disabled, false) AS "disabled!", k.paused_until AS "paused_until?", k.allowed_cidrs AS "allowed_cidrs?",
                      k.rate_requests AS "rate_requests?", k.rate_seconds AS "rate_seconds?", k.uses_count AS "uses_count?", k.uses_per AS "uses_per?",
                      k.retired_hash AS "retired_hash?", k.retired_until AS "retired_until?", k.gone AS "gone?",
                      coalesce(k.all_gone, false) AS "all_gone!"
               FROM (SELECT pg_current_snapshot() AS seen) AS s
               LEFT JOIN (SELECT id, team_id, name, secret_hash, scopes, expires_at, revoked_at IS NOT NULL AS revoked, not_before,
                                 disabled_at IS NOT NULL AND paused_until IS NULL AS disabled, paused_until, allowed_cidrs::text[], rate_requests, rate_seconds, uses_count, uses_per,
                                 retired_hash, retired_until, NULL::bytea AS gone, false AS all_gone
                          FROM tokens
                          WHERE changed_xid >= pg_snapshot_xmin($1::text::pg_snapshot)
                            AND NOT pg_visible_in_snapshot(changed_xid, $1::text::pg_snapshot)
                          UNION ALL
                          SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, g.hash, g.hash IS NULL
                          FROM secrets_gone AS g
                          WHERE g.xid >= pg_snapshot_xmin($1::text::pg_snapshot)
                            AND NOT pg_visible_in_snapshot(g.xid, $1::text::pg_snapshot)
                            AND NOT EXISTS (SELECT FROM tokens AS t WHERE t.secret_hash = g.hash)
                            AND NOT EXISTS (SELECT FROM tokens AS t WHERE t.retired_hash = g.hash)) AS k
                      ON true"#,
            since.0
        )
        .fetch_all(&mut self.connection)
        .await?;
        let mut changed = Changed {
            seen: since.clone(),
            tokens: Vec::new(),
            gone: Vec::new(),
            all_gone: false,
            now: OffsetDateTime::UNIX_EPOCH,
        };
        for row in rows {
            changed.seen = Seen(row.seen);
            changed.now = row.now;
            changed.all_gone |= row.all_gone;
            changed.gone.extend(row.gone.and_then(|hash| SecretHash::from_slice(&hash)));
            let (Some(id), Some(team_id), Some(name), Some(secret_hash), Some(scopes)) =
                (row.id, row.team_id, row.name, row.secret_hash, row.scopes)
            else {
                continue;
            };
            let row = Row {
                id,
                team_id,
                name,
                secret_hash,
                scopes,
                expires_at: row.expires_at,
                revoked: row.revoked,
                not_before: row.not_before,
                disabled: row.disabled,
                paused_until: row.paused_until,
                allowed_cidrs: row.allowed_cidrs,
                rate_requests: row.rate_requests,
                rate_seconds: row.rate_seconds,
                uses_count: row.uses_count,
                uses_per: row.uses_per,
                retired_hash: row.retired_hash,
                retired_until: row.retired_until,
            };
            changed.tokens.extend(row.known(&mut share));
        }
        Ok(changed)
    }
}
