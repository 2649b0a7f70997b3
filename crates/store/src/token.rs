//! Tokens. What changes one is also in [`life`].

mod life;

use crate::verify::uses;
use crate::{Result, Store, Tx};
use domain::id::TokenId;
use domain::policy::Permit;
use domain::text::Description;
use domain::token::{
    Conditions, Display, Pause, Revocation, RevokeReason, Scopes, SecretHash, Tags, Token,
    TokenName,
};
use domain::verify::uses::{Refill, Tally};
use domain::verify::{Origins, RateLimit};
use domain::{OffsetDateTime, Version};
use sqlx::PgConnection;

struct Row {
    id: uuid::Uuid,
    team_id: uuid::Uuid,
    team_name: String,
    name: String,
    description: String,
    display: String,
    scopes: Vec<String>,
    revealable: bool,
    created_at: OffsetDateTime,
    created_by: String,
    expires_at: Option<OffsetDateTime>,
    not_before: Option<OffsetDateTime>,
    allowed_cidrs: Option<Vec<String>>,
    rate_requests: Option<i32>,
    rate_seconds: Option<i32>,
    uses_count: Option<i32>,
    uses_per: Option<String>,
    uses_start: Option<OffsetDateTime>,
    uses_spent: Option<i64>,
    disabled_at: Option<OffsetDateTime>,
    retired_until: Option<OffsetDateTime>,
    revoked_at: Option<OffsetDateTime>,
    last_used_at: Option<OffsetDateTime>,
    tags: Vec<String>,
    version: i64,
    protected: bool,
    revoke_reason: Option<String>,
    revoke_note: Option<String>,
    paused_at: Option<OffsetDateTime>,
    paused_until: Option<OffsetDateTime>,
}

impl From<Row> for Token {
    fn from(row: Row) -> Self {
        let rate = row.rate_requests.zip(row.rate_seconds);
        let conditions = Conditions {
            not_before: row.not_before,
            origins: row.allowed_cidrs.map(|texts| Origins::stored(&texts)),
            // A limit outside its range would not be in the table: a constraint keeps it out.
            rate: rate.and_then(|(requests, seconds)| {
                RateLimit::parse(requests.into(), seconds.into()).ok()
            }),
            uses: uses::limit(row.uses_count, row.uses_per.as_deref()),
        };
        let tally = row.uses_start.zip(row.uses_spent);
        let tally = tally.map(|(since, spent)| Tally { since, spent: spent.unsigned_abs() });
        Self {
            id: row.id.into(),
            name: TokenName::stored(row.name),
            team: row.team_id.into(),
            team_name: row.team_name,
            description: Description::stored(row.description),
            scopes: Scopes::stored(&row.scopes),
            display: Display::stored(row.display),
            revealable: row.revealable,
            created_at: row.created_at,
            created_by: row.created_by,
            expires_at: row.expires_at,
            conditions,
            disabled_at: row.disabled_at,
            retired_until: row.retired_until,
            revoked_at: row.revoked_at,
            last_used_at: row.last_used_at,
            tally,
            tags: Tags::stored(row.tags),
            version: Version::stored(row.version),
            protected: row.protected,
            revocation: Revocation {
                reason: row.revoke_reason.as_deref().and_then(RevokeReason::stored),
                note: row.revoke_note,
            },
            pause: row.paused_at.zip(row.paused_until).map(|(at, until)| Pause { at, until }),
        }
    }
}

/// Conditions as the table has them.
struct ConditionColumns {
    not_before: Option<OffsetDateTime>,
    cidrs: Option<Vec<String>>,
    requests: Option<i32>,
    seconds: Option<i32>,
    uses_count: Option<i32>,
    uses_per: Option<&'static str>,
}

impl From<&Conditions> for ConditionColumns {
    fn from(conditions: &Conditions) -> Self {
        let (rate, uses) = (conditions.rate, conditions.uses);
        let column = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        Self {
            not_before: conditions.not_before,
            cidrs: conditions.origins.as_ref().map(Origins::to_strings),
            requests: rate.map(|rate| column(rate.requests())),
            seconds: rate.map(|rate| column(rate.seconds())),
            uses_count: uses.map(|uses| column(uses.count())),
            uses_per: uses.and_then(|uses| uses.refill()).map(Refill::as_str),
        }
    }
}

/// The tokens of these ids, in no order.
pub(crate) async fn load(connection: &mut PgConnection, ids: &[uuid::Uuid]) -> Result<Vec<Token>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT k.id AS "id!", k.team_id AS "team_id!", t.name AS "team_name!", k.name AS "name!", k.description AS "description!",
                  k.display AS "display!", k.scopes AS "scopes!",
                  k.sealed IS NOT NULL AS "revealable!", k.tags AS "tags!", k.version AS "version!",
                  k.protected AS "protected!", k.revoke_reason, k.revoke_note, k.paused_at, k.paused_until, k.created_at AS "created_at!", k.created_by AS "created_by!", k.expires_at, k.not_before,
                  k.allowed_cidrs::text[] AS "allowed_cidrs", k.rate_requests, k.rate_seconds, k.disabled_at, k.retired_until, k.revoked_at,
                  l.at AS "last_used_at?", k.uses_count, k.uses_per, u.window_start AS "uses_start?", u.spent AS "uses_spent?"
           FROM tokens k JOIN teams t ON t.id = k.team_id LEFT JOIN token_last_used l ON l.token_id = k.id
                LEFT JOIN token_uses u ON u.token_id = k.id AND k.uses_count IS NOT NULL AND (k.uses_since IS NULL OR k.uses_since <= u.window_start)
           WHERE k.id = ANY ($1)"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Token::from).collect())
}

impl Store {
    /// The token of this id.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_token(&self, _permit: &Permit, id: TokenId) -> Result<Option<Token>> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT k.id, k.team_id, t.name AS team_name, k.name, k.description, k.display, k.scopes,
                      k.sealed IS NOT NULL AS "revealable!", k.tags, k.version, k.protected, k.revoke_reason, k.revoke_note, k.paused_at, k.paused_until, k.created_at, k.created_by, k.expires_at, k.not_before,
                      k.allowed_cidrs::text[], k.rate_requests, k.rate_seconds, k.disabled_at, k.retired_until, k.revoked_at,
                      l.at AS "last_used_at?", k.uses_count, k.uses_per, u.window_start AS "uses_start?", u.spent AS "uses_spent?"
               FROM tokens k JOIN teams t ON t.id = k.team_id LEFT JOIN token_last_used l ON l.token_id = k.id
                    LEFT JOIN token_uses u ON u.token_id = k.id AND k.uses_count IS NOT NULL AND (k.uses_since IS NULL OR k.uses_since <= u.window_start)
               WHERE k.id = $1"#,
            id.uuid()
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(Token::from))
    }

    /// How many tokens have a sealed copy.
    ///
    /// # Errors
    /// As every read.
    pub async fn count_sealed(&self, _permit: &Permit) -> Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM tokens WHERE sealed IS NOT NULL"#
        )
        .fetch_one(self.pool())
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The oldest and the newest sealed copy, to check the configured keys against.
    ///
    /// # Errors
    /// As every read.
    pub async fn sealed_samples(&self) -> Result<Vec<String>> {
        let sealed = sqlx::query_scalar!(
            r#"(SELECT sealed AS "sealed!" FROM tokens WHERE sealed IS NOT NULL ORDER BY id LIMIT 1)
               UNION
               (SELECT sealed FROM tokens WHERE sealed IS NOT NULL ORDER BY id DESC LIMIT 1)"#
        );
        Ok(sealed.fetch_all(self.pool()).await?)
    }
}

impl Tx {
    /// Adds a token.
    ///
    /// # Errors
    /// The constraints `tokens_name_key` when the name is taken and `tokens_team_id_fkey` when there is no such team; else as every statement.
    pub async fn insert_token(
        &mut self,
        token: &Token,
        hash: &SecretHash,
        sealed: Option<&str>,
    ) -> Result<()> {
        let conditions = ConditionColumns::from(&token.conditions);
        sqlx::query!(
            "INSERT INTO tokens (id, team_id, name, description, secret_hash, display, sealed, scopes, created_at,
                                 created_by, expires_at, not_before, allowed_cidrs, rate_requests, rate_seconds, uses_count, uses_per, tags)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text[]::cidr[], $14, $15, $16, $17, $18)",
            token.id.uuid(),
            token.team.uuid(),
            token.name.as_str(),
            token.description.as_str(),
            hash.bytes(),
            token.display.as_str(),
            sealed,
            &token.scopes.to_strings(),
            token.created_at,
            token.created_by,
            token.expires_at,
            conditions.not_before,
            conditions.cidrs as _,
            conditions.requests,
            conditions.seconds,
            conditions.uses_count,
            conditions.uses_per,
            token.tags.as_slice(),
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The token of this id, locked until the transaction ends, and its sealed copy.
    ///
    /// # Errors
    /// As every statement.
    pub async fn lock_token(&mut self, id: TokenId) -> Result<Option<(Token, Option<String>)>> {
        let sealed =
            sqlx::query_scalar!("SELECT sealed FROM tokens WHERE id = $1 FOR UPDATE", id.uuid())
                .fetch_optional(self.connection())
                .await?;
        let Some(sealed) = sealed else { return Ok(None) };
        let row = sqlx::query_as!(
            Row,
            r#"SELECT k.id, k.team_id, t.name AS team_name, k.name, k.description, k.display, k.scopes,
                      k.sealed IS NOT NULL AS "revealable!", k.tags, k.version, k.protected, k.revoke_reason, k.revoke_note, k.paused_at, k.paused_until, k.created_at, k.created_by, k.expires_at, k.not_before,
                      k.allowed_cidrs::text[], k.rate_requests, k.rate_seconds, k.disabled_at, k.retired_until, k.revoked_at,
                      l.at AS "last_used_at?", k.uses_count, k.uses_per, u.window_start AS "uses_start?", u.spent AS "uses_spent?"
               FROM tokens k JOIN teams t ON t.id = k.team_id LEFT JOIN token_last_used l ON l.token_id = k.id
                    LEFT JOIN token_uses u ON u.token_id = k.id AND k.uses_count IS NOT NULL AND (k.uses_since IS NULL OR k.uses_since <= u.window_start)
               WHERE k.id = $1"#,
            id.uuid()
        )
        .fetch_one(self.connection())
        .await?;
        Ok(Some((row.into(), sealed)))
    }

    /// Replaces when, from where and how often a token may be used. What was spent of its uses counts on, or begins at zero where `anew` says so: by the
    /// database's clock, as [`Store::take_uses`] counts, or at the time of a clock that a test moves.
    ///
    /// # Errors
    /// As every statement.
    pub async fn set_token_conditions(
        &mut self,
        id: TokenId,
        conditions: &Conditions,
        anew: bool,
        now: Option<OffsetDateTime>,
    ) -> Result<()> {
        let conditions = ConditionColumns::from(conditions);
        sqlx::query!(
            "UPDATE tokens
             SET not_before = $2, allowed_cidrs = $3::text[]::cidr[], rate_requests = $4, rate_seconds = $5, uses_count = $6, uses_per = $7,
                 uses_since = CASE WHEN $6::integer IS NULL THEN NULL
                                   WHEN $8 THEN coalesce($9, clock_timestamp())
                                   ELSE uses_since END
             WHERE id = $1",
            id.uuid(),
            conditions.not_before,
            conditions.cidrs as _,
            conditions.requests,
            conditions.seconds,
            conditions.uses_count,
            conditions.uses_per,
            anew,
            now,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Replaces what a token may do.
    ///
    /// # Errors
    /// As every statement.
    pub async fn set_token_scopes(&mut self, id: TokenId, scopes: &Scopes) -> Result<()> {
        sqlx::query!(
            "UPDATE tokens SET scopes = $2 WHERE id = $1",
            id.uuid(),
            &scopes.to_strings()
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Gives a token another secret. The one that it has works until then; of the one before that nothing is known any more.
    ///
    /// # Errors
    /// As every statement.
    pub async fn rotate_token(
        &mut self,
        id: TokenId,
        hash: &SecretHash,
        display: &Display,
        sealed: Option<&str>,
        retired_until: OffsetDateTime,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE tokens
             SET retired_hash = secret_hash, retired_until = $5, secret_hash = $2, display = $3, sealed = $4
             WHERE id = $1",
            id.uuid(),
            hash.bytes(),
            display.as_str(),
            sealed,
            retired_until,
        )
        .execute(self.connection())
        .await?;
        // An earlier request that is sent again is not answered with a secret that is not the token's.
        sqlx::query!("UPDATE idempotency_keys SET sealed = NULL WHERE token_id = $1", id.uuid())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Ends a token's former secret.
    ///
    /// # Errors
    /// As every statement.
    pub async fn finish_rotation(&mut self, id: TokenId, now: OffsetDateTime) -> Result<()> {
        sqlx::query!("UPDATE tokens SET retired_until = $2 WHERE id = $1", id.uuid(), now)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
