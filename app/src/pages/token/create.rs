//! The form for a new token: one page, with what will exist beside it.

use super::api::{
    Asked, AskedLimits, CreateToken, NewTokenStart, TeamChoice, TeamChoices, start_token,
};
use super::limits::{LimitFields, NAMES};
use super::plan::Plan;
use super::teams_hint;
use crate::form_start::FormStart;
use crate::ui::button::{LinkButton, Submit, Weight};
use crate::ui::empty::Empty;
use crate::ui::field::{Check, Choice, Hidden, TextArea, TextField};
use crate::ui::form::{Form, use_form};
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::load::Load;
use crate::{paths, say};
use domain::text::DESCRIPTION_MAX;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{FormData, HtmlFormElement};
use leptos_router::hooks::use_query_map;

/// The page.
#[component]
pub fn NewTokenPage() -> impl IntoView {
    let query = use_query_map();
    let team = Memo::new(move |_| query.with(|query| query.get("team")));
    let start = Resource::new(move || team.get(), start_token);
    let above = vec![(paths::TOKENS.to_owned(), say!(token.title).to_owned())];
    view! {
        <Page title=say!(token.create) lede=say!(token.create_lede) above=above>
            <Load of=start view=|start: NewTokenStart| {
                if start.teams.teams.is_empty() { view! { <NoTeam/> }.into_any() } else { view! { <NewToken start=start/> }.into_any() }
            }/>
        </Page>
    }
}

#[component]
fn NoTeam() -> impl IntoView {
    view! {
        <Empty glyph=Glyph::People title=say!(token.no_team) text=say!(token.no_team_text)>
            <LinkButton href=paths::NEW_TEAM label=say!(token.create_team) weight=Weight::Primary/>
        </Empty>
    }
}

/// The form, and beside it what it will make. What is typed is read from the form itself, so that the form needs no script.
#[component]
fn NewToken(start: NewTokenStart) -> impl IntoView {
    let NewTokenStart { form, teams, reveal_on } = start;
    let now = form.now;
    let asked = RwSignal::new(None::<Asked>);
    let area = NodeRef::<html::Div>::new();
    let look = move || {
        if let Some(area) = area.get_untracked() {
            asked.set(read(&area));
        }
    };
    Effect::new(move || {
        area.track();
        look();
    });
    let choices = teams.teams.clone();
    // Without a script nothing is known of what is chosen: then the server judges.
    let refused = Signal::derive(move || {
        !reveal_on
            || asked
                .with(|asked| asked.as_ref().is_some_and(|asked| !allows(&choices, &asked.team_id)))
    });
    view! {
        <div class="beside" node_ref=area on:input=move |_| look() on:change=move |_| look()>
            <Fields form=form teams=teams.clone() reveal_on=reveal_on refused=refused/>
            <Plan asked=asked teams=teams.teams now=now/>
        </div>
    }
}

/// Whether a team lets its tokens be revealed; as long as none is chosen, nothing speaks against it.
fn allows(teams: &[TeamChoice], id: &str) -> bool {
    teams.iter().find(|team| team.id == id).is_none_or(|team| team.reveal_allowed)
}

fn read(area: &leptos::web_sys::HtmlDivElement) -> Option<Asked> {
    let form = area.query_selector("form").ok()??.dyn_into::<HtmlFormElement>().ok()?;
    let values = FormData::new_with_form(&form).ok()?;
    let value = |name: &str| values.get(name).as_string().unwrap_or_default();
    let ticked = |name: &str| !value(name).is_empty();
    Some(Asked {
        name: value("name").trim().to_owned(),
        team_id: value("team_id"),
        description: value("description"),
        scopes: value("scopes"),
        never_expires: ticked("never_expires"),
        expires_days: value("expires_days"),
        limits: AskedLimits {
            not_before: value("not_before"),
            allowed_cidrs: value("allowed_cidrs"),
            rate_requests: value("rate_requests"),
            rate_seconds: value("rate_seconds"),
            uses_count: value("uses_count"),
            uses_per: value("uses_per"),
        },
        revealable: ticked("revealable"),
        tags: value("tags"),
    })
}

#[component]
fn Fields(
    form: FormStart,
    teams: TeamChoices,
    reveal_on: bool,
    refused: Signal<bool>,
) -> impl IntoView {
    let action = ServerAction::<CreateToken>::new();
    let query = use_query_map();
    let given = move |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let hint = teams_hint(&teams);
    let teams = teams.teams;
    let only = if let [team] = teams.as_slice() { team.id.clone() } else { String::new() };
    let team = Some(given("team"))
        .filter(|team| teams.iter().any(|choice| choice.id == *team))
        .unwrap_or(only);
    let options = teams.into_iter().map(|team| (team.id, team.name)).collect();
    let revealable_hint =
        if reveal_on { say!(token.revealable_hint) } else { say!(token.revealable_off) };
    view! {
        <Form action=action draft=form.draft>
            <Hidden name="idempotency_key" value=form.key/>
            <TextField name="name" label=say!(token.name) hint=say!(token.name_hint) value=given("name")/>
            <Choice name="team_id" label=say!(token.team) none=say!(token.choose_team) hint=hint options=options value=team/>
            <TextArea name="description" label=say!(token.description) hint=say!(token.description_hint) optional=true most=DESCRIPTION_MAX/>
            <TextField name="scopes" label=say!(token.scopes) hint=say!(token.scopes_hint) mono=true value=given("scopes")/>
            <TextField name="tags" label=say!(life.tags) hint=say!(life.tags_hint) optional=true value=given("tags")/>
            <fieldset class="group lifetime">
                <legend class="sr-only">{say!(token.expires)}</legend>
                <Check name="never_expires" label=say!(token.never_expires) hint=say!(token.never_hint) checked=true/>
                <div class="days">
                    <TextField name="expires_days" label=say!(token.days) kind="number" inputmode="numeric" hint=say!(token.days_hint) value="90"/>
                </div>
            </fieldset>
            <Limits/>
            <Check name="revealable" label=say!(token.revealable) hint=revealable_hint disabled=refused/>
            <div class="actions">
                <Submit label=say!(token.create)/>
                <a class="button button-quiet" href=paths::TOKENS>{say!(ui.cancel)}</a>
            </div>
        </Form>
    }
}

/// The limits, folded away until somebody wants one, has typed one, or one is refused.
#[component]
fn Limits() -> impl IntoView {
    let form = use_form();
    let typed = NAMES.iter().any(|name| form.draft_of(name).is_some());
    // Once open it stays as people leave it.
    let open = Memo::new(move |before: Option<&bool>| {
        let refused = NAMES.iter().any(|name| form.error_of(name).is_some());
        typed || refused || before.is_some_and(|before| *before)
    });
    view! {
        <details class="limits" open=open>
            <summary>{say!(token.limits)}<span class="hint">{say!(token.limits_hint)}</span></summary>
            <div class="limits-fields"><LimitFields/></div>
        </details>
    }
}
