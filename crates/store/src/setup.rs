//! Setup links: what the first owner is made with.

use crate::{Result, Tx};
use domain::OffsetDateTime;
use domain::token::SecretHash;

impl Tx {
    /// Keeps the hash of a new link, which takes the place of every earlier one.
    ///
    /// # Errors
    /// As every statement.
    pub async fn replace_setup_link(
        &mut self,
        hash: &SecretHash,
        now: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Result<()> {
        sqlx::query!("DELETE FROM setup_links").execute(self.connection()).await?;
        sqlx::query!(
            "INSERT INTO setup_links (secret_hash, created_at, expires_at) VALUES ($1, $2, $3)",
            hash.bytes(),
            now,
            expires_at
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Uses up the link of this hash; `false` when there is none that is good at `now`.
    ///
    /// # Errors
    /// As every statement.
    pub async fn take_setup_link(
        &mut self,
        hash: &SecretHash,
        now: OffsetDateTime,
    ) -> Result<bool> {
        let taken = sqlx::query!(
            "DELETE FROM setup_links WHERE secret_hash = $1 AND expires_at > $2",
            hash.bytes(),
            now
        )
        .execute(self.connection())
        .await?;
        Ok(taken.rows_affected() == 1)
    }
}
