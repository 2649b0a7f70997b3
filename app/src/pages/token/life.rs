//! What became of a token, in order. What the token itself knows; the audit log has the rest.

use crate::ui::icon::{Glyph, Icon};
use crate::ui::moment::Moment;
use crate::ui::strong::{Strong, mark};
use crate::{paths, say};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::token::Token;

/// The timeline.
#[component]
pub fn Life(
    /// The token.
    token: Token,
    /// The server's time.
    now: OffsetDateTime,
) -> impl IntoView {
    let mut steps = vec![(
        token.created_at,
        Glyph::Plus,
        say!(token.life_created, who = mark(&token.created_by)),
    )];
    if let Some(at) = token.revoked_at {
        steps.push((at, Glyph::DashRound, say!(token.life_revoked).to_owned()));
    }
    // A token that was revoked before its date did not live to see it.
    if let Some(at) =
        token.expires_at.filter(|at| token.revoked_at.is_none_or(|revoked| *at <= revoked))
    {
        let words = if at <= now { say!(token.life_expired) } else { say!(token.life_expires) };
        steps.push((at, Glyph::Clock, words.to_owned()));
    }
    steps.sort_by_key(|(at, ..)| *at);
    let steps = steps
        .into_iter()
        .map(|(at, glyph, words)| {
            view! {
                <li class:ahead={at > now}>
                    <Icon glyph=glyph/>
                    <span><Strong of=words/></span>
                    <span class="muted"><Moment at=at now=now/></span>
                </li>
            }
        })
        .collect_view();
    view! {
        <ol class="timeline">{steps}</ol>
        <p class="hint">{say!(token.life_audit)}" "<a href=paths::AUDIT>{say!(ui.audit)}</a></p>
    }
}
