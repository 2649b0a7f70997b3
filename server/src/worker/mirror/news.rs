//! The announcements of changes, through lost connections: heard by one connection, for every loop.

use super::{LISTEN_AGAIN, tell};
use service::Service;
use service::mirror::Changes;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Who hears for all.
pub(super) struct News {
    service: Service,
    listening: Option<Changes>,
    told: watch::Sender<()>,
    /// What each loop has a copy of.
    pub(super) heard: Heard,
}

impl News {
    /// Listens, at most for a while: whoever does not hear looks once a period all the same. `None` when the server stops.
    pub(super) async fn begin(service: Service, stop: &CancellationToken) -> Option<Self> {
        let (told, heard) = watch::channel(());
        let mut news = Self { service, listening: None, told, heard: Heard(heard) };
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(LISTEN_AGAIN) => {}
            () = news.listen() => {}
        }
        Some(news)
    }

    /// Tells every loop of each change, until `stop`.
    pub(super) fn announce(
        self,
        stop: CancellationToken,
    ) -> impl Future<Output = ()> + Send + 'static {
        let mut news = self;
        async move {
            let telling = async {
                loop {
                    news.next().await;
                    news.told.send_replace(());
                }
            };
            let _ = stop.run_until_cancelled(telling).await;
        }
    }

    /// Listens, unless it does already. Ends only when it does.
    async fn listen(&mut self) {
        while self.listening.is_none() {
            match Changes::listen(&self.service).await {
                Ok(listening) => self.listening = Some(listening),
                Err(error) => {
                    tell(&error, "listening for changes");
                    tokio::time::sleep(LISTEN_AGAIN).await;
                }
            }
        }
    }

    /// Waits for the next change. After a gap in listening it returns at once: something may have been missed.
    async fn next(&mut self) {
        let Some(listening) = &mut self.listening else {
            return self.listen().await;
        };
        if let Err(error) = listening.next().await {
            tell(&error, "listening for changes");
            self.listening = None;
            self.listen().await;
        }
    }
}

/// Hears of changes.
#[derive(Clone)]
pub(super) struct Heard(watch::Receiver<()>);

impl Heard {
    /// Waits for a change that was not heard of yet. When nobody tells any more, the server stops.
    pub(super) async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending().await
        }
    }
}
