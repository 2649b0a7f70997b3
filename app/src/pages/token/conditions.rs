//! The form that changes when, from where and how often a token may be used.

use super::api::{AskedLimits, ChangeConditions, ConditionsStart, start_conditions};
use super::clash::{Clash, clashes};
use super::limits::{LimitFields, limits_of};
use crate::ui::button::{LinkButton, Submit};
use crate::ui::field::Hidden;
use crate::ui::form::Form;
use crate::ui::frame::Page;
use crate::ui::load::Load;
use crate::ui::note::{Matter, Note};
use crate::ui::strong::Strong;
use crate::{paths, say, words};
use domain::Code;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page.
#[component]
pub fn ConditionsPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let action = ServerAction::<ChangeConditions>::new();
    let clashes = clashes(action);
    let start = Resource::new(move || (id.get(), clashes.get()), |(id, _)| start_conditions(id));
    let above = vec![
        (paths::TOKENS.to_owned(), say!(token.title).to_owned()),
        (paths::token(id.get_untracked()), say!(token.token).to_owned()),
    ];
    view! {
        <Page title=say!(token.change_limits) lede=say!(token.change_limits_lede) above=above>
            <Load of=start view=move |start: ConditionsStart| {
                if start.token.status.has_ended() {
                    view! { <Ended id=start.token.id.to_string()/> }.into_any()
                } else {
                    view! { <Change start=start action=action/> }.into_any()
                }
            }/>
        </Page>
    }
}

#[component]
fn Ended(id: String) -> impl IntoView {
    view! {
        <Note matter=Matter::Info title=words::sentence(Code::AlreadyEnded)>
            <LinkButton href=paths::token(id.clone()) label=say!(token.to_token)/>
        </Note>
    }
}

#[component]
fn Change(start: ConditionsStart, action: ServerAction<ChangeConditions>) -> impl IntoView {
    let ConditionsStart { form, token, meanwhile } = start;
    let limits = limits_of(&token, form.now).into_iter();
    let limits = limits.map(|limit| view! { <li><Strong of=limit/></li> }).collect_view();
    let now = form.now;
    let clash = (!meanwhile.is_empty()).then(|| {
        view! {
            <Clash meanwhile=meanwhile now=now>
                <p>{say!(life.clash_limits)}</p>
                <ul class="plain-list num">{limits}</ul>
            </Clash>
        }
    });
    view! {
        <div class="grid gap-6 max-w-[560px]">
            <p class="muted break-words">{say!(token.secret_of, name = token.name.clone())}</p>
            {clash}
            <Form action=action draft=form.draft>
                <Hidden name="id" value=token.id.to_string()/>
                <Hidden name="version" value=token.version.to_string()/>
                <LimitFields now=AskedLimits::of(&token)/>
                <div class="actions">
                    <Submit label=say!(token.save_limits)/>
                    <a class="button button-quiet" href=paths::token(token.id)>{say!(ui.cancel)}</a>
                </div>
            </Form>
        </div>
    }
}
