//! What was learned, read.

use crate::{Result, Store};
use domain::OffsetDateTime;
use domain::id::{TeamId, TokenId};
use domain::policy::Permit;
use domain::token::Scope;
use domain::usage::{Asked, LastUsed, Outcome, SeenOrigin, Span, TokenSum};

/// Counts of an hour.
pub type Counted = (OffsetDateTime, Outcome, u64);

fn counted(hour: OffsetDateTime, outcome: &str, count: i64) -> Option<Counted> {
    // An outcome of a later version is not ours to show.
    Some((hour, Outcome::parse(outcome)?, count.unsigned_abs()))
}

/// The hours of a span.
fn hours(span: &Span) -> Vec<OffsetDateTime> {
    let next = |at: &OffsetDateTime| at.checked_add(time::Duration::HOUR);
    std::iter::successors(Some(span.from()), next).take_while(|at| *at < span.to()).collect()
}

impl Store {
    /// Which of these tokens there are, ended ones among them.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_known_tokens(
        &self,
        _permit: &Permit,
        tokens: &[TokenId],
    ) -> Result<Vec<TokenId>> {
        let ids: Vec<_> = tokens.iter().map(|token| token.uuid()).collect();
        let rows = sqlx::query!("SELECT id FROM tokens WHERE id = ANY($1)", &ids);
        let rows = rows.fetch_all(self.pool()).await?;
        Ok(rows.into_iter().map(|row| row.id.into()).collect())
    }

    /// What was counted of a token in a span.
    ///
    /// # Errors
    /// As every read.
    pub async fn usage_of_token(
        &self,
        _permit: &Permit,
        token: TokenId,
        span: &Span,
    ) -> Result<Vec<Counted>> {
        // By its hours, so that each is one lookup: a range of hours would read everybody's.
        let rows = sqlx::query!(
            r#"SELECT hour, outcome, count FROM usage_hours WHERE hour = ANY ($1) AND token_id = $2"#,
            &hours(span),
            token.uuid(),
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().filter_map(|row| counted(row.hour, &row.outcome, row.count)).collect())
    }

    /// What was counted of all, or of a team's tokens, in a span.
    ///
    /// # Errors
    /// As every read.
    pub async fn usage_of_all(
        &self,
        _permit: &Permit,
        team: Option<TeamId>,
        span: &Span,
    ) -> Result<Vec<Counted>> {
        let rows = sqlx::query!(
            r#"SELECT hour AS "hour!", outcome AS "outcome!", sum(count)::bigint AS "count!"
               FROM usage_hours AS u
               WHERE hour >= $1 AND hour < $2
                 AND ($3::uuid IS NULL OR token_id IN (SELECT id FROM tokens WHERE team_id = $3))
               GROUP BY hour, outcome"#,
            span.from(),
            span.to(),
            team.map(TeamId::uuid),
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().filter_map(|row| counted(row.hour, &row.outcome, row.count)).collect())
    }

    /// The tokens that were used most in a span, of all or of a team.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_top_tokens(
        &self,
        _permit: &Permit,
        team: Option<TeamId>,
        span: &Span,
        most: u16,
    ) -> Result<Vec<TokenSum>> {
        let rows = sqlx::query!(
            r#"SELECT k.id, k.name, k.team_id, t.name AS team_name, s.valid AS "valid!", s.refused AS "refused!"
               FROM (SELECT u.token_id, coalesce(sum(count) FILTER (WHERE outcome = 'valid'), 0)::bigint AS valid,
                            coalesce(sum(count) FILTER (WHERE outcome <> 'valid'), 0)::bigint AS refused
                     FROM usage_hours AS u
                     WHERE hour >= $1 AND hour < $2
                       AND ($3::uuid IS NULL OR token_id IN (SELECT id FROM tokens WHERE team_id = $3))
                       AND token_id <> '00000000-0000-0000-0000-000000000000'
                     GROUP BY u.token_id ORDER BY sum(count) DESC, u.token_id LIMIT $4) AS s
               JOIN tokens AS k ON k.id = s.token_id
               JOIN teams AS t ON t.id = k.team_id
               ORDER BY s.valid + s.refused DESC, k.id"#,
            span.from(),
            span.to(),
            team.map(TeamId::uuid),
            i64::from(most),
        )
        .fetch_all(self.pool())
        .await?;
        let sums = rows.into_iter().map(|row| TokenSum {
            token: row.id.into(),
            name: row.name,
            team: row.team_id.into(),
            team_name: row.team_name,
            valid: row.valid.unsigned_abs(),
            refused: row.refused.unsigned_abs(),
        });
        Ok(sums.collect())
    }

    /// When a token was good last.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_last_used(
        &self,
        _permit: &Permit,
        token: TokenId,
    ) -> Result<Option<LastUsed>> {
        Ok(sqlx::query_as!(
            LastUsed,
            r#"SELECT at, host(origin) AS origin, user_agent, route FROM token_last_used WHERE token_id = $1"#,
            token.uuid()
        )
        .fetch_optional(self.pool())
        .await?)
    }

    /// The origins that a token was used from, the last one first.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_origins(&self, _permit: &Permit, token: TokenId) -> Result<Vec<SeenOrigin>> {
        let rows = sqlx::query!(
            // An address without its mask, a network with it.
            r#"SELECT CASE family(origin) WHEN 4 THEN host(origin) ELSE text(origin) END AS "origin!", first_at, last_at, last_valid_at, valid, refused
               FROM token_origins WHERE token_id = $1 ORDER BY last_at DESC, token_origins.origin"#,
            token.uuid()
        )
        .fetch_all(self.pool())
        .await?;
        let origins = rows.into_iter().map(|row| SeenOrigin {
            origin: row.origin,
            first_at: row.first_at,
            last_at: row.last_at,
            last_valid_at: row.last_valid_at,
            valid: row.valid.unsigned_abs(),
            refused: row.refused.unsigned_abs(),
        });
        Ok(origins.collect())
    }

    /// The scopes that a token was used for, the most used first. `None` counts requests that named none.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_scopes_asked(&self, _permit: &Permit, token: TokenId) -> Result<Vec<Asked>> {
        let rows = sqlx::query!(
            r#"SELECT scope, min(first_at) AS "first_at!", max(last_at) AS "last_at!", sum(granted)::bigint AS "granted!", sum(refused)::bigint AS "refused!"
               FROM (SELECT nullif(scope, '') AS scope, first_at, last_at, granted, refused FROM token_scopes_asked WHERE token_id = $1
                     UNION ALL
                     SELECT NULL, unnamed_first_at, unnamed_last_at, unnamed, 0 FROM token_last_used WHERE token_id = $1 AND unnamed > 0) AS asked
               GROUP BY scope
               ORDER BY sum(granted + refused) DESC, scope NULLS FIRST"#,
            token.uuid()
        )
        .fetch_all(self.pool())
        .await?;
        let asked = rows.into_iter().filter_map(|row| {
            let scope = match row.scope {
                None => None,
                // What breaks the grammar was not written by us.
                Some(text) => Some(Scope::parse(&text)?),
            };
            Some(Asked {
                scope,
                granted: row.granted.unsigned_abs(),
                refused: row.refused.unsigned_abs(),
                first_at: row.first_at,
                last_at: row.last_at,
            })
        });
        Ok(asked.collect())
    }

    /// How many tokens that live at `now` were never good, counted to `most`.
    ///
    /// # Errors
    /// As every read.
    pub async fn count_never_used(
        &self,
        _permit: &Permit,
        now: OffsetDateTime,
        most: u32,
    ) -> Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!"
               FROM (SELECT FROM tokens AS k
                     WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
                       AND NOT EXISTS (SELECT FROM token_last_used AS l WHERE l.token_id = k.id)
                     LIMIT $2) AS never"#,
            now,
            i64::from(most),
        )
        .fetch_one(self.pool())
        .await?;
        Ok(count.unsigned_abs())
    }
}
