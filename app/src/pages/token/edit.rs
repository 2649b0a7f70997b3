//! The form that changes what is said of a token. Whoever comes second sees what the first changed, and decides.

use super::api::{AskedWords, ChangeToken, EditStart, start_edit};
use super::clash::{Clash, Differing, clashes};
use crate::ui::button::Submit;
use crate::ui::field::{Check, Hidden, TextArea, TextField};
use crate::ui::form::Form;
use crate::ui::frame::Page;
use crate::ui::load::Load;
use crate::{paths, say};
use domain::text::DESCRIPTION_MAX;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page.
#[component]
pub fn EditTokenPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let action = ServerAction::<ChangeToken>::new();
    let clashes = clashes(action);
    let start = Resource::new(move || (id.get(), clashes.get()), |(id, _)| start_edit(id));
    let above = vec![
        (paths::TOKENS.to_owned(), say!(token.title).to_owned()),
        (paths::token(id.get_untracked()), say!(token.token).to_owned()),
    ];
    view! {
        <Page title=say!(life.edit_title) lede=say!(life.edit_lede) above=above>
            <Load of=start view=move |start: EditStart| view! { <Edit start=start action=action/> }.into_any()/>
        </Page>
    }
}

#[component]
fn Edit(start: EditStart, action: ServerAction<ChangeToken>) -> impl IntoView {
    let EditStart { form, token, meanwhile } = start;
    let words = AskedWords::of(&token);
    let drafted = |name: &str| {
        let draft = form.draft.iter().find(|(field, _)| field == name);
        draft.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let version = token.version.to_string();
    let clash = !form.draft.is_empty() && drafted("version") != version;
    let fields = [
        ("name", "name_was", say!(token.name), &words.name),
        ("description", "description_was", say!(token.description), &words.description),
        ("tags", "tags_was", say!(life.tags), &words.tags),
    ];
    let yes_or_no = |ticked: bool| if ticked { say!(ui.yes) } else { say!(ui.no) };
    let fields = fields.map(|(name, was, label, now)| Differing {
        label: label.to_owned(),
        was: drafted(was),
        now: now.clone(),
        yours: drafted(name),
    });
    let protection = Differing {
        label: say!(life.protection).to_owned(),
        was: yes_or_no(drafted("protected_was") == "true").to_owned(),
        now: yes_or_no(words.protected).to_owned(),
        yours: yes_or_no(!drafted("protected").is_empty()).to_owned(),
    };
    let fields = fields.into_iter().chain([protection]).collect();
    let now = form.now;
    let clash_view = clash.then(|| view! { <Clash meanwhile=meanwhile fields=fields now=now/> });
    let label = if clash { say!(life.save_over) } else { say!(life.save) };
    view! {
        <div class="grid gap-6 max-w-[560px]">
            {clash_view}
            <Form action=action draft=form.draft>
                <Hidden name="id" value=token.id.to_string()/>
                <Hidden name="version" value=version/>
                <Hidden name="name_was" value=words.name.clone()/>
                <Hidden name="description_was" value=words.description.clone()/>
                <Hidden name="tags_was" value=words.tags.clone()/>
                <Hidden name="protected_was" value=words.protected.to_string()/>
                <TextField name="name" label=say!(token.name) hint=say!(token.name_hint) value=words.name/>
                <TextArea name="description" label=say!(token.description) hint=say!(token.description_hint) optional=true most=DESCRIPTION_MAX value=words.description/>
                <TextField name="tags" label=say!(life.tags) hint=say!(life.tags_hint) optional=true value=words.tags/>
                <Check name="protected" label=say!(life.protected) hint=say!(life.protected_hint) checked=words.protected/>
                <div class="actions">
                    <Submit label=label/>
                    <a class="button button-quiet" href=paths::token(token.id)>{say!(ui.cancel)}</a>
                </div>
            </Form>
        </div>
    }
}
