//! The connection, and one transaction on it.

use super::error::Failed;
use super::{Schema, ask, sql};
use crate::calls::Meter;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How long it may take to connect.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// Where the one connection is while nobody uses it.
pub(super) struct Slot {
    options: PgConnectOptions,
    schema: Schema,
    /// Where it is, for people.
    pub(super) shown: String,
    idle: Arc<Mutex<Option<PgConnection>>>,
    pub(super) meter: Meter,
}

impl Slot {
    pub(super) fn new(options: PgConnectOptions, schema: Schema) -> Self {
        let host = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        let shown = format!("{host}/{database}, schema {}", schema.as_str());
        // A pooler refuses parameters that it does not know, and shares no prepared statement.
        let options = options
            .extra_float_digits(None)
            .statement_cache_capacity(0)
            .disable_statement_logging();
        let options = match options.get_application_name() {
            Some(_) => options,
            None => options.application_name("tokenkeep"),
        };
        Self { options, schema, shown, idle: Arc::default(), meter: Meter::default() }
    }

    async fn connect(&self) -> Result<PgConnection, Failed> {
        let connecting = PgConnection::connect_with(&self.options);
        let connected = tokio::time::timeout(CONNECT_MAX, connecting).await;
        Ok(connected.map_err(|_| Failed::Late(CONNECT_MAX))??)
    }

    async fn start(&self, mut connection: PgConnection) -> Result<PgConnection, Failed> {
        self.meter.request(0);
        let begun = sqlx::raw_sql("begin").execute(&mut connection);
        // A connection that was cut without a word would be waited for until the operation's own end.
        let begun = tokio::time::timeout(CONNECT_MAX, begun).await;
        begun.map_err(|_| Failed::Late(CONNECT_MAX))??;
        Ok(connection)
    }
}

/// A transaction. Dropped, it closes its connection, and with it is undone.
pub(super) struct Session<'a> {
    slot: &'a Slot,
    connection: PgConnection,
    idle: OwnedMutexGuard<Option<PgConnection>>,
}

impl<'a> Session<'a> {
    /// Begins a transaction in a schema that has the table and is nobody else's.
    pub(super) async fn begin(slot: &'a Slot) -> Result<Self, Failed> {
        let mut idle = Arc::clone(&slot.idle).lock_owned().await;
        let connection = match idle.take() {
            // One that was held may have ended meanwhile, which is no reason to fail.
            Some(held) => match slot.start(held).await {
                Ok(held) => held,
                Err(_) => slot.start(slot.connect().await?).await?,
            },
            None => slot.start(slot.connect().await?).await?,
        };
        let mut session = Self { slot, connection, idle };
        session.prepare(&slot.schema).await?;
        Ok(session)
    }

    /// The connection, for one statement with values of so many bytes.
    pub(super) fn asking(&mut self, bytes: usize) -> &mut PgConnection {
        self.slot.meter.request(bytes);
        &mut self.connection
    }

    /// Commits, and keeps the connection for the next.
    pub(super) async fn end(mut self) -> Result<(), Failed> {
        sqlx::raw_sql("commit").execute(self.asking(0)).await?;
        *self.idle = Some(self.connection);
        Ok(())
    }

    async fn prepare(&mut self, schema: &Schema) -> Result<(), Failed> {
        let settings = ask(sql::SETTINGS).bind(schema.quoted());
        settings.execute(self.asking(0)).await?;
        let row = ask(sql::LOOK).bind(schema.as_str()).fetch_one(self.asking(0)).await?;
        let (has_schema, has_table, is_ours): (bool, bool, bool) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        if is_ours {
            return Err(Failed::Refused(
                "the schema holds Tokenkeep's own tables; give the mirror another schema",
            ));
        }
        if !has_schema {
            let make = format!("create schema {}", schema.quoted());
            sqlx::raw_sql(AssertSqlSafe(make)).execute(self.asking(0)).await?;
        }
        if !has_table {
            sqlx::raw_sql(sql::MAKE).execute(self.asking(0)).await?;
        }
        Ok(())
    }
}
