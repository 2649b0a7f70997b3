//! What needs somebody: deletes that are held, records that differ or that nobody here issued, rows that break a rule, and tokens that may still be
//! accepted.

use super::deeds::{Deed, Deeds};
use crate::ui::button::{Submit, Weight};
use crate::ui::dialog::{CancelDialog, Dialog, dialog_href};
use crate::ui::field::Hidden;
use crate::ui::form::Form;
use crate::ui::moment::LiveMoment;
use crate::ui::note::{Matter, Note};
use crate::ui::table::{Column, Table};
use crate::{paths, say, words};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::mirror::{ForeignRoute, LingeringToken, MirrorDrift, SetAside};

/// Deletes that wait for a person; nothing when there are none.
#[component]
pub fn Held(name: String, deletes: u64, digest: String, deeds: Deeds) -> impl IntoView {
    if deletes == 0 {
        return ().into_any();
    }
    let (name, digest) = (StoredValue::new(name), StoredValue::new(digest));
    view! {
        <Note matter=Matter::Warn title=say!(mirror.held_title)>
            <p>{say!(mirror.held_text, count = deletes)}</p>
            <p><a class="button button-grave" href=dialog_href("release") data-noscroll=true>{say!(mirror.release_ask)}</a></p>
        </Note>
        <Dialog name="release" title=say!(mirror.release_title, count = deletes)>
            <p>{say!(mirror.release_text, count = deletes)}</p>
            <Form action=deeds.release>
                <Hidden name="name" value=name.get_value()/>
                <Hidden name="digest" value=digest.get_value()/>
                <div class="dialog-buttons"><CancelDialog/><Submit label=say!(mirror.release, count = deletes) weight=Weight::Danger/></div>
            </Form>
        </Dialog>
    }
    .into_any()
}

/// Revoked tokens that it may still accept; nothing when there are none.
#[component]
pub fn LingeringPart(
    tokens: Vec<LingeringToken>,
    total: u64,
    now: Signal<OffsetDateTime>,
) -> impl IntoView {
    if total == 0 {
        return ().into_any();
    }
    let more = total.saturating_sub(tokens.len() as u64);
    let columns = vec![Column::wide(say!(mirror.aside_token)), Column::tight(say!(mirror.revoked))];
    let row = move |token: LingeringToken| {
        view! {
            <tr>
                <td><a class="cell-name" href=paths::token(token.token_id)>{token.name}</a></td>
                <td class="tight" data-label=say!(mirror.revoked)><LiveMoment at=token.revoked_at now=now/></td>
            </tr>
        }
    };
    view! {
        <section class="grid gap-3">
            <h2>{say!(mirror.lingering)}" · "<span class="num">{total}</span></h2>
            <p class="muted">{say!(mirror.lingering_text)}</p>
            <Table caption=say!(mirror.lingering) columns=columns>{tokens.into_iter().map(row).collect_view()}</Table>
            {(more > 0).then(|| view! { <p class="hint">{say!(mirror.and_more, count = more)}</p> })}
        </section>
    }
    .into_any()
}

/// What differed when everything was last looked at.
#[component]
pub fn DriftPart(
    name: String,
    drift: MirrorDrift,
    foreign: ForeignPart,
    at: Option<OffsetDateTime>,
    now: Signal<OffsetDateTime>,
    deeds: Deeds,
) -> impl IntoView {
    let Some(at) = at else {
        return view! { <section class="grid gap-3"><h2>{say!(mirror.drift)}</h2><p class="muted">{say!(mirror.drift_never)}</p></section> }.into_any();
    };
    let rows = [
        (say!(mirror.missing), drift.missing, say!(mirror.missing_text)),
        (say!(mirror.altered), drift.altered, say!(mirror.altered_text)),
        (say!(mirror.foreign), drift.foreign, say!(mirror.foreign_text)),
        (say!(mirror.others), drift.others, say!(mirror.others_text)),
    ];
    let none = rows.iter().all(|(_, count, _)| *count == 0);
    let list = if none {
        view! { <p class="muted">{say!(mirror.drift_none)}</p> }.into_any()
    } else {
        let row = |(noun, count, text): (&'static str, u64, &'static str)| {
            (count > 0).then(
                || view! { <dt>{noun}" · "<span class="num">{count}</span></dt><dd>{text}</dd> },
            )
        };
        view! { <dl class="panel facts">{rows.map(row).into_iter().collect_view()}</dl> }.into_any()
    };
    let foreign = (foreign.waiting > 0).then(
        || view! { <Foreign name=name foreign=foreign some=drift.foreign_some deeds=deeds/> },
    );
    view! {
        <section class="grid gap-3">
            <h2>{say!(mirror.drift)}</h2>
            <p class="muted">{say!(mirror.drift_at)}" "<LiveMoment at=at now=now/></p>
            {list}
            {foreign}
        </section>
    }
    .into_any()
}

/// What of a mirror is foreign.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignPart {
    /// How many records and routes wait.
    pub waiting: u64,
    /// The routes.
    pub routes: Vec<ForeignRoute>,
    /// What all of it is known by.
    pub digest: String,
}

/// Records that nobody here issued, and what to do about them.
#[component]
fn Foreign(name: String, foreign: ForeignPart, some: Vec<String>, deeds: Deeds) -> impl IntoView {
    let ForeignPart { waiting, routes, digest } = foreign;
    let digest = StoredValue::new(digest);
    let hashes = (!some.is_empty()).then(|| {
        view! { <p>{say!(mirror.foreign_hashes)}" "<code class="break-words">{some.join(" ")}</code></p> }
    });
    let stored = StoredValue::new(name.clone());
    let title = if waiting == 1 {
        say!(mirror.foreign_one).to_owned()
    } else {
        say!(mirror.foreign_many, count = waiting)
    };
    let delete = if waiting == 1 {
        say!(mirror.delete_one).to_owned()
    } else {
        say!(mirror.delete_many, count = waiting)
    };
    let delete = StoredValue::new(delete);
    view! {
        <Note matter=Matter::Warn title=title>
            <p>{say!(mirror.foreign_wait)}</p>
            {hashes}
            <ForeignRoutes routes=routes/>
        </Note>
        <ul class="panel deeds">
            <Deed name=name action=deeds.adopt title=say!(mirror.adopt) text=say!(mirror.adopt_text) label=say!(mirror.adopt)/>
            <li>
                <div><h3>{say!(mirror.delete)}</h3><p class="muted">{say!(mirror.delete_text)}</p></div>
                <a class="button button-grave" href=dialog_href("delete-foreign") data-noscroll=true>{say!(mirror.delete_ask)}</a>
            </li>
        </ul>
        <Dialog name="delete-foreign" title=say!(mirror.delete_title, count = waiting)>
            <p>{say!(mirror.delete_text)}</p>
            <Form action=deeds.end>
                <Hidden name="name" value=stored.get_value()/>
                <Hidden name="digest" value=digest.get_value()/>
                <div class="dialog-buttons"><CancelDialog/><Submit label=delete.get_value() weight=Weight::Danger/></div>
            </Form>
        </Dialog>
    }
}

/// The routes that nobody here made, each with why it cannot be adopted; nothing when there are none.
#[component]
fn ForeignRoutes(routes: Vec<ForeignRoute>) -> impl IntoView {
    if routes.is_empty() {
        return ().into_any();
    }
    let row = |route: ForeignRoute| {
        let why = route.code.map(|code| format!(" — {}", words::sentence_of(&code)));
        view! { <li><code class="break-words">{route.path}</code>{why}</li> }
    };
    view! {
        <p>{say!(mirror.foreign_routes)}</p>
        <ul>{routes.into_iter().map(row).collect_view()}</ul>
    }
    .into_any()
}

/// Rows that break a rule; nothing when there are none.
#[component]
pub fn Aside(rows: Vec<SetAside>, total: u64) -> impl IntoView {
    if rows.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::tight(say!(mirror.aside_token)),
        Column::tight(say!(mirror.aside_field)),
        Column::wide(say!(mirror.aside_rule)),
    ];
    let row = |row: SetAside| {
        view! {
            <tr>
                <td class="tight"><a href=paths::token(row.token_id)><code>{row.token_id.to_string()}</code></a></td>
                <td class="tight" data-label=say!(mirror.aside_field)><code>{row.field.unwrap_or_default()}</code></td>
                <td data-label=say!(mirror.aside_rule)>{words::sentence_of(&row.code)}</td>
            </tr>
        }
    };
    view! {
        <section class="grid gap-3">
            <h2>{say!(mirror.aside_title)}" · "<span class="num">{total}</span></h2>
            <p class="muted">{say!(mirror.aside_text)}</p>
            <Table caption=say!(mirror.aside_title) columns=columns>{rows.into_iter().map(row).collect_view()}</Table>
        </section>
    }
    .into_any()
}
