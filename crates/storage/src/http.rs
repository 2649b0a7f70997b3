//! HTTP to a target: one client's settings, and what its failures mean.
//!
//! Owns TLS (rustls with ring, the system's root certificates), timeouts, how much of an answer is read, and the wait that a target asks for.
//! Follows no redirect, uses no proxy of the environment, and puts neither a URL nor what was sent into an error.

mod endpoint;

pub use endpoint::Endpoint;

use crate::calls::Meter;
use crate::egress::{Egress, Forbidden};
use crate::{Calls, Error, Result};
use domain::mirror::FailureClass;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Request, StatusCode};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A target that asks for more is asked again after this all the same.
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);

/// For how long a connection is kept for the next request.
const IDLE_MAX: Duration = Duration::from_secs(15);

/// How long a target may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To take a connection, TLS included.
    pub connect: Duration,
    /// For a whole request, from its connection to the last byte of its answer.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(30) }
    }
}

/// A client of one target.
pub(crate) struct Http {
    client: Client,
    patience: Patience,
    /// When the target may be asked again: it said `Retry-After`.
    closed_until: Mutex<Option<Instant>>,
    meter: Meter,
}

/// What a target answered.
pub(crate) struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `None` when it is longer than the caller wanted.
    pub body: Option<Vec<u8>>,
}

impl Http {
    /// A client for an endpoint.
    ///
    /// # Errors
    /// `denied` for an address that is forbidden; `broken` when there are no certificates to check a server with.
    pub fn new(endpoint: &Endpoint, egress: Egress, patience: Patience) -> Result<Self> {
        let what = || format!("reach {endpoint}");
        egress.judge_host(endpoint.host()).map_err(|forbidden| forbidden.told(what()))?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls(endpoint)?)
            .https_only(endpoint.is_tls())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(egress)
            .connect_timeout(patience.connect)
            .timeout(patience.whole)
            // A quiet mirror is asked once a minute: servers have closed the connection by then, and a request on it would fail.
            .pool_idle_timeout(IDLE_MAX)
            .user_agent(concat!("tokenkeep/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Error::broken(what(), root(&error)))?;
        Ok(Self { client, patience, closed_until: Mutex::new(None), meter: Meter::default() })
    }

    /// The requests until now, and the bytes of their bodies.
    pub fn calls(&self) -> Calls {
        self.meter.read()
    }

    /// Sends a request, and reads at most `most` bytes of the answer.
    ///
    /// # Errors
    /// `transient` when no answer came or the target asked to wait and the wait is not over; `denied` for a forbidden address; `broken` for a
    /// certificate that is not good.
    pub async fn send(&self, what: &str, request: Request, most: usize) -> Result<Answer> {
        if let Some(left) = self.closed_for() {
            let why = format!("it asked to wait, {} s more", left.as_secs() + 1);
            return Err(Error::transient(what, why));
        }
        let whole = request.timeout().copied().unwrap_or(self.patience.whole);
        let failed = |error: reqwest::Error| self.unanswered(what, whole, &error);
        let again = request.try_clone();
        let mut response = match (self.execute(request).await, again) {
            (Err(error), Some(again)) if was_closed(&error) => self.execute(again).await,
            (answered, _) => answered,
        }
        .map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        self.note_wait(status, &headers);
        let mut body = Some(Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            let Some(read) = body.as_mut().filter(|read| read.len() + chunk.len() <= most) else {
                body = None;
                break;
            };
            read.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }

    async fn execute(&self, request: Request) -> reqwest::Result<reqwest::Response> {
        let body = request.body().and_then(reqwest::Body::as_bytes);
        self.meter.request(body.map_or(0, <[u8]>::len));
        self.client.execute(request).await
    }

    fn closed_for(&self) -> Option<Duration> {
        let until = *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        until?.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }

    /// Keeps `Retry-After` in seconds (RFC 9110, 10.2.3). The form with a date is rare, and the loop's backoff is enough for it.
    fn note_wait(&self, status: StatusCode, headers: &HeaderMap) {
        if status != StatusCode::TOO_MANY_REQUESTS && status != StatusCode::SERVICE_UNAVAILABLE {
            return;
        }
        let said = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let Some(seconds) = said.and_then(|said| said.trim().parse().ok()) else { return };
        let until = Instant::now() + Duration::from_secs(seconds).min(WAIT_MAX);
        *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    fn unanswered(&self, what: &str, whole: Duration, error: &reqwest::Error) -> Error {
        if let Some(forbidden) = cause::<Forbidden>(error) {
            return forbidden.told(what);
        }
        if let Some(bad @ rustls::Error::InvalidCertificate(_)) = cause(error) {
            return Error::broken(what, bad.to_string());
        }
        if error.is_timeout() {
            let connect = self.patience.connect;
            let (step, limit) =
                if error.is_connect() { ("connection", connect) } else { ("answer", whole) };
            return Error::transient(what, format!("no {step} within {} ms", limit.as_millis()));
        }
        Error::transient(what, root(error))
    }
}

/// Whether a kept connection may have been closed by the other side at just that moment. Then the request goes out once more, on another: all of
/// ours may be repeated.
fn was_closed(error: &reqwest::Error) -> bool {
    error.is_request() && !error.is_connect() && !error.is_timeout()
}

/// What an answer's status means, where the target says nothing more exact.
pub(crate) fn class(status: StatusCode) -> FailureClass {
    match status.as_u16() {
        401 | 403 => FailureClass::Denied,
        501 | 505 => FailureClass::Broken,
        408 | 425 | 429 | 500..=599 => FailureClass::Transient,
        _ => FailureClass::Broken,
    }
}

/// The innermost cause: it names neither the URL nor a header.
fn root(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(next) = innermost.source() {
        innermost = next;
    }
    match innermost.downcast_ref::<reqwest::Error>() {
        // Its text would have the URL.
        Some(_) => "the request failed".to_owned(),
        None => innermost.to_string(),
    }
}

/// A cause of that type, also inside of an I/O error.
fn cause<E: std::error::Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let found = error.downcast_ref().or_else(|| inner.and_then(|inner| inner.downcast_ref()));
        if found.is_some() {
            return found;
        }
        next = error.source();
    }
    None
}

fn tls(endpoint: &Endpoint) -> Result<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    if endpoint.is_tls() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::broken(format!("reach {endpoint}"), error.to_string()))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

/// Percent-encodes all but unreserved characters (RFC 3986, 2.3), as signatures want it.
pub(crate) fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(encode("a-b_c.d~/+= ä"), "a-b_c.d~%2F%2B%3D%20%C3%A4");
    }
}
