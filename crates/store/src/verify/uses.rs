//! The table `token_uses`: how many of a token's uses were spent in the window that is now.
//!
//! The count here is the only one. Not written through a [`Tx`](crate::Tx): a use is no fact for the audit log.

use crate::{Result, Store};
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::verify::UsesLimit;
use time::Duration;

/// What one statement found of a token's uses, and took as far as it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The token.
    pub token: TokenId,
    /// The limit that was kept to: the one that the database has. `None` is none, and nothing was counted.
    pub limit: Option<UsesLimit>,
    /// How many uses were left before. Of those that were asked for, that many were taken.
    pub left: u32,
    /// In what time the count begins at zero again; `None` is never.
    pub refill_in: Option<Duration>,
}

impl Store {
    /// Takes uses of several tokens at once, of each as many as are left and no more than were asked for. Each token is named once. Of one that is
    /// not there nothing is said.
    ///
    /// Committed when this returns. Windows are those of the database's clock, so that no instance is in another one than its neighbour; `now` is for
    /// a clock that a test moves. A window never goes back: when the clock does, the count of the later one goes on.
    ///
    /// # Errors
    /// As every statement. Then the uses may have been taken all the same, and nobody was told.
    pub async fn take_uses(
        &self,
        asked: &[(TokenId, u32)],
        now: Option<OffsetDateTime>,
    ) -> Result<Vec<Taken>> {
        let ids: Vec<_> = asked.iter().map(|(token, _)| token.uuid()).collect();
        let wanted: Vec<_> = asked.iter().map(|(_, wanted)| i64::from(*wanted)).collect();
        // Written in the order of the ids, so that two instances never wait for each other in a circle. The row that is there wins over the snapshot:
        // whoever waited for it counts on from what the other one left.
        let rows = sqlx::query!(
            r#"WITH asked AS (
                   SELECT a.token_id, a.wanted, k.uses_count, k.uses_per, c.now,
                          coalesce(greatest(k.uses_since, date_trunc(k.uses_per, c.now, 'UTC')), 'epoch') AS window_start
                   FROM unnest($1::uuid[], $2::bigint[]) AS a (token_id, wanted)
                   CROSS JOIN (SELECT coalesce($3::timestamptz, statement_timestamp()) AS now) AS c
                   JOIN tokens AS k ON k.id = a.token_id
               ), taken AS (
                   INSERT INTO token_uses AS u (token_id, window_start, spent, granted)
                   SELECT token_id, window_start, least(wanted, uses_count), least(wanted, uses_count)
                   FROM asked WHERE uses_count IS NOT NULL ORDER BY token_id
                   ON CONFLICT (token_id) DO UPDATE SET (window_start, spent, granted) = (
                       SELECT greatest(u.window_start, excluded.window_start), before.spent + more.granted, more.granted
                       FROM (SELECT CASE WHEN u.window_start < excluded.window_start THEN 0 ELSE u.spent END AS spent) AS before
                       CROSS JOIN LATERAL (SELECT greatest(0, least(excluded.granted, k.uses_count - before.spent)) AS granted
                                           FROM tokens AS k WHERE k.id = excluded.token_id) AS more
                   )
                   RETURNING token_id, window_start, spent - granted AS before
               )
               SELECT a.token_id AS "token_id!", t.window_start AS "window_start?", coalesce(t.before, 0) AS "before!",
                      a.uses_count, a.uses_per, a.now AS "now!"
               FROM asked AS a LEFT JOIN taken AS t ON t.token_id = a.token_id"#,
            &ids,
            &wanted,
            now,
        )
        .fetch_all(self.pool())
        .await?;
        let taken = rows.into_iter().map(|row| {
            let limit = limit(row.uses_count, row.uses_per.as_deref());
            let most = limit.map_or(u32::MAX, UsesLimit::count);
            let of_window = row.window_start.map_or(row.now, |start| start.max(row.now));
            Taken {
                token: row.token_id.into(),
                limit,
                left: most.saturating_sub(u32::try_from(row.before).unwrap_or(u32::MAX)),
                refill_in: limit.and_then(|it| it.refills_at(of_window)).map(|at| at - row.now),
            }
        });
        Ok(taken.collect())
    }
}

/// A limit as the tables have it. One outside its range would not be there: constraints keep it out.
pub(crate) fn limit(count: Option<i32>, per: Option<&str>) -> Option<UsesLimit> {
    UsesLimit::parse(count?.into(), per).ok()
}
