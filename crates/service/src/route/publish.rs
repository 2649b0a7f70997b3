//! The bytes of the mirrors' object `routes`: the contract with everybody who reads it.
//!
//! One JSON object, `{path: {"url", "tags", "auth"?: {"type", "config"}, "scopes"?}}`, its paths in the order of their bytes and without spaces, so
//! that equal routes have equal bytes. It has the names of secrets (`token_ref`, `key_ref`, `username_ref`, `password_ref`), and never a secret.

use crate::{Result, Service};
use domain::audit::Caller;
use domain::mirror::Digest;
use domain::policy::{Action, permit};
use domain::route::{Auth, Route, RoutePath};
use domain::token::Scopes;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Object<'a> {
    url: &'a str,
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<AuthObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
}

#[derive(Serialize)]
struct AuthObject<'a> {
    r#type: &'static str,
    config: Config<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Config<'a> {
    Bearer { token_ref: &'a str },
    ApiKey { key_ref: &'a str, header_name: &'a str },
    Basic { username_ref: &'a str, password_ref: &'a str },
}

/// What the mirrors are told of routes.
pub struct Published {
    /// The bytes of the object `routes`.
    pub bytes: Vec<u8>,
    /// What it is known by, together with the secrets of the routes: it is another one when any of that was changed. Nothing of a secret is in it.
    pub digest: Digest,
    /// Their paths.
    pub paths: Vec<RoutePath>,
}

/// What the mirrors are told of the routes that there are now.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn published(service: &Service, caller: &Caller) -> Result<Published> {
    let permit = permit(&caller.actor, Action::PublishRoutes)?;
    let routes = service.store().list_routes(&permit).await?;
    let bytes = bytes(routes.iter().map(|route| &route.route));
    let mut told = bytes.clone();
    for route in &routes {
        told.extend_from_slice(route.id.uuid().as_bytes());
        told.extend_from_slice(&route.version.to_be_bytes());
    }
    let paths = routes.into_iter().map(|route| route.route.path).collect();
    Ok(Published { bytes, digest: Digest::of(&told), paths })
}

fn bytes<'r>(routes: impl Iterator<Item = &'r Route>) -> Vec<u8> {
    let objects: BTreeMap<&str, Object<'_>> =
        routes.map(|route| (route.path.as_str(), object(route))).collect();
    serde_json::to_vec(&objects).expect("texts and lists of texts are JSON")
}

fn object(route: &Route) -> Object<'_> {
    Object {
        url: route.backend.as_str(),
        tags: route.tags.to_strings(),
        auth: auth(&route.auth),
        scopes: route.scopes.as_ref().map(Scopes::to_strings),
    }
}

fn auth(auth: &Auth) -> Option<AuthObject<'_>> {
    let config = match auth {
        Auth::None => return None,
        Auth::Bearer { token } => Config::Bearer { token_ref: token.as_str() },
        Auth::ApiKey { header, key } => {
            Config::ApiKey { key_ref: key.as_str(), header_name: header.as_str() }
        }
        Auth::Basic { username, password } => {
            Config::Basic { username_ref: username.as_str(), password_ref: password.as_str() }
        }
    };
    Some(AuthObject { r#type: auth.kind().as_str(), config })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::RouteId;
    use domain::route::{AuthKind, BackendUrl, Tags};

    fn route(path: &str, auth: &str, scopes: &[&str]) -> Route {
        let id = RouteId::parse("0197a1b2-0000-7000-8000-000000000001").expect("an id");
        let parsed = || Scopes::parse(scopes.iter().copied()).expect("scopes");
        Route {
            path: RoutePath::parse(path).expect("a path"),
            backend: BackendUrl::parse("https://images.example/v1").expect("an address"),
            tags: Tags::parse(["media", "llm"]).expect("tags"),
            scopes: (!scopes.is_empty()).then(parsed),
            auth: AuthKind::parse(auth, Some("X-Key")).expect("a kind").named(id),
        }
    }

    fn text(routes: &[Route]) -> String {
        String::from_utf8(bytes(routes.iter())).expect("text")
    }

    #[test]
    fn the_bytes_are_the_contract() {
        let routes = [
            route("/b", "bearer", &["images:read"]),
            route("/d", "basic", &[]),
            route("/a", "none", &[]),
            route("/c", "api-key", &[]),
        ];
        let name = "route.0197a1b2-0000-7000-8000-000000000001";
        let begin = r#"{"url":"https://images.example/v1","tags":["llm","media"]"#;
        let expected = format!(
            concat!(
                r#"{{"/a":{begin}}},"#,
                r#""/b":{begin},"auth":{{"type":"bearer","config":{{"token_ref":"{name}.token"}}}},"scopes":["images:read"]}},"#,
                r#""/c":{begin},"auth":{{"type":"api-key","config":{{"key_ref":"{name}.key","header_name":"X-Key"}}}}}},"#,
                r#""/d":{begin},"auth":{{"type":"basic","config":{{"username_ref":"{name}.username","password_ref":"{name}.password"}}}}}}}}"#
            ),
            begin = begin,
            name = name,
        );
        assert_eq!(text(&routes), expected);
        assert_eq!(text(&[]), "{}");
    }

    #[test]
    fn the_order_does_not_matter() {
        let routes = [route("/b", "none", &[]), route("/a", "none", &[])];
        let [one, two] = routes.clone();
        assert_eq!(text(&routes), text(&[two, one]));
    }
}
