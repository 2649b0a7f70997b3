//! The mirrors' object `routes`, in the domain's values.

use crate::instant;
use domain::OffsetDateTime;
use domain::route::{Auth, BackendUrl, HeaderName, Route, RoutePath, SecretName, Tags};
use domain::token::Scopes;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Document {
    written_at: Option<String>,
    #[serde(flatten)]
    routes: BTreeMap<String, Object>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    url: String,
    tags: Vec<String>,
    auth: Option<AuthObject>,
    scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthObject {
    r#type: String,
    #[serde(default)]
    config: Config,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    token_ref: Option<String>,
    key_ref: Option<String>,
    header_name: Option<String>,
    username_ref: Option<String>,
    password_ref: Option<String>,
}

/// All routes of a mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    /// When they were written; `None` where they do not say.
    pub written_at: Option<OffsetDateTime>,
    /// The routes, by path.
    pub routes: Vec<Route>,
}

impl Routes {
    /// Reads `{path: {"url", "tags", "auth"?: {"type", "config"}, "scopes"?}, "written_at"?}`; `None` where anything in it cannot be read. All or nothing:
    /// without one route, its requests would take a shorter one, which asks for less.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let document: Document = serde_json::from_slice(bytes).ok()?;
        let written_at = match &document.written_at {
            Some(text) => Some(instant::parse(text)?),
            None => None,
        };
        let routes = document.routes.iter().map(|(path, object)| route(path, object));
        Some(Self { written_at, routes: routes.collect::<Option<_>>()? })
    }
}

/// The same routes, with when they were written: the last member of the JSON object.
pub fn dated(mut json_object: Vec<u8>, at: OffsetDateTime) -> Vec<u8> {
    json_object.pop();
    if json_object.len() > 1 {
        json_object.push(b',');
    }
    json_object.extend_from_slice(format!(r#""written_at":"{}"}}"#, instant::zoned(at)).as_bytes());
    json_object
}

/// A route that somebody else wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TheirRoute {
    /// Its path, as it is written there.
    pub path: String,
    /// It; `None` where it breaks a rule of ours.
    pub route: Option<Route>,
}

/// The routes of somebody else, each read by itself; also token-manager's older form, `{path: "address"}`. `None` where it is no JSON object.
pub fn their_routes(bytes: &[u8]) -> Option<Vec<TheirRoute>> {
    let all: BTreeMap<String, serde_json::Value> = serde_json::from_slice(bytes).ok()?;
    let theirs = all.into_iter().filter(|(member, _)| member.starts_with('/'));
    let one = |(path, value): (String, serde_json::Value)| {
        let object = match value {
            serde_json::Value::String(url) => {
                Some(Object { url, tags: Vec::new(), auth: None, scopes: None })
            }
            value => serde_json::from_value(value).ok(),
        };
        let route = object.and_then(|object| route(&path, &object));
        TheirRoute { path, route }
    };
    Some(theirs.map(one).collect())
}

fn route(path: &str, object: &Object) -> Option<Route> {
    let scopes = object.scopes.as_ref();
    let scopes = scopes.map(|all| Scopes::parse(all.iter().map(String::as_str)));
    Some(Route {
        path: RoutePath::parse(path).ok()?,
        backend: BackendUrl::parse(&object.url).ok()?,
        tags: Tags::parse(object.tags.iter().map(String::as_str)).ok()?,
        scopes: scopes.transpose().ok()?,
        auth: object.auth.as_ref().map_or(Some(Auth::None), auth)?,
    })
}

fn auth(object: &AuthObject) -> Option<Auth> {
    let Config { token_ref, key_ref, header_name, username_ref, password_ref } = &object.config;
    let name = |text: &Option<String>| SecretName::parse(text.as_deref()?);
    Some(match object.r#type.as_str() {
        "none" => Auth::None,
        "bearer" => Auth::Bearer { token: name(token_ref)? },
        "api-key" => {
            let header = HeaderName::parse(header_name.as_deref()?).ok()?;
            Auth::ApiKey { header, key: name(key_ref)? }
        }
        "basic" => Auth::Basic { username: name(username_ref)?, password: name(password_ref)? },
        _ => return None,
    })
}
