//! `/api/tokens/{id}/scopes/narrow`.

use super::state::{IF_MATCH, settled, tagged};
use crate::http::identify::Known;
use crate::http::json::{Json as Body, Path};
use crate::http::{Failure, Web};
use axum::extract::State;
use axum::response::Response;
use domain::Code;
use domain::id::TokenId;
use wire::Problem;
use wire::token::{NarrowScopes, Token};

/// Leave a token fewer scopes. Nothing is ever added: for that, make another token.
#[utoipa::path(
    post,
    path = "/api/tokens/{id}/scopes/narrow",
    tag = "tokens",
    request_body = NarrowScopes,
    params(("id" = String, Path, description = "The token's id."), ("If-Match" = Option<String>, Header, description = IF_MATCH)),
    responses(
        (status = 200, description = "The token.", body = Token),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It has ended, or a scope is none that it may use.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "It is not in the state that `If-Match` names; `meanwhile` says what happened.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn narrow(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    Body(asked): Body<NarrowScopes>,
) -> Result<Response, Failure> {
    let id = TokenId::parse(&id).ok_or(Code::NotFound)?;
    let scopes = asked.try_into()?;
    let done = service::token::narrow_scopes(&web.service, &caller, id, scopes).await;
    Ok(tagged(&web, settled(&web, &caller, id, done).await?))
}
