//! Routes on the wire.

use domain::refusal::Judge;
use domain::route::{
    self, AuthKind, BackendUrl, CredentialChange, Credentials, NewRoute, PlacedRoute, RouteChange,
    RouteName, RoutePath, SecretName, Tags,
};
use domain::text::Description;
use domain::token::Scopes;
use domain::{Code, OffsetDateTime, Refusals, Refused};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `POST /api/routes`. No `Debug`: it may hold a secret.
#[derive(Default, Deserialize)]
// A field that is absent is an empty one, so that its refusal names it.
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateRoute {
    /// At most 255 characters; absent or empty is none.
    #[serde(default)]
    pub name: Option<String>,
    /// The path that takes it, and all below: a slash, then segments of letters, digits, `.`, `_` and `-`. Unique.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub path: String,
    /// Where it leads: `http` or `https`, a host, maybe a port and a path.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub backend_url: String,
    /// At most 500 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// At most 20 tags. A token with the scope `tag:` and one of them may take the route, unless it asks for scopes.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The scopes that a token needs, each. None is that `*`, the path's second segment (or its only one), or one of the tags is enough.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// What the backend asks for; absent is nothing.
    #[serde(default)]
    pub auth: Option<BackendAuth>,
    /// Deliver the secrets of `auth` to Workers KV. Without it, put them there under `auth.secret_keys`.
    #[serde(default)]
    pub deliver_secret: bool,
}

/// `PATCH /api/routes/{id}`: what is absent stays as it is. No `Debug`: it may hold a secret.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeRoute {
    /// The version that was looked at. With it, a route that was changed meanwhile is refused.
    #[serde(default)]
    pub version: Option<i64>,
    /// Another name; empty is none any more.
    #[serde(default)]
    pub name: Option<String>,
    /// Another path.
    #[serde(default)]
    pub path: Option<String>,
    /// Another backend.
    #[serde(default)]
    pub backend_url: Option<String>,
    /// Another description.
    #[serde(default)]
    pub description: Option<String>,
    /// Other tags, all of them.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// Other scopes, all of them.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    /// What the backend asks for. Without secrets in it, those of the same type stay; those of another type go.
    #[serde(default)]
    pub auth: Option<BackendAuth>,
    /// Forget the secrets, unless `auth` has others.
    #[serde(default)]
    pub remove_secret: bool,
    /// Whether the secrets are delivered to Workers KV.
    #[serde(default)]
    pub deliver_secret: Option<bool>,
}

/// What a backend asks of whoever forwards to it. Its secrets are taken, and never shown again. No `Debug`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BackendAuth {
    /// `none`, `bearer`, `api-key` or `basic`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub r#type: String,
    /// Of `api-key`, the name of the header that the key is sent in.
    #[serde(default)]
    pub header_name: Option<String>,
    /// Of `bearer`, the token.
    #[serde(default)]
    pub token: Option<String>,
    /// Of `api-key`, the key.
    #[serde(default)]
    pub key: Option<String>,
    /// Of `basic`, the user name. With it, the password.
    #[serde(default)]
    pub username: Option<String>,
    /// Of `basic`, the password.
    #[serde(default)]
    pub password: Option<String>,
}

impl BackendAuth {
    fn kind(&self) -> Result<AuthKind, Refused> {
        AuthKind::parse(&self.r#type, self.header_name.as_deref())
    }

    /// The secrets of its type, where there are any. Those of other types are nobody's.
    fn credentials(&self) -> Result<Option<Credentials>, Refused> {
        let one =
            |text: Option<&str>, field| text.map(|text| Credentials::one(text, field)).transpose();
        match &*self.r#type {
            "bearer" => one(given(&self.token), "token"),
            "api-key" => one(given(&self.key), "key"),
            "basic" => match (given(&self.username), given(&self.password)) {
                (None, None) => Ok(None),
                (username, password) => {
                    let both = (username.unwrap_or_default(), password.unwrap_or_default());
                    Credentials::basic(both.0, both.1).map(Some)
                }
            },
            _ => Ok(None),
        }
    }
}

/// A text that somebody gave: an empty one is that of a field of a form that nobody filled in.
fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// The scopes that are asked for; none is `None`.
fn scopes(texts: &[String]) -> Result<Option<Scopes>, Refused> {
    let blank = texts.iter().all(|text| text.trim().is_empty());
    (!blank).then(|| Scopes::parse(texts.iter().map(String::as_str))).transpose()
}

fn tags(texts: &[String]) -> Result<Tags, Refused> {
    Tags::parse(texts.iter().map(String::as_str))
}

impl TryFrom<CreateRoute> for NewRoute {
    type Error = Refusals;

    fn try_from(asked: CreateRoute) -> Result<Self, Refusals> {
        let mut judge = Judge::default();
        let auth = asked
            .auth
            .unwrap_or_else(|| BackendAuth { r#type: "none".to_owned(), ..Default::default() });
        let name = judge.take(RouteName::parse(asked.name.as_deref().unwrap_or_default()));
        let path = judge.take(RoutePath::parse(&asked.path));
        let backend = judge.take(BackendUrl::parse(&asked.backend_url));
        let description =
            judge.take(Description::parse(asked.description.as_deref().unwrap_or_default()));
        let tags = judge.take(tags(&asked.tags));
        let scopes = judge.take(scopes(&asked.scopes));
        let kind = judge.take(auth.kind());
        let credentials = judge.take(auth.credentials());
        judge.verdict()?;
        let texts =
            (name.zip(description), path.zip(backend), tags.zip(scopes), kind.zip(credentials));
        let (Some((name, description)), Some((path, backend)), Some((tags, scopes)), Some(auth)) =
            texts
        else {
            return Err(Code::BodyMalformed.into());
        };
        let ((auth, credentials), deliver) = (auth, asked.deliver_secret);
        Ok(Self { name, description, path, backend, tags, scopes, auth, credentials, deliver })
    }
}

impl TryFrom<ChangeRoute> for RouteChange {
    type Error = Refusals;

    fn try_from(asked: ChangeRoute) -> Result<Self, Refusals> {
        let mut judge = Judge::default();
        let name = judge.take(asked.name.as_deref().map(RouteName::parse).transpose());
        let path = judge.take(asked.path.as_deref().map(RoutePath::parse).transpose());
        let backend = judge.take(asked.backend_url.as_deref().map(BackendUrl::parse).transpose());
        let description = asked.description.as_deref().map(Description::parse);
        let description = judge.take(description.transpose());
        let tags = judge.take(asked.tags.as_deref().map(tags).transpose());
        let scopes = judge.take(asked.scopes.as_deref().map(scopes).transpose());
        let auth = judge.take(asked.auth.as_ref().map(BackendAuth::kind).transpose());
        let secrets = asked.auth.as_ref().map(BackendAuth::credentials).transpose();
        let credentials = match judge.take(secrets).flatten().flatten() {
            Some(credentials) => CredentialChange::Replace(credentials),
            None if asked.remove_secret => CredentialChange::Remove,
            None => CredentialChange::Keep,
        };
        judge.verdict()?;
        Ok(Self {
            version: asked.version,
            name: name.flatten(),
            description: description.flatten(),
            path: path.flatten(),
            backend: backend.flatten(),
            tags: tags.flatten(),
            scopes: scopes.flatten(),
            auth: auth.flatten(),
            credentials,
            deliver: asked.deliver_secret,
        })
    }
}

/// A route: never its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Route {
    /// Its id.
    pub id: Uuid,
    /// Its name; null is none.
    pub name: Option<String>,
    /// The path that takes it, and all below but for those of `above`.
    pub path: String,
    /// Where it leads.
    pub backend_url: String,
    /// What it is for; maybe empty.
    pub description: String,
    /// What it belongs to.
    pub tags: Vec<String>,
    /// The scopes that a token needs; none is that its resource or one of its tags is enough.
    pub scopes: Vec<String>,
    /// What its path is a path to: the scope that is enough where `scopes` is empty.
    pub resource: Option<String>,
    /// What the backend asks for.
    pub auth: RouteAuth,
    /// Whether its secrets are delivered to Workers KV.
    pub deliver_secret: bool,
    /// The nearest path of another route that it is below.
    pub below: Option<String>,
    /// The paths of other routes that are below it.
    pub above: Vec<String>,
    /// How many times it was written.
    pub version: i64,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// What a backend asks for, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteAuth {
    /// `none`, `bearer`, `api-key` or `basic`.
    pub r#type: String,
    /// Of `api-key`, the name of the header.
    pub header_name: Option<String>,
    /// Whether the secrets are kept here.
    pub has_secret: bool,
    /// The keys in Workers KV under which the edge looks for the secrets.
    pub secret_keys: Vec<String>,
}

impl From<PlacedRoute> for Route {
    fn from(PlacedRoute { it, below, above }: PlacedRoute) -> Self {
        let text = |path: RoutePath| path.as_str().to_owned();
        let auth = &it.route.auth;
        Self {
            id: it.id.uuid(),
            name: it.name.map(|name| name.as_str().to_owned()),
            backend_url: it.route.backend.as_str().to_owned(),
            description: it.description.as_str().to_owned(),
            tags: it.route.tags.to_strings(),
            scopes: it.route.scopes.as_ref().map(Scopes::to_strings).unwrap_or_default(),
            resource: it.route.path.resource().map(str::to_owned),
            auth: RouteAuth {
                r#type: auth.kind().as_str().to_owned(),
                header_name: auth.kind().header().map(|header| header.as_str().to_owned()),
                has_secret: it.has_secret,
                secret_keys: auth.names().into_iter().map(SecretName::key).collect(),
            },
            deliver_secret: it.deliver,
            below: below.map(text),
            above: above.into_iter().map(text).collect(),
            version: it.version,
            created_at: it.created_at,
            updated_at: it.updated_at,
            path: text(it.route.path),
        }
    }
}

/// `POST /api/routes/test`. No `Debug`: it may hold a secret.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TryRoute {
    /// The path of the request, still percent-encoded. A query is left out.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub path: String,
    /// The token that it would be made with: this, or `scopes`.
    #[serde(default)]
    pub token: Option<String>,
    /// What a token that is good would have, instead of one.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    /// The address that it would come from. Without it, the token's networks are not judged.
    #[serde(default)]
    pub origin: Option<String>,
}

/// What would become of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteTrial {
    /// The route that it takes, also where the token is not good for it; null is none.
    pub route: Option<TriedRoute>,
    /// Whether it would go to the backend.
    pub allowed: bool,
    /// Why: `scopes`, `everything`, `resource`, `tag`; or why not: `path_unreadable`, `route_missing`, `scope_denied`, or the code by which
    /// verification refuses the token.
    pub why: String,
}

/// The route that a request takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TriedRoute {
    /// Its id.
    pub id: Uuid,
    /// Its name; null is none.
    pub name: Option<String>,
    /// Its path.
    pub path: String,
    /// Where it leads.
    pub backend_url: String,
}

impl RouteTrial {
    /// What became of a trial.
    pub fn of(route: Option<route::ListedRoute>, why: route::Why) -> Self {
        let route = route.map(|route| TriedRoute {
            id: route.id.uuid(),
            path: route.route.path.as_str().to_owned(),
            backend_url: route.route.backend.as_str().to_owned(),
            name: route.name.map(|name| name.as_str().to_owned()),
        });
        Self { route, allowed: why.is_allowed(), why: why.as_str().to_owned() }
    }
}
