//! The mirrors: a drawing of Postgres and its copies, and what needs somebody.

pub mod drawing;

use crate::ui::button::{Submit, Weight};
use crate::ui::empty::Empty;
use crate::ui::field::Hidden;
use crate::ui::form::Form;
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::load::Load;
use crate::ui::moment::Moment;
use crate::ui::note::{Matter, Note};
use crate::ui::status::{Status, Tone};
use crate::ui::table::{Column, Table};
use crate::{Refusal, Seen, paths, say, words};
use domain::OffsetDateTime;
use drawing::Drawing;
use leptos::prelude::*;
use wire::mirror::{Mirror, MirrorStatus, SetAside};

/// Every mirror.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "list_mirrors")]
pub async fn list_mirrors() -> Result<Seen<Vec<Mirror>>, Refusal> {
    crate::backend::mirror::list().await
}

/// Lets a held plan run.
///
/// # Errors
/// `unauthenticated`, `not_found`, `not_held`, a fault.
#[server(prefix = "/fn", endpoint = "release_mirror")]
pub async fn release_mirror(
    /// The mirror's name.
    name: String,
) -> Result<(), Refusal> {
    crate::backend::mirror::release(&name).await
}

/// The page.
#[component]
pub fn MirrorPage() -> impl IntoView {
    let release = ServerAction::<ReleaseMirror>::new();
    let mirrors = Resource::new(move || release.version().get(), |_| list_mirrors());
    let sections = move |seen: Seen<Vec<Mirror>>| {
        if seen.it.is_empty() {
            return view! { <Empty glyph=Glyph::Layers title=say!(mirror.empty) text=say!(mirror.empty_text)/> }.into_any();
        }
        view! {
            <div class="grid gap-8">
                <Drawing mirrors=seen.it.clone()/>
                {seen.it.into_iter().map(|mirror| view! { <Section mirror=mirror now=seen.now release=release/> }).collect_view()}
            </div>
        }
        .into_any()
    };
    view! {
        <Page title=say!(ui.mirrors) lede=say!(mirror.lede)>
            <Load of=mirrors view=sections/>
        </Page>
    }
}

/// How a status reads.
pub fn status_words(status: MirrorStatus) -> (Tone, &'static str, Option<Glyph>) {
    match status {
        MirrorStatus::Current => (Tone::Ok, say!(mirror.current), None),
        MirrorStatus::Behind => (Tone::Plain, say!(mirror.behind), Some(Glyph::Clock)),
        MirrorStatus::Failing => (Tone::Warn, say!(mirror.failing), None),
        MirrorStatus::Stopped => (Tone::Danger, say!(mirror.stopped), None),
        MirrorStatus::Held => (Tone::Warn, say!(mirror.held), Some(Glyph::Pause)),
        MirrorStatus::Paused => (Tone::Plain, say!(mirror.paused), Some(Glyph::Pause)),
    }
}

#[component]
fn Section(
    mirror: Mirror,
    now: OffsetDateTime,
    release: ServerAction<ReleaseMirror>,
) -> impl IntoView {
    let (tone, word, glyph) = status_words(mirror.status);
    let status = match glyph {
        Some(glyph) => view! { <Status tone=tone word=word glyph=glyph/> }.into_any(),
        None => view! { <Status tone=tone word=word/> }.into_any(),
    };
    let when = move |at: Option<OffsetDateTime>| match at {
        Some(at) => view! { <Moment at=at now=now/> }.into_any(),
        None => say!(mirror.not_yet).into_any(),
    };
    let held = (mirror.status == MirrorStatus::Held).then(
        || view! { <Held name=mirror.name.clone() deletes=mirror.held_deletes release=release/> },
    );
    view! {
        <section class="grid gap-3" aria-label=mirror.name.clone()>
            <div class="flex items-center justify-between gap-4"><h2><code>{mirror.name.clone()}</code></h2>{status}</div>
            <Trouble class=mirror.last_error_class.clone() words=mirror.last_error.clone()/>
            {held}
            <dl class="panel facts">
                <dt>{say!(mirror.target)}</dt><dd><code>{mirror.target.clone()}</code></dd>
                <dt>{say!(mirror.last_run)}</dt><dd>{when(mirror.last_run_at)}</dd>
                <dt>{say!(mirror.last_ok)}</dt><dd>{when(mirror.last_ok_at)}" · "{objects(mirror.objects)}</dd>
            </dl>
            <Aside rows=mirror.set_aside total=mirror.set_aside_total/>
        </section>
    }
}

fn objects(count: u64) -> String {
    if count == 1 {
        say!(mirror.objects_one).to_owned()
    } else {
        say!(mirror.objects, count = count)
    }
}

#[component]
fn Trouble(class: Option<String>, words: Option<String>) -> impl IntoView {
    let (matter, title) = match class.as_deref()? {
        "transient" => (Matter::Warn, say!(mirror.error_transient)),
        "denied" => (Matter::Danger, say!(mirror.error_denied)),
        _ => (Matter::Danger, say!(mirror.error_broken)),
    };
    Some(view! {
        <Note matter=matter title=title>
            {words.map(|words| view! { <p><code class="break-words">{words}</code></p> })}
        </Note>
    })
}

#[component]
fn Held(name: String, deletes: u64, release: ServerAction<ReleaseMirror>) -> impl IntoView {
    view! {
        <Note matter=Matter::Warn title=say!(mirror.held_title)>
            <p>{say!(mirror.held_text, count = deletes)}</p>
            <Form action=release>
                <Hidden name="name" value=name/>
                <div><Submit label=say!(mirror.release, count = deletes) weight=Weight::Danger/></div>
            </Form>
        </Note>
    }
}

#[component]
fn Aside(rows: Vec<SetAside>, total: u64) -> impl IntoView {
    if rows.is_empty() {
        return None;
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
    Some(view! {
        <div class="grid gap-2">
            <h3 class="font-semibold">{say!(mirror.aside_title)}" · "{total}</h3>
            <p class="muted">{say!(mirror.aside_text)}</p>
            <Table caption=say!(mirror.aside_title) columns=columns>{rows.into_iter().map(row).collect_view()}</Table>
        </div>
    })
}
