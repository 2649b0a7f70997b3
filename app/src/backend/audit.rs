//! The audit log for its page.

use super::request::{refused, service_and_caller};
use crate::{Refusal, Seen};
use service::audit::{self, AuditCursor, AuditFilter};
use wire::Page;
use wire::audit::AuditEntry;

/// A page of the log.
///
/// # Errors
/// `cursor_invalid`, what `service` refuses, a fault.
pub async fn list(cursor: Option<String>) -> Result<Seen<Page<AuditEntry>>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let cursor = cursor.as_deref().map(AuditCursor::parse).transpose().map_err(refused)?;
    let filter = AuditFilter { cursor, ..AuditFilter::default() };
    let page = audit::list(&service, &caller, filter).await.map_err(refused)?;
    Ok(Seen { now: service.now(), it: Page::of(page, AuditEntry::from) })
}
