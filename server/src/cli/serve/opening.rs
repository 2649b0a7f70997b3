//! What has to happen with the database before the server can do all of its work.

use crate::boot::{self, Stop, away};
use crate::config::Config;
use crate::worker::{self, Workers};
use domain::audit::Caller;
use domain::policy::Actor;
use service::Service;
use service::verify::Following;
use service::verify::snapshot::Restored;
use std::time::Duration;
use store::Store;
use tokio_util::sync::CancellationToken;

/// Between two attempts. The first thing that each does is to wait for the database.
const PAUSE: Duration = Duration::from_secs(1);

/// A service that is to be opened.
pub(super) struct Opening<'a> {
    config: &'a Config,
    store: &'a Store,
    service: Service,
    following: Option<Following>,
    stop: CancellationToken,
}

impl<'a> Opening<'a> {
    pub(super) fn new(
        config: &'a Config,
        store: &'a Store,
        service: &Service,
        restored: Option<&Restored>,
        stop: &CancellationToken,
    ) -> Self {
        let (name, service) = (config.instance(), service.clone());
        let following = match restored {
            Some(restored) => Following::resumed(service.clone(), &name, restored),
            None => Following::new(service.clone(), &name),
        };
        Self { config, store, service, following: Some(following), stop: stop.clone() }
    }

    /// Opens it, and starts the loops.
    ///
    /// # Errors
    /// [`Stop`]; it may be tried again.
    pub(super) async fn once(&mut self) -> Result<Workers, Stop> {
        let mended = || Stop("The server was started already.".to_owned());
        boot::migrate(self.store).await?;
        boot::first_owner(self.config, &self.service).await?;
        self.following.as_mut().ok_or_else(mended)?.turn().await?;
        self.service.open().await?;
        announce(self.config, &self.service).await?;
        let following = self.following.take().ok_or_else(mended)?;
        Ok(worker::start(&self.service, following, &self.stop))
    }

    /// Tries until it is open.
    pub(super) async fn patiently(&mut self) -> Workers {
        let mut told = String::new();
        loop {
            let opened = match away::answers(self.store).await {
                Ok(()) => self.once().await,
                Err(stop) => Err(stop),
            };
            match opened {
                Ok(workers) => {
                    tracing::info!("the database answers: this server does all of its work");
                    return workers;
                }
                Err(Stop(reason)) if reason != told => {
                    tracing::warn!(reason, "the server cannot do all of its work yet; it tries on");
                    told = reason;
                }
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Prints the address and, while there is no owner, the link that makes one.
async fn announce(config: &Config, service: &Service) -> Result<(), Stop> {
    let url = config.url();
    let caller = Caller::local(Actor::Clock);
    let link = service::user::create_setup_link(service, &caller).await?;
    println!("Tokenkeep {} is ready at {url}", env!("CARGO_PKG_VERSION"));
    if let Some(link) = link {
        println!("Make the first owner, within 24 hours: {url}/setup?link={}", link.expose());
    }
    Ok(())
}
