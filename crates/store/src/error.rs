//! What can go wrong between us and Postgres.

/// A failed statement.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A named constraint was violated; the use case knows which field that is.
    #[error("the constraint {0} was violated")]
    Constraint(String),
    /// The database does not answer, or is not ready to.
    #[error("the database does not answer")]
    Unavailable(#[source] sqlx::Error),
    /// Migrations of this program are missing in the database.
    #[error("the database misses migrations of this version; run `tokenkeep migrate`")]
    Outdated,
    /// A migration failed.
    #[error("a migration failed")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A statement failed for a reason of ours.
    #[error("a statement failed")]
    Broken(#[source] sqlx::Error),
}

impl Error {
    /// Whether this is a violation of the named constraint.
    pub fn violates(&self, constraint: &str) -> bool {
        matches!(self, Self::Constraint(name) if name == constraint)
    }

    /// Whether this is a violation of any constraint.
    pub const fn is_violation(&self) -> bool {
        matches!(self, Self::Constraint(_))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => {
                Self::Unavailable(error)
            }
            E::Database(database) => {
                if let Some(constraint) = database.constraint() {
                    return Self::Constraint(constraint.to_owned());
                }
                // Class 57 (operator intervention: shutdown, starting up), 53 (out of resources), 08 (connection exceptions), and a standby that was
                // not promoted yet: PostgreSQL, appendix A.
                let code = database.code().unwrap_or_default();
                let away = ["57", "53", "08"].iter().any(|class| code.starts_with(class))
                    || code == "25006";
                if away { Self::Unavailable(error) } else { Self::Broken(error) }
            }
            _ => Self::Broken(error),
        }
    }
}
