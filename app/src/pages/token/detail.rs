//! The page of one token: what it is, what became of it, and what can be done with it.

use super::TokenStatus;
use super::api::{TokenHistory, get_token, get_token_usage};
use super::danger::{Danger, Deeds};
use super::impact::Tries;
use super::life::Life;
use super::limits::{NAMED, limits_of};
use super::places::Places;
use super::receipt::ReceiptPanel;
use super::used::Used;
use crate::ui::button::LinkButton;
use crate::ui::dialog::dialog_href;
use crate::ui::empty::Empty;
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::load::{Failed, Load, Skeleton};
use crate::ui::moment::{Date, Moment, instant};
use crate::ui::note::{Matter, Note};
use crate::ui::status::{Chips, Dot};
use crate::ui::strong::Strong;
use crate::visit::set_status;
use crate::{Seen, paths, say, words};
use domain::token::RevokeReason;
use domain::usage::LearnDays;
use domain::{Code, OffsetDateTime};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use wire::token::{Status, Token};

/// The page. Its name is the token's, so the page waits for it.
#[component]
pub fn TokenPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let deeds = Deeds::new();
    let token = Resource::new(move || (id.get(), deeds.changes()), |(id, _)| get_token(id));
    view! {
        <Transition fallback=|| view! { <div class="content"><Skeleton/></div> }>
            {move || Suspend::new(async move {
                match token.await {
                    Ok(seen) => view! { <Detail seen=seen deeds=deeds/> }.into_any(),
                    Err(refusal) if refusal.is(Code::NotFound) => view! { <NoSuchToken/> }.into_any(),
                    Err(refusal) => view! { <Page title=say!(token.token) above=above()><Failed refusal=refusal/></Page> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn above() -> Vec<(String, String)> {
    vec![(paths::TOKENS.to_owned(), say!(token.title).to_owned())]
}

#[component]
fn NoSuchToken() -> impl IntoView {
    set_status(404);
    view! {
        <Page title=say!(token.no_such) above=above()>
            <Empty glyph=Glyph::Search title="404" text=say!(token.no_such_text)>
                <LinkButton href=paths::TOKENS label=say!(token.show_all)/>
            </Empty>
        </Page>
    }
}

#[component]
fn Detail(seen: Seen<TokenHistory>, deeds: Deeds) -> impl IntoView {
    let Seen { now, it: TokenHistory { token, events, partial, key, impact } } = seen;
    let query = use_query_map();
    // What is no number of days is none.
    let days = Memo::new(move |_| {
        let days = query.with(|query| query.get_str("days")?.parse().ok());
        LearnDays::parse(days).ok().map(|days| i64::from(days.get()))
    });
    let used = Resource::new(move || days.get(), {
        let id = token.id.to_string();
        move |days| get_token_usage(id.clone(), days)
    });
    let whose = token.clone();
    let again = move || query.with(|query| query.get_str("note") == Some("made-before"));
    let rotated = move || query.with(|query| query.get_str("note") == Some("rotated-before"));
    let danger = (token.status != Status::Revoked)
        .then(|| view! { <Danger token=token.clone() impact=Seen { now, it: impact.clone() } key=key deeds=deeds/> });
    let id = token.id.to_string();
    let tries =
        token.status.has_ended().then(|| view! { <Tries since_end=impact.tries_since_end/> });
    let receipt = (token.status == Status::Revoked)
        .then(|| view! { <ReceiptPanel id=token.id.to_string()/> });
    view! {
        <Page title=token.name.clone() above=above()>
            <div class="grid gap-8 max-w-[860px]">
                <p class="token-line">
                    <TokenStatus status=token.status/>
                    <Dot of=token.team_id.to_string() name=token.team_name.clone()/>
                    <code title=say!(token.display_hint)>{token.display.clone()}</code>
                </p>
                <Show when=again>
                    <Note matter=Matter::Info title=say!(token.made_before)><p>{say!(token.made_before_text)}</p></Note>
                </Show>
                <Show when=rotated>
                    <Note matter=Matter::Info title=say!(token.rotated_before)><p>{say!(token.rotated_before_text)}</p></Note>
                </Show>
                <Facts token=token.clone() now=now/>
                <section class="grid gap-3" id="usage">
                    <h2>{say!(usage.title)}</h2>
                    <Load of=used view=move |seen| view! { <Used used=seen.it impact=impact.clone() token=whose.clone() deeds=deeds now=seen.now/> }.into_any()/>
                </section>
                <section class="grid gap-3">
                    <h2>{say!(token.life)}</h2>
                    <Life token=token events=events partial=partial now=now/>
                </section>
                {tries}
                {receipt}
                {danger}
                // Below what people press: it comes a moment later, and must not push that away.
                <Places id=id/>
            </div>
        </Page>
    }
}

#[component]
fn Facts(token: Token, now: OffsetDateTime) -> impl IntoView {
    let limits = limits_of(&token, now);
    let limits = if limits.is_empty() {
        view! { <span class="muted">{say!(token.no_limits)}</span> }.into_any()
    } else {
        let limits = limits.into_iter().map(|limit| view! { <li><Strong of=limit/></li> });
        view! { <ul class="plain-list num">{limits.collect_view()}</ul> }.into_any()
    };
    let change = (!token.status.has_ended()).then(|| {
        let href = paths::token_conditions(token.id);
        view! { <p><a href=href>{say!(token.change_limits)}</a></p> }
    });
    let networks = token.allowed_cidrs.clone();
    let networks = (networks.len() > NAMED).then(|| {
        view! { <dt>{say!(token.networks)}</dt><dd><Chips words=networks most=50/></dd> }
    });
    let description = if token.description.is_empty() {
        view! { <span class="muted">{say!(token.no_description)}</span> }.into_any()
    } else {
        view! { <p class="whitespace-pre-wrap">{token.description}</p> }.into_any()
    };
    let tags = if token.tags.is_empty() {
        view! { <span class="muted">{say!(token.no_description)}</span> }.into_any()
    } else {
        view! { <Chips words=token.tags.clone() most=10/> }.into_any()
    };
    let edit = paths::token_edit(token.id);
    let reason = token.revoke_reason.as_deref().and_then(RevokeReason::stored);
    let note = token.revoke_note.clone();
    let because = (reason.is_some() || note.is_some()).then(|| view! {
        <dt>{say!(life.revoked_because)}</dt>
        <dd>{reason.map(|reason| view! { <p>{words::why_revoked(reason)}</p> })}{note.map(|note| view! { <p class="muted">{note}</p> })}</dd>
    });
    let paused = token.disabled_until.map(|at| view! {
        <dt>{say!(life.disabled_until)}</dt>
        <dd class="num"><Date at=at/>" · "<span class="muted"><Moment at=at now=now/></span></dd>
    });
    let protected = token.protected.then(|| {
        view! {
            <dt>{say!(life.protection)}</dt><dd>{say!(life.is_protected)}</dd>
        }
    });
    let expires = match token.expires_at {
        Some(at) => view! { <Date at=at/>" · "<span class="muted"><Moment at=at now=now/></span> }
            .into_any(),
        None => view! { <span>{say!(ui.never)}</span> }.into_any(),
    };
    let former = token.retired_until.map(|at| view! {
        <dt>{say!(token.former)}</dt>
        <dd class="num">
            {say!(token.former_until, at = instant(at))}" · "<span class="muted"><Moment at=at now=now/></span>
            <p><a href=dialog_href("finish") data-noscroll=true>{say!(token.finish_ask)}</a></p>
        </dd>
    });
    let revealable =
        if token.revealable { say!(token.revealable_yes) } else { say!(token.revealable_no) };
    view! {
        <dl class="panel facts">
            {because}
            {paused}
            <dt>{say!(token.description)}</dt><dd>{description}</dd>
            <dt>{say!(life.tags)}</dt><dd>{tags}<p><a href=edit>{say!(life.edit_link)}</a></p></dd>
            <dt>{say!(token.team)}</dt><dd><a href=paths::tokens_of_team(token.team_id)>{token.team_name}</a></dd>
            <dt>{say!(token.scopes)}</dt><dd><Chips words=token.scopes most=50/></dd>
            <dt>{say!(token.expires)}</dt><dd class="num">{expires}</dd>
            <dt>{say!(token.limits)}</dt><dd>{limits}{change}</dd>
            {networks}
            {former}
            {protected}
            <dt>{say!(token.reveal)}</dt><dd>{revealable}</dd>
            <dt>{say!(token.id)}</dt><dd><code>{token.id.to_string()}</code></dd>
        </dl>
    }
}
