//! `/api/tokens/{id}/origins/…`: what was learned of where a token is used from, and the lock.

use super::state::{IF_MATCH, settled, tagged};
use crate::http::identify::Known;
use crate::http::json::{Json as Body, Path, Query};
use crate::http::{Failure, Web};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::Code;
use domain::id::TokenId;
use wire::Problem;
use wire::origin::{LockOrigins, OriginProposal, OriginProposalQuery};
use wire::token::Token;

/// Propose the networks that a token could be locked to: those that it was good from in the last days.
#[utoipa::path(
    get,
    path = "/api/tokens/{id}/origins/proposal",
    tag = "usage",
    params(("id" = String, Path, description = "The token's id."), OriginProposalQuery),
    responses(
        (status = 200, description = "What was learned, and what is proposed.", body = OriginProposal),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn propose(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    Query(asked): Query<OriginProposalQuery>,
) -> Result<Json<OriginProposal>, Failure> {
    let id = TokenId::parse(&id).ok_or(Code::NotFound)?;
    let days = asked.days()?;
    let learned = service::usage::propose_networks(&web.service, &caller, id, days).await?;
    Ok(Json(OriginProposal::of(id.uuid(), learned)))
}

/// Lock a token to the networks that were proposed. Its other conditions stay as they are.
#[utoipa::path(
    post,
    path = "/api/tokens/{id}/origins/lock",
    tag = "tokens",
    request_body = LockOrigins,
    params(("id" = String, Path, description = "The token's id."), ("If-Match" = Option<String>, Header, description = IF_MATCH)),
    responses(
        (status = 200, description = "The token.", body = Token),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It has ended, or its networks are no longer those that are replaced.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "It is not in the state that `If-Match` names; `meanwhile` says what happened.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn lock(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    Body(asked): Body<LockOrigins>,
) -> Result<Response, Failure> {
    let id = TokenId::parse(&id).ok_or(Code::NotFound)?;
    let (networks, shown) = asked.lists()?;
    let done = service::token::lock_networks(&web.service, &caller, id, networks, shown).await;
    Ok(tagged(&web, settled(&web, &caller, id, done).await?))
}
