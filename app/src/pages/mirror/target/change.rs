//! The page that changes the target of a mirror.

use super::super::detail::{NoSuchMirror, above};
use super::api::{ChangeMirror, ChangeStart, TRY, start_mirror_change};
use super::fields::Fields;
use super::tried::Told;
use crate::ui::button::{Submit, Weight};
use crate::ui::field::Hidden;
use crate::ui::form::Form;
use crate::ui::frame::Page;
use crate::ui::load::{Failed, Skeleton};
use crate::ui::note::{Matter, Note};
use crate::{paths, say, words};
use domain::Code;
use domain::mirror::TargetKind;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page. Its name is the mirror's, so the page waits for it.
#[component]
pub fn MirrorTargetPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("name")).unwrap_or_default());
    let start = Resource::new(move || name.get(), start_mirror_change);
    let action = ServerAction::<ChangeMirror>::new();
    view! {
        <Transition fallback=|| view! { <div class="content"><Skeleton/></div> }>
            {move || Suspend::new(async move {
                match start.await {
                    Ok(start) => view! { <Change start=start action=action/> }.into_any(),
                    Err(refusal) if refusal.is(Code::NotFound) => view! { <NoSuchMirror/> }.into_any(),
                    Err(refusal) => view! { <Page title=say!(ui.mirrors) above=above()><Failed refusal=refusal/></Page> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Change(start: ChangeStart, action: ServerAction<ChangeMirror>) -> impl IntoView {
    let ChangeStart { form, tried, mirror } = start;
    let name = mirror.mirror.name.clone();
    let mut above = above();
    above.push((paths::mirror(&name), words::mirror_name(&name)));
    let kind = TargetKind::parse(&mirror.mirror.kind);
    let (Some(kept), Some(kind)) = (mirror.settings, kind) else {
        return view! {
            <Page title=say!(target.change) above=above>
                <Note matter=Matter::Info title=say!(target.configured)><p>{say!(target.configured_text)}</p></Note>
            </Page>
        }
        .into_any();
    };
    let answered = Signal::derive(move || action.value().get().map(|told| told.ok().flatten()));
    let version = kept.version.to_string();
    view! {
        <Page title=say!(target.change) lede=say!(target.change_lede) above=above>
            <div class="max-w-[560px]">
                <Form action=action draft=form.draft>
                    <Hidden name="name" value=name.clone()/>
                    <Hidden name="version" value=version/>
                    <Fields kind=kind kept=Some(kept)/>
                    <Told begun=Signal::stored(tried) answered=answered pending=action.pending()/>
                    <div class="actions">
                        <Submit label=say!(target.save)/>
                        <Submit label=say!(target.probe) weight=Weight::Plain send=("deed", TRY)/>
                        <a class="button button-quiet" href=paths::mirror(&name)>{say!(ui.cancel)}</a>
                    </div>
                </Form>
            </div>
        </Page>
    }
    .into_any()
}
