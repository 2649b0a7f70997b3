//! The filter of the list: a form, and a chip for each filter that takes it away. The form is posted and leads to an address, so that a secret that was
//! typed into the search is never in one.

use super::api::{Filter, FilterTokens, TeamChoices};
use super::columns::Columns;
use super::teams_hint;
use crate::say;
use crate::ui::filter::FilterChip;
use domain::token::search::SEARCH_MAX;
use leptos::ev::Event;
use leptos::form::ActionForm;
use leptos::html;
use leptos::prelude::*;

/// The statuses that can be chosen.
const STATUSES: [&str; 9] = [
    "working",
    "active",
    "expiring_soon",
    "rotating",
    "scheduled",
    "disabled",
    "expired",
    "revoked",
    "ended",
];
/// The orders that can be chosen; the first is that of nobody who chose.
const SORTS: [&str; 8] =
    ["", "created", "name", "-name", "expires", "-expires", "last_used", "-last_used"];
/// Days that can be chosen; an address may have others.
const DAYS: [&str; 4] = ["7", "14", "30", "90"];

fn status_word(name: &str) -> String {
    match name {
        "working" => say!(token.working),
        "active" => say!(token.active),
        "expiring_soon" => say!(token.expiring_soon),
        "rotating" => say!(token.rotating),
        "scheduled" => say!(token.scheduled),
        "disabled" => say!(token.disabled),
        "expired" => say!(token.expired),
        "revoked" => say!(token.revoked),
        "ended" => say!(token.ended),
        other => return other.to_owned(),
    }
    .to_owned()
}

fn sort_word(name: &str) -> String {
    match name {
        "created" => say!(token.sort_oldest),
        "name" => say!(token.sort_name),
        "-name" => say!(token.sort_name_back),
        "expires" => say!(token.sort_expires),
        "-expires" => say!(token.sort_expires_back),
        "last_used" => say!(token.sort_used),
        "-last_used" => say!(token.sort_used_back),
        _ => say!(token.sort_newest),
    }
    .to_owned()
}

fn column_word(name: &str) -> String {
    match name {
        "team" => say!(token.team),
        "scopes" => say!(token.scopes),
        "created" => say!(token.made),
        "created_by" => say!(token.made_by),
        "expires" => say!(token.expires),
        _ => say!(token.last_used),
    }
    .to_owned()
}

/// Value and words of each, and of the one that is chosen though it is not offered.
fn options(
    offered: &[&str],
    chosen: Option<&str>,
    words: impl Fn(&str) -> String,
) -> Vec<(String, String)> {
    let other = chosen.filter(|chosen| !chosen.is_empty() && !offered.contains(chosen));
    let all = offered.iter().copied().chain(other);
    all.map(|value| (value.to_owned(), words(value))).collect()
}

/// One of several, beside its label.
#[component]
fn Pick(
    name: &'static str,
    #[prop(into)] label: String,
    /// The words of no choice; without them there is always one.
    #[prop(optional, into)]
    none: Option<String>,
    options: Vec<(String, String)>,
    chosen: Option<String>,
    /// What is done when it is chosen.
    #[prop(optional)]
    changed: Option<Callback<Event>>,
) -> impl IntoView {
    let id = format!("filter-{}", name.replace('_', "-"));
    view! {
        <div class="filter-pick">
            <label for=id.clone()>{label}</label>
            <select class="input" id=id name=name on:change=move |event| changed.into_iter().for_each(|changed| changed.run(event.clone()))>
                {none.map(|none| view! { <option value="">{none}</option> })}
                {options
                    .into_iter()
                    .map(|(value, words)| {
                        let selected = chosen.as_deref().unwrap_or_default() == value;
                        view! { <option value=value selected=selected>{words}</option> }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}

/// One line of text, beside its label.
#[component]
fn Type(name: &'static str, #[prop(into)] label: String, value: Option<String>) -> impl IntoView {
    let id = format!("filter-{}", name.replace('_', "-"));
    view! {
        <div class="filter-pick">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id name=name type="text" autocomplete="off" spellcheck="false" value=value.unwrap_or_default()/>
        </div>
    }
}

/// The filter.
#[component]
pub fn FilterBar(
    /// The teams to choose from.
    teams: TeamChoices,
    /// What was chosen.
    filter: Filter,
) -> impl IntoView {
    let action = ServerAction::<FilterTokens>::new();
    let hint = teams_hint(&teams).map(|hint| view! { <p class="hint">{hint}</p> });
    let chips = chips(&filter, &teams);
    let names: Vec<(String, String)> =
        teams.teams.into_iter().map(|team| (team.id, team.name)).collect();
    // With a script a choice is sent at once; the button stays for everybody else, and for the keyboard.
    let button = NodeRef::<html::Button>::new();
    let changed = Callback::new(move |_: Event| {
        if let Some(button) = button.get() {
            button.click();
        }
    });
    let statuses = options(&STATUSES, filter.status.as_deref(), words_of_statuses);
    view! {
        <div class="filters">
            <ActionForm action=action attr:class="filter-form">
                <div class="filter-search">
                    <label for="filter-q">{say!(token.search)}</label>
                    <input
                        class="input" id="filter-q" name="q" type="search" autocomplete="off" spellcheck="false" maxlength=SEARCH_MAX.to_string()
                        placeholder=say!(token.search_hint) value=filter.q.clone().unwrap_or_default()
                    />
                </div>
                <Pick name="team" label=say!(token.team) none=say!(token.every_team) options=names chosen=filter.team.clone() changed=changed/>
                <Pick name="status" label=say!(token.status) none=say!(token.any_status) options=statuses chosen=filter.status.clone() changed=changed/>
                <button class="button" node_ref=button>{say!(token.filter)}</button>
                <More filter=filter/>
            </ActionForm>
            {chips}
            {hint}
        </div>
    }
}

/// What is asked for less often.
#[component]
fn More(filter: Filter) -> impl IntoView {
    let within = |days: &str| say!(token.within_days, days = days);
    let unused = |days: &str| match days {
        "never" => say!(token.never_used).to_owned(),
        days => say!(token.unused_days, days = days),
    };
    let reveal = vec![
        ("true".to_owned(), say!(token.yes).to_owned()),
        ("false".to_owned(), say!(token.no).to_owned()),
    ];
    let expires = options(&DAYS, filter.expires_days.as_deref(), within);
    let idle = options(&["never", "7", "30", "90"], filter.unused.as_deref(), unused);
    let sorts = options(&SORTS, filter.sort.as_deref(), sort_word);
    let columns = Columns::read(filter.columns.as_deref()).each().map(|(name, on)| {
        let id = format!("column-{name}");
        view! {
            <span class="filter-column">
                <input type="checkbox" id=id.clone() name=format!("column_{name}") value="true" checked=on/>
                <label for=id>{column_word(name)}</label>
            </span>
        }
    });
    let any = || say!(token.any).to_owned();
    view! {
        <details class="filter-more">
            <summary class="button button-quiet">{say!(token.more_filters)}</summary>
            <div class="filter-fields">
                <Type name="scope" label=say!(token.with_scope) value=filter.scope/>
                <Type name="created_by" label=say!(token.made_by) value=filter.created_by/>
                <Pick name="expires_days" label=say!(token.expires_within) none=any() options=expires chosen=filter.expires_days/>
                <Pick name="unused" label=say!(token.not_used) none=any() options=idle chosen=filter.unused/>
                <Pick name="revealable" label=say!(token.can_reveal) none=any() options=reveal chosen=filter.revealable/>
                <Pick name="sort" label=say!(token.sort_by) options=sorts chosen=filter.sort/>
                <fieldset class="filter-columns">
                    <legend>{say!(token.columns)}</legend>
                    {columns.into_iter().collect_view()}
                </fieldset>
            </div>
        </details>
    }
}

fn words_of_statuses(names: &str) -> String {
    names.split(',').map(status_word).collect::<Vec<_>>().join(say!(token.list_comma))
}

/// A chip for each filter that is on, with the address without it.
fn chips(filter: &Filter, teams: &TeamChoices) -> impl IntoView + use<> {
    let team = filter.team.as_deref().map(|id| {
        let team = teams.teams.iter().find(|team| team.id == id);
        let name = team.map_or(say!(token.unknown_team).to_owned(), |team| team.name.clone());
        (say!(token.filter_chip, team = name), filter.with(|it| it.team = None))
    });
    let on = |value: &Option<String>, words: &dyn Fn(&str) -> String, off: fn(&mut Filter)| {
        value.as_deref().map(|value| (words(value), filter.with(off)))
    };
    let each = [
        on(&filter.q, &|text| say!(token.chip_search, text = text), |it| it.q = None),
        team,
        on(
            &filter.status,
            &|names| say!(token.chip_status, names = words_of_statuses(names)),
            |it| it.status = None,
        ),
        on(&filter.scope, &|scope| say!(token.chip_scope, scope = scope), |it| it.scope = None),
        on(&filter.created_by, &|who| say!(token.chip_by, who = who), |it| it.created_by = None),
        on(&filter.expires_days, &|days| say!(token.chip_expires, days = days), |it| {
            it.expires_days = None
        }),
        on(
            &filter.unused,
            &|days| match days {
                "never" => say!(token.chip_never).to_owned(),
                days => say!(token.chip_unused, days = days),
            },
            |it| it.unused = None,
        ),
        on(
            &filter.revealable,
            &|on| match on {
                "true" => say!(token.chip_reveal).to_owned(),
                _ => say!(token.chip_no_reveal).to_owned(),
            },
            |it| it.revealable = None,
        ),
    ];
    each.into_iter()
        .flatten()
        .map(|(words, without)| view! { <FilterChip words=words href=without.address()/> })
        .collect_view()
}
