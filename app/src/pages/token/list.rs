//! The list of tokens.

use super::api::{Filter, Listing, list_tokens};
use super::filter::FilterBar;
use super::row::Row;
use crate::ui::button::{LinkButton, Weight};
use crate::ui::empty::Empty;
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::load::Load;
use crate::ui::table::{Column, Pager, Table};
use crate::{Seen, paths, say};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The page.
#[component]
pub fn TokensPage() -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        let value =
            |name: &str| query.with(|query| query.get(name)).filter(|value| !value.is_empty());
        Filter { team: value("team"), cursor: value("cursor") }
    });
    let list =
        Resource::new(move || filter.get(), |filter| list_tokens(filter.team, filter.cursor));
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
    let Seen { now, it: Listing { page, teams, filter } } = seen;
    if teams.teams.is_empty() {
        return view! {
            <Empty glyph=Glyph::People title=say!(token.no_team) text=say!(token.no_team_text)>
                <LinkButton href=paths::NEW_TEAM label=say!(token.create_team) weight=Weight::Primary/>
            </Empty>
        }
        .into_any();
    }
    let nothing = page.items.is_empty();
    if nothing && filter == Filter::default() {
        return view! {
            <Empty glyph=Glyph::Key title=say!(token.none) text=say!(token.none_text)>
                <LinkButton href=paths::NEW_TOKEN label=say!(token.create) weight=Weight::Primary/>
            </Empty>
        }
        .into_any();
    }
    let columns = vec![
        Column::wide(say!(token.name)),
        Column::wide(say!(token.team)),
        Column::wide(say!(token.scopes)),
        Column::tight(say!(token.expires)),
        Column::tight(say!(token.last_used)),
        Column::tight(say!(token.status)),
        Column::unseen(say!(token.actions)),
    ];
    let next = page.next_cursor.map(|cursor| address(filter.team.as_deref(), Some(&cursor)));
    let first = filter.cursor.is_some().then(|| address(filter.team.as_deref(), None));
    view! {
        <FilterBar teams=teams team=filter.team.clone()/>
        {if nothing {
            view! { <NoMatch team=filter.team/> }.into_any()
        } else {
            view! {
                <Table caption=say!(token.caption) columns=columns sticky=true>
                    {page.items.into_iter().map(|token| view! { <Row token=token now=now/> }).collect_view()}
                </Table>
            }
            .into_any()
        }}
        <Pager first=first next=next/>
    }
    .into_any()
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

fn address(team: Option<&str>, cursor: Option<&str>) -> String {
    paths::with_query(paths::TOKENS, &[("team", team), ("cursor", cursor)])
}
