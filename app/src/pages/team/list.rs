//! The list of teams.

use super::api::{Listing, list_teams};
use crate::ui::button::{LinkButton, Weight};
use crate::ui::empty::Empty;
use crate::ui::frame::Page;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::Load;
use crate::ui::moment::Date;
use crate::ui::status::Dot;
use crate::ui::table::{Column, Pager, Table};
use crate::ui::tip::Tip;
use crate::{Seen, paths, say};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::team::Team;

/// The page.
#[component]
pub fn TeamsPage() -> impl IntoView {
    let query = use_query_map();
    let cursor = Memo::new(move |_| {
        query.with(|query| query.get("cursor")).filter(|cursor| !cursor.is_empty())
    });
    let list = Resource::new(move || cursor.get(), list_teams);
    let new = || view! { <LinkButton href=paths::NEW_TEAM label=say!(team.create) weight=Weight::Primary glyph=Glyph::Plus/> };
    view! {
        <Page title=say!(team.title) lede=say!(team.lede) wide=true actions=new>
            <Load of=list view=|seen| view! { <List seen=seen/> }.into_any()/>
        </Page>
    }
}

#[component]
fn List(seen: Seen<Listing>) -> impl IntoView {
    let Listing { page, paged } = seen.it;
    if page.items.is_empty() && !paged {
        return view! {
            <Empty glyph=Glyph::People title=say!(team.none) text=say!(team.none_text)>
                <LinkButton href=paths::NEW_TEAM label=say!(team.create) weight=Weight::Primary/>
            </Empty>
        }
        .into_any();
    }
    let columns = vec![
        Column::wide(say!(team.name)),
        Column::tight(say!(team.active)),
        Column::tight(say!(team.reveal)),
        Column::tight(say!(team.created)),
        Column::unseen(say!(team.actions)),
    ];
    let next = page
        .next_cursor
        .map(|cursor| format!("{}?cursor={}", paths::TEAMS, paths::encode(&cursor)));
    view! {
        <Table caption=say!(team.caption) columns=columns sticky=true>
            {page.items.into_iter().map(|team| view! { <Row team=team/> }).collect_view()}
        </Table>
        <Pager first=paged.then(|| paths::TEAMS.to_owned()) next=next/>
    }
    .into_any()
}

#[component]
fn Row(team: Team) -> impl IntoView {
    let reveal = if team.reveal_allowed {
        view! { <span class="status"><Icon glyph=Glyph::Eye/>{say!(team.allowed)}</span> }
            .into_any()
    } else {
        view! { <span class="muted">{say!(team.not_allowed)}</span> }.into_any()
    };
    view! {
        <tr>
            <td class="cell-main">
                <div>
                    <a class="cell-name" href=paths::tokens_of_team(team.id)><Dot of=team.id.to_string() name=team.name.clone()/></a>
                    <Tip id=format!("about-{}", team.id) text=team.description/>
                </div>
            </td>
            <td class="tight num" data-label=say!(team.active)>{team.active_tokens}</td>
            <td class="tight" data-label=say!(team.reveal)>{reveal}</td>
            <td class="tight muted" data-label=say!(team.created)><Date at=team.created_at/></td>
            <td class="tight cell-menu">
                <a class="button button-quiet button-icon" href=paths::new_token_for(team.id) title=say!(team.new_token) aria-label=say!(team.new_token_for, name = team.name)>
                    <Icon glyph=Glyph::Plus/>
                </a>
            </td>
        </tr>
    }
}
