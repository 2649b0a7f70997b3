//! The page of one mirror. It looks again by itself, and only what differs changes.

use super::api::get_mirror;
use super::deeds::{Actions, Deeds};
use super::needs::{Aside, DriftPart, ForeignPart, Held, LingeringPart};
use super::objects;
use super::runs::{PlanPart, Runs};
use super::state::{Sentence, State, lag};
use super::target::{DeleteMirror, ProbeMirror, TargetPart, take_probe};
use crate::ui::button::LinkButton;
use crate::ui::empty::Empty;
use crate::ui::form::Gone;
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::live::live;
use crate::ui::load::{Failed, Skeleton};
use crate::ui::moment::{LiveMoment, instant};
use crate::visit::set_status;
use crate::{Seen, paths, say, words};
use domain::audit::SubjectKind;
use domain::{Code, OffsetDateTime};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::mirror::{Mirror, MirrorDetail};
use wire::target::MirrorProbe;

/// The page. Its name is the mirror's, so the page waits for it.
#[component]
pub fn MirrorPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("name")).unwrap_or_default());
    let deeds = Deeds::new();
    let (probe, delete) = (ServerAction::new(), ServerAction::new());
    let done = move || deeds.changes() + delete.version().get();
    let mirror = Resource::new(move || (name.get(), done()), |(name, _)| get_mirror(name));
    let begun = Resource::new(move || name.get(), take_probe);
    view! {
        <Transition fallback=|| view! { <div class="content"><Skeleton/></div> }>
            {move || Suspend::new(async move {
                let begun = begun.await.ok().flatten();
                match mirror.await {
                    Ok(seen) => view! { <Detail seen=seen deeds=deeds target=(probe, delete, begun)/> }.into_any(),
                    Err(refusal) if refusal.is(Code::NotFound) => view! { <NoSuchMirror/> }.into_any(),
                    Err(refusal) => view! { <Page title=say!(ui.mirrors) above=above()><Failed refusal=refusal/></Page> }.into_any(),
                }
            })}
        </Transition>
    }
}

pub(super) fn above() -> Vec<(String, String)> {
    vec![(paths::MIRRORS.to_owned(), say!(ui.mirrors).to_owned())]
}

/// What stands in place of a mirror that there is not.
#[component]
pub fn NoSuchMirror() -> impl IntoView {
    set_status(404);
    view! {
        <Page title=say!(mirror.no_such) above=above()>
            <Empty glyph=Glyph::Search title="404" text=say!(mirror.no_such_text)>
                <LinkButton href=paths::MIRRORS label=say!(mirror.show_all)/>
            </Empty>
        </Page>
    }
}

#[component]
fn Detail(
    seen: Seen<MirrorDetail>,
    deeds: Deeds,
    target: (ServerAction<ProbeMirror>, ServerAction<DeleteMirror>, Option<MirrorProbe>),
) -> impl IntoView {
    let (probe, delete, begun) = target;
    let begun = Signal::stored(begun);
    let name = seen.it.mirror.name.clone();
    let seen = live(seen, |_| true, {
        let name = name.clone();
        move || get_mirror(name.clone())
    });
    let now = Signal::derive(move || seen.with(|seen| seen.now));
    let part = move |read: fn(&MirrorDetail) -> Mirror| {
        Memo::new(move |_| seen.with(|seen| read(&seen.it)))
    };
    let mirror = part(|it| it.mirror.clone());
    let state = Memo::new(move |_| {
        mirror.with(|it| {
            (it.status, it.last_error.clone(), it.last_ok_at.is_some(), it.foreign_waiting > 0)
        })
    });
    let paused = Memo::new(move |_| mirror.with(|it| it.paused_at.is_some()));
    let asked = Memo::new(move |_| mirror.with(|it| (it.asked.clone(), it.adopting)));
    let held = Memo::new(move |_| {
        mirror.with(|it| (it.held_deletes, it.held_digest.clone().unwrap_or_default()))
    });
    let drift = Memo::new(move |_| {
        mirror.with(|it| {
            let foreign = ForeignPart {
                waiting: it.foreign_waiting,
                routes: it.foreign_routes.clone(),
                digest: it.foreign_digest.clone().unwrap_or_default(),
            };
            (it.drift.clone(), foreign, it.observed_at)
        })
    });
    let aside = Memo::new(move |_| mirror.with(|it| (it.set_aside.clone(), it.set_aside_total)));
    let lingering = Memo::new(move |_| {
        seen.with(|seen| (seen.it.lingering.clone(), seen.it.mirror.may_still_accept))
    });
    let plan = Memo::new(move |_| seen.with(|seen| seen.it.plan.clone()));
    let runs = Memo::new(move |_| seen.with(|seen| seen.it.runs.clone()));
    let set =
        Memo::new(move |_| mirror.with(|it| (it.set_in == "console", it.emptying_since.is_some())));
    let called = StoredValue::new(name.clone());
    let audit = paths::audit_of(SubjectKind::Mirror, &name);
    view! {
        <Page title=words::mirror_name(&name) above=above()>
            <div class="grid gap-8 max-w-[860px]">
                <div class="grid gap-4" aria-live="polite">
                    {move || { state.track(); let it = mirror.get_untracked(); view! { <p class="token-line"><State mirror=it.clone()/></p><Sentence mirror=it/> } }}
                </div>
                {move || { let (deletes, digest) = held.get(); view! { <Held name=called.get_value() deletes=deletes digest=digest deeds=deeds/> } }}
                {move || { let (tokens, total) = lingering.get(); view! { <LingeringPart tokens=tokens total=total now=now/> } }}
                <Facts mirror=mirror now=now/>
                {move || { let (asked, adopting) = asked.get(); view! { <Actions name=called.get_value() paused=paused.get() asked=asked adopting=adopting deeds=deeds/> } }}
                {move || held.with(|(deletes, _)| *deletes == 0).then(|| view! { <Gone action=deeds.release/> })}
                {move || drift.with(|(_, foreign, _)| foreign.waiting == 0).then(|| view! { <Gone action=deeds.end/> })}
                {move || view! { <PlanPart plan=plan.get() now=now/> }}
                {move || { let (it, foreign, at) = drift.get(); view! { <DriftPart name=called.get_value() drift=it foreign=foreign at=at now=now deeds=deeds/> } }}
                {move || { let (rows, total) = aside.get(); view! { <Aside rows=rows total=total/> } }}
                {move || view! { <Runs runs=runs.get() now=now/> }}
                {move || { let (added, emptying) = set.get(); view! { <TargetPart name=called.get_value() added=added emptying=emptying probe=probe delete=delete begun=begun/> } }}
                <Gone action=probe/>
                <p class="hint"><a href=audit>{say!(mirror.audit)}</a></p>
            </div>
        </Page>
    }
}

#[component]
fn Facts(mirror: Memo<Mirror>, now: Signal<OffsetDateTime>) -> impl IntoView {
    let when = move |read: fn(&Mirror) -> Option<OffsetDateTime>| {
        let at = Memo::new(move |_| mirror.with(read));
        move || match at.get() {
            Some(at) => view! { <LiveMoment at=at now=now/> }.into_any(),
            None => say!(mirror.not_yet).into_any(),
        }
    };
    let target = mirror.with_untracked(|it| it.target.clone());
    let kind = mirror.with_untracked(|it| it.kind.clone());
    let set_in = match mirror.with_untracked(|it| it.set_in == "console") {
        true => say!(target.in_console),
        false => say!(target.in_configuration),
    };
    let failures = move || {
        let (count, since) = mirror.with(|it| (it.failures, it.failing_since));
        match since {
            Some(since) if count > 0 => {
                say!(mirror.failures_since, count = count, since = instant(since))
            }
            _ => say!(mirror.failures_none).to_owned(),
        }
    };
    view! {
        <dl class="panel facts">
            <dt>{say!(mirror.target)}</dt><dd><code>{target}</code></dd>
            <dt>{say!(target.kind_label)}</dt><dd>{words::mirror_name(&kind)}</dd>
            <dt>{say!(target.set_in)}</dt><dd>{set_in}</dd>
            <dt>{say!(mirror.objects_head)}</dt><dd class="num">{move || objects(mirror.with(|it| it.objects))}</dd>
            <dt>{say!(mirror.lag)}</dt><dd class="num">{move || mirror.with(|it| lag(it, now.get()))}</dd>
            <dt>{say!(mirror.last_run)}</dt><dd>{when(|it| it.last_run_at)}</dd>
            <dt>{say!(mirror.last_ok)}</dt><dd>{when(|it| it.last_ok_at)}</dd>
            <dt>{say!(mirror.observed)}</dt><dd>{when(|it| it.observed_at)}</dd>
            <dt>{say!(mirror.failures)}</dt><dd class="num">{failures}</dd>
        </dl>
    }
}
