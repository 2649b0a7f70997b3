//! `PATCH /api/tokens/{id}` and `/api/tokens/{id}/extend`.

use super::state::{IF_MATCH, settled, tagged};
use super::token::token_id;
use crate::http::identify::Known;
use crate::http::json::{Json as Body, Path};
use crate::http::{Failure, Web};
use axum::extract::State;
use axum::response::Response;
use domain::{Code, Expected};
use wire::Problem;
use wire::token::{ChangeToken, ExtendToken, Token};

/// Change what is said of a token: its name, its description, its tags. What is absent stays as it is.
#[utoipa::path(
    patch,
    path = "/api/tokens/{id}",
    tag = "tokens",
    request_body = ChangeToken,
    params(
        ("id" = String, Path, description = "The token's id."),
        ("If-Match" = String, Header, description = "The `ETag` that the token was seen with, or `*` for whatever it is."),
    ),
    responses(
        (status = 200, description = "The token.", body = Token, headers(("ETag" = String, description = "The state that it is in."))),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The name is taken in the team.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "It is not in the state that `If-Match` names; `meanwhile` says what happened.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`If-Match` is missing.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn change(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    Body(asked): Body<ChangeToken>,
) -> Result<Response, Failure> {
    let (id, asked) = (token_id(&id)?, asked.try_into()?);
    if caller.expected == Expected::Unsaid {
        return Err(Code::IfMatchRequired.into());
    }
    let done = service::token::change(&web.service, &caller, id, asked).await;
    Ok(tagged(&web, settled(&web, &caller, id, done).await?))
}

/// Put off the end of a token, which keeps its secret. What has expired stays so.
#[utoipa::path(
    post,
    path = "/api/tokens/{id}/extend",
    tag = "tokens",
    request_body = ExtendToken,
    params(("id" = String, Path, description = "The token's id."), ("If-Match" = Option<String>, Header, description = IF_MATCH)),
    responses(
        (status = 200, description = "The token.", body = Token),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It has ended.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "It is not in the state that `If-Match` names; `meanwhile` says what happened.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule, or sooner than the end that it has.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn extend(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    Body(asked): Body<ExtendToken>,
) -> Result<Response, Failure> {
    let (id, asked) = (token_id(&id)?, asked.try_into()?);
    let done = service::token::extend(&web.service, &caller, id, asked).await;
    Ok(tagged(&web, settled(&web, &caller, id, done).await?))
}
