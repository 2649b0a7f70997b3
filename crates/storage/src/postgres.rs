//! A schema of a foreign Postgres: objects as rows of one table, so that whoever can ask a database can read a mirror.
//!
//! - **One table.** `objects(key, content, expires_at, written_at)`, made when it is not there; a role that may not make it is enough where somebody
//!   made it before. Content is `bytea`, byte for byte what was put: `jsonb` would write numbers, spaces and the order of keys in its own way, so that
//!   no digest and no signature held.
//! - **A batch is a transaction.** All of it or nothing.
//! - **The server computes digests** of what it holds when it is asked (`sha256`), so that an edit by somebody else is found.
//! - **Never into Tokenkeep's own tables.** A schema that has them is refused, whatever way leads there.
//! - **Nothing of a session.** Each operation is one transaction with unnamed statements, and settings that end with it, so that a pgbouncer that
//!   pools transactions may stand between.
//!
//! One connection, held between operations, to an address that was judged (`way`); whatever fails closes it, and the next operation opens another. The SQL is in [`sql`].

mod error;
mod schema;
pub mod server;
mod session;
mod sql;
mod way;

pub use schema::Schema;
pub use server::Server;

use crate::object::within_limits;
use crate::{
    Calls, Egress, Error, Listed, OBJECT_MAX, Object, ObjectKey, PAGE_MAX, Pages, Patience, Result,
    Storage,
};
use domain::OffsetDateTime;
use domain::mirror::Digest;
use error::Failed;
use session::{Session, Slot};
use sqlx::postgres::{PgArguments, PgConnectOptions};
use sqlx::query::Query;
use sqlx::{Postgres as Driver, Row as _};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How many rows a statement writes.
const BATCH: usize = 1_000;
/// How long it may take to connect, and an operation with it; of a listing, each page.
pub const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(5), whole: Duration::from_secs(60) };

/// Objects as rows of a table; cheap to clone.
#[derive(Clone)]
pub struct Postgres {
    slot: Arc<Slot>,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Postgres").field(&self.describe()).finish()
    }
}

impl Postgres {
    /// Objects in that schema of that database. Touches nothing yet.
    pub fn new(options: PgConnectOptions, schema: Schema) -> Self {
        Self::with(options, schema, Egress::Guarded, PATIENCE)
    }

    /// The same, with another judgement of addresses, or more or less patience.
    pub fn with(
        options: PgConnectOptions,
        schema: Schema,
        egress: Egress,
        patience: Patience,
    ) -> Self {
        Self { slot: Arc::new(Slot::new(options, schema, egress, patience)) }
    }

    /// Objects in that schema of a database that is said field by field.
    pub fn at(server: &Server<'_>, schema: Schema, egress: Egress) -> Self {
        Self::with(server.options(), schema, egress, PATIENCE)
    }

    /// Whether a database may be used as it is written; what its name resolves to is judged at each connection.
    pub fn allows(options: &PgConnectOptions, egress: Egress) -> bool {
        way::is_socket(options) || egress.allows_host(options.get_host())
    }

    /// The operation `what`, within its time. Dropped in the middle, it leaves nothing behind: its transaction ends with its connection.
    async fn timed<T>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T, Failed>> + Send,
    ) -> Result<T> {
        let most = self.slot.patience.whole;
        let done = tokio::time::timeout(most, work).await;
        done.unwrap_or(Err(Failed::Late(most))).map_err(|failed| failed.told(what))
    }

    async fn begin(&self) -> Result<Session<'_>, Failed> {
        Session::begin(&self.slot).await
    }
}

/// A statement without a name: the next one may be another server's.
fn ask(sql: &'static str) -> Query<'static, Driver, PgArguments> {
    sqlx::query(sql).persistent(false)
}

/// What is in a directory after the key `after`, in the order of the keys.
async fn page(
    session: &mut Session<'_>,
    at: &ObjectKey,
    after: Option<&str>,
) -> Result<Vec<Listed>, Failed> {
    let directory = format!("{}/", at.as_str());
    // The character after the slash: where the directory's keys end.
    let end = format!("{}0", at.as_str());
    let most = i64::try_from(PAGE_MAX).unwrap_or(i64::MAX);
    let bytes = directory.len() + end.len() + after.map_or(0, str::len);
    let rows = ask(sql::LIST).bind(&directory).bind(end).bind(after.unwrap_or(&directory));
    let rows = rows.bind(most).fetch_all(session.asking(bytes)).await?;
    let listed = rows.iter().map(|row| {
        let digest: Option<&[u8]> = row.try_get(1)?;
        Ok(Listed { path: row.try_get(0)?, digest: digest.and_then(Digest::told) })
    });
    listed.collect()
}

impl Storage for Postgres {
    fn describe(&self) -> String {
        self.slot.shown.clone()
    }

    fn batch(&self) -> usize {
        BATCH
    }

    fn calls(&self) -> Calls {
        self.slot.meter.read()
    }

    async fn list(&self, at: &ObjectKey, pages: Pages<'_>) -> Result<()> {
        let what = format!("list {}", at.as_str());
        let mut session = self.timed(&what, self.begin()).await?;
        let mut after = None;
        loop {
            let page = self.timed(&what, page(&mut session, at, after.as_deref())).await?;
            let whole = page.len() == PAGE_MAX;
            after = page.last().map(|last| last.path.clone());
            if !page.is_empty() {
                pages(page);
            }
            if !whole {
                break;
            }
        }
        self.timed(&what, session.end()).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>> {
        let what = format!("read {}", key.as_str());
        let most = i64::try_from(OBJECT_MAX).unwrap_or(i64::MAX);
        let found = self.timed(&what, async {
            let mut session = self.begin().await?;
            let row = ask(sql::GET).bind(key.as_str()).bind(most);
            let row = row.fetch_optional(session.asking(key.as_str().len())).await?;
            session.end().await?;
            let bytes = row.map(|row| row.try_get::<Option<Vec<u8>>, _>(0));
            Ok(bytes.transpose()?)
        });
        match found.await? {
            Some(None) => Err(Error::broken(what, format!("more than {OBJECT_MAX} bytes"))),
            found => Ok(found.flatten()),
        }
    }

    async fn put(&self, objects: Vec<Object>) -> Result<()> {
        within_limits(&objects)?;
        if objects.is_empty() {
            return Ok(());
        }
        let what = format!("put {} objects", objects.len());
        // Each key once, and in order: no statement may touch a row twice, and no two writers wait for each other.
        let objects: BTreeMap<_, _> =
            objects.into_iter().map(|object| (object.key.clone(), object)).collect();
        let keys: Vec<&str> = objects.keys().map(ObjectKey::as_str).collect();
        let bytes =
            objects.values().map(|object| object.key.as_str().len() + object.bytes.len()).sum();
        let contents: Vec<&[u8]> = objects.values().map(|object| &object.bytes[..]).collect();
        let expiries: Vec<Option<OffsetDateTime>> =
            objects.values().map(|object| object.expires_at).collect();
        self.timed(&what, async {
            let mut session = self.begin().await?;
            let put = ask(sql::PUT).bind(&keys).bind(&contents).bind(&expiries);
            put.execute(session.asking(bytes)).await?;
            session.end().await
        })
        .await
    }

    async fn delete(&self, keys: Vec<ObjectKey>) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let what = format!("delete {} objects", keys.len());
        let keys: Vec<&str> = keys.iter().map(ObjectKey::as_str).collect();
        self.timed(&what, async {
            let mut session = self.begin().await?;
            let bytes = keys.iter().map(|key| key.len()).sum();
            ask(sql::DELETE).bind(&keys).execute(session.asking(bytes)).await?;
            session.end().await
        })
        .await
    }

    /// Nothing to do: a transaction that did not end left nothing.
    async fn sweep(&self, _at: &ObjectKey) -> Result<usize> {
        Ok(0)
    }
}
