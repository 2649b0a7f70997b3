//! The mirrors' object `routes`, in the domain's values.
//!
//! All or nothing: without one route that cannot be read, its requests would take a shorter one, which asks for less.

use domain::route::{Auth, BackendUrl, HeaderName, Route, RoutePath, SecretName, Tags};
use domain::token::Scopes;
use serde::Deserialize;
use std::collections::BTreeMap;

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

/// Reads `{path: {"url", "tags", "auth"?: {"type", "config"}, "scopes"?}}`; `None` where anything in it cannot be read.
pub fn read(bytes: &[u8]) -> Option<Vec<Route>> {
    let objects: BTreeMap<String, Object> = serde_json::from_slice(bytes).ok()?;
    objects.iter().map(|(path, object)| route(path, object)).collect()
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
