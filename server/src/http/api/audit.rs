//! `GET /api/audit`.

use crate::http::identify::Known;
use crate::http::json::Query;
use crate::http::{Failure, Web};
use axum::Json;
use axum::extract::State;
use domain::audit::SubjectId;
use domain::page::Limit;
use service::audit::{AuditCursor, AuditFilter};
use wire::audit::{AuditEntry, AuditQuery};
use wire::{Page, Problem};

/// The audit log, newest first: all of it, or what happened to one subject.
#[utoipa::path(
    get,
    path = "/api/audit",
    tag = "audit",
    params(AuditQuery),
    responses(
        (status = 200, description = "A page.", body = Page<AuditEntry>),
        (status = 401, description = "No session and no key.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is outside its rule.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(web): State<Web>,
    Known(caller): Known,
    Query(asked): Query<AuditQuery>,
) -> Result<Json<Page<AuditEntry>>, Failure> {
    let filter = AuditFilter {
        subject: SubjectId::parse(asked.subject_kind.as_deref(), asked.subject_id.as_deref())?,
        cursor: asked.cursor.as_deref().map(AuditCursor::parse).transpose()?,
        limit: Limit::parse(asked.limit)?,
    };
    let page = service::audit::list(&web.service, &caller, filter).await?;
    Ok(Json(Page::of(page, AuditEntry::from)))
}
