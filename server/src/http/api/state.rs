//! Tokens with the state that they are in, and what to say to whoever saw another: `ETag` and `If-Match` (RFC 9110, sections 8.8.3 and 13.1.1).

use crate::http::{Failure, Web};
use axum::Json;
use axum::response::{IntoResponse, Response};
use domain::audit::Caller;
use domain::id::TokenId;
use domain::{Code, Version, token};
use http::{HeaderValue, header};
use wire::token::Token;

/// What the documents say of `If-Match` where it need not be there.
pub const IF_MATCH: &str = "The `ETag` that the token was seen with. In another state it is not changed; without the header it is, whatever its state.";

/// A token as it is now, with its tag.
pub fn tagged(web: &Web, token: token::Token) -> Response {
    let tag = tag(token.version);
    ([(header::ETAG, tag)], Json(Token::at(token, web.service.now()))).into_response()
}

/// The tag of a version.
pub fn tag(version: Version) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).expect("a number is a good value")
}

/// What became of a change. Whoever saw another state is told what happened since.
pub async fn settled<T>(
    web: &Web,
    caller: &Caller,
    id: TokenId,
    done: Result<T, service::Error>,
) -> Result<T, Failure> {
    let mut failure = match done {
        Ok(done) => return Ok(done),
        Err(error) => Failure::from(error),
    };
    let seen = caller.expected.newest();
    if let Some(seen) = seen.filter(|_| failure.refusals.first().code == Code::TokenChanged) {
        let changes = service::token::list_changes_since(&web.service, caller, id, seen).await?;
        failure.meanwhile = changes.into_iter().map(Into::into).collect();
    }
    Err(failure)
}
