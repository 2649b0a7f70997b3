//! `/api/routes`.

use crate::http::identify::Known;
use crate::http::json::{Json as Body, Path};
use crate::http::{Failure, Web};
use axum::Json;
use axum::extract::State;
use domain::id::RouteId;
use domain::token::Scopes;
use domain::{Code, Refused};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use service::route::Offered;
use std::net::IpAddr;
use wire::route::{ChangeRoute, CreateRoute, Route, RouteTrial, TryRoute};
use wire::{Page, Problem};

/// List the routes, by path: never a secret. All are on one page.
#[utoipa::path(
    get,
    path = "/api/routes",
    tag = "routes",
    responses(
        (status = 200, description = "The routes.", body = Page<Route>),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(web): State<Web>,
    Known(caller): Known,
) -> Result<Json<Page<Route>>, Failure> {
    let routes = service::route::list(&web.service, &caller).await?;
    let items = routes.into_iter().map(Route::from).collect();
    Ok(Json(Page { items, next_cursor: None }))
}

/// Make a route.
#[utoipa::path(
    post,
    path = "/api/routes",
    tag = "routes",
    request_body = CreateRoute,
    responses(
        (status = 201, description = "The route.", body = Route),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The path is taken, or the secret cannot be kept.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn create(
    State(web): State<Web>,
    Known(caller): Known,
    Body(asked): Body<CreateRoute>,
) -> Result<(StatusCode, HeaderMap, Json<Route>), Failure> {
    let made = service::route::create(&web.service, &caller, asked.try_into()?).await?;
    let location = HeaderValue::try_from(format!("/api/routes/{}", made.it.id));
    let location = location.expect("an id is a good value");
    let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
    Ok((StatusCode::CREATED, headers, Json(made.into())))
}

/// Get a route.
#[utoipa::path(
    get,
    path = "/api/routes/{id}",
    tag = "routes",
    params(("id" = String, Path, description = "The route's id.")),
    responses(
        (status = 200, description = "The route.", body = Route),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such route.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn get(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
) -> Result<Json<Route>, Failure> {
    Ok(Json(service::route::get(&web.service, &caller, route_id(&id)?).await?.into()))
}

/// Change a route. What is absent stays as it is.
#[utoipa::path(
    patch,
    path = "/api/routes/{id}",
    tag = "routes",
    params(("id" = String, Path, description = "The route's id.")),
    request_body = ChangeRoute,
    responses(
        (status = 200, description = "The route.", body = Route),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such route.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The path is taken, the route was changed meanwhile, or the secret cannot be kept.", body = Problem,
         content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn change(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    Body(asked): Body<ChangeRoute>,
) -> Result<Json<Route>, Failure> {
    let (id, asked) = (route_id(&id)?, asked.try_into()?);
    Ok(Json(service::route::change(&web.service, &caller, id, asked).await?.into()))
}

/// Delete a route, and the secrets that were kept of it.
#[utoipa::path(
    delete,
    path = "/api/routes/{id}",
    tag = "routes",
    params(("id" = String, Path, description = "The route's id.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such route.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn delete(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
) -> Result<StatusCode, Failure> {
    service::route::delete(&web.service, &caller, route_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a request: which route it would take, whether a token may, and why. Nothing is sent anywhere, and no use is counted.
#[utoipa::path(
    post,
    path = "/api/routes/test",
    tag = "routes",
    request_body = TryRoute,
    responses(
        (status = 200, description = "What would become of it.", body = RouteTrial),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn find(
    State(web): State<Web>,
    Known(caller): Known,
    Body(asked): Body<TryRoute>,
) -> Result<Json<RouteTrial>, Failure> {
    let found =
        service::route::find(&web.service, &caller, asked.path.trim(), &offered(&asked)?).await?;
    Ok(Json(RouteTrial::of(found.route, found.why)))
}

fn offered(asked: &TryRoute) -> Result<Offered<'_>, Refused> {
    let origin = |text: &String| -> Result<IpAddr, Refused> {
        text.trim().parse().map_err(|_| Refused::field("origin", Code::AddressInvalid))
    };
    match (&asked.token, &asked.scopes) {
        (Some(token), None) => {
            Ok(Offered::Token(token, asked.origin.as_ref().map(origin).transpose()?))
        }
        (None, Some(scopes)) => {
            Ok(Offered::Scopes(Scopes::parse(scopes.iter().map(String::as_str))?))
        }
        (None, None) => Err(Refused::field("token", Code::Empty)),
        (Some(_), Some(_)) => Err(Refused::field("scopes", Code::BodyMalformed)),
    }
}

/// The id of the path. What is no id names nothing.
fn route_id(text: &str) -> Result<RouteId, Failure> {
    RouteId::parse(text).ok_or(Code::NotFound.into())
}
