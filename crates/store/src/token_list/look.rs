//! The statements. One text says what a filter means; each order gives it where to look and what comes first.

use super::asked::Asked;
use crate::Result;
use domain::OffsetDateTime;
use domain::token::list::{Key, SortBy};
use domain::token::{TokenCursor, TokenSort};
use sqlx::PgConnection;

/// A token's place in an order.
pub(super) struct Place {
    pub id: uuid::Uuid,
    name: Option<String>,
    at: Option<OffsetDateTime>,
    /// How many there are, where they were all gathered.
    total: i64,
}

impl Place {
    pub(super) fn key(&self, by: SortBy) -> Key {
        match by {
            SortBy::Created => Key::Id,
            SortBy::Name => Key::Name(self.name.clone().unwrap_or_default()),
            SortBy::Expires | SortBy::LastUsed => Key::At(self.at),
        }
    }
}

struct Count {
    count: i64,
}

/// A statement of the filter: what is before it, where it looks, what is asked beside the filter, and what is after it. The first 17 values are the
/// filter's; then come whether it begins at the beginning, the token that it begins after, its bound, how many are wanted, and the key of that token.
/// `domain::token::State::at` says the same of a status.
macro_rules! filtered {
    ($row:ident, [$($head:literal)+], [$($source:literal)+], [$($tail:literal)+], $asked:expr, $($value:expr),+) => {
        sqlx::query_as!(
            $row,
            $($head +)+ " FROM " $(+ $source)+ + r#"
             WHERE ($1::uuid IS NULL OR k.team_id = $1)
               AND ($2::text IS NULL OR k.created_by = $2)
               AND ($3::text IS NULL OR k.scopes @> ARRAY[$3])
               AND ($4::boolean IS DISTINCT FROM true OR k.sealed IS NOT NULL)
               AND ($4 IS DISTINCT FROM false OR k.sealed IS NULL)
               AND (NOT $5::boolean OR u.hour = '-infinity')
               AND ($6::timestamptz IS NULL OR (u.hour < date_trunc('hour', $6, 'UTC') AND k.created_at < $6))
               AND ($7::boolean IS DISTINCT FROM true OR k.revoked_at IS NOT NULL)
               AND ($7 IS DISTINCT FROM false OR k.revoked_at IS NULL)
               AND ($8::timestamptz IS NULL OR coalesce(k.expires_at, 'infinity') > $8)
               AND ($9::timestamptz IS NULL OR coalesce(k.expires_at, 'infinity') <= $9)
               AND (NOT $10::boolean OR (k.disabled_at IS NOT NULL AND (k.paused_until IS NULL OR k.paused_until > $14)))
               AND (NOT $11::boolean OR k.not_before > $14)
               AND (NOT $12::boolean OR k.retired_until > $14)
               AND ($13::text[] IS NULL OR
                    CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
                         WHEN k.expires_at <= $14::timestamptz THEN 'expired'
                         WHEN k.disabled_at IS NOT NULL AND (k.paused_until IS NULL OR k.paused_until > $14) THEN 'disabled'
                         WHEN k.not_before > $14 THEN 'scheduled'
                         WHEN k.expires_at <= $15::timestamptz THEN 'expiring_soon'
                         WHEN k.retired_until > $14 THEN 'rotating'
                         ELSE 'active'
                    END = ANY ($13))
               AND ($16::text IS NULL OR k.words @@ lower($16)::tsquery)
               AND ($17::uuid IS NULL OR k.id = $17)"# $(+ $tail)+,
            $asked.team,
            $asked.created_by,
            $asked.scope,
            $asked.revealable,
            $asked.never_used,
            $asked.unused_since,
            $asked.revoked,
            $asked.expires_after,
            $asked.expires_until,
            $asked.disabled,
            $asked.scheduled,
            $asked.rotating,
            $asked.states.as_deref(),
            $asked.now,
            $asked.soon,
            $asked.words,
            $asked.id,
            $($value),+
        )
    };
}

/// The tokens of a window of an order that the filter takes.
macro_rules! walked {
    ([$($key:literal)+], [$($window:literal)+], [$($after:literal)+], [$($order:literal)+], [$($sorted:literal)+], $asked:expr, $($value:expr),+) => {
        filtered!(
            Place,
            ["SELECT k.id AS \"id!\", " $($key)+ ", 0::bigint AS \"total!\""],
            [$($window)+],
            [" ORDER BY " $($order)+ " LIMIT $21"],
            $asked,
            $($value),+
        )
    };
}

/// All that the filter takes, and then sorted.
macro_rules! gathered {
    ([$($key:literal)+], [$($window:literal)+], [$($after:literal)+], [$($order:literal)+], [$($sorted:literal)+], $asked:expr, $($value:expr),+) => {
        filtered!(
            Place,
            ["WITH found AS MATERIALIZED (SELECT k.id, " $($key)+],
            ["tokens k LEFT JOIN token_used u ON u.token_id = k.id"],
            [" AND ($18::boolean OR " $($after)+ ") LIMIT $20::bigint + 1)
              SELECT id AS \"id!\", name, at, (SELECT count(*) FROM found) AS \"total!\" FROM found ORDER BY " $($sorted)+ " LIMIT $21"],
            $asked,
            $($value),+
        )
    };
}

/// The same in the order of the last use, which is only asked for of what was found: Postgres would join it with every token.
macro_rules! gathered_by_use {
    ([$($key:literal)+], [$($window:literal)+], [$($after:literal)+], [$($order:literal)+], [$($sorted:literal)+], $asked:expr, $($value:expr),+) => {
        filtered!(
            Place,
            ["WITH found AS MATERIALIZED (SELECT k.id"],
            ["tokens k LEFT JOIN token_used u ON u.token_id = k.id"],
            [" AND ($18::boolean OR " $($after)+ ") LIMIT $20::bigint + 1)
              SELECT id AS \"id!\", " $($key)+ ", (SELECT count(*) FROM found) AS \"total!\"
              FROM found CROSS JOIN LATERAL (SELECT hour FROM token_used WHERE token_id = found.id LIMIT 1) u ORDER BY " $($sorted)+ " LIMIT $21"],
            $asked,
            $($value),+
        )
    };
}

macro_rules! by_created {
    ($look:ident, $beyond:literal, $turned:literal, $asked:expr, $($value:expr),+) => {
        $look!(
            ["NULL::text AS name, NULL::timestamptz AS at"],
            ["(SELECT * FROM tokens WHERE ($1::uuid IS NULL OR team_id = $1) AND ($18::boolean OR id" $beyond "$19::uuid)
               ORDER BY id" $turned " LIMIT $20) k LEFT JOIN token_used u ON u.token_id = k.id"],
            ["k.id" $beyond "$19::uuid"],
            ["k.id" $turned],
            ["id" $turned],
            $asked,
            $($value),+
        )
    };
}

macro_rules! by_name {
    ($look:ident, $beyond:literal, $turned:literal, $asked:expr, $($value:expr),+) => {
        $look!(
            ["lower(k.name) AS name, NULL::timestamptz AS at"],
            ["(SELECT *, lower(name) COLLATE \"C\" AS place FROM tokens
               WHERE $18::boolean OR (lower(name) COLLATE \"C\", id)" $beyond "($22::text, $19::uuid)
               ORDER BY place" $turned ", id" $turned " LIMIT $20) k LEFT JOIN token_used u ON u.token_id = k.id"],
            ["(lower(k.name) COLLATE \"C\", k.id)" $beyond "($22::text, $19::uuid)"],
            ["k.place" $turned ", k.id" $turned],
            ["name COLLATE \"C\"" $turned ", id" $turned],
            $asked,
            $($value),+
        )
    };
}

macro_rules! by_expires {
    ($look:ident, $beyond:literal, $turned:literal, $asked:expr, $($value:expr),+) => {
        $look!(
            ["NULL::text AS name, k.expires_at AS at"],
            ["(SELECT *, coalesce(expires_at, 'infinity') AS place FROM tokens
               WHERE ($8::timestamptz IS NULL OR coalesce(expires_at, 'infinity') > $8)
                 AND ($9::timestamptz IS NULL OR coalesce(expires_at, 'infinity') <= $9)
                 AND ($18::boolean OR (coalesce(expires_at, 'infinity'), id)" $beyond "(coalesce($22::timestamptz, 'infinity'), $19::uuid))
               ORDER BY place" $turned ", id" $turned " LIMIT $20) k LEFT JOIN token_used u ON u.token_id = k.id"],
            ["(coalesce(k.expires_at, 'infinity'), k.id)" $beyond "(coalesce($22::timestamptz, 'infinity'), $19::uuid)"],
            ["k.place" $turned ", k.id" $turned],
            ["coalesce(at, 'infinity')" $turned ", id" $turned],
            $asked,
            $($value),+
        )
    };
}

macro_rules! by_last_used {
    ($look:ident, $beyond:literal, $turned:literal, $asked:expr, $($value:expr),+) => {
        $look!(
            ["NULL::text AS name, nullif(u.hour, '-infinity') AS at"],
            ["(SELECT token_id, hour FROM token_used
               WHERE (NOT $5::boolean OR hour = '-infinity')
                 AND ($6::timestamptz IS NULL OR hour < date_trunc('hour', $6, 'UTC'))
                 AND ($18::boolean OR (hour, token_id)" $beyond "(coalesce($22::timestamptz, '-infinity'), $19::uuid))
               ORDER BY hour" $turned ", token_id" $turned " LIMIT $20) u
              CROSS JOIN LATERAL (SELECT * FROM tokens WHERE id = u.token_id LIMIT 1) k"],
            ["(u.hour, u.token_id)" $beyond "(coalesce($22::timestamptz, '-infinity'), $19::uuid)"],
            ["u.hour" $turned ", k.id" $turned],
            ["u.hour" $turned ", id" $turned],
            $asked,
            $($value),+
        )
    };
}

/// Where a look begins, and how far it goes.
struct Span<'a> {
    first: bool,
    id: uuid::Uuid,
    name: &'a str,
    at: Option<OffsetDateTime>,
    bound: i64,
    wanted: i64,
}

impl<'a> Span<'a> {
    fn new(cursor: Option<&'a TokenCursor>, bound: i64, wanted: i64) -> Self {
        let (name, at) = match cursor.map(|cursor| &cursor.key) {
            Some(Key::Name(name)) => (name.as_str(), None),
            Some(Key::At(at)) => ("", *at),
            Some(Key::Id) | None => ("", None),
        };
        let id = cursor.map_or(uuid::Uuid::nil(), |cursor| cursor.id.uuid());
        Self { first: cursor.is_none(), id, name, at, bound, wanted }
    }
}

macro_rules! ordered {
    ($look:ident, $order:ident, $beyond:literal, $turned:literal, $tx:expr, $asked:expr, $span:expr $(, $key:expr)?) => {
        $order!($look, $beyond, $turned, $asked, $span.first, $span.id, $span.bound, $span.wanted $(, $key)?).fetch_all($tx).await?
    };
}

macro_rules! look {
    ($look:ident, $by_use:ident, $tx:expr, $asked:expr, $sort:expr, $span:expr) => {
        match ($sort.by, $sort.descending) {
            (SortBy::Created, false) => ordered!($look, by_created, " > ", "", $tx, $asked, $span),
            (SortBy::Created, true) => {
                ordered!($look, by_created, " < ", " DESC", $tx, $asked, $span)
            }
            (SortBy::Name, false) => {
                ordered!($look, by_name, " > ", "", $tx, $asked, $span, $span.name)
            }
            (SortBy::Name, true) => {
                ordered!($look, by_name, " < ", " DESC", $tx, $asked, $span, $span.name)
            }
            (SortBy::Expires, false) => {
                ordered!($look, by_expires, " > ", "", $tx, $asked, $span, $span.at)
            }
            (SortBy::Expires, true) => {
                ordered!($look, by_expires, " < ", " DESC", $tx, $asked, $span, $span.at)
            }
            (SortBy::LastUsed, false) => {
                ordered!($by_use, by_last_used, " > ", "", $tx, $asked, $span, $span.at)
            }
            (SortBy::LastUsed, true) => {
                ordered!($by_use, by_last_used, " < ", " DESC", $tx, $asked, $span, $span.at)
            }
        }
    };
}

/// Of the next `window` tokens of an order, the first `wanted` that the filter takes.
pub(super) async fn walk(
    tx: &mut PgConnection,
    asked: &Asked,
    sort: TokenSort,
    cursor: Option<&TokenCursor>,
    window: i64,
    wanted: i64,
) -> Result<Vec<Place>> {
    let span = Span::new(cursor, window, wanted);
    Ok(look!(walked, walked, tx, asked, sort, span))
}

/// The first `wanted` of all that the filter takes, and how many these are: no more than one more than `most`, and then the first are not known.
pub(super) async fn gather(
    tx: &mut PgConnection,
    asked: &Asked,
    sort: TokenSort,
    cursor: Option<&TokenCursor>,
    most: i64,
    wanted: i64,
) -> Result<(Vec<Place>, i64)> {
    let span = Span::new(cursor, most, wanted);
    let found = look!(gathered, gathered_by_use, tx, asked, sort, span);
    let total = found.first().map_or(0, |place| place.total);
    Ok((found, total))
}

/// How many the filter takes, counted to `most`.
pub(super) async fn count(tx: &mut PgConnection, asked: &Asked, most: i64) -> Result<i64> {
    let counted = filtered!(
        Count,
        ["SELECT count(*) AS \"count!\" FROM (SELECT"],
        ["tokens k LEFT JOIN token_used u ON u.token_id = k.id"],
        [" LIMIT $18) AS counted"],
        asked,
        most
    );
    Ok(counted.fetch_one(tx).await?.count)
}
