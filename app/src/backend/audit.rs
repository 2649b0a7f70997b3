//! The audit log for its page.

use super::request::{refused, service_and_caller};
use crate::pages::audit::{Filter, Listing};
use crate::{Refusal, Seen};
use domain::audit::SubjectId;
use service::audit::{self, AuditCursor, AuditFilter};
use wire::Page;
use wire::audit::AuditEntry;

/// A page of the log.
///
/// # Errors
/// `cursor_invalid`, what is wrong with a subject, what `service` refuses, a fault.
pub async fn list(filter: Filter) -> Result<Seen<Listing>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let (kind, id) = (filter.subject_kind.as_deref(), filter.subject_id.as_deref());
    let asked = AuditFilter {
        subject: SubjectId::parse(kind, id).map_err(refused)?,
        cursor: filter.cursor.as_deref().map(AuditCursor::parse).transpose().map_err(refused)?,
        ..AuditFilter::default()
    };
    let page = audit::list(&service, &caller, asked).await.map_err(refused)?;
    let page = Page::of(page, AuditEntry::from);
    Ok(Seen { now: service.now(), it: Listing { page, filter } })
}
