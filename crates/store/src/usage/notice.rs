//! What the audit log is told of a token's use, and when it was told last.

use super::flush::EACH_MAX;
use crate::{Result, Store, Tx};
use domain::OffsetDateTime;
use domain::audit::EventKind;
use domain::id::{TeamId, TokenId};
use domain::policy::Permit;
use domain::token::{RevokeReason, Scope};
use domain::usage::Origin;
use time::Duration;

/// A token of which the audit log shall be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticed {
    /// The token.
    pub token: TokenId,
    /// Its name.
    pub name: String,
    /// Its team.
    pub team: TeamId,
    /// Why it was revoked, as far as somebody said.
    pub reason: Option<RevokeReason>,
}

/// A place that Postgres counted from one.
fn from_one(place: i64) -> usize {
    usize::try_from(place - 1).unwrap_or_default()
}

impl Store {
    /// Of these tokens and origins, by place those that the database has.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_known_origins(
        &self,
        _permit: &Permit,
        used: &[(TokenId, Origin)],
    ) -> Result<Vec<usize>> {
        let tokens: Vec<_> = used.iter().map(|(token, _)| token.uuid()).collect();
        let origins: Vec<_> = used.iter().map(|(_, origin)| origin.to_string()).collect();
        let places = sqlx::query_scalar!(
            r#"SELECT place AS "place!" FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS u (token_id, origin, place)
               WHERE EXISTS (SELECT FROM token_origins AS t WHERE t.token_id = u.token_id AND t.origin = u.origin::inet)"#,
            &tokens,
            &origins,
        )
        .fetch_all(self.pool())
        .await?;
        Ok(places.into_iter().map(from_one).collect())
    }

    /// Of these tokens and scopes, by place those that the database has.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_known_scopes(
        &self,
        _permit: &Permit,
        used: &[(TokenId, &Scope)],
    ) -> Result<Vec<usize>> {
        let tokens: Vec<_> = used.iter().map(|(token, _)| token.uuid()).collect();
        let scopes: Vec<_> = used.iter().map(|(_, scope)| scope.as_str()).collect();
        let places = sqlx::query_scalar!(
            r#"SELECT place AS "place!" FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS u (token_id, scope, place)
               WHERE EXISTS (SELECT FROM token_scopes_asked AS t WHERE t.token_id = u.token_id AND t.scope = u.scope)"#,
            &tokens,
            &scopes as &[&str],
        )
        .fetch_all(self.pool())
        .await?;
        Ok(places.into_iter().map(from_one).collect())
    }

    /// Of these tokens and origins, by place those that are new to a token, and how many origins the token has. Of one that has as many as are kept
    /// nobody can tell.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_new_origins(
        &self,
        _permit: &Permit,
        used: &[(TokenId, Origin)],
    ) -> Result<Vec<(usize, u64)>> {
        let tokens: Vec<_> = used.iter().map(|(token, _)| token.uuid()).collect();
        let origins: Vec<_> = used.iter().map(|(_, origin)| origin.to_string()).collect();
        let rows = sqlx::query!(
            r#"SELECT place AS "place!", known AS "known!"
               FROM (SELECT u.place, (SELECT count(*) FROM token_origins AS t WHERE t.token_id = u.token_id) AS known
                     FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS u (token_id, origin, place)
                     WHERE NOT EXISTS (SELECT FROM token_origins AS t WHERE t.token_id = u.token_id AND t.origin = u.origin::inet)) AS n
               WHERE known < $3
               ORDER BY place"#,
            &tokens,
            &origins,
            EACH_MAX,
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(|row| (from_one(row.place), row.known.unsigned_abs())).collect())
    }

    /// Of these tokens, those that the audit log was not told of since `since`.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_unnoticed(
        &self,
        _permit: &Permit,
        kind: EventKind,
        tokens: &[TokenId],
        since: OffsetDateTime,
    ) -> Result<Vec<TokenId>> {
        let ids: Vec<_> = tokens.iter().map(|token| token.uuid()).collect();
        let rows = sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM unnest($1::uuid[]) WITH ORDINALITY AS u (id, place)
               WHERE NOT EXISTS (SELECT FROM usage_notices AS n WHERE n.token_id = u.id AND n.kind = $2 AND n.at > $3)
               ORDER BY place"#,
            &ids,
            kind.as_str(),
            since,
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(TokenId::from).collect())
    }
}

impl Tx {
    /// Notes that the audit log is told of these tokens, sorted, now: those of which nobody else told it within `gap`.
    ///
    /// # Errors
    /// As every statement.
    pub async fn claim_notices(
        &mut self,
        kind: EventKind,
        tokens: &[TokenId],
        now: OffsetDateTime,
        gap: Duration,
    ) -> Result<Vec<Noticed>> {
        let ids: Vec<_> = tokens.iter().map(|token| token.uuid()).collect();
        let rows = sqlx::query!(
            r#"WITH claimed AS (
                   INSERT INTO usage_notices AS n (token_id, kind, at)
                   SELECT id, $2, $3 FROM unnest($1::uuid[]) WITH ORDINALITY AS u (id, place) ORDER BY place
                   ON CONFLICT (token_id, kind) DO UPDATE SET at = excluded.at
                       WHERE n.at <= excluded.at - make_interval(secs => $4)
                   RETURNING token_id
               )
               SELECT k.id, k.name, k.team_id, k.revoke_reason FROM tokens AS k JOIN claimed ON k.id = claimed.token_id ORDER BY k.id"#,
            &ids,
            kind.as_str(),
            now,
            gap.as_seconds_f64(),
        )
        .fetch_all(self.connection())
        .await?;
        let noticed = rows.into_iter().map(|row| Noticed {
            token: row.id.into(),
            name: row.name,
            team: row.team_id.into(),
            reason: row.revoke_reason.as_deref().and_then(RevokeReason::stored),
        });
        Ok(noticed.collect())
    }
}
