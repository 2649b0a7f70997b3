//! Sessions of the console, behind `tower-sessions`.
//!
//! Not written through [`crate::tx`]: a session is no fact that the audit log keeps; signing in and out are, and have their events.

use crate::{Error, Result, Store};
use async_trait::async_trait;
use domain::OffsetDateTime;
use domain::policy::Permit;
use sha2::{Digest as _, Sha256};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, Error as SessionError};

/// What is kept of a session's id: the id itself is a password until the session ends.
fn id_hash(id: &Id) -> [u8; 32] {
    Sha256::digest(id.0.to_le_bytes()).into()
}

fn failed(error: sqlx::Error) -> SessionError {
    SessionError::Backend(Error::from(error).to_string())
}

fn json(record: &Record) -> session_store::Result<serde_json::Value> {
    serde_json::to_value(&record.data).map_err(|error| SessionError::Encode(error.to_string()))
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        loop {
            let added = sqlx::query!(
                "INSERT INTO sessions (id_hash, record, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                &id_hash(&record.id),
                json(record)?,
                record.expiry_date,
            )
            .execute(self.pool())
            .await
            .map_err(failed)?;
            if added.rows_affected() == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        sqlx::query!(
            // Never an insert: a request that ends after its session was signed out must not bring it back.
            "UPDATE sessions SET record = $2, expires_at = $3 WHERE id_hash = $1",
            &id_hash(&record.id),
            json(record)?,
            record.expiry_date,
        )
        .execute(self.pool())
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let row = sqlx::query!(
            "SELECT record, expires_at FROM sessions WHERE id_hash = $1 AND expires_at > now()",
            &id_hash(id)
        )
        .fetch_optional(self.pool())
        .await
        .map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let data = serde_json::from_value(row.record)
            .map_err(|error| SessionError::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: row.expires_at }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        sqlx::query!("DELETE FROM sessions WHERE id_hash = $1", &id_hash(id))
            .execute(self.pool())
            .await
            .map_err(failed)?;
        Ok(())
    }
}

impl Store {
    /// Removes the sessions that have run out.
    ///
    /// # Errors
    /// As every statement.
    pub async fn sweep_sessions(&self, _permit: &Permit, now: OffsetDateTime) -> Result<()> {
        sqlx::query!("DELETE FROM sessions WHERE expires_at <= $1", now)
            .execute(self.pool())
            .await?;
        Ok(())
    }
}
