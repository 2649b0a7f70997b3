//! For whoever holds a token: `GET /api/whoami` and `POST /api/verify/self-revoke`. The token is what lets them in; cookies are not looked at.

use super::fields::offered;
use super::forward_auth::VERIFY_CODE;
use super::origin::Origin;
use super::{Failure, Web};
use axum::extract::{Extension, FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use domain::Code;
use domain::audit::Caller;
use domain::id::RequestId;
use domain::policy::Actor;
use http::HeaderValue;
use http::request::Parts;
use service::token::Own;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::Problem;
use wire::receipt::RevokedToken;
use wire::token::Token;
use wire::whoami::WhoAmI;

pub(super) fn routes() -> Router<Web> {
    documented().split_for_parts().0
}

pub(super) fn documented() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(whoami)).routes(routes!(self_revoke))
}

/// A secret, and the request that it came with. No `Debug`.
struct Offered {
    secret: String,
    caller: Caller,
}

impl FromRequestParts<Web> for Offered {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Failure> {
        let secret = offered(&parts.headers).ok_or(Code::Unauthenticated)?.to_owned();
        let request_id = Extension::<RequestId>::from_request_parts(parts, web).await;
        let request_id = request_id.ok().map(|Extension(id)| id);
        let Origin(origin) = Origin::of(&parts.extensions);
        Ok(Self {
            secret,
            caller: Caller { request_id, origin, ..Caller::local(Actor::Anonymous) },
        })
    }
}

/// Who am I? For a token, and for a management key: what it is, never its secret.
#[utoipa::path(
    get,
    path = "/api/whoami",
    tag = "holders",
    responses(
        (status = 200, description = "What the token or the key is.", body = WhoAmI),
        (status = 401, description = "It is not good; `X-Verify-Code` says why a token is not.", body = Problem,
         content_type = "application/problem+json"),
        (status = 403, description = "It may not be used from this address.", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = []), ("management_key" = []))
)]
async fn whoami(State(web): State<Web>, offered: Offered) -> Result<Response, Failure> {
    let Offered { secret, caller } = offered;
    if let Some(key) = service::key::find(&web.service, &secret).await? {
        return Ok(Json(WhoAmI::from(key)).into_response());
    }
    match service::token::get_own(&web.service, &caller, &secret).await? {
        Own::Good(token) => Ok(Json(WhoAmI::from(*token)).into_response()),
        Own::Denied(denial) => {
            let of_the_token = denial.is_of_the_token();
            let code = if of_the_token { Code::Unauthenticated } else { Code::Forbidden };
            let mut response = Failure::from(code).into_response();
            let value = HeaderValue::from_static(denial.as_str());
            response.headers_mut().insert(VERIFY_CODE, value);
            Ok(response)
        }
    }
}

/// End the token that this request carries, for good. From any address, also when it has expired: for whoever finds one where it should not be.
#[utoipa::path(
    post,
    path = "/api/verify/self-revoke",
    tag = "holders",
    responses(
        (status = 200, description = "The token, which has ended, and who refuses it.", body = RevokedToken),
        (status = 401, description = "No token, or one that nobody issued.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was revoked before.", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = []))
)]
async fn self_revoke(
    State(web): State<Web>,
    offered: Offered,
) -> Result<Json<RevokedToken>, Failure> {
    let Offered { secret, caller } = offered;
    let (token, receipt) = service::token::revoke_own(&web.service, &caller, &secret).await?;
    let revoked = Token::at(token, web.service.now());
    Ok(Json(RevokedToken { revoked, receipt: receipt.into() }))
}
