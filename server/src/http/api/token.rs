//! `/api/tokens`.

use super::state::{IF_MATCH, settled, tag, tagged};
use crate::http::identify::Known;
use crate::http::json::{Json as Body, JsonText, MaybeJson as MaybeBody, Path, Query};
use crate::http::{Failure, Web};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::Code;
use domain::audit::Caller;
use domain::id::TokenId;
use domain::policy::Actor;
use domain::{
    Refused,
    token::{TokenQuery, TokenSecret},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use service::IdempotencyKey;
use service::token::Created;
use service::verify::receipt::{await_receipt, get_receipt};
use wire::Problem;
use wire::receipt::{Receipt, ReceiptQuery, RevokedToken};
use wire::token::{
    ChangeConditions, CreateToken, CreatedToken, DisableToken, RevealedToken, RevokeToken,
    RotateToken, Token,
};
use wire::token_list::{FindToken, ListTokens, TokenCount, TokenPage};

/// Make a token. Its secret is in this answer, and never again unless it is revealable.
#[utoipa::path(
    post,
    path = "/api/tokens",
    tag = "tokens",
    request_body = CreateToken,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 printable ASCII characters. The same key with the same body makes one token: within 24 hours it is answered again, \
                       within 10 minutes with its secret when an encryption key is configured.")),
    responses(
        (status = 201, description = "The token.", body = CreatedToken),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The name is taken in the team.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn create(
    State(web): State<Web>,
    Known(caller): Known,
    headers: HeaderMap,
    Body(asked): Body<CreateToken>,
) -> Result<Response, Failure> {
    let key = idempotency_key(&headers)?;
    let made = service::token::create(&web.service, &caller, asked.try_into()?, key).await?;
    let location = format!("/api/tokens/{}", made.token.id);
    let mut response = shown(&web, made);
    *response.status_mut() = StatusCode::CREATED;
    let location = HeaderValue::try_from(location).expect("an id is a good value");
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// A token with its secret, for the only time.
fn shown(web: &Web, made: Created) -> Response {
    let tag = tag(made.token.version);
    let body = CreatedToken {
        token: made.secret.as_ref().map(|secret| secret.expose().to_owned()),
        created: Token::at(made.token, web.service.now()),
    };
    let mut response = ([(header::ETAG, tag)], Json(body)).into_response();
    if made.replayed {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Refused> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().map_err(|_| Refused::new(Code::IdempotencyKeyInvalid))?;
    IdempotencyKey::parse(text).map(Some)
}

/// List tokens: by search, filter and order, the newest first if nothing is said. Never a secret, never a hash.
#[utoipa::path(
    get,
    path = "/api/tokens",
    tag = "tokens",
    params(ListTokens),
    responses(
        (status = 200, description = "A page.", body = TokenPage),
        (status = 400, description = "The cursor is of another list, or the query cannot be read.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(web): State<Web>,
    Known(caller): Known,
    Query(asked): Query<ListTokens>,
) -> Result<Json<TokenPage>, Failure> {
    let query = asked.try_into()?;
    let page = service::token::list(&web.service, &caller, &query).await?;
    Ok(Json(TokenPage::at(page, &query.filter, web.service.now())))
}

/// Count tokens, to 1,000. The order, the cursor and the limit change nothing.
#[utoipa::path(
    get,
    path = "/api/tokens/count",
    tag = "tokens",
    params(ListTokens),
    responses(
        (status = 200, description = "The count.", body = TokenCount),
        (status = 400, description = "The query cannot be read.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn count(
    State(web): State<Web>,
    Known(caller): Known,
    Query(asked): Query<ListTokens>,
) -> Result<Json<TokenCount>, Failure> {
    let query: TokenQuery = asked.try_into()?;
    let (count, more) = service::token::count(&web.service, &caller, &query.filter).await?;
    Ok(Json(TokenCount { count, more }))
}

/// Find the token of a secret, also of one that a rotation replaced. The secret is hashed, and neither kept nor logged.
#[utoipa::path(
    post,
    path = "/api/tokens/find",
    tag = "tokens",
    request_body = FindToken,
    responses(
        (status = 200, description = "The token.", body = Token),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No token has or had it.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn find(
    State(web): State<Web>,
    Known(caller): Known,
    body: JsonText,
) -> Result<Json<Token>, Failure> {
    let asked: FindToken<'_> = body.read()?;
    let token = service::token::find(&web.service, &caller, &asked.token).await?;
    Ok(Json(Token::at(token, web.service.now())))
}

/// Get a token. Its `ETag` names its state, for the `If-Match` of a change.
#[utoipa::path(
    get,
    path = "/api/tokens/{id}",
    tag = "tokens",
    params(("id" = String, Path, description = "The token's id.")),
    responses(
        (status = 200, description = "The token.", body = Token, headers(("ETag" = String, description = "The state that it is in."))),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn get(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
) -> Result<Response, Failure> {
    Ok(tagged(&web, service::token::get(&web.service, &caller, token_id(&id)?).await?))
}

/// Show a revealable token's secret again. The audit log keeps who did.
#[utoipa::path(
    post,
    path = "/api/tokens/{id}/reveal",
    tag = "tokens",
    params(("id" = String, Path, description = "The token's id.")),
    responses(
        (status = 200, description = "The secret.", body = RevealedToken),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It cannot be revealed; `code` says why.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn reveal(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
) -> Result<Response, Failure> {
    let (_, secret) = service::token::reveal(&web.service, &caller, token_id(&id)?).await?;
    Ok(revealed(&secret))
}

/// The same by GET, for clients of the older API: with a management key only, never with a cookie.
#[utoipa::path(
    get,
    path = "/api/tokens/{id}/reveal",
    tag = "tokens",
    params(("id" = String, Path, description = "The token's id.")),
    responses(
        (status = 200, description = "The secret.", body = RevealedToken),
        (status = 401, description = "No key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It cannot be revealed; `code` says why.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn reveal_by_get(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
) -> Result<Response, Failure> {
    if !matches!(caller.actor, Actor::Machine { .. }) {
        return Err(Code::Unauthenticated.into());
    }
    let (_, secret) = service::token::reveal(&web.service, &caller, token_id(&id)?).await?;
    Ok(revealed(&secret))
}

fn revealed(secret: &TokenSecret) -> Response {
    let body = RevealedToken { token: secret.expose().to_owned() };
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// End a token for good. It stays in the list and in the audit log.
#[utoipa::path(
    post,
    path = "/api/tokens/{id}/revoke",
    tag = "tokens",
    request_body = Option<RevokeToken>,
    params(("id" = String, Path, description = "The token's id."), ("If-Match" = Option<String>, Header, description = IF_MATCH), ReceiptQuery),
    responses(
        (status = 200, description = "The token, and who refuses it.", body = RevokedToken),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was revoked before, or is protected.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "It is not in the state that `If-Match` names; `meanwhile` says what happened.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn revoke(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    Query(asked): Query<ReceiptQuery>,
    MaybeBody(why): MaybeBody<RevokeToken>,
) -> Result<Response, Failure> {
    let (id, why) = (token_id(&id)?, why.try_into()?);
    let done = service::token::revoke(&web.service, &caller, id, why).await;
    let token = settled(&web, &caller, id, done).await?;
    let receipt = receipt_of(&web, &caller, id, asked).await?;
    let tag = tag(token.version);
    let body = RevokedToken { revoked: Token::at(token, web.service.now()), receipt };
    Ok(([(header::ETAG, tag)], Json(body)).into_response())
}

/// Switch a token off: it is refused until it is enabled, or until a moment.
#[utoipa::path(
    post,
    path = "/api/tokens/{id}/disable",
    tag = "tokens",
    request_body = Option<DisableToken>,
    params(("id" = String, Path, description = "The token's id."), ("If-Match" = Option<String>, Header, description = IF_MATCH)),
    responses(
        (status = 200, description = "The token.", body = Token),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is disabled already, or has ended.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "It is not in the state that `If-Match` names; `meanwhile` says what happened.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn disable(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    MaybeBody(asked): MaybeBody<DisableToken>,
) -> Result<Response, Failure> {
    let (id, until) = (token_id(&id)?, asked.until()?);
    let done = match until {
        Some(until) => service::token::pause(&web.service, &caller, id, until).await,
        None => service::token::disable(&web.service, &caller, id).await,
    };
    Ok(tagged(&web, settled(&web, &caller, id, done).await?))
}

/// Switch a disabled token on again.
#[utoipa::path(
    post,
    path = "/api/tokens/{id}/enable",
    tag = "tokens",
    params(("id" = String, Path, description = "The token's id."), ("If-Match" = Option<String>, Header, description = IF_MATCH)),
    responses(
        (status = 200, description = "The token.", body = Token),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is not disabled, or has ended.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "It is not in the state that `If-Match` names; `meanwhile` says what happened.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn enable(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
) -> Result<Response, Failure> {
    let id = token_id(&id)?;
    let done = service::token::enable(&web.service, &caller, id).await;
    Ok(tagged(&web, settled(&web, &caller, id, done).await?))
}

/// Replace when, from where and how often a token may be used.
#[utoipa::path(
    post,
    path = "/api/tokens/{id}/conditions",
    tag = "tokens",
    request_body = ChangeConditions,
    params(("id" = String, Path, description = "The token's id."), ("If-Match" = Option<String>, Header, description = IF_MATCH)),
    responses(
        (status = 200, description = "The token.", body = Token),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It has ended.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "It is not in the state that `If-Match` names; `meanwhile` says what happened.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn change_conditions(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    Body(asked): Body<ChangeConditions>,
) -> Result<Response, Failure> {
    let (id, conditions) = (token_id(&id)?, asked.try_into()?);
    let done = service::token::change_conditions(&web.service, &caller, id, conditions).await;
    Ok(tagged(&web, settled(&web, &caller, id, done).await?))
}

/// Give a token another secret, which is in this answer and never again unless it is revealable. The former one works for the overlap.
#[utoipa::path(
    post,
    path = "/api/tokens/{id}/rotate",
    tag = "tokens",
    request_body = RotateToken,
    params(
        ("id" = String, Path, description = "The token's id."), ("If-Match" = Option<String>, Header, description = IF_MATCH),
        ("Idempotency-Key" = Option<String>, Header, description = "As for making a token: the same key with the same body rotates once."),
    ),
    responses(
        (status = 200, description = "The token.", body = CreatedToken),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It has ended, or the overlap of an earlier rotation has not.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "It is not in the state that `If-Match` names; `meanwhile` says what happened.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn rotate(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    headers: HeaderMap,
    Body(asked): Body<RotateToken>,
) -> Result<Response, Failure> {
    let key = idempotency_key(&headers)?;
    let (id, overlap) = (token_id(&id)?, asked.try_into()?);
    let done = service::token::rotate(&web.service, &caller, id, overlap, key).await;
    Ok(shown(&web, settled(&web, &caller, id, done).await?))
}

/// End the former secret of a rotated token before its overlap is over.
#[utoipa::path(
    post,
    path = "/api/tokens/{id}/rotate/finish",
    tag = "tokens",
    params(("id" = String, Path, description = "The token's id."), ("If-Match" = Option<String>, Header, description = IF_MATCH)),
    responses(
        (status = 200, description = "The token.", body = Token),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "No former secret works, or the token has ended.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "It is not in the state that `If-Match` names; `meanwhile` says what happened.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn finish_rotation(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
) -> Result<Response, Failure> {
    let id = token_id(&id)?;
    let done = service::token::finish_rotation(&web.service, &caller, id).await;
    Ok(tagged(&web, settled(&web, &caller, id, done).await?))
}

/// Show who refuses a revoked token, and since when.
#[utoipa::path(
    get,
    path = "/api/tokens/{id}/receipt",
    tag = "tokens",
    params(("id" = String, Path, description = "The token's id."), ReceiptQuery),
    responses(
        (status = 200, description = "The receipt.", body = Receipt),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token, or it was not revoked.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn receipt(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    Query(asked): Query<ReceiptQuery>,
) -> Result<Json<Receipt>, Failure> {
    Ok(Json(receipt_of(&web, &caller, token_id(&id)?, asked).await?))
}

async fn receipt_of(
    web: &Web,
    caller: &Caller,
    id: TokenId,
    asked: ReceiptQuery,
) -> Result<Receipt, Failure> {
    let receipt = if asked.wait {
        await_receipt(&web.service, caller, id).await?
    } else {
        get_receipt(&web.service, caller, id).await?
    };
    Ok(receipt.into())
}

/// The id of the path. What is no id names nothing.
pub(super) fn token_id(text: &str) -> Result<TokenId, Failure> {
    TokenId::parse(text).ok_or(Code::NotFound.into())
}
