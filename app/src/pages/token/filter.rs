//! The filter of the list: a form that is sent by GET, so that it is in the address, and a chip that takes it away.

use super::api::TeamChoices;
use super::teams_hint;
use crate::ui::filter::FilterChip;
use crate::{paths, say};
use leptos::ev::Event;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::Form;

/// The filter.
#[component]
pub fn FilterBar(
    /// The teams to choose from.
    teams: TeamChoices,
    /// The team that was chosen.
    team: Option<String>,
) -> impl IntoView {
    let hint = teams_hint(&teams).map(|hint| view! { <p class="hint">{hint}</p> });
    let teams = teams.teams;
    if teams.len() < 2 && team.is_none() {
        return ().into_any();
    }
    let chip = team.as_deref().map(|id| {
        let name = teams
            .iter()
            .find(|team| team.id == id)
            .map_or(say!(token.unknown_team).to_owned(), |team| team.name.clone());
        view! { <FilterChip words=say!(token.filter_chip, team = name) href=paths::TOKENS/> }
    });
    let options = teams
        .into_iter()
        .map(|choice| {
            let selected = team.as_ref() == Some(&choice.id);
            view! { <option value=choice.id selected=selected>{choice.name}</option> }
        })
        .collect_view();
    // With a script the choice is sent at once; the button stays for everybody else, and for the keyboard.
    let button = NodeRef::<html::Button>::new();
    let chosen = move |_: Event| {
        if let Some(button) = button.get() {
            button.click();
        }
    };
    view! {
        <div class="filters">
            <Form method="GET" action=paths::TOKENS attr:class="filter-form">
                <label for="filter-team">{say!(token.team)}</label>
                <select class="input" id="filter-team" name="team" on:change=chosen>
                    <option value="">{say!(token.every_team)}</option>
                    {options}
                </select>
                <button class="button" node_ref=button>{say!(token.filter)}</button>
            </Form>
            {chip}
            {hint}
        </div>
    }
    .into_any()
}
