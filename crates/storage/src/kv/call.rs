//! One request to the API.

use super::{ANSWER_MAX, KEY_TIME, Namespace};
use crate::http::Answer;
use crate::{Error, Result};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use serde::Serialize;
use std::time::Duration;
use zeroize::Zeroizing;

pub(super) use crate::http::encode;

/// A request, before it is sent.
pub(super) struct Call {
    method: Method,
    /// Below the namespace, with its query.
    path: String,
    body: Option<Vec<u8>>,
    /// The longest answer that is read.
    most: usize,
    /// What it may take beyond other requests.
    longer: Duration,
}

impl Call {
    /// One without a body.
    pub(super) fn to(method: Method, path: &str) -> Self {
        let (path, longer) = (path.to_owned(), Duration::ZERO);
        Self { method, path, body: None, most: ANSWER_MAX, longer }
    }

    /// Of whose answer so many bytes are read.
    pub(super) fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// With a query; empty values are left out.
    pub(super) fn with(mut self, query: &[(&str, &str)]) -> Self {
        let pairs = query.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<_> =
            pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.path = format!("{}?{}", self.path, pairs.join("&"));
        self
    }

    /// For so many keys at once, each of which takes its time.
    pub(super) fn of_many(self, keys: usize) -> Self {
        let keys = u32::try_from(keys).unwrap_or(u32::MAX);
        Self { longer: KEY_TIME.saturating_mul(keys), ..self }
    }

    /// With a body.
    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body).expect("texts and numbers are JSON"));
        self
    }
}

impl Namespace {
    /// Sends a request.
    pub(super) async fn send(&self, what: &str, call: Call) -> Result<Answer> {
        let settings = &self.settings;
        let unfit = || Error::broken(what, "it cannot be written as a request");
        let url = format!(
            "{}/accounts/{}/storage/kv/namespaces/{}/{}",
            settings.base, settings.account, settings.namespace, call.path
        );
        let mut request = Request::new(call.method, Url::parse(&url).map_err(|_| unfit())?);
        let bearer = Zeroizing::new(format!("Bearer {}", *settings.token));
        let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| unfit())?;
        bearer.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, bearer);
        *request.timeout_mut() = Some(settings.patience.whole + call.longer);
        if let Some(body) = call.body {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, json);
            *request.body_mut() = Some(body.into());
        }
        self.http.send(what, request, call.most).await
    }
}
