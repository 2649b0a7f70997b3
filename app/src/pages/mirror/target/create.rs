//! The page that adds a mirror: first its kind, then the form of that kind.

use super::api::{CreateMirror, NewStart, TRY, start_mirror};
use super::fields::{Fields, kind_text, kind_words};
use super::tried::Told;
use crate::ui::button::{LinkButton, Submit, Weight};
use crate::ui::field::{Hidden, TextField};
use crate::ui::form::Form;
use crate::ui::frame::Page;
use crate::ui::load::Load;
use crate::{paths, say};
use domain::mirror::TargetKind;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The page. The kind is in its address.
#[component]
pub fn NewMirrorPage() -> impl IntoView {
    let query = use_query_map();
    let kind =
        Memo::new(move |_| query.with(|query| query.get_str("kind").and_then(TargetKind::parse)));
    let start =
        Resource::new(move || kind.get().map_or("", TargetKind::as_str).to_owned(), start_mirror);
    let above = vec![(paths::MIRRORS.to_owned(), say!(ui.mirrors).to_owned())];
    view! {
        <Page title=say!(target.create) lede=say!(target.create_lede) above=above>
            <div class="max-w-[560px]">
                <Load of=start view=move |start| match kind.get_untracked() {
                    None => view! { <Kinds/> }.into_any(),
                    Some(kind) => view! { <NewMirror kind=kind start=start/> }.into_any(),
                }/>
            </div>
        </Page>
    }
}

#[component]
fn Kinds() -> impl IntoView {
    let each = |kind: &TargetKind| {
        let (kind, href) = (*kind, paths::new_mirror_of(kind.as_str()));
        view! {
            <li>
                <div>
                    <h3>{kind_words(kind)}</h3>
                    <p class="muted">{kind_text(kind)}</p>
                </div>
                <LinkButton href=href label=say!(target.choose, kind = kind_words(kind))/>
            </li>
        }
    };
    view! {
        <section class="grid gap-3">
            <h2>{say!(target.kind)}</h2>
            <ul class="panel deeds">{TargetKind::ALL.iter().map(each).collect_view()}</ul>
            <p class="hint">{say!(target.files_text)}</p>
        </section>
    }
}

#[component]
fn NewMirror(kind: TargetKind, start: NewStart) -> impl IntoView {
    let NewStart { form, tried } = start;
    let action = ServerAction::<CreateMirror>::new();
    let answered = Signal::derive(move || action.value().get().map(|told| told.ok().flatten()));
    view! {
        <div class="grid gap-6">
            <p class="muted">{kind_words(kind)}" · "<a href=paths::NEW_MIRROR>{say!(target.another_kind)}</a></p>
            <Form action=action draft=form.draft>
                <Hidden name="kind" value=kind.as_str()/>
                <TextField name="name" label=say!(target.name) hint=say!(target.name_hint) mono=true/>
                <Fields kind=kind kept=None/>
                <Told begun=Signal::stored(tried) answered=answered pending=action.pending()/>
                <div class="actions">
                    <Submit label=say!(target.create)/>
                    <Submit label=say!(target.probe) weight=Weight::Plain send=("deed", TRY)/>
                    <a class="button button-quiet" href=paths::MIRRORS>{say!(ui.cancel)}</a>
                </div>
            </Form>
        </div>
    }
}
