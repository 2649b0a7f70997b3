//! The mirrors: a drawing of Postgres and its copies, and a page for each with what it did and what it needs.

pub mod api;
mod deeds;
mod detail;
pub mod drawing;
mod needs;
mod runs;
mod state;
pub mod target;

use crate::ui::button::{LinkButton, Weight};
use crate::ui::empty::Empty;
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::live::live;
use crate::ui::load::Load;
use crate::ui::moment::LiveMoment;
use crate::ui::table::{Column, Table};
use crate::{Seen, paths, say, words};
use api::list_mirrors;
use domain::OffsetDateTime;
use drawing::Drawing;
use leptos::prelude::*;
use state::State;
use wire::mirror::Mirror;

pub use detail::MirrorPage;
pub use target::{MirrorTargetPage, NewMirrorPage};

/// Every mirror.
#[component]
pub fn MirrorsPage() -> impl IntoView {
    let mirrors = Resource::new(|| (), |()| list_mirrors());
    let actions = || {
        view! {
            <div class="actions">
                <LinkButton href=paths::NEW_MIRROR label=say!(target.create) weight=Weight::Primary glyph=Glyph::Plus/>
            </div>
        }
    };
    view! {
        <Page title=say!(ui.mirrors) lede=say!(mirror.lede) actions=actions>
            <Load of=mirrors view=|seen| view! { <Mirrors seen=seen/> }.into_any()/>
        </Page>
    }
}

#[component]
fn Mirrors(seen: Seen<Vec<Mirror>>) -> impl IntoView {
    if seen.it.is_empty() {
        return view! {
            <Empty glyph=Glyph::Layers title=say!(mirror.empty) text=say!(mirror.empty_text)>
                <LinkButton href=paths::NEW_MIRROR label=say!(target.create) weight=Weight::Primary/>
            </Empty>
        }
        .into_any();
    }
    let seen = live(seen, |_| true, list_mirrors);
    let now = Signal::derive(move || seen.with(|seen| seen.now));
    let mirrors = Memo::new(move |_| seen.with(|seen| seen.it.clone()));
    let names = Memo::new(move |_| {
        mirrors.with(|all| all.iter().map(|mirror| mirror.name.clone()).collect::<Vec<_>>())
    });
    let columns = || {
        vec![
            Column::wide(say!(mirror.name)),
            Column::wide(say!(mirror.how)),
            Column::tight(say!(mirror.last_ok)),
            Column::tight(say!(mirror.objects_head)),
        ]
    };
    view! {
        <div class="grid gap-8">
            {move || view! { <Drawing names=names.get() mirrors=mirrors.into() now=now/> }}
            <Table caption=say!(ui.mirrors) columns=columns()>
                {move || names.get().into_iter().map(|name| view! { <Row name=name mirrors=mirrors now=now/> }).collect_view()}
            </Table>
        </div>
    }
    .into_any()
}

/// A row: its cells change, and the row with its link stays.
#[component]
fn Row(name: String, mirrors: Memo<Vec<Mirror>>, now: Signal<OffsetDateTime>) -> impl IntoView {
    let mirror = Memo::new({
        let name = name.clone();
        move |_| mirrors.with(|all| all.iter().find(|mirror| mirror.name == name).cloned())
    });
    let how = move || {
        mirror.get().map(|mirror| {
            let notes = state::concerns(&mirror);
            let notes = (!notes.is_empty()).then(|| {
                view! { <div class="cell-note">{notes.join(" · ")}</div> }
            });
            view! { <div><State mirror=mirror/>{notes}</div> }
        })
    };
    let last = move || {
        mirror.get().map(|mirror| match mirror.last_ok_at {
            Some(at) => view! { <LiveMoment at=at now=now/> }.into_any(),
            None => say!(mirror.not_yet).into_any(),
        })
    };
    let target = mirror.with_untracked(|it| it.as_ref().map(|it| it.target.clone()));
    view! {
        <tr>
            <td class="cell-main">
                <div><a class="cell-name" href=paths::mirror(&name)>{words::mirror_name(&name)}</a>
                <div class="cell-note"><code>{target}</code></div></div>
            </td>
            <td data-label=say!(mirror.how)>{how}</td>
            <td class="tight" data-label=say!(mirror.last_ok)>{last}</td>
            <td class="tight num" data-label=say!(mirror.objects_head)>{move || mirror.get().map(|mirror| mirror.objects)}</td>
        </tr>
    }
}

fn objects(count: u64) -> String {
    if count == 1 {
        say!(mirror.objects_one).to_owned()
    } else {
        say!(mirror.objects, count = count)
    }
}
