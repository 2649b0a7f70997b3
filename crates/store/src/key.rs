//! Management keys: what programs call the API with.

use crate::{Result, Store, Tx};
use domain::OffsetDateTime;
use domain::id::KeyId;
use domain::key::{Key, KeyScope, ListedKey};
use domain::policy::Permit;
use domain::token::{Display, SecretHash};

/// A new management key, without its secret.
pub struct NewKey<'a> {
    /// Its id.
    pub id: KeyId,
    /// Its name.
    pub name: &'a str,
    /// The hash of its secret.
    pub hash: SecretHash,
    /// The display form of its secret.
    pub display: Display,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it expires; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
    /// What it may do; none is everything that an owner may.
    pub scopes: &'a [KeyScope],
}

impl Store {
    /// The key of this hash, if it is good at `now`.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_key(&self, hash: &SecretHash, now: OffsetDateTime) -> Result<Option<Key>> {
        let row = sqlx::query!(
            "SELECT id, name, scopes, expires_at FROM management_keys
             WHERE secret_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)",
            hash.bytes(),
            now
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(|row| Key {
            id: row.id.into(),
            name: row.name,
            scopes: known(row.scopes),
            expires_at: row.expires_at,
        }))
    }

    /// The keys that nobody revoked, the oldest first. They are few.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_keys(&self, _permit: &Permit) -> Result<Vec<ListedKey>> {
        let rows = sqlx::query!(
            r#"SELECT k.id, k.name, k.scopes, k.created_at, k.expires_at, e.at AS "changed_at?"
               FROM management_keys AS k
               LEFT JOIN (SELECT actor_id, max(at) AS at FROM audit_events WHERE actor_kind IN ('machine', 'verifier') GROUP BY actor_id) AS e
                      ON e.actor_id = k.id::text
               WHERE k.revoked_at IS NULL
               ORDER BY k.id"#
        )
        .fetch_all(self.pool())
        .await?;
        let each = rows.into_iter().map(|row| ListedKey {
            key: Key {
                id: row.id.into(),
                name: row.name,
                scopes: known(row.scopes),
                expires_at: row.expires_at,
            },
            created_at: row.created_at,
            changed_at: row.changed_at,
        });
        Ok(each.collect())
    }
}

fn known(scopes: Option<Vec<String>>) -> Option<Vec<KeyScope>> {
    scopes.map(|scopes| scopes.iter().filter_map(|scope| KeyScope::parse(scope)).collect())
}

impl Tx {
    /// Ends the key of this id, or the one of this name that nobody revoked, and says which that was; `None` when there is none.
    ///
    /// # Errors
    /// As every statement.
    pub async fn revoke_key(
        &mut self,
        id_or_name: &str,
        now: OffsetDateTime,
    ) -> Result<Option<(KeyId, String)>> {
        let row = sqlx::query!(
            "UPDATE management_keys SET revoked_at = $2
             WHERE id = (SELECT id FROM management_keys
                         WHERE revoked_at IS NULL AND (id::text = lower($1) OR lower(name) = lower($1))
                         ORDER BY id::text = lower($1) DESC
                         LIMIT 1)
             RETURNING id, name",
            id_or_name,
            now
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| (row.id.into(), row.name)))
    }

    /// Adds a management key.
    ///
    /// # Errors
    /// The constraint `management_keys_name_key` when a live key has the name; else as every statement.
    pub async fn insert_key(&mut self, key: NewKey<'_>) -> Result<()> {
        let scopes: Vec<String> =
            key.scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
        let scopes = (!scopes.is_empty()).then_some(scopes);
        sqlx::query!(
            "INSERT INTO management_keys (id, name, secret_hash, display, created_at, expires_at, scopes)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            key.id.uuid(),
            key.name,
            key.hash.bytes(),
            key.display.as_str(),
            key.created_at,
            key.expires_at,
            scopes.as_deref(),
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
