//! The proof of a revocation: who refuses the token, and since when.

use crate::{Result, Store};
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::policy::Permit;
use domain::verify::receipt::{Party, PartyKind, Receipt, Standing};
use time::Duration;

impl Store {
    /// The receipt of a token's revocation; `None` while it has not been revoked. `readers_lag` knows each mirror by its kind.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_receipt(
        &self,
        _permit: &Permit,
        id: TokenId,
        readers_lag: impl Fn(&str) -> Duration,
    ) -> Result<Option<Receipt>> {
        let mut snapshot =
            self.pool().begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let Some(revoked_at) = sqlx::query_scalar!(
            "SELECT revoked_at FROM revocations WHERE token_id = $1",
            id.uuid()
        )
        .fetch_optional(&mut *snapshot)
        .await?
        else {
            return Ok(None);
        };
        // Whoever wrote a receipt, and whoever could still accept the token. A verifier without a receipt that has applied the revocation
        // never had the token, or forgot the receipt in a crash of the database: it refuses, and nobody knows since when.
        let rows = sqlx::query!(
            r#"SELECT 'verifier' AS "kind!", coalesce(v.name, c.name) AS "name!", c.refused_at AS "refused_at?",
                      coalesce(v.applied, true) AS "applied!", v.serves AS "serves?", v.serves_until AS "until?",
                      NULL AS added
               FROM (SELECT v.name, v.serves_until, v.serves_until > clock_timestamp() AS serves,
                            coalesce(pg_visible_in_snapshot(r.xid, v.applied), false) AS applied
                     FROM revocations AS r JOIN verifiers AS v ON v.serves_until > r.revoked_at
                     WHERE r.token_id = $1) AS v
               FULL JOIN (SELECT name, refused_at FROM revocation_receipts WHERE token_id = $1 AND kind = 'verifier') AS c
                   ON c.name = v.name
               UNION ALL
               SELECT 'mirror', coalesce(m.name, c.name), c.refused_at, coalesce(m.applied, true), NULL, NULL,
                      (SELECT t.kind FROM mirror_targets AS t WHERE t.name = coalesce(m.name, c.name))
               FROM (SELECT m.name, coalesce(pg_visible_in_snapshot(r.xid, m.seen), false) AS applied
                     FROM revocations AS r CROSS JOIN mirrors AS m
                     WHERE r.token_id = $1) AS m
               FULL JOIN (SELECT name, refused_at FROM revocation_receipts WHERE token_id = $1 AND kind = 'mirror') AS c
                   ON c.name = m.name
               ORDER BY 1 DESC, 2"#,
            id.uuid()
        )
        .fetch_all(&mut *snapshot)
        .await?;
        snapshot.rollback().await?;
        let after = |at: OffsetDateTime| Some((at - revoked_at).max(Duration::ZERO));
        let parties = rows.into_iter().map(|row| Party {
            kind: if row.kind == "mirror" { PartyKind::Mirror } else { PartyKind::Verifier },
            readers_lag: match row.kind.as_str() {
                "mirror" => readers_lag(row.added.as_deref().unwrap_or(&row.name)),
                _ => Duration::ZERO,
            },
            name: row.name,
            standing: match (row.applied, row.refused_at, row.until) {
                (true, Some(at), _) => Standing::Refuses { after: after(at) },
                (true, None, _) => Standing::Refuses { after: None },
                // It was not heard of for so long that it refuses everything.
                (false, _, Some(until)) if row.serves == Some(false) => {
                    Standing::Refuses { after: after(until) }
                }
                (false, _, until) => Standing::MayAccept { until },
            },
        });
        Ok(Some(Receipt { revoked_at, parties: parties.collect() }))
    }
}
