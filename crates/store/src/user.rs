//! People.

use crate::{Result, Store, Tx};
use domain::OffsetDateTime;
use domain::id::UserId;
use domain::user::{Email, Role, User};

/// A person, and the PHC string of their password's hash.
pub struct Credentials {
    /// The person.
    pub user: User,
    /// The hash, as argon2 writes it.
    pub password_hash: String,
}

fn user(id: uuid::Uuid, email: String, role: &str) -> User {
    // A CHECK constraint keeps the role to what is known.
    let role = Role::parse(role).unwrap_or(Role::Owner);
    User { id: id.into(), email: Email::stored(email), role }
}

impl Store {
    /// Whether there is an owner.
    ///
    /// # Errors
    /// As every read.
    pub async fn has_owner(&self) -> Result<bool> {
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM users WHERE role = 'owner') AS "found!""#
        );
        Ok(found.fetch_one(self.pool()).await?)
    }

    /// The person of this id.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>> {
        let row = sqlx::query!("SELECT id, email, role FROM users WHERE id = $1", id.uuid())
            .fetch_optional(self.pool())
            .await?;
        Ok(row.map(|row| user(row.id, row.email, &row.role)))
    }

    /// The person of this address, with what their password is checked against.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>> {
        let row = sqlx::query!(
            "SELECT id, email, role, password_hash FROM users WHERE email = $1",
            email.as_str()
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(|row| Credentials {
            user: user(row.id, row.email, &row.role),
            password_hash: row.password_hash,
        }))
    }
}

impl Tx {
    /// Adds a person, unless there is an owner already: then `false`. Two setups at once end with one owner.
    ///
    /// # Errors
    /// As every statement.
    pub async fn insert_first_owner(
        &mut self,
        user: &User,
        password_hash: &str,
        now: OffsetDateTime,
    ) -> Result<bool> {
        sqlx::query("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")
            .execute(self.connection())
            .await?;
        let done = sqlx::query!(
            "INSERT INTO users (id, email, password_hash, role, created_at)
             SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM users WHERE role = 'owner')",
            user.id.uuid(),
            user.email.as_str(),
            password_hash,
            user.role.as_str(),
            now,
        )
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
