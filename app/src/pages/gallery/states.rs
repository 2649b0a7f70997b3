//! What is not a form: each component in each state.

use super::Group;
use crate::pages::mirror::drawing::Drawing;
use crate::ui::bars::{Bar, Bars, Legend};
use crate::ui::button::{LinkButton, Weight};
use crate::ui::empty::Empty;
use crate::ui::filter::FilterChip;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::Skeleton;
use crate::ui::moment::{Date, Moment};
use crate::ui::note::{Matter, Note};
use crate::ui::status::{Chips, Dot, Status, Tone};
use crate::ui::table::{Column, Pager, Sort, Steps, Table};
use domain::OffsetDateTime;
use leptos::prelude::*;
use time::Duration;
use time::macros::datetime;
use wire::mirror::{Mirror, MirrorStatus};

const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

#[component]
pub fn Buttons() -> impl IntoView {
    let row = |weight: Weight, label: &'static str| {
        view! {
            <button type="button" class=weight.class()>{label}</button>
            <button type="button" class=weight.class() disabled=true>{label}</button>
            <LinkButton href="#content" label=label weight=weight glyph=Glyph::Plus/>
        }
    };
    view! {
        <Group name="Buttons">
            <div class="flex flex-wrap gap-2">
                {row(Weight::Primary, "Create token")}{row(Weight::Plain, "Copy")}{row(Weight::Danger, "Revoke")}{row(Weight::Quiet, "Cancel")}
            </div>
        </Group>
    }
}

#[component]
pub fn Statuses() -> impl IntoView {
    let scopes = ["images:read", "images:write", "video:*", "audio", "billing:read"]
        .map(str::to_owned)
        .to_vec();
    view! {
        <Group name="States, chips, dots">
            <div class="flex flex-wrap gap-5">
                <Status tone=Tone::Ok word="Active"/><Status tone=Tone::Warn word="Expired"/>
                <Status tone=Tone::Danger word="Stopped"/><Status tone=Tone::Plain word="Revoked"/>
                <Status tone=Tone::Plain word="Behind" glyph=Glyph::Clock/><Status tone=Tone::Warn word="Held" glyph=Glyph::Pause/>
            </div>
            <Chips words=scopes/>
            <div class="flex flex-wrap gap-2">
                <FilterChip words="Team: Platform" href="#content"/>
                <FilterChip words="Token: backup-verifier-for-the-archive-in-the-other-data-centre-which-nobody-remembers" href="#content"/>
            </div>
            <div class="flex flex-wrap gap-5">
                {["Platform", "Research", "Billing", "Growth", "平台"].map(|name| view! { <Dot of=name name=name/> }).into_iter().collect_view()}
            </div>
        </Group>
    }
}

#[component]
pub fn Notes() -> impl IntoView {
    let note = |matter: Matter, title: &'static str| view! { <Note matter=matter title=title><p>"What it means, and what can be done about it."</p></Note> };
    view! {
        <Group name="Notes">
            <div class="grid gap-3 lg:grid-cols-2">
                {note(Matter::Info, "Good to know")}{note(Matter::Ok, "Stored")}
                {note(Matter::Warn, "This is the only time it is shown")}{note(Matter::Danger, "The target refused")}
            </div>
        </Group>
    }
}

#[component]
pub fn Moments() -> impl IntoView {
    let spans = [-800, -70, -12, -1, 0, 1, 12, 70, 800];
    view! {
        <Group name="Moments">
            <p class="flex flex-wrap gap-5">
                <Date at=NOW/>
                {spans.map(|days| view! { <Moment at=NOW + Duration::days(days) now=NOW/> }).into_iter().collect_view()}
                {[-90, 30, 61, 600].map(|minutes| view! { <Moment at=NOW + Duration::minutes(minutes) now=NOW/> }).into_iter().collect_view()}
            </p>
        </Group>
    }
}

#[component]
pub fn Charts() -> impl IntoView {
    let legend = Legend {
        good: "Good",
        bad: "Refused",
        most: "Most:",
        nothing: "Nothing in this time.",
        as_table: "As a table",
        label: "From",
    };
    let bar = |hour: u64, good: u64, bad: u64| Bar { label: format!("{hour:02}:00"), good, bad };
    let bars = move |good: u64, bad: u64| {
        (0..24).map(|hour| bar(hour, hour * good, (hour % 5) * bad)).collect::<Vec<_>>()
    };
    view! {
        <Group name="Bars">
            <div class="charts">
                <Bars title="Good and refused" bars=bars(12, 9) legend=legend/>
                <Bars title="All refused" bars=bars(0, 1) legend=legend/>
                <Bars title="Rare beside many" bars=vec![bar(0, 100_000, 1), bar(1, 1, 0), bar(2, 0, 1)] legend=legend/>
                <Bars title="Nothing" bars=bars(0, 0) legend=legend/>
            </div>
        </Group>
    }
}

#[component]
pub fn Tables() -> impl IntoView {
    let sort = |descending| Sort { href: "#content".to_owned(), descending };
    let columns = vec![
        Column::wide("Name").sorted(sort(None)),
        Column::wide("Team"),
        Column::tight("Expires").sorted(sort(Some(false))),
        Column::tight("Status").sorted(sort(Some(true))),
    ];
    let row = |name: &'static str, team: &'static str, days: i64| {
        view! {
            <tr>
                <td><div><a class="cell-name" href="#content">{name}</a><div class="cell-note" tabindex="0">"Resizes what people upload, and keeps the originals for thirty days in case somebody asks."</div></div></td>
                <td data-label="Team"><Dot of=team name=team/></td>
                <td class="tight" data-label="Expires"><Moment at=NOW + Duration::days(days) now=NOW/></td>
                <td class="tight" data-label="Status"><Status tone=Tone::Ok word="Active"/></td>
            </tr>
        }
    };
    view! {
        <Group name="Table">
            <Table caption="Tokens" columns=columns>
                {row("image job", "Platform", 12)}{row("n8n nightly", "Growth", 70)}{row("网关", "平台", 400)}
            </Table>
            <Pager first=Some("#content".to_owned()) next=Some("#content".to_owned())/>
            <Steps previous=Some("#content".to_owned()) next=Some("#content".to_owned())/>
        </Group>
    }
}

#[component]
pub fn Mirrors() -> impl IntoView {
    let since = |minutes| Some(NOW - Duration::minutes(minutes));
    let mirror = |name: &str, status: MirrorStatus, pending: u64| Mirror {
        status,
        objects: 1204,
        pending,
        lagging_since: (pending > 0).then_some(NOW - Duration::seconds(4)),
        ..domain::mirror::Mirror::fresh(name, "/var/lib/tokenkeep/mirror").into()
    };
    let mirrors = vec![
        mirror("files", MirrorStatus::Current, 0),
        mirror("kv", MirrorStatus::Behind, 3),
        Mirror { lagging_since: since(12), ..mirror("s3", MirrorStatus::Failing, 41) },
        Mirror { lagging_since: since(190), ..mirror("git", MirrorStatus::Stopped, 7) },
        mirror("postgres", MirrorStatus::Paused, 1),
    ];
    let names = mirrors.iter().map(|mirror| mirror.name.clone()).collect();
    view! { <Group name="Mirrors"><Drawing names=names mirrors=Signal::stored(mirrors) now=Signal::stored(NOW)/></Group> }
}

#[component]
pub fn Empties() -> impl IntoView {
    view! {
        <Group name="Empty, loading">
            <Empty glyph=Glyph::Key title="No token yet" text="A token belongs to a team. Make one, and its callers can be told apart.">
                <LinkButton href="#content" label="Create a token" weight=Weight::Primary/>
            </Empty>
            <Skeleton lines=4/>
        </Group>
    }
}

#[component]
pub fn Icons() -> impl IntoView {
    view! {
        <Group name="Icons">
            <div class="flex flex-wrap gap-4">{Glyph::ALL.iter().map(|glyph| view! { <Icon glyph=*glyph/> }).collect_view()}</div>
        </Group>
    }
}
