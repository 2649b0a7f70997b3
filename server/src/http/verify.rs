//! Is this token good? `POST /api/verify` for one, `POST /api/verify/batch` for up to a thousand. Reverse proxies ask in [`super::forward_auth`].

use super::fields::{bearer, path_of, verify_key};
use super::json::JsonText;
use super::origin::Origin;
use super::{Failure, Web, verify_json};
use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse as _, Response};
use domain::token::{Scope, Scopes};
use domain::verify::{Denial, Verdict};
use domain::{Code, Refused};
use http::request::Parts;
use http::{HeaderValue, header};
use service::verify::batch::ITEMS_MAX;
use service::verify::{Answer, Asked, admit, answer, answer_all};
use std::net::IpAddr;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::Problem;
use wire::verify::{VerifiedBatch, VerifyAnswer, VerifyBatch, VerifyRequest};

pub(super) fn routes() -> Router<Web> {
    documented().split_for_parts().0
}

pub(super) fn documented() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(verify)).routes(routes!(verify_batch))
}

/// Somebody who may ask. Others are turned away before their question is read.
struct Admitted;

impl FromRequestParts<Web> for Admitted {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Failure> {
        let Origin(origin) = Origin::of_request(&parts.extensions, &parts.headers, web);
        let authorization = parts.headers.get(header::AUTHORIZATION);
        let of_authorization = || authorization?.to_str().ok().and_then(bearer);
        let key = verify_key(&parts.headers).or_else(of_authorization);
        admit(&web.service, key, origin).await?;
        Ok(Self)
    }
}

/// Is this token good, for these scopes?
#[utoipa::path(
    post,
    path = "/api/verify",
    tag = "verify",
    request_body = VerifyRequest,
    responses(
        (status = 200, description = "The answer; `valid` says it.", body = VerifyAnswer),
        (status = 401, description = "It is not open to everybody, and there is no good key.", body = Problem,
         content_type = "application/problem+json"),
        (status = 422, description = "A scope breaks the grammar, or the origin is no address.", body = Problem,
         content_type = "application/problem+json"),
        (status = 503, description = "It cannot be told now: treat the token as refused.", body = Problem,
         content_type = "application/problem+json"),
    ),
    security((), ("management_key" = []))
)]
async fn verify(State(web): State<Web>, _: Admitted, body: JsonText) -> Result<Response, Failure> {
    let item: VerifyRequest<'_> = body.read()?;
    let judged = Judged::of(&item)?;
    let asked = judged.asked(&item);
    let answered = answer(&web.service, &asked, |answer| match answer.verdict {
        Verdict::NotKnown(Denial::Unavailable) => None,
        _ => Some(json(answer)),
    });
    Ok(response(answered.await.ok_or(Code::Unavailable)?))
}

/// Are these tokens good, each for its own scopes? An item that breaks a rule refuses all; one that cannot be told now has the code `unavailable`
/// among the others, and the status stays 200.
#[utoipa::path(
    post,
    path = "/api/verify/batch",
    tag = "verify",
    request_body = VerifyBatch,
    responses(
        (status = 200, description = "One answer for each item, in their order.", body = VerifiedBatch),
        (status = 401, description = "It is not open to everybody, and there is no good key.", body = Problem,
         content_type = "application/problem+json"),
        (status = 422, description = "More than 1,000 items; or an item breaks a rule: `field` names it, as `items[3].scopes`.",
         body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("management_key" = []))
)]
async fn verify_batch(
    State(web): State<Web>,
    _: Admitted,
    body: JsonText,
) -> Result<Response, Failure> {
    let batch: VerifyBatch<'_> = body.read()?;
    let items = &batch.items;
    if items.len() > ITEMS_MAX {
        return Err(Refused::field("items", Code::ItemsTooMany).into());
    }
    let judged = items.iter().enumerate();
    let judged = judged.map(|(at, item)| Judged::of(item).map_err(|refused| refused.of_item(at)));
    let judged = judged.collect::<Result<Vec<_>, Refused>>()?;
    let asked: Vec<_> = judged.iter().zip(items).map(|(judged, item)| judged.asked(item)).collect();
    let results = Results::with_capacity(asked.len());
    let places = answer_all(&web.service, &asked, |answer| results.put(answer)).await;
    Ok(response(results.in_order(&places)))
}

/// What was asked, in the domain's values.
struct Judged {
    wanted: Vec<Scope>,
    origin: Option<IpAddr>,
}

impl Judged {
    fn of(item: &VerifyRequest<'_>) -> Result<Self, Refused> {
        let wanted = Scopes::parse_wanted(item.scopes.iter().map(String::as_str))?;
        let origin = item.origin.as_deref().map(parse_origin).transpose()?;
        Ok(Self { wanted, origin })
    }

    fn asked<'a>(&'a self, item: &'a VerifyRequest<'_>) -> Asked<'a> {
        Asked {
            offered: &item.token,
            wanted: &self.wanted,
            origin: self.origin,
            user_agent: item.user_agent.as_deref(),
            route: item.route.as_deref().map(path_of),
        }
    }
}

fn parse_origin(text: &str) -> Result<IpAddr, Refused> {
    text.trim().parse().map_err(|_| Refused::field("origin", Code::AddressInvalid))
}

/// An answer's JSON, written while its record is at hand.
fn json(answer: Answer<'_>) -> Vec<u8> {
    let mut json = Vec::with_capacity(verify_json::USUAL);
    put_json(&mut json, answer);
    json
}

fn put_json(json: &mut Vec<u8>, answer: Answer<'_>) {
    let retry_after_seconds = answer.retry_after_seconds();
    let uses_left = answer.uses_left;
    let answer = VerifyAnswer { retry_after_seconds, uses_left, ..answer.verdict.into() };
    verify_json::put_answer(json, &answer);
}

/// The JSON of a [`VerifiedBatch`], its answers written one behind the other as they are told.
struct Results {
    // Asked for by one task at a time; a lock that is free costs less than an allocation for each answer.
    json: Mutex<Vec<u8>>,
}

impl Results {
    const BEGIN: &[u8] = br#"{"results":["#;

    fn with_capacity(answers: usize) -> Self {
        let mut json = Vec::with_capacity(answers * verify_json::USUAL + 16);
        json.extend_from_slice(Self::BEGIN);
        Self { json: Mutex::new(json) }
    }

    /// Writes an answer with the comma behind it, and says where.
    fn put(&self, answer: Answer<'_>) -> Range<usize> {
        let mut json = self.json.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = json.len();
        put_json(&mut json, answer);
        json.push(b',');
        begin..json.len()
    }

    /// All of it, the answers in the order of these places. Mostly they are: only what the database was asked for was told later.
    fn in_order(self, places: &[Range<usize>]) -> Vec<u8> {
        let mut json = self.json.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut end = Self::BEGIN.len();
        let whole =
            places.iter().all(|place| std::mem::replace(&mut end, place.end) == place.start);
        if !whole || end != json.len() {
            let mut sorted = Vec::with_capacity(json.len());
            sorted.extend_from_slice(Self::BEGIN);
            places.iter().for_each(|place| sorted.extend_from_slice(&json[place.clone()]));
            json = sorted;
        }
        if !places.is_empty() {
            json.pop();
        }
        json.extend_from_slice(b"]}");
        json
    }
}

fn response(json: Vec<u8>) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, JSON)], json).into_response()
}
