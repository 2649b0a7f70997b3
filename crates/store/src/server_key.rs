//! Keys that the server makes for itself and that every instance shares.

use crate::{Result, Store};
use domain::OffsetDateTime;

impl Store {
    /// The key of this name: `candidate` if there was none, else the one that is kept.
    ///
    /// # Errors
    /// As every statement.
    pub async fn server_key(
        &self,
        name: &str,
        candidate: &str,
        now: OffsetDateTime,
    ) -> Result<String> {
        sqlx::query!(
            "INSERT INTO server_keys (name, key, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            name,
            candidate,
            now
        )
        .execute(self.pool())
        .await?;
        Ok(sqlx::query_scalar!("SELECT key FROM server_keys WHERE name = $1", name)
            .fetch_one(self.pool())
            .await?)
    }
}
