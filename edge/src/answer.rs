//! What the module is told to do, and what a caller is told who is refused.

use domain::route::{Auth, Route};
use domain::verify::{Denial, Record};
use serde::Serialize;

/// What becomes of a request.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// `good`, or why not: a denial's code, that of [`domain::route::Why`], or `unavailable`.
    pub code: &'static str,
    /// The token, where it is known.
    pub token_id: Option<String>,
    /// Its team.
    pub team_id: Option<String>,
    /// The path of the route that it takes, where there is one.
    pub route: Option<String>,
    /// In how many seconds to try again.
    pub retry_after: Option<i64>,
    /// Where to forward to; only where it is good.
    pub forward: Option<Forward>,
}

/// Where to forward to.
#[derive(Debug, Serialize)]
pub struct Forward {
    /// The route's backend.
    pub backend: String,
    /// The address, without query.
    pub url: String,
    /// What the route's path is cut off as.
    pub cut: String,
    /// `none`, `bearer`, `api-key`, `basic`.
    pub auth: &'static str,
    /// The header of an `api-key`.
    pub header: Option<String>,
    /// The names of the secrets that it takes.
    pub secrets: Vec<String>,
}

impl Default for Answer {
    /// Nothing can be told.
    fn default() -> Self {
        Self::refused("unavailable")
    }
}

impl Answer {
    /// A refusal.
    pub const fn refused(code: &'static str) -> Self {
        Self { code, token_id: None, team_id: None, route: None, retry_after: None, forward: None }
    }

    /// The same, and whose token it was.
    pub fn of(self, record: &Record) -> Self {
        // A record that names no token has none that anybody could look up.
        let token_id = (!record.id.uuid().is_nil()).then(|| record.id.to_string());
        Self { token_id, team_id: Some(record.team.to_string()), ..self }
    }

    /// The same, and the route.
    pub fn at(self, route: Option<&Route>) -> Self {
        Self { route: route.map(|route| route.path.as_str().to_owned()), ..self }
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Forward {
    /// Where a readable path goes that takes this route: what is below the route's path is put behind its backend.
    pub fn of(route: &Route, path: &str) -> Self {
        let cut = route.path.as_str().trim_end_matches('/');
        let rest = path.strip_prefix(cut).unwrap_or_default();
        let backend = route.backend.as_str();
        let header = match &route.auth {
            Auth::ApiKey { header, .. } => Some(header.as_str().to_owned()),
            Auth::None | Auth::Bearer { .. } | Auth::Basic { .. } => None,
        };
        Self {
            backend: backend.to_owned(),
            url: format!("{backend}{rest}"),
            cut: cut.to_owned(),
            auth: route.auth.kind().as_str(),
            header,
            secrets: route.auth.names().into_iter().map(|name| name.key()).collect(),
        }
    }
}

#[derive(Serialize)]
struct Refusal {
    status: u16,
    error: &'static str,
    message: &'static str,
}

/// What a caller is told for a code: the statuses and names of token-manager's Worker, and the few that it has not.
pub fn refusal(code: &str) -> String {
    let refusal = |status, error, message| Refusal { status, error, message };
    let told = match code {
        "missing" => refusal(401, "Missing API Key", "Send a token in X-API-Key."),
        "expired" | "rotated" => refusal(401, "Token Expired", "This token has expired."),
        "not_yet_valid" => refusal(401, "Invalid API Key", "This token is not valid yet."),
        "origin_denied" => {
            refusal(403, "Permission Denied", "This token may not be used from this address.")
        }
        "scope_denied" => {
            refusal(403, "Permission Denied", "This token may not be used for this path.")
        }
        "route_missing" => refusal(404, "Route Not Found", "Nothing is behind this path."),
        "path_unreadable" => {
            refusal(404, "Route Not Found", "This path can be read in more than one way.")
        }
        "rate_limited" => {
            refusal(429, "Too Many Requests", "This token was used too often of late.")
        }
        "backend" => refusal(502, "Bad Gateway", "What is behind this path does not answer."),
        code if is_of_the_token(code) => {
            refusal(401, "Invalid API Key", "This token is not valid.")
        }
        _ => refusal(503, "Unavailable", "Whether this token is valid cannot be told now."),
    };
    serde_json::to_string(&told).unwrap_or_default()
}

fn is_of_the_token(code: &str) -> bool {
    Denial::ALL.iter().any(|denial| denial.as_str() == code && denial.is_of_the_token())
}
