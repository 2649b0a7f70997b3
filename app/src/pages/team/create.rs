//! The form for a new team.

use super::api::{CreateTeam, start_team};
use crate::form_start::FormStart;
use crate::ui::button::Submit;
use crate::ui::field::{Check, TextArea, TextField};
use crate::ui::form::Form;
use crate::ui::frame::Page;
use crate::ui::load::Load;
use crate::{paths, say};
use domain::text::DESCRIPTION_MAX;
use leptos::prelude::*;

/// The page.
#[component]
pub fn NewTeamPage() -> impl IntoView {
    let start = Resource::new(|| (), |()| start_team());
    let above = vec![(paths::TEAMS.to_owned(), say!(team.title).to_owned())];
    view! {
        <Page title=say!(team.create) lede=say!(team.create_lede) above=above>
            <div class="max-w-[560px]">
                <Load of=start view=|start| view! { <NewTeam start=start/> }.into_any()/>
            </div>
        </Page>
    }
}

#[component]
fn NewTeam(start: FormStart) -> impl IntoView {
    let action = ServerAction::<CreateTeam>::new();
    view! {
        <Form action=action draft=start.draft>
            <TextField name="name" label=say!(team.name) hint=say!(team.name_hint)/>
            <TextArea name="description" label=say!(team.description) hint=say!(team.description_hint) optional=true most=DESCRIPTION_MAX/>
            <Check name="reveal_allowed" label=say!(team.reveal_allowed) hint=say!(team.reveal_hint)/>
            <div class="actions">
                <Submit label=say!(team.create)/>
                <a class="button button-quiet" href=paths::TEAMS>{say!(ui.cancel)}</a>
            </div>
        </Form>
    }
}
