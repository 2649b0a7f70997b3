//! One request to the collector, again when that may help, and one line in the log however long it stays away (OTLP 1.9, "OTLP/HTTP Request" and
//! "Retryable Response Codes").

use axum::body::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::Client;
use reqwest::redirect::Policy;
use std::error::Error as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the collector may take for one request, and to take the connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries: after each it doubles.
const PAUSE: Duration = Duration::from_millis(500);
const TRIES: u32 = 3;
/// No longer is waited because a collector says so.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// The way to the collector. No `Debug`: its headers may be secret.
pub struct Delivery {
    client: Client,
    endpoint: String,
    headers: HeaderMap,
    closing: CancellationToken,
    away: AtomicBool,
}

/// Why it was not taken.
struct Failed {
    why: String,
    /// Whether it is worth another try, and after what time if that was said.
    again: Option<Option<Duration>>,
}

impl Delivery {
    pub fn new(
        endpoint: &str,
        headers: &HeaderMap,
        closing: CancellationToken,
    ) -> reqwest::Result<Self> {
        // The headers are for the one who was named: not for whom it points to, nor for a proxy that the environment names.
        let client =
            Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE).build()?;
        let mut headers = headers.clone();
        let protobuf = HeaderValue::from_static("application/x-protobuf");
        headers.insert(header::CONTENT_TYPE, protobuf);
        let endpoint = endpoint.to_owned();
        Ok(Self { client, endpoint, headers, closing, away: AtomicBool::new(false) })
    }

    /// Brings it there, and says whether it was taken.
    pub async fn bring(&self, body: Bytes) -> bool {
        let failed = self.tries(body).await.err();
        let was_away = self.away.swap(failed.is_some(), Ordering::Relaxed);
        match failed {
            Some(why) if !was_away => tracing::warn!(
                why,
                "traces cannot be delivered and are let go; this is said once until they can be"
            ),
            None if was_away => tracing::info!("traces are delivered again"),
            _ => {}
        }
        !self.away.load(Ordering::Relaxed)
    }

    async fn tries(&self, body: Bytes) -> Result<(), String> {
        let mut pause = PAUSE;
        for _ in 1..TRIES {
            let Err(failed) = self.once(body.clone()).await else { return Ok(()) };
            let Some(asked) = failed.again else { return Err(failed.why) };
            tokio::select! {
                // Whoever stops the server does not wait for a second try.
                () = self.closing.cancelled() => return Err(failed.why),
                () = tokio::time::sleep(asked.unwrap_or(pause)) => {}
            }
            pause *= 2;
        }
        self.once(body).await.map_err(|failed| failed.why)
    }

    async fn once(&self, body: Bytes) -> Result<(), Failed> {
        let request = self.client.post(&self.endpoint).headers(self.headers.clone()).body(body);
        let response = request
            .send()
            .await
            .map_err(|error| Failed { why: chain(&error.without_url()), again: Some(None) })?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let why = format!("the collector answered {}", status.as_u16());
        let again = is_passing(status).then(|| retry_after(response.headers()));
        Err(Failed { why, again })
    }
}

const fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(PAUSE_MAX))
}

fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
