//! The only place that builds things: database, keys, service, mirrors. How a server starts while the database is away is in [`away`].

pub mod away;

use crate::config::{Config, KvTarget, S3Target};
use crate::trace::Traces;
use domain::audit::Caller;
use domain::mirror::Format;
use domain::policy::Actor;
use domain::user::Password;
use service::mirror::{Outside, Target};
use service::verify::snapshot::SnapshotSettings;
use service::{KeySource, Parts, Service, UsageSettings, VerifySettings};
use sqlx::postgres::PgConnectOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use storage::{Files, Git, Kv, KvSettings, Patience, Postgres, S3, S3Settings};
use store::Store;
use store::embedded::{Embedded, EmbeddedConfig, Visit};
use tokio::runtime::Handle;
use vault::Sealer;
use zeroize::Zeroizing;

/// How long a database may take to answer: it may be starting beside us.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Why the program cannot go on: what happened, and what to do. Printed as it is.
#[derive(Debug)]
pub struct Stop(pub String);

impl Stop {
    /// A reason, with the causes of an error.
    pub fn because(what: &str, error: &dyn std::error::Error) -> Self {
        let mut text = format!("{what}: {error}");
        let mut cause = error.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        Self(text)
    }
}

impl From<service::Error> for Stop {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Refused(refusals) => {
                Self(refusals.first().code.as_str().replace('_', " "))
            }
            service::Error::Fault(fault) => Self(fault.chain()),
        }
    }
}

/// The database, and its server where that is ours.
pub struct Database {
    /// The database.
    pub store: Store,
    server: Server,
}

/// Who runs the database's server.
enum Server {
    /// The operator.
    Theirs,
    /// This process, for as long as it serves.
    Ours(Embedded),
    /// A running `serve`, or this process for one command.
    Visited(Visit),
}

impl Database {
    /// Closes the connections, and stops what was started for them.
    pub async fn close(self) {
        self.store.close().await;
        match self.server {
            Server::Theirs => {}
            Server::Ours(embedded) => embedded.stop().await,
            Server::Visited(visit) => visit.end().await,
        }
    }
}

/// Where Postgres' programs are looked for, before the usual places.
fn postgres_dirs(config: &Config, path: Option<&str>) -> Vec<PathBuf> {
    let configured = config.postgres_bin_dir.clone();
    configured.into_iter().chain(path.iter().flat_map(std::env::split_paths)).collect()
}

fn embedded_config(config: &Config, path: Option<&str>) -> EmbeddedConfig {
    EmbeddedConfig { data_dir: config.data_dir.clone(), bin_search: postgres_dirs(config, path) }
}

async fn connect_embedded(options: PgConnectOptions) -> Result<Store, Stop> {
    Store::connect(options, PATIENCE)
        .await
        .map_err(|error| Stop::because("The embedded Postgres does not answer", &error))
}

/// Opens the database for `serve`: this process becomes the one that runs the embedded server.
///
/// # Errors
/// [`Stop`], with what to do.
pub async fn open_database(config: &Config, path: Option<&str>) -> Result<Database, Stop> {
    if let Some(url) = &config.database_url {
        return connect(url, PATIENCE).await;
    }
    let embedded = Embedded::start(embedded_config(config, path))
        .await
        .map_err(|error| Stop::because("The embedded Postgres cannot start", &error))?;
    let store = connect_embedded(embedded.connect_options()).await?;
    Ok(Database { store, server: Server::Ours(embedded) })
}

/// Opens the database for a command: beside a running server if there is one, else on its own. `patience` is for a database of the operator's;
/// an embedded one answers when it has been started.
///
/// # Errors
/// [`Stop`], with what to do.
pub async fn open_database_beside(
    config: &Config,
    path: Option<&str>,
    patience: Duration,
) -> Result<Database, Stop> {
    if let Some(url) = &config.database_url {
        return connect(url, patience).await;
    }
    let visit = Visit::begin(embedded_config(config, path))
        .await
        .map_err(|error| Stop::because("The embedded Postgres cannot be used", &error))?;
    let store = connect_embedded(visit.connect_options()).await?;
    Ok(Database { store, server: Server::Visited(visit) })
}

async fn connect(url: &str, patience: Duration) -> Result<Database, Stop> {
    let store = Store::connect(options(url)?, patience).await.map_err(|error| silent(&error))?;
    let version = store
        .server_version()
        .await
        .map_err(|error| Stop::because("The database does not say its version", &error))?;
    check_version(version)?;
    Ok(Database { store, server: Server::Theirs })
}

fn options(url: &str) -> Result<PgConnectOptions, Stop> {
    url.parse().map_err(|_| Stop("DATABASE_URL is not a Postgres URL.".to_owned()))
}

fn silent(error: &store::Error) -> Stop {
    let what = "The database of DATABASE_URL does not answer; check the address and that it runs";
    Stop::because(what, error)
}

fn check_version(version: i32) -> Result<(), Stop> {
    if version < 140_000 {
        return Err(Stop(format!(
            "The database is Postgres {}; 14 or newer is needed.",
            version / 10_000
        )));
    }
    Ok(())
}

/// Applies the missing migrations.
///
/// # Errors
/// [`Stop`].
pub async fn migrate(store: &Store) -> Result<(), Stop> {
    let stop = |error| Stop::because("The database cannot be migrated", &error);
    store.migrate().await.map_err(stop)?;
    let tokens = store.adopt_history().await.map_err(stop)?;
    if tokens > 0 {
        tracing::info!(tokens, "the database was restored from another; its tokens are taken over");
    }
    Ok(())
}

/// Where the generated encryption key is kept.
pub fn generated_key_path(data_dir: &Path) -> PathBuf {
    data_dir.join("token_encryption_key")
}

/// The keys that seal and open: the configured ones; else, with the embedded database, the one that was made once.
///
/// # Errors
/// [`Stop`] when they cannot be read or made.
pub fn encryption(config: &Config) -> Result<(Option<Sealer>, KeySource), Stop> {
    let parse = |keys: &str, from: &str| {
        Sealer::parse(keys)
            .map_err(|error| Stop::because(&format!("{from} cannot be used"), &error))
    };
    if let Some(keys) = &config.encryption_keys {
        return Ok((Some(parse(keys, "TOKEN_ENCRYPTION_KEY")?), KeySource::Configured));
    }
    if config.database_url.is_some() {
        tracing::warn!(
            "TOKEN_ENCRYPTION_KEY is not set: tokens cannot be sealed, and reveal is off"
        );
        return Ok((None, KeySource::None));
    }
    let path = generated_key_path(&config.data_dir);
    let shown = path.display().to_string();
    let failed = |error: std::io::Error| Stop::because(&format!("{shown} cannot be used"), &error);
    if !path.exists() {
        let key = Sealer::generate_key();
        write_private(&path, key.as_bytes()).map_err(failed)?;
        tracing::warn!(path = %shown, "made an encryption key: back it up, without it no token can be revealed");
    }
    let keys = Zeroizing::new(std::fs::read_to_string(&path).map_err(failed)?);
    Ok((Some(parse(&keys, &shown)?), KeySource::Generated))
}

/// Writes a file that only its owner reads, whole or not at all, and never over another.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let temporary = path.with_extension(format!("new-{}", std::process::id()));
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    // A link, not a rename: of two servers that start together the first one's key stays.
    let linked = std::fs::hard_link(&temporary, path);
    std::fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Builds the service, to be opened when the database answers and is migrated.
///
/// # Errors
/// [`Stop`].
pub fn service(config: &Config, store: &Store) -> Result<Service, Stop> {
    let (sealer, key_source) = encryption(config)?;
    let parts = Parts {
        sealer,
        key_source,
        prefix: config.token_prefix.clone(),
        embedded: config.database_url.is_none(),
        verify: VerifySettings {
            access: config.verify_access,
            budget: config.verify_budget,
            resident_max: config.verify_resident_max,
            ..VerifySettings::default()
        },
        usage: UsageSettings {
            retention_months: config.usage_retention_months,
            measured: config.metrics,
            ..UsageSettings::default()
        },
        snapshot: snapshot(config),
        configured: mirrors(config)?,
        outside: Outside {
            egress: config.mirror_egress,
            clones: config.data_dir.join("mirrors"),
            search_path: config.search_path.clone(),
            adopts: config.mirror_adopt,
        },
        tombstone_days: config.tombstone_days,
        ..Parts::new(store.clone())
    };
    Ok(Service::closed(parts)?)
}

/// Where the snapshot is kept.
pub fn snapshot(config: &Config) -> Option<SnapshotSettings> {
    let path = config.snapshot_path.clone()?;
    Some(SnapshotSettings { path, instance: config.instance() })
}

/// The configured traces; `None` is none.
///
/// # Errors
/// [`Stop`].
pub fn traces(config: &Config, runtime: &Handle) -> Result<Option<Traces>, Stop> {
    let Some(settings) = &config.traces else { return Ok(None) };
    // rustls asks for one where several could be built in. A second start, as in tests, keeps the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Traces::start(settings, config.instance(), runtime)
        .map(Some)
        .map_err(|error| Stop::because("The traces cannot be exported", &error))
}

/// The configured mirrors.
///
/// # Errors
/// [`Stop`] when one cannot be made.
pub fn mirrors(config: &Config) -> Result<Vec<Target>, Stop> {
    let mut targets = Vec::new();
    targets.extend(config.mirror_files_path.iter().map(|path| Target::files(Files::new(path))));
    targets.extend(config.git_mirror.iter().map(|mirror| Target::git(Git::new(mirror.clone()))));
    targets.extend(config.postgres_mirror.iter().map(|mirror| {
        let (options, schema) = (mirror.options.clone(), mirror.schema.clone());
        let patience = storage::postgres::PATIENCE;
        Target::postgres(Postgres::with(options, schema, config.mirror_egress, patience))
    }));
    if let Some(target) = &config.mirror_s3 {
        targets.push(Target::s3(s3(config, target)?));
    }
    if let Some(target) = &config.mirror_kv {
        targets.push(Target::kv(kv(config, target)?));
    }
    let format =
        |target: Target| match config.mirror_token_manager.iter().any(|name| name == target.name())
        {
            true => target.written_for(Format::TokenManager),
            false => target,
        };
    let adopts = config.mirror_adopt;
    Ok(targets.into_iter().map(format).map(|target| target.adopting_at_start(adopts)).collect())
}

fn s3(config: &Config, target: &S3Target) -> Result<S3, Stop> {
    let settings = S3Settings {
        endpoint: target.endpoint.clone(),
        bucket: target.bucket.clone(),
        access_key: target.access_key.clone(),
        secret_key: target.secret_key.clone(),
        region: target.region.clone(),
        prefix: target.prefix.clone(),
        egress: config.mirror_egress,
        patience: Patience::default(),
    };
    S3::new(settings).map_err(|error| Stop::because("The S3 mirror cannot be made", &error))
}

fn kv(config: &Config, target: &KvTarget) -> Result<Kv, Stop> {
    let settings = KvSettings {
        base: target.base.clone(),
        account: target.account.clone(),
        namespace: target.namespace.clone(),
        token: target.token.clone(),
        egress: config.mirror_egress,
        patience: Patience::default(),
    };
    Kv::new(settings).map_err(|error| Stop::because("The KV mirror cannot be made", &error))
}

/// Makes the configured first owner, if there is none.
///
/// # Errors
/// [`Stop`].
pub async fn first_owner(config: &Config, service: &Service) -> Result<(), Stop> {
    let Some((email, password)) = &config.admin else { return Ok(()) };
    if !service::user::setup_open(service).await? {
        return Ok(());
    }
    let password = Password::choose(password.to_string())
        .map_err(|_| Stop("TOKENKEEP_ADMIN_PASSWORD: give at least 12 characters.".to_owned()))?;
    let caller = Caller::local(Actor::Operator);
    service::user::create_owner_by_operator(service, &caller, email.clone(), password).await?;
    tracing::info!("made the first owner from the configuration");
    Ok(())
}
