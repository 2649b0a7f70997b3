//! The list of routes.

use super::api::list_routes;
use super::auth::short_words;
use crate::ui::button::{LinkButton, Weight};
use crate::ui::empty::Empty;
use crate::ui::frame::Page;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::Load;
use crate::ui::menu::Menu;
use crate::ui::moment::Moment;
use crate::ui::status::Chips;
use crate::ui::table::{Column, Table};
use crate::{Seen, paths, say};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::route::Route;

/// The page.
#[component]
pub fn RoutesPage() -> impl IntoView {
    let routes = Resource::new(|| (), |()| list_routes());
    let actions = || {
        view! {
            <div class="actions">
                <LinkButton href=paths::TRY_ROUTE label=say!(route.trial)/>
                <LinkButton href=paths::NEW_ROUTE label=say!(route.create) weight=Weight::Primary glyph=Glyph::Plus/>
            </div>
        }
    };
    view! {
        <Page title=say!(route.title) lede=say!(route.lede) wide=true actions=actions>
            <Load of=routes view=|seen| view! { <List seen=seen/> }.into_any()/>
        </Page>
    }
}

#[component]
fn List(seen: Seen<Vec<Route>>) -> impl IntoView {
    let Seen { now, it: routes } = seen;
    if routes.is_empty() {
        return view! {
            <Empty glyph=Glyph::Fork title=say!(route.none) text=say!(route.none_text)>
                <LinkButton href=paths::NEW_ROUTE label=say!(route.create) weight=Weight::Primary/>
            </Empty>
        }
        .into_any();
    }
    let columns = vec![
        Column::wide(say!(route.path)),
        Column::wide(say!(route.backend)),
        Column::wide(say!(route.needs)),
        Column::tight(say!(route.auth)),
        Column::tight(say!(route.changed)),
        Column::unseen(say!(route.actions)),
    ];
    view! {
        <Table caption=say!(route.caption) columns=columns sticky=true>
            {routes.into_iter().map(|route| view! { <Row route=route now=now/> }).collect_view()}
        </Table>
    }
    .into_any()
}

/// What a token needs: each of the route's scopes, or one of those that follow from its path and tags.
fn needs(route: &Route) -> (Vec<String>, Option<&'static str>) {
    if !route.scopes.is_empty() {
        let several = route.scopes.len() > 1;
        return (route.scopes.clone(), several.then(|| say!(route.needs_each)));
    }
    let tags = route.tags.iter().map(|tag| format!("tag:{tag}"));
    let any: Vec<_> = route.resource.clone().into_iter().chain(tags).collect();
    if any.is_empty() {
        return (vec!["*".to_owned()], None);
    }
    let several = any.len() > 1;
    (any, several.then(|| say!(route.needs_one)))
}

#[component]
fn Row(route: Route, now: OffsetDateTime) -> impl IntoView {
    let href = paths::route(route.id);
    let (scopes, how) = needs(&route);
    let how = how.map(|how| view! { <span class="muted">{how}" "</span> });
    let name = route.name.clone().map(|name| view! { <div class="cell-note">{name}</div> });
    let below = route
        .below
        .clone()
        .map(|path| view! { <div class="cell-note">{say!(route.below, path = path)}</div> });
    view! {
        <tr>
            <td class="cell-main">
                <div>
                    <a class="cell-name" href=href.clone()><code>{route.path.clone()}</code></a>
                    {name}
                    {below}
                </div>
            </td>
            <td class="cell-url" data-label=say!(route.backend)><span title=route.backend_url.clone()>{route.backend_url.clone()}</span></td>
            <td data-label=say!(route.needs)><span>{how}<Chips words=scopes most=3/></span></td>
            <td class="tight" data-label=say!(route.auth)>{short_words(&route.auth.r#type)}</td>
            <td class="tight muted" data-label=say!(route.changed)><Moment at=route.updated_at now=now/></td>
            <td class="tight cell-menu">
                <Menu id=format!("menu-{}", route.id) label=say!(route.actions_of, path = route.path) glyph=Glyph::Dots>
                    <ul>
                        <li><a class="menu-item" href=href.clone()><Icon glyph=Glyph::Fork/>{say!(route.edit)}</a></li>
                        <li><a class="menu-item menu-item-danger" href=format!("{href}?dialog=delete")><Icon glyph=Glyph::Bin/>{say!(route.delete_ask)}</a></li>
                    </ul>
                </Menu>
            </td>
        </tr>
    }
}
