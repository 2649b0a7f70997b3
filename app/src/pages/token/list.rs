//! The list of tokens. What is listed, in which order and which columns of it is in the address, and nowhere else.

use super::api::{Filter, Listing, list_tokens};
use super::columns::Columns;
use super::filter::FilterBar;
use super::row::Row;
use crate::ui::button::{LinkButton, Weight};
use crate::ui::empty::Empty;
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::load::Load;
use crate::ui::note::{Matter, Note};
use crate::ui::table::{Column, Sort, Steps, Table};
use crate::{Seen, paths, say, words};
use domain::token::TokenSort;
use domain::token::list::SortBy;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::token_list::TokenCount;

/// The page.
#[component]
pub fn TokensPage() -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        Filter::read(|name| query.with(|query| query.get(name)).filter(|value| !value.is_empty()))
    });
    let list = Resource::new(move || filter.get(), list_tokens);
    let new = move || {
        let href =
            filter.get_untracked().team.map_or(paths::NEW_TOKEN.to_owned(), paths::new_token_for);
        view! { <LinkButton href=href label=say!(token.create) weight=Weight::Primary glyph=Glyph::Plus/> }
    };
    view! {
        <Page title=say!(token.title) lede=say!(token.lede) wide=true actions=new>
            <Load of=list view=|seen| view! { <List seen=seen/> }.into_any()/>
        </Page>
    }
}

#[component]
fn List(seen: Seen<Listing>) -> impl IntoView {
    let Seen { now, it: Listing { page, count, refused, teams, filter } } = seen;
    if teams.teams.is_empty() {
        return view! {
            <Empty glyph=Glyph::People title=say!(token.no_team) text=say!(token.no_team_text)>
                <LinkButton href=paths::NEW_TEAM label=say!(token.create_team) weight=Weight::Primary/>
            </Empty>
        }
        .into_any();
    }
    let nothing = page.items.is_empty();
    if nothing && refused.is_none() && filter.is_whole() && filter.missed.is_none() {
        return view! {
            <Empty glyph=Glyph::Key title=say!(token.none) text=say!(token.none_text)>
                <LinkButton href=paths::NEW_TOKEN label=say!(token.create) weight=Weight::Primary/>
            </Empty>
        }
        .into_any();
    }
    let columns = Columns::read(filter.columns.as_deref());
    let step = |cursor: Option<String>| {
        cursor.map(|cursor| filter.with(|filter| filter.cursor = Some(cursor)).address())
    };
    let (previous, next) = (step(page.previous_cursor), step(page.next_cursor));
    let heads = heads(&filter, columns);
    let missed = filter.missed.is_some().then(|| view! {
        <Note matter=Matter::Warn title=say!(token.missed)><p>{say!(token.missed_text)}</p></Note>
    });
    let wrong = refused.map(|problem| view! {
        <Note matter=Matter::Warn title=say!(token.wrong_filter)><p>{words::sentence_of(&problem.code)}</p></Note>
    });
    let is_wrong = wrong.is_some();
    view! {
        <FilterBar teams=teams filter=filter.clone()/>
        {missed}
        {wrong}
        {match (nothing, is_wrong) {
            (true, true) => ().into_any(),
            (true, false) => view! { <NoMatch team=filter.team/> }.into_any(),
            (false, _) => view! {
                {count.map(|count| view! { <p class="list-count num" aria-live="polite">{counted(count)}</p> })}
                <Table caption=say!(token.listed) columns=heads sticky=true>
                    {page.items.into_iter().map(|token| view! { <Row token=token now=now columns=columns/> }).collect_view()}
                </Table>
            }
            .into_any(),
        }}
        <Steps previous=previous next=next/>
    }
    .into_any()
}

fn counted(count: TokenCount) -> String {
    let number = words::number(u32::try_from(count.count).unwrap_or(u32::MAX));
    match count {
        TokenCount { more: true, .. } => say!(token.count_more, count = number),
        TokenCount { count: 1, .. } => say!(token.count_one).to_owned(),
        TokenCount { .. } => say!(token.count, count = number),
    }
}

/// The columns' heads, of which some sort.
fn heads(filter: &Filter, columns: Columns) -> Vec<Column> {
    let sort = TokenSort::parse(filter.sort.as_deref().unwrap_or_default()).unwrap_or_default();
    let sorting = |by: SortBy| {
        let mine = sort.by == by;
        // What was made or used last is looked for first; names and expiries from their beginning.
        let first = matches!(by, SortBy::Created | SortBy::LastUsed);
        let other = TokenSort { by, descending: if mine { !sort.descending } else { first } };
        let text = (other != TokenSort::default()).then(|| other.to_string());
        let href = filter.with(|filter| filter.sort = text).address();
        Sort { href, descending: mine.then_some(sort.descending) }
    };
    let each = [
        (true, Column::wide(say!(token.name)).sorted(sorting(SortBy::Name))),
        (columns.team, Column::wide(say!(token.team))),
        (columns.scopes, Column::wide(say!(token.scopes))),
        (columns.created, Column::tight(say!(token.made)).sorted(sorting(SortBy::Created))),
        (columns.created_by, Column::wide(say!(token.made_by))),
        (columns.expires, Column::tight(say!(token.expires)).sorted(sorting(SortBy::Expires))),
        (columns.last_used, Column::tight(say!(token.last_used)).sorted(sorting(SortBy::LastUsed))),
        (true, Column::tight(say!(token.status))),
        (true, Column::unseen(say!(token.actions))),
    ];
    each.into_iter().filter(|(shown, _)| *shown).map(|(_, column)| column).collect()
}

#[component]
fn NoMatch(team: Option<String>) -> impl IntoView {
    let new = team.map_or(paths::NEW_TOKEN.to_owned(), paths::new_token_for);
    view! {
        <Empty glyph=Glyph::Search title=say!(token.no_match) text=say!(token.no_match_text)>
            <span class="flex flex-wrap justify-center gap-2">
                <LinkButton href=paths::TOKENS label=say!(token.show_all)/>
                <LinkButton href=new label=say!(token.create)/>
            </span>
        </Empty>
    }
}
