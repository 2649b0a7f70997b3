//! Reads where the Postgres mirror is.

use super::read::{LINK_LOCAL, Reader};
use sqlx::postgres::PgConnectOptions;
use storage::postgres::Schema;
use storage::{Egress, Postgres};

/// Where the Postgres mirror is.
pub struct PostgresMirror {
    /// The database, and who we are there.
    pub options: PgConnectOptions,
    /// The schema.
    pub schema: Schema,
}

impl Reader {
    pub(super) fn postgres_mirror(&mut self, egress: Egress) -> Option<PostgresMirror> {
        let schema = self.take("pgstore_schema");
        let Some((given_as, dsn)) = self.take("pgstore_dsn") else {
            if let Some((given_as, _)) = schema {
                self.problem(given_as, "set PGSTORE_DSN or its _FILE too");
            }
            return None;
        };
        let options: Option<PgConnectOptions> = dsn.parse().ok();
        match &options {
            None => self.problem(given_as, "give a URL such as postgres://user@host/database"),
            Some(options) if !Postgres::allows(options, egress) => {
                self.problem(given_as, LINK_LOCAL);
            }
            Some(_) => {}
        }
        let schema = match schema {
            None => Some(Schema::default()),
            Some((given_as, name)) => {
                let schema = Schema::parse(&name);
                if schema.is_none() {
                    let mend = "use letters, digits, _ and -, a letter or _ first, at most 63, and no name that begins with pg_";
                    self.problem(given_as, mend);
                }
                schema
            }
        };
        Some(PostgresMirror { options: options?, schema: schema? })
    }
}
