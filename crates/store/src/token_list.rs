//! The list of tokens: which ids are on a page of a filter and an order, and how many there are.
//!
//! Looks that have a bound (see `docs/decisions/0070-token-list.md`): all that the filter finds by its indexes, sorted, if they are few; the next few thousand
//! tokens of the order, judged one by one; else all that the filter finds, if they are not too many; else the order, as far as it goes. Start at
//! [`Store::list_tokens`].

mod asked;
mod look;

use crate::{Result, Store, token};
use asked::Asked;
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::policy::Permit;
use domain::token::list::SortBy;
use domain::token::{
    SecretHash, Token, TokenCursor, TokenFilter, TokenPage, TokenQuery, TokenSort,
};
use look::Place;
use sqlx::PgConnection;
use std::collections::HashMap;

/// Tokens of a filter that are found and sorted before anything else is tried.
const FEW: i64 = 2_000;
/// Tokens that are judged one by one. They fill a page where one in 120 is taken; of a million tokens, what is rarer is no more than [`MANY`].
const NEAR: i64 = 6_000;
/// Tokens of a filter that are found and sorted at most.
const MANY: i64 = 9_000;

impl Store {
    /// A page of tokens.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_tokens(
        &self,
        _permit: &Permit,
        query: &TokenQuery,
        now: OffsetDateTime,
    ) -> Result<TokenPage> {
        let asked = Asked::of(&query.filter, now);
        let backwards = query.cursor.as_ref().is_some_and(|cursor| cursor.backwards);
        let sort = TokenSort { descending: query.sort.descending != backwards, ..query.sort };
        let mut tx = self.pool().begin().await?;
        plan_for_these_values(&mut tx).await?;
        let wanted = i64::try_from(query.limit.rows() + 1).unwrap_or(i64::MAX);
        let mut places = find(&mut tx, &asked, sort, query.cursor.as_ref(), wanted).await?;
        let more = places.len() > query.limit.rows();
        places.truncate(query.limit.rows());
        if backwards {
            places.reverse();
        }
        let tokens = load(&mut tx, &places).await?;
        tx.commit().await?;
        let cursor = |place: &Place, backwards| TokenCursor {
            sort: query.sort,
            key: place.key(query.sort.by),
            id: place.id.into(),
            backwards,
        };
        // Where a page was come to from, there is one.
        let (after, before) = if backwards { (true, more) } else { (more, query.cursor.is_some()) };
        Ok(TokenPage {
            tokens,
            next: places.last().filter(|_| after).map(|place| cursor(place, false)),
            previous: places.first().filter(|_| before).map(|place| cursor(place, true)),
        })
    }

    /// How many tokens there are of a filter, counted to `most`.
    ///
    /// # Errors
    /// As every read.
    pub async fn count_tokens(
        &self,
        _permit: &Permit,
        filter: &TokenFilter,
        most: u32,
        now: OffsetDateTime,
    ) -> Result<u64> {
        let mut tx = self.pool().begin().await?;
        plan_for_these_values(&mut tx).await?;
        let count = look::count(&mut tx, &Asked::of(filter, now), most.into()).await?;
        tx.commit().await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The token that has this secret, or had it before its last rotation.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_token_by_secret(
        &self,
        permit: &Permit,
        hash: &SecretHash,
    ) -> Result<Option<Token>> {
        let id = sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM tokens WHERE secret_hash = $1
               UNION ALL
               SELECT id FROM tokens WHERE retired_hash = $1
               LIMIT 1"#,
            hash.bytes(),
        )
        .fetch_optional(self.pool())
        .await?;
        match id {
            Some(id) => self.find_token(permit, id.into()).await,
            None => Ok(None),
        }
    }
}

/// A plan that is good for every filter is good for none. And what is compiled for one page costs more than it saves.
async fn plan_for_these_values(tx: &mut PgConnection) -> Result<()> {
    sqlx::query(
        "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
                set_config('max_parallel_workers_per_gather', '0', true)",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// From here on statements go along an index in its order, and sort nothing. Postgres thinks of the whole way, and not of the page that it is left for.
async fn go_in_order(tx: &mut PgConnection) -> Result<()> {
    sqlx::query(
        "SELECT set_config(name, 'off', true)
         FROM unnest(ARRAY['enable_sort', 'enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin']) AS name
         UNION ALL
         SELECT set_config('join_collapse_limit', '1', true)",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Each look costs what its bound says; the last one what is left.
async fn find(
    tx: &mut PgConnection,
    asked: &Asked,
    sort: TokenSort,
    cursor: Option<&TokenCursor>,
    wanted: i64,
) -> Result<Vec<Place>> {
    // What was made together lies together: to judge it costs less than to find it.
    let near_first = asked.is_nothing() || (sort.by == SortBy::Created && !asked.is_narrow());
    if !near_first {
        let (found, total) = look::gather(tx, asked, sort, cursor, FEW, wanted).await?;
        if total <= FEW {
            return Ok(found);
        }
    }
    let near = look::walk(tx, asked, sort, cursor, NEAR, wanted).await?;
    let full = i64::try_from(near.len()).is_ok_and(|found| found >= wanted);
    if full || asked.is_nothing() {
        return Ok(near);
    }
    let (found, total) = look::gather(tx, asked, sort, cursor, MANY, wanted).await?;
    if total <= MANY {
        return Ok(found);
    }
    go_in_order(tx).await?;
    look::walk(tx, asked, sort, cursor, i64::MAX, wanted).await
}

async fn load(tx: &mut PgConnection, places: &[Place]) -> Result<Vec<Token>> {
    let ids: Vec<uuid::Uuid> = places.iter().map(|place| place.id).collect();
    let found = token::load(tx, &ids).await?;
    let mut found: HashMap<TokenId, Token> =
        found.into_iter().map(|token| (token.id, token)).collect();
    Ok(ids.into_iter().filter_map(|id| found.remove(&id.into())).collect())
}
