//! The audit log.

use crate::ui::empty::Empty;
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::load::Load;
use crate::ui::moment::Moment;
use crate::ui::table::{Column, Pager, Table};
use crate::{Refusal, Seen, paths, say, words};
use domain::OffsetDateTime;
use domain::audit::EventKind;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::audit::AuditEntry;

/// A page of the log, newest first.
///
/// # Errors
/// `unauthenticated`, `cursor_invalid`, a fault.
#[server(prefix = "/fn", endpoint = "list_audit")]
pub async fn list_audit(
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
) -> Result<Seen<wire::Page<AuditEntry>>, Refusal> {
    crate::backend::audit::list(cursor).await
}

/// The page.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor")));
    let page = Resource::new(move || cursor.get(), list_audit);
    view! {
        <Page title=say!(ui.audit) lede=say!(audit.lede) wide=true>
            <Load of=page view=move |seen| view! { <Log seen=seen paged=cursor.get_untracked().is_some()/> }.into_any()/>
        </Page>
    }
}

#[component]
fn Log(seen: Seen<wire::Page<AuditEntry>>, paged: bool) -> impl IntoView {
    let Seen { now, it: page } = seen;
    if page.items.is_empty() {
        return view! { <Empty glyph=Glyph::Lines title=say!(audit.empty) text=say!(audit.empty_text)/> }.into_any();
    }
    let columns = vec![
        Column::tight(say!(audit.when)),
        Column::tight(say!(audit.what)),
        Column::wide(say!(audit.subject)),
        Column::wide(say!(audit.who)),
        Column::tight(say!(audit.origin)),
        Column::tight(say!(audit.request)),
    ];
    let next = page
        .next_cursor
        .map(|cursor| format!("{}?cursor={}", paths::AUDIT, paths::encode(&cursor)));
    view! {
        <Table caption=say!(audit.caption) columns=columns>
            {page.items.into_iter().map(|entry| view! { <Line entry=entry now=now/> }).collect_view()}
        </Table>
        <Pager first=paged.then(|| paths::AUDIT.to_owned()) next=next/>
    }
    .into_any()
}

#[component]
fn Line(entry: AuditEntry, now: OffsetDateTime) -> impl IntoView {
    let what = EventKind::parse(&entry.action)
        .map_or(entry.action.clone(), |kind| words::happening(kind).to_owned());
    let who = match entry.actor_kind.as_str() {
        "anonymous" => say!(audit.anonymous).to_owned(),
        "operator" => say!(audit.operator).to_owned(),
        "clock" => say!(audit.clock).to_owned(),
        _ => entry.actor,
    };
    let subject = match (entry.subject_kind.as_str(), entry.subject_id) {
        ("token", Some(id)) => {
            view! { <a class="cell-name" href=paths::token(id)>{entry.subject}</a> }.into_any()
        }
        _ => view! { <span class="font-semibold">{entry.subject}</span> }.into_any(),
    };
    let detail = (!entry.detail.is_empty()).then(|| {
        let detail: Vec<String> =
            entry.detail.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        view! { <div class="cell-note" tabindex="0">{detail.join(" · ")}</div> }
    });
    // On a phone a label without a value would be noise.
    let origin_label = entry.origin.is_some().then(|| say!(audit.origin));
    let request = entry.request_id.unwrap_or_default();
    let short = request.get(request.len().saturating_sub(8)..).unwrap_or_default().to_owned();
    view! {
        <tr>
            <td class="tight" data-label=say!(audit.when)><Moment at=entry.at now=now/></td>
            <td class="tight" data-label=say!(audit.what)>{what}</td>
            <td data-label=say!(audit.subject)><div>{subject}{detail}</div></td>
            <td data-label=say!(audit.who)>{who}</td>
            <td class="tight muted" data-label=origin_label>{entry.origin}</td>
            <td class="tight muted max-sm:hidden" data-label=say!(audit.request)><code title=request>{short}</code></td>
        </tr>
    }
}
