//! The table `secrets_gone`: what left the tokens. Triggers write it, so that no hand forgets to.

use crate::{Result, Store};
use domain::policy::Permit;

impl Store {
    /// Puts one row in place of all that are a week old. Whoever has not looked for so long finds that one, and loads everything anew; that
    /// the secrets have ended is kept.
    ///
    /// # Errors
    /// As every statement.
    pub async fn sweep_gone(&self, _permit: &Permit) -> Result<()> {
        sqlx::query(
            "WITH old AS (
                 DELETE FROM secrets_gone
                 WHERE at < clock_timestamp() - interval '7 days'
                   AND (SELECT count(*) FROM secrets_gone WHERE at < clock_timestamp() - interval '7 days') > 1
                 RETURNING hash, xid, at, why
             ), kept AS (
                 INSERT INTO secrets_ended (hash, replaced)
                 SELECT hash, bool_or(why IN ('replaced', 'purged')) FROM old WHERE hash IS NOT NULL AND why <> 'key' GROUP BY hash
                 ON CONFLICT DO NOTHING
             )
             INSERT INTO secrets_gone (hash, xid, at) SELECT NULL, xid, at FROM old ORDER BY xid DESC LIMIT 1",
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
