//! `/api/usage` and `/api/tokens/{id}/usage`.

use crate::http::identify::Known;
use crate::http::json::{Json as Body, Path, Query};
use crate::http::{Failure, Web};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::Code;
use domain::Refused;
use domain::id::TokenId;
use domain::usage::{Bucket, Outcome};
use http::{StatusCode, header};
use serde::Serialize;
use serde_json::json;
use service::usage::told::{ITEMS_MAX, ToldUse};
use std::fmt::Write as _;
use time::format_description::well_known::Rfc3339;
use wire::Problem;
use wire::usage::{
    Format, ReportedUse, TokenUsage, TokenUsageQuery, Usage, UsageQuery, UsageReport,
};

/// How tokens were used: how often they were good or refused, why, and which were used most.
#[utoipa::path(
    get,
    path = "/api/usage",
    tag = "usage",
    params(UsageQuery),
    responses(
        (status = 200, description = "The use. As `csv` and `jsonl` its series: from, code, count.", body = Usage),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn get(
    State(web): State<Web>,
    Known(caller): Known,
    Query(asked): Query<UsageQuery>,
) -> Result<Response, Failure> {
    let (team, span) = (asked.team()?, asked.span(web.service.now())?);
    let report = service::usage::get(&web.service, &caller, team, span).await?;
    let lines = exported(&report.series, asked.format);
    Ok(lines.unwrap_or_else(|| document(Usage::from(report))))
}

/// How a token was used: how often it was good or refused, when, where from and for what. Proposes a narrower set of scopes where one would do.
#[utoipa::path(
    get,
    path = "/api/tokens/{id}/usage",
    tag = "usage",
    params(("id" = String, Path, description = "The token's id."), TokenUsageQuery),
    responses(
        (status = 200, description = "The use. As `csv` and `jsonl` its series: from, code, count.", body = TokenUsage),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn get_of_token(
    State(web): State<Web>,
    Known(caller): Known,
    Path(id): Path,
    Query(asked): Query<TokenUsageQuery>,
) -> Result<Response, Failure> {
    let id = TokenId::parse(&id).ok_or(Code::NotFound)?;
    let span = asked.span(web.service.now())?;
    let report = service::usage::get_of_token(&web.service, &caller, id, span).await?;
    let lines = exported(&report.series, asked.format);
    Ok(lines.unwrap_or_else(|| document(TokenUsage::from(report))))
}

/// Tell how tokens were used at the edge, where a Worker decides by itself. For its key, which may do this and verify.
#[utoipa::path(
    post,
    path = "/api/usage/report",
    tag = "usage",
    request_body = UsageReport,
    responses(
        (status = 204, description = "Counted, as of now; brought to the database within moments."),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn report(
    State(web): State<Web>,
    Known(caller): Known,
    Body(told): Body<UsageReport>,
) -> Result<StatusCode, Failure> {
    if told.items.len() > ITEMS_MAX {
        return Err(Refused::field("items", Code::ItemsTooMany).into());
    }
    let uses: Vec<_> = told.items.iter().filter_map(told_use).collect();
    service::usage::report(&web.service, &caller, told.worker()?, &uses).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told_use(told: &ReportedUse) -> Option<ToldUse> {
    let ReportedUse { token_id, count, .. } = *told;
    let outcome = Outcome::parse(&told.code)?;
    Some(ToldUse { token: token_id.into(), outcome, route: told.route.clone(), count })
}

fn document(report: impl Serialize) -> Response {
    Json(report).into_response()
}

/// The series as a file, if that is what was asked for: a line for each part of the span and each code that came in it.
fn exported(series: &[Bucket], format: Format) -> Option<Response> {
    // No value of it needs quotes (RFC 4180, section 2).
    let (media, file, head) = match format {
        Format::Json => return None,
        Format::Csv => {
            ("text/csv; charset=utf-8; header=present", "usage.csv", "from,code,count\r\n")
        }
        Format::Jsonl => ("application/jsonl", "usage.jsonl", ""),
    };
    let mut text = head.to_owned();
    for bucket in series {
        let from = bucket.from.format(&Rfc3339).unwrap_or_default();
        for (outcome, count) in bucket.counts.iter() {
            let code = outcome.as_str();
            let _ = if format == Format::Csv {
                write!(text, "{from},{code},{count}\r\n")
            } else {
                writeln!(text, "{}", json!({ "from": from, "code": code, "count": count }))
            };
        }
    }
    let disposition = format!("attachment; filename=\"{file}\"");
    let headers =
        [(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Some((headers, text).into_response())
}
