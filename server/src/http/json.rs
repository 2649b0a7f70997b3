//! JSON bodies, query strings and paths, with refusals that say which field.

use super::{BODY_MAX, Failure};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use domain::{Code, Refused};
use http::header;
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

/// A JSON body.
pub struct Json<T>(pub T);

/// A JSON body that may be left out: then it says nothing.
pub struct MaybeJson<T>(pub T);

/// A query string.
pub struct Query<T>(pub T);

/// A path's parameter. What cannot be read names nothing.
pub struct Path(pub String);

/// The fields that a refusal may name: what was sent is never repeated, so that a path is only followed to a name that is ours.
const FIELDS: &[&str] = &[
    "name",
    "team_id",
    "description",
    "scopes",
    "expires_days",
    "expires_at",
    "not_before",
    "allowed_cidrs",
    "rate_limit",
    "uses_limit",
    "revealable",
    "reveal_allowed",
    "overlap_seconds",
    "token",
    "origin",
    "items",
    "user_agent",
    "route",
    "worker",
    "token_id",
    "code",
    "status",
    "count",
    "duration_ms",
    "cursor",
    "limit",
    "path",
    "backend_url",
    "tags",
    "auth",
    "deliver_secret",
    "kind",
    "settings",
    "protected",
    "never",
    "until",
    "reason",
    "note",
];

/// A JSON body before it is read, for what borrows from it.
pub struct JsonText(Bytes);

impl JsonText {
    /// Reads it.
    ///
    /// # Errors
    /// The refusals of [`Json`].
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Failure> {
        parse(std::str::from_utf8(&self.0).map_err(|_| Failure::from(Code::Utf8Invalid))?)
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonText {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let json =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = json.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Code::ContentTypeUnsupported.into());
        }
        let body = axum::body::to_bytes(request.into_body(), BODY_MAX)
            .await
            .map_err(|_| Failure::from(Code::BodyTooLarge))?;
        Ok(Self(body))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        JsonText::from_request(request, state).await?.read().map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for MaybeJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, BODY_MAX)
            .await
            .map_err(|_| Failure::from(Code::BodyTooLarge))?;
        if body.is_empty() {
            return Ok(Self(T::default()));
        }
        Json::from_request(Request::from_parts(parts, body.into()), state)
            .await
            .map(|json| Self(json.0))
    }
}

/// Reads JSON. A value of the wrong type is refused on its field.
fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Failure> {
    // To know the place of each value costs several times what reading it does: only who sent something wrong waits for that.
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let value =
        serde_path_to_error::deserialize(&mut json).map_err(|error| match place(error.path()) {
            Some(refused) => {
                let code = match refused.field {
                    Some("expires_days") => Code::ExpiresDaysRange,
                    Some("rate_limit") => Code::RateRange,
                    Some("uses_limit") => Code::UsesRange,
                    Some("overlap_seconds") => Code::OverlapRange,
                    _ => refused.code,
                };
                Refused { code, ..refused }.into()
            }
            None => Failure::from(Code::BodyMalformed),
        })?;
    json.end().map_err(|_| Failure::from(Code::BodyMalformed))?;
    Ok(value)
}

/// The refusal of the field that a path leads to, as far as its names are ours.
fn place(path: &serde_path_to_error::Path) -> Option<Refused> {
    let mut path = path.iter();
    let named = |segment: &Segment| {
        let name = segment.to_string();
        FIELDS.iter().copied().find(|field| *field == name)
    };
    let first = named(path.next()?)?;
    let refused = Refused::field(first, Code::BodyMalformed);
    let Some(Segment::Seq { index }) = path.next().filter(|_| first == "items") else {
        return Some(refused);
    };
    let inner = path.next().and_then(named).unwrap_or(first);
    Some(Refused::field(inner, Code::BodyMalformed).of_item(*index))
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(|_| Code::QueryMalformed.into())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Path {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| Code::NotFound.into())
    }
}
