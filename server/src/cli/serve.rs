//! `tokenkeep serve`: from nothing to a listening server, and back.

mod opening;

use super::Context;
use crate::boot::{self, Database, Stop, away};
use crate::config::Config;
use crate::http;
use crate::trace::Traces;
use opening::Opening;
use service::verify::snapshot::Restored;
use std::net::SocketAddr;
use std::pin::pin;
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
    let Some(database) = open(&context, &stop).await? else { return Ok(()) };
    let Context { config, traces, .. } = context;
    let served = run(&config, &database, traces.as_ref(), listener, stop).await;
    let flushed = async {
        if let Some(traces) = traces {
            traces.finish().await;
        }
    };
    tokio::join!(database.close(), flushed);
    served
}

/// Opens the database; `None` when the server is asked to stop before. One that we run ourselves is started first, and then stopped in its order.
async fn open(context: &Context, stop: &CancellationToken) -> Result<Option<Database>, Stop> {
    let opening = away::open(&context.config, context.path.as_deref());
    match context.config.database_url {
        Some(_) => stop.run_until_cancelled(opening).await.transpose(),
        None => opening.await.map(Some),
    }
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
    traces: Option<&Traces>,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<(), Stop> {
    // A mirror that cannot be made is told before anything is begun.
    let service = boot::service(config, &database.store)?;
    let site = http::site::find(config.site_dir.as_deref()).ok_or_else(|| {
        Stop("The console's files are not beside the program. Set TOKENKEEP_SITE_DIR, or build with `make run`.".to_owned())
    })?;
    let beginning = away::begin(&service, &database.store);
    let Some(restored) = stop.run_until_cancelled(beginning).await.transpose()? else {
        return Ok(());
    };
    let mut opening = Opening::new(config, &database.store, &service, restored.as_ref(), &stop);
    let opened = match &restored {
        None => match stop.run_until_cancelled(opening.once()).await.transpose()? {
            Some(workers) => Some(workers),
            None => return Ok(()),
        },
        Some(restored) => {
            tell(config, restored);
            None
        }
    };
    let web = http::Web {
        service,
        site: site.into(),
        public_url: config.url().into(),
        secure: config.secure(),
        trusted_proxies: config.trusted_proxies.clone().map(Arc::new),
        metrics: config.metrics,
    };
    let mut serving = pin!(answer(listener, web, traces, stop.clone()));
    let workers = match opened {
        Some(workers) => workers,
        None => tokio::select! {
            workers = opening.patiently() => workers,
            () = &mut serving => return Ok(()),
        },
    };
    serving.await;
    stop.cancel();
    workers.finish().await;
    Ok(())
}

/// Answers until `stop`.
async fn answer(
    listener: TcpListener,
    web: http::Web,
    traces: Option<&Traces>,
    stop: CancellationToken,
) {
    let serving = async {
        match traces {
            // Decided here, so that nothing has to be asked for each request.
            None => {
                let front = http::Front::new(web);
                let answer = move |peer, request| front.answer(Some(peer), request);
                http::listen(listener, answer, stop.cancelled()).await;
            }
            Some(traces) => {
                let traced = http::Traced::new(web, traces.sampling());
                let answer = move |peer, request| traced.answer(Some(peer), request);
                http::listen(listener, answer, stop.cancelled()).await;
            }
        }
    };
    let drained = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        () = serving => {}
        () = drained => tracing::warn!("some requests were cut off"),
    }
}

/// Says what the server can do without the database, and for how long.
fn tell(config: &Config, restored: &Restored) {
    let until = http::waiting::shown(restored.good_until);
    println!(
        "Tokenkeep {} verifies the tokens that it knows at {} until {until}; the database does not answer.",
        env!("CARGO_PKG_VERSION"),
        config.url()
    );
    tracing::warn!(
        tokens = restored.tokens,
        as_of = http::waiting::shown(restored.as_of),
        until,
        "the database does not answer: started from the snapshot"
    );
}
