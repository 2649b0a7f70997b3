//! The audit log, read.

use crate::{Result, Service};
use domain::audit::{Caller, Entry, SubjectId};
use domain::page::{Limit, Page};
use domain::policy::{Action, permit};
use domain::{Code, Refused};

/// Where a page of the log ended: after this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditCursor(i64);

impl AuditCursor {
    /// Reads a cursor.
    ///
    /// # Errors
    /// `cursor_invalid` on `cursor`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        text.parse().ok().map(Self).ok_or(Refused::field("cursor", Code::CursorInvalid))
    }
}

impl std::fmt::Display for AuditCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Which lines.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Only what happened to this subject.
    pub subject: Option<SubjectId>,
    /// After this place.
    pub cursor: Option<AuditCursor>,
    /// Rows a page.
    pub limit: Limit,
}

/// A page of the log, newest first.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn list(
    service: &Service,
    caller: &Caller,
    filter: AuditFilter,
) -> Result<Page<Entry, AuditCursor>> {
    let permit = permit(&caller.actor, Action::ListAudit)?;
    let before = filter.cursor.map(|cursor| cursor.0);
    let page =
        service.store().list_audit(&permit, filter.subject.as_ref(), before, filter.limit).await?;
    Ok(Page { items: page.items, next: page.next.map(AuditCursor) })
}
