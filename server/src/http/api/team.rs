//! `GET` and `POST /api/teams`.

use crate::http::identify::Known;
use crate::http::json::{Json as Body, Query};
use crate::http::{Failure, Web};
use axum::Json;
use axum::extract::State;
use domain::page::Limit;
use http::StatusCode;
use service::team::TeamCursor;
use wire::team::{CreateTeam, Team};
use wire::{Page, PageQuery, Problem};

/// Make a team.
#[utoipa::path(
    post,
    path = "/api/teams",
    tag = "teams",
    request_body = CreateTeam,
    responses(
        (status = 201, description = "The team.", body = Team),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The name is taken.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn create(
    State(web): State<Web>,
    Known(caller): Known,
    Body(asked): Body<CreateTeam>,
) -> Result<(StatusCode, Json<Team>), Failure> {
    let team = service::team::create(&web.service, &caller, asked.try_into()?).await?;
    Ok((StatusCode::CREATED, Json(team.into())))
}

/// List the teams, newest first.
#[utoipa::path(
    get,
    path = "/api/teams",
    tag = "teams",
    params(PageQuery),
    responses(
        (status = 200, description = "A page.", body = Page<Team>),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(web): State<Web>,
    Known(caller): Known,
    Query(asked): Query<PageQuery>,
) -> Result<Json<Page<Team>>, Failure> {
    let cursor = asked.cursor.as_deref().map(TeamCursor::parse).transpose()?;
    let limit = Limit::parse(asked.limit)?;
    let page = service::team::list(&web.service, &caller, cursor, limit).await?;
    Ok(Json(Page::of(page, Team::from)))
}
