//! `/api/tokens/{id}/impact`.

use super::token::token_id;
use crate::http::identify::Known;
use crate::http::json::Path;
use crate::http::{Failure, Web};
use axum::Json;
use axum::extract::State;
use wire::Problem;
use wire::impact::Impact;

/// Show what would be missed of a token: how it was used of late; and of one that has ended, how often it was tried since.
#[utoipa::path(
    get,
    path = "/api/tokens/{id}/impact",
    tag = "usage",
    params(("id" = String, Path, description = "The token's id.")),
    responses(
        (status = 200, description = "Its use of late.", body = Impact),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn get(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
) -> Result<Json<Impact>, Failure> {
    Ok(Json(service::usage::get_impact(&web.service, &caller, token_id(&id)?).await?.into()))
}
