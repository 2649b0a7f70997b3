//! `/api/mirrors`, and where a token is.

use super::token::token_id;
use crate::http::identify::Known;
use crate::http::json::{Path, Query};
use crate::http::{Failure, Web};
use axum::Json;
use axum::extract::State;
use domain::audit::Caller;
use domain::mirror::state::Asked;
use http::StatusCode;
use service::mirror;
use wire::Problem;
use wire::mirror::{Confirmed, Mirror, MirrorDetail, TokenMirror};

/// List the mirrors, by name, and how far each is.
#[utoipa::path(
    get,
    path = "/api/mirrors",
    tag = "mirrors",
    responses(
        (status = 200, description = "All of them: there are few.", body = Vec<Mirror>),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(web): State<Web>,
    Known(caller): Known,
) -> Result<Json<Vec<Mirror>>, Failure> {
    let mirrors = mirror::list(&web.service, &caller).await?;
    Ok(Json(mirrors.into_iter().map(Mirror::from).collect()))
}

/// Get a mirror, with its last runs, the last plan that was asked for, and the revoked tokens that it may still accept.
#[utoipa::path(
    get,
    path = "/api/mirrors/{name}",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name.")),
    responses(
        (status = 200, description = "The mirror.", body = MirrorDetail),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn get(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
) -> Result<Json<MirrorDetail>, Failure> {
    Ok(Json(found(&web, &caller, &name).await?))
}

/// Look at everything in a mirror now, and make it right. The next run does it: at once, where a server runs that has the mirror.
#[utoipa::path(
    post,
    path = "/api/mirrors/{name}/push",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name.")),
    responses(
        (status = 202, description = "The mirror: `asked` is `look` until it is done.", body = Mirror),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The mirror is paused.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn push(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
) -> Result<(StatusCode, Json<Mirror>), Failure> {
    ask(&web, &caller, &name, Asked::Look).await
}

/// Tell what a look at everything would do, and do nothing. The answer is in `plan` of `GET /api/mirrors/{name}` once `asked` is null again.
#[utoipa::path(
    post,
    path = "/api/mirrors/{name}/plan",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name.")),
    responses(
        (status = 202, description = "The mirror: `asked` is `plan` until it is made.", body = Mirror),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The mirror is paused.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn plan(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
) -> Result<(StatusCode, Json<Mirror>), Failure> {
    ask(&web, &caller, &name, Asked::Plan).await
}

/// Take the records that nobody here issued for tokens of ours, and the routes beside ours for routes: what Postgres has is never overwritten, and what it has
/// revoked stays revoked. `adopting` tells how far that is.
#[utoipa::path(
    post,
    path = "/api/mirrors/{name}/adopt",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name.")),
    responses(
        (status = 202, description = "The mirror: `asked` is `adopt` until it is done.", body = Mirror),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The mirror is paused.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn adopt(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
) -> Result<(StatusCode, Json<Mirror>), Failure> {
    ask(&web, &caller, &name, Asked::Adopt).await
}

async fn ask(
    web: &Web,
    caller: &Caller,
    name: &str,
    asked: Asked,
) -> Result<(StatusCode, Json<Mirror>), Failure> {
    mirror::ask(&web.service, caller, name, asked).await?;
    accepted(web, caller, name).await
}

/// Let the records and routes go that nobody here issued: those that `digest` is of. The next run deletes them; where it finds others, all are kept.
#[utoipa::path(
    post,
    path = "/api/mirrors/{name}/delete-foreign",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name."), Confirmed),
    responses(
        (status = 202, description = "The mirror.", body = Mirror),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "There are none (`not_held`), or they are others by now (`list_changed`).", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn delete_foreign(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
    Query(confirmed): Query<Confirmed>,
) -> Result<(StatusCode, Json<Mirror>), Failure> {
    let digest = confirmed.digest();
    mirror::delete_foreign(&web.service, &caller, &name, digest.as_ref()).await?;
    accepted(&web, &caller, &name).await
}

/// Let the next run do the deletes that are held: those that `digest` is of. Where it finds others, all are held again.
#[utoipa::path(
    post,
    path = "/api/mirrors/{name}/release",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name."), Confirmed),
    responses(
        (status = 202, description = "The mirror.", body = Mirror),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Nothing is held (`not_held`), or others are held by now (`list_changed`).", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn release(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
    Query(confirmed): Query<Confirmed>,
) -> Result<(StatusCode, Json<Mirror>), Failure> {
    let digest = confirmed.digest();
    mirror::release(&web.service, &caller, &name, digest.as_ref()).await?;
    accepted(&web, &caller, &name).await
}

/// Stop a mirror until it is resumed: what is revoked meanwhile stays there, and is told in `may_still_accept`. Its head goes on, so that readers who look at it
/// refuse what was revoked, and not everything.
#[utoipa::path(
    post,
    path = "/api/mirrors/{name}/pause",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name.")),
    responses(
        (status = 200, description = "The mirror, which is paused.", body = Mirror),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn pause(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
) -> Result<Json<Mirror>, Failure> {
    mirror::pause(&web.service, &caller, &name).await?;
    Ok(Json(found(&web, &caller, &name).await?.mirror))
}

/// Let a mirror go on.
#[utoipa::path(
    post,
    path = "/api/mirrors/{name}/resume",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name.")),
    responses(
        (status = 200, description = "The mirror, which goes on.", body = Mirror),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn resume(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
) -> Result<Json<Mirror>, Failure> {
    mirror::resume(&web.service, &caller, &name).await?;
    Ok(Json(found(&web, &caller, &name).await?.mirror))
}

/// Where a token is: what each mirror makes of it, by what the database knows.
#[utoipa::path(
    get,
    path = "/api/tokens/{id}/mirrors",
    tag = "tokens",
    params(("id" = String, Path, description = "The token's id.")),
    responses(
        (status = 200, description = "Each mirror, by name.", body = Vec<TokenMirror>),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such token.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list_of_token(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
) -> Result<Json<Vec<TokenMirror>>, Failure> {
    let places = mirror::list_of_token(&web.service, &caller, token_id(&id)?).await?;
    Ok(Json(places.into_iter().map(TokenMirror::from).collect()))
}

async fn accepted(
    web: &Web,
    caller: &Caller,
    name: &str,
) -> Result<(StatusCode, Json<Mirror>), Failure> {
    Ok((StatusCode::ACCEPTED, Json(found(web, caller, name).await?.mirror)))
}

pub(super) async fn found(web: &Web, caller: &Caller, name: &str) -> Result<MirrorDetail, Failure> {
    let found = mirror::get(&web.service, caller, name).await?;
    Ok(MirrorDetail::of(found.mirror, found.added, found.runs, found.plan, found.lingering))
}
