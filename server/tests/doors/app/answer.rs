//! One answer, read whole.

use axum::response::Response;
use domain::token::TokenSecret;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use std::fmt::Write as _;

/// What was answered.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// Headers that every answer has, which a test of their own looks at.
const ALWAYS: &[&str] = &[
    "content-length",
    "content-security-policy",
    "referrer-policy",
    "vary",
    "x-content-type-options",
    "x-frame-options",
    "x-request-id",
];

impl Answer {
    pub(super) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("the whole body").to_vec();
        Self { status: parts.status, headers: parts.headers, body }
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// A text of the JSON body.
    pub fn text_of(&self, name: &str) -> String {
        super::text(&self.json(), name)
    }

    /// A header, empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII")).unwrap_or_default()
    }

    /// The status and the problem's code and field, as `422 empty name`.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.shown());
        let json = self.json();
        let field = json["field"].as_str().map(|field| format!(" {field}")).unwrap_or_default();
        format!("{} {}{field}", self.status.as_u16(), super::text(&json, "code"))
    }

    /// The answer for a snapshot: without what differs from run to run, and without secrets.
    pub fn shown(&self) -> String {
        let mut text = format!("{}\n", self.status);
        let mut headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value)).collect();
        headers.sort_by_key(|(name, _)| *name);
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            if name == "set-cookie" {
                let _ = writeln!(text, "{name}: {}", redact_cookie(&value));
            } else if !ALWAYS.contains(&name) {
                let _ = writeln!(text, "{name}: {}", redact_path(&value));
            }
        }
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(mut json) => {
                redact(&mut json);
                let _ = write!(text, "\n{json:#}");
            }
            Err(_) => {
                let _ = write!(text, "\n{}", String::from_utf8_lossy(&self.body));
            }
        }
        text
    }
}

/// Replaces ids, secrets and display forms.
fn redact(json: &mut Value) {
    match json {
        Value::String(text) => {
            if let Some(name) = redacted(text) {
                *text = name.to_owned();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Object(fields) => {
            // The database's clock, which no test moves.
            if fields.contains_key("refused_by_every_verifier") {
                fields.insert("revoked_at".to_owned(), "[time]".into());
            }
            fields.values_mut().for_each(redact);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn redacted(text: &str) -> Option<&'static str> {
    if text.len() == 36 && uuid::Uuid::try_parse(text).is_ok() {
        Some("[id]")
    } else if TokenSecret::parse(text).is_some() {
        Some("[secret]")
    } else if text.chars().count() == 17 && text.contains('…') {
        Some("[display]")
    } else {
        None
    }
}

fn redact_path(path: &str) -> String {
    path.split('/').map(|part| redacted(part).unwrap_or(part)).collect::<Vec<_>>().join("/")
}

fn redact_cookie(cookie: &str) -> String {
    let (name, rest) = cookie.split_once('=').unwrap_or((cookie, ""));
    let attributes = rest.split_once(';').map_or("", |(_, attributes)| attributes);
    format!("{name}=[value];{attributes}")
}
