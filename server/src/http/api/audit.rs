//! `GET /api/audit`.

use crate::http::identify::Known;
use crate::http::json::Query;
use crate::http::{Failure, Web};
use axum::Json;
use axum::extract::State;
use domain::page::Limit;
use service::audit::AuditCursor;
use wire::audit::AuditEntry;
use wire::{Page, PageQuery, Problem};

/// The audit log, newest first.
#[utoipa::path(
    get,
    path = "/api/audit",
    tag = "audit",
    params(PageQuery),
    responses(
        (status = 200, description = "A page.", body = Page<AuditEntry>),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(web): State<Web>,
    Known(caller): Known,
    Query(asked): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>, Failure> {
    let cursor = asked.cursor.as_deref().map(AuditCursor::parse).transpose()?;
    let limit = Limit::parse(asked.limit)?;
    let page = service::audit::list(&web.service, &caller, cursor, limit).await?;
    Ok(Json(Page::of(page, AuditEntry::from)))
}
