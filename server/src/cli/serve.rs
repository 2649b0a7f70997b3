//! `tokenkeep serve`: from nothing to a listening server, and back.

use super::Context;
use crate::boot::{self, Database, Stop};
use crate::config::Config;
use crate::{http, worker};
use domain::audit::Caller;
use domain::policy::Actor;
use service::Service;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long open requests may take once the server is asked to stop. With Postgres' own stop it is within ten seconds.
const DRAIN: Duration = Duration::from_secs(4);

/// Serves until SIGTERM or SIGINT.
pub(super) async fn serve(context: Context) -> Result<(), Stop> {
    // The port first: a second server on it should not touch the data.
    let listener = listen(context.config.listen).await?;
    let stop = CancellationToken::new();
    watch_signals(stop.clone())?;
    let database = boot::open_database(&context.config, context.path.as_deref()).await?;
    let served = run(&context.config, &database, listener, stop).await;
    database.close().await;
    served
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Stop> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Stop(format!(
            "Another program listens on {address}. Stop it, or set TOKENKEEP_LISTEN to a free port."
        )),
        _ => Stop::because(&format!("Cannot listen on {address}"), &error),
    })
}

fn watch_signals(stop: CancellationToken) -> Result<(), Stop> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |error: std::io::Error| Stop::because("Cannot watch for signals", &error);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        stop.cancel();
    });
    Ok(())
}

async fn run(
    config: &Config,
    database: &Database,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<(), Stop> {
    boot::migrate(&database.store).await?;
    let service = boot::service(config, &database.store).await?;
    boot::first_owner(config, &service).await?;
    let site = http::site::find(config.site_dir.as_deref()).ok_or_else(|| {
        Stop("The console's files are not beside the program. Set TOKENKEEP_SITE_DIR, or build with `make run`.".to_owned())
    })?;
    let following = worker::verify::load(&service, &config.instance()).await?;
    let workers = worker::start(config, &service, following, &stop)?;
    let web = http::Web {
        service: service.clone(),
        site: site.into(),
        public_url: config.url().into(),
        secure: config.secure(),
        trusted_proxies: config.trusted_proxies.clone().map(Arc::new),
        metrics: config.metrics,
    };
    announce(config, &service).await?;
    let serving = http::listen(listener, http::Front::new(web), stop.cancelled());
    let drained = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        () = serving => {}
        () = drained => tracing::warn!("some requests were cut off"),
    }
    stop.cancel();
    workers.finish().await;
    Ok(())
}

/// Prints the address and, while there is no owner, the link that makes one.
async fn announce(config: &Config, service: &Service) -> Result<(), Stop> {
    let url = config.url();
    println!("Tokenkeep {} is ready at {url}", env!("CARGO_PKG_VERSION"));
    let caller = Caller::local(Actor::Clock);
    if let Some(link) = service::user::create_setup_link(service, &caller).await? {
        println!("Make the first owner, within 24 hours: {url}/setup?link={}", link.expose());
    }
    Ok(())
}
