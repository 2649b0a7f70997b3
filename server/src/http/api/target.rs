//! `/api/mirrors`: the targets that people add.

use super::mirror::found;
use crate::http::identify::Known;
use crate::http::json::{Json as Body, Path, Query};
use crate::http::{Failure, Web};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use domain::Code;
use domain::mirror::{NewTarget, TargetChange};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use service::mirror;
use wire::Problem;
use wire::mirror::{Mirror, MirrorDetail};
use wire::target::{ChangeMirror, CreateMirror, DeleteMirrorQuery, MirrorProbe, ProbeMirror};

/// Add a mirror. It is written from now on. Whether it can be used is not asked here: `POST /api/mirrors/test` does.
#[utoipa::path(
    post,
    path = "/api/mirrors",
    tag = "mirrors",
    request_body = CreateMirror,
    responses(
        (status = 201, description = "The mirror.", body = MirrorDetail),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The name is taken, another mirror writes there, there are ten already, or its secrets cannot be kept.", body = Problem,
         content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule, or an address is not allowed.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn create(
    State(web): State<Web>,
    Known(caller): Known,
    Body(asked): Body<CreateMirror>,
) -> Result<(StatusCode, HeaderMap, Json<MirrorDetail>), Failure> {
    let (name, asked) = asked.try_into()?;
    let location = HeaderValue::try_from(format!("/api/mirrors/{}", name.as_str()));
    let location = location.expect("a name is a good value");
    let called = name.as_str().to_owned();
    mirror::create(&web.service, &caller, name, asked).await?;
    let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
    Ok((StatusCode::CREATED, headers, Json(found(&web, &caller, &called).await?)))
}

/// Change a mirror that was added here. What is absent stays as it is; one that writes elsewhere then begins anew.
#[utoipa::path(
    patch,
    path = "/api/mirrors/{name}",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name.")),
    request_body = ChangeMirror,
    responses(
        (status = 200, description = "The mirror.", body = MirrorDetail),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is set in the configuration, it was changed meanwhile, it is being emptied, or another mirror writes there.",
         body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule, or a secret has to be given anew.", body = Problem,
         content_type = "application/problem+json"),
    ),
)]
pub async fn change(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
    Body(asked): Body<ChangeMirror>,
) -> Result<Json<MirrorDetail>, Failure> {
    mirror::change(&web.service, &caller, &name, asked.into()).await?;
    Ok(Json(found(&web, &caller, &name).await?))
}

/// Delete a mirror that was added here, and its secrets. What it wrote stays there, unless it is to be emptied first: then it is deleted once it is empty.
#[utoipa::path(
    delete,
    path = "/api/mirrors/{name}",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name."), DeleteMirrorQuery),
    responses(
        (status = 202, description = "The mirror, which is being emptied.", body = Mirror),
        (status = 204, description = "It is gone, also where it was to be emptied and is empty by now."),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is set in the configuration.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn delete(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
    Query(asked): Query<DeleteMirrorQuery>,
) -> Result<Response, Failure> {
    mirror::delete(&web.service, &caller, &name, asked.empty).await?;
    if !asked.empty {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    match found(&web, &caller, &name).await {
        Ok(detail) => Ok((StatusCode::ACCEPTED, Json(detail.mirror)).into_response()),
        // There was so little that it is empty by now.
        Err(failure) if failure.refusals.first().code == Code::NotFound => {
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(failure) => Err(failure),
    }
}

/// Try a target before it is added: one object is written, read back and deleted there, within 30 seconds. Nothing is kept.
#[utoipa::path(
    post,
    path = "/api/mirrors/test",
    tag = "mirrors",
    request_body = ProbeMirror,
    responses(
        (status = 200, description = "What came of it, also when it cannot be used.", body = MirrorProbe),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule, or an address is not allowed.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn probe(
    State(web): State<Web>,
    Known(caller): Known,
    Body(asked): Body<ProbeMirror>,
) -> Result<Json<MirrorProbe>, Failure> {
    let asked = NewTarget::try_from(asked)?;
    Ok(Json(mirror::probe(&web.service, &caller, &asked).await?.into()))
}

/// Try the target of a mirror as it is, with the credentials that are kept.
#[utoipa::path(
    post,
    path = "/api/mirrors/{name}/test",
    tag = "mirrors",
    params(("name" = String, Path, description = "The mirror's name.")),
    responses(
        (status = 200, description = "What came of it, also when it cannot be used.", body = MirrorProbe),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such mirror.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "No configured key opens its secrets.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn probe_kept(
    State(web): State<Web>,
    Known(caller): Known,
    Path(name): Path,
) -> Result<Json<MirrorProbe>, Failure> {
    let unchanged = TargetChange::default();
    Ok(Json(mirror::probe_kept(&web.service, &caller, &name, &unchanged).await?.into()))
}
