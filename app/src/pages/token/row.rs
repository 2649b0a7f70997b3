//! One token in the list.

use super::TokenStatus;
use super::columns::Columns;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::menu::Menu;
use crate::ui::moment::{Date, Moment};
use crate::ui::status::{Chips, Dot};
use crate::ui::tip::Tip;
use crate::{paths, say};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::token::{Status, Token};

/// The row.
#[component]
pub fn Row(
    /// The token.
    token: Token,
    /// The server's time.
    now: OffsetDateTime,
    /// What is shown of it.
    columns: Columns,
) -> impl IntoView {
    let ended = token.status.has_ended();
    let href = paths::token(token.id);
    view! {
        <tr class:row-ended=ended>
            <td class="cell-main">
                <div>
                    <a class="cell-name" href=href title=token.name.clone()>{token.name.clone()}</a>
                    <Tip id=format!("about-{}", token.id) text=token.description.clone()/>
                </div>
            </td>
            {columns.team.then(|| view! {
                <td class="cell-team" data-label=say!(token.team)><Dot of=token.team_id.to_string() name=token.team_name.clone()/></td>
            })}
            {columns.scopes.then(|| view! { <td data-label=say!(token.scopes)><Chips words=token.scopes.clone() most=2/></td> })}
            {columns.created.then(|| view! { <td class="tight" data-label=say!(token.made)><Moment at=token.created_at now=now/></td> })}
            {columns.created_by.then(|| view! { <td class="cell-team muted" data-label=say!(token.made_by)><span>{token.created_by.clone()}</span></td> })}
            {columns.expires.then(|| view! {
                <td class="tight" data-label=say!(token.expires)><Expiry token=token.clone() now=now/></td>
            })}
            {columns.last_used.then(|| view! {
                <td class="tight" data-label=say!(token.last_used)><LastUsed at=token.last_used_at now=now/></td>
            })}
            <td class="tight" data-label=say!(token.status)><TokenStatus status=token.status/></td>
            <td class="tight cell-menu"><RowMenu token=token/></td>
        </tr>
    }
}

#[component]
fn LastUsed(at: Option<OffsetDateTime>, now: OffsetDateTime) -> impl IntoView {
    match at {
        Some(at) => view! { <Moment at=at now=now/> }.into_any(),
        None => view! { <span class="muted">{say!(ui.never)}</span> }.into_any(),
    }
}

#[component]
fn Expiry(token: Token, now: OffsetDateTime) -> impl IntoView {
    match (token.expires_at, token.status) {
        (None, _) => view! { <span class="muted">{say!(ui.never)}</span> }.into_any(),
        // Of a revoked token it does not matter how far the date was.
        (Some(at), Status::Revoked) => {
            view! { <span class="muted"><Date at=at/></span> }.into_any()
        }
        (Some(at), status) => {
            let near = status == Status::ExpiringSoon;
            view! { <span class:text-warn=near class:font-semibold=near><Moment at=at now=now/></span> }.into_any()
        }
    }
}

/// What can be done with a token: links, each to its page or to the question that comes before it.
#[component]
fn RowMenu(token: Token) -> impl IntoView {
    let href = paths::token(token.id);
    let reveal = (token.revealable && !token.status.has_ended()).then(|| view! {
        <li><a class="menu-item" href=format!("{href}?dialog=reveal")><Icon glyph=Glyph::Eye/>{say!(token.reveal_ask)}</a></li>
    });
    let rotate = (!token.status.has_ended() && token.retired_until.is_none()).then(|| view! {
        <li><a class="menu-item" href=format!("{href}?dialog=rotate")><Icon glyph=Glyph::Key/>{say!(token.rotate_ask)}</a></li>
    });
    let switch = match token.status {
        Status::Disabled => Some((Glyph::CheckRound, "enable", say!(token.enable_ask))),
        Status::Active | Status::ExpiringSoon | Status::Rotating | Status::Scheduled => {
            Some((Glyph::Pause, "disable", say!(token.disable_ask)))
        }
        Status::Expired | Status::Revoked => None,
    };
    let switch = switch.map(|(glyph, dialog, label)| view! {
        <li><a class="menu-item" href=format!("{href}?dialog={dialog}")><Icon glyph=glyph/>{label}</a></li>
    });
    let revoke = (token.status != Status::Revoked).then(|| view! {
        <li><a class="menu-item menu-item-danger" href=format!("{href}?dialog=revoke")><Icon glyph=Glyph::Bin/>{say!(token.revoke_ask)}</a></li>
    });
    view! {
        <Menu id=format!("menu-{}", token.id) label=say!(token.actions_of, name = token.name) glyph=Glyph::Dots>
            <ul>
                <li><a class="menu-item" href=href.clone()><Icon glyph=Glyph::Key/>{say!(token.view)}</a></li>
                {reveal}
                {rotate}
                {switch}
                {revoke}
            </ul>
        </Menu>
    }
}
