//! The audit log.

use crate::ui::button::LinkButton;
use crate::ui::empty::Empty;
use crate::ui::filter::FilterChip;
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::load::Load;
use crate::ui::moment::Moment;
use crate::ui::table::{Column, Pager, Table};
use crate::{Refusal, Seen, paths, say, words};
use domain::OffsetDateTime;
use domain::audit::{EventKind, SubjectKind};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use wire::audit::AuditEntry;

/// Which lines are shown; it is the query of the page's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Only what happened to one subject: its noun.
    #[serde(default)]
    pub subject_kind: Option<String>,
    /// Its id.
    #[serde(default)]
    pub subject_id: Option<String>,
    /// After this place.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// A page of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The lines.
    pub page: wire::Page<AuditEntry>,
    /// What was asked for.
    pub filter: Filter,
}

/// A page of the log, newest first.
///
/// # Errors
/// `unauthenticated`, `cursor_invalid`, what is wrong with a subject, a fault.
#[server(prefix = "/fn", endpoint = "list_audit")]
pub async fn list_audit(
    /// The noun of a subject.
    #[server(default)]
    subject_kind: Option<String>,
    /// Its id.
    #[server(default)]
    subject_id: Option<String>,
    /// The `next_cursor` of the page before.
    #[server(default)]
    cursor: Option<String>,
) -> Result<Seen<Listing>, Refusal> {
    crate::backend::audit::list(Filter { subject_kind, subject_id, cursor }).await
}

/// The page.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        let value =
            |name: &str| query.with(|query| query.get(name)).filter(|value| !value.is_empty());
        Filter {
            subject_kind: value("subject_kind"),
            subject_id: value("subject_id"),
            cursor: value("cursor"),
        }
    });
    let list = Resource::new(
        move || filter.get(),
        |filter| list_audit(filter.subject_kind, filter.subject_id, filter.cursor),
    );
    view! {
        <Page title=say!(ui.audit) lede=say!(audit.lede) wide=true>
            <Load of=list view=|seen| view! { <Log seen=seen/> }.into_any()/>
        </Page>
    }
}

#[component]
fn Log(seen: Seen<Listing>) -> impl IntoView {
    let Seen { now, it: Listing { page, filter } } = seen;
    let nothing = page.items.is_empty();
    let chip = chip(&filter, page.items.first());
    if nothing && chip.is_none() {
        return view! { <Empty glyph=Glyph::Lines title=say!(audit.empty) text=say!(audit.empty_text)/> }.into_any();
    }
    let next = page.next_cursor.map(|cursor| address(&filter, Some(&cursor)));
    let first = filter.cursor.is_some().then(|| address(&filter, None));
    view! {
        {chip.map(|words| view! { <div class="filters"><FilterChip words=words href=paths::AUDIT/></div> })}
        {if nothing {
            view! { <NoMatch/> }.into_any()
        } else {
            view! { <Lines entries=page.items now=now/> }.into_any()
        }}
        <Pager first=first next=next/>
    }
    .into_any()
}

/// What the filter lets through: a subject, by the name that it had last.
fn chip(filter: &Filter, newest: Option<&AuditEntry>) -> Option<String> {
    let kind = SubjectKind::parse(filter.subject_kind.as_deref()?)?;
    let subject = newest.map_or(filter.subject_id.clone()?, |entry| entry.subject.clone());
    Some(match kind {
        SubjectKind::Token => say!(audit.about_token, subject = subject),
        SubjectKind::Team => say!(audit.about_team, subject = subject),
        SubjectKind::User | SubjectKind::Session => say!(audit.about_user, subject = subject),
        SubjectKind::Key => say!(audit.about_key, subject = subject),
        SubjectKind::Mirror => say!(audit.about_mirror, subject = words::mirror_name(&subject)),
        SubjectKind::Route => say!(audit.about_route, subject = subject),
    })
}

fn address(filter: &Filter, cursor: Option<&str>) -> String {
    let (kind, id) = (filter.subject_kind.as_deref(), filter.subject_id.as_deref());
    paths::with_query(
        paths::AUDIT,
        &[("subject_kind", kind), ("subject_id", id), ("cursor", cursor)],
    )
}

#[component]
fn NoMatch() -> impl IntoView {
    view! {
        <Empty glyph=Glyph::Search title=say!(audit.no_match) text=say!(audit.no_match_text)>
            <LinkButton href=paths::AUDIT label=say!(audit.show_all)/>
        </Empty>
    }
}

#[component]
fn Lines(entries: Vec<AuditEntry>, now: OffsetDateTime) -> impl IntoView {
    let columns = vec![
        Column::tight(say!(audit.when)),
        Column::tight(say!(audit.what)),
        Column::wide(say!(audit.subject)),
        Column::wide(say!(audit.who)),
        Column::tight(say!(audit.origin)),
        Column::tight(say!(audit.request)),
    ];
    view! {
        <Table caption=say!(audit.caption) columns=columns>
            {entries.into_iter().map(|entry| view! { <Line entry=entry now=now/> }).collect_view()}
        </Table>
    }
}

#[component]
fn Line(entry: AuditEntry, now: OffsetDateTime) -> impl IntoView {
    let what = EventKind::parse(&entry.action)
        .map_or(entry.action.clone(), |kind| words::happening(kind).to_owned());
    let who = words::who(&entry.actor_kind, entry.actor);
    let subject = match (entry.subject_kind.as_str(), entry.subject_id) {
        ("token", Some(id)) => {
            view! { <a class="cell-name" href=paths::token(id)>{entry.subject}</a> }.into_any()
        }
        ("mirror", Some(name)) => {
            view! { <a class="cell-name" href=paths::mirror(&name)>{words::mirror_name(&name)}</a> }
                .into_any()
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
