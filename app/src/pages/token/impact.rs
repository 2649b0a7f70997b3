//! What would be missed of a token, in the question before it is taken away; and what is still tried with one that has ended.

use crate::ui::moment::Moment;
use crate::ui::note::{Matter, Note};
use crate::ui::status::Chips;
use crate::{Seen, say};
use leptos::prelude::*;
use wire::impact::Impact;
use wire::usage::Counts;

fn calls(counts: &Counts) -> String {
    say!(life.impact_calls, valid = counts.valid, refused = counts.refused)
}

/// How it was used of late. Known with the page: what a question asked for by itself could come after the question was closed.
#[component]
pub fn ImpactPreview(
    /// How it was used, and the server's time.
    seen: Seen<Impact>,
) -> impl IntoView {
    let Seen { now, it: impact } = seen;
    let asked = (!impact.scopes_asked.is_empty()).then(|| {
        view! { <dt>{say!(life.impact_asked)}</dt><dd><Chips words=impact.scopes_asked.clone() most=10/></dd> }
    });
    let last = impact.last_used.as_ref().map(|last| {
        view! { <dt>{say!(life.impact_last)}</dt><dd class="num"><Moment at=last.at now=now/></dd> }
    });
    let quiet = impact.last_7d.valid + impact.last_7d.refused == 0;
    let body = if quiet {
        view! {
            <p>{say!(life.impact_none)}</p>
            <dl class="keeps">{last}{asked}</dl>
        }
        .into_any()
    } else {
        view! {
            <dl class="keeps num">
                <dt>{say!(life.impact_day)}</dt><dd>{calls(&impact.last_24h)}</dd>
                <dt>{say!(life.impact_week)}</dt><dd>{calls(&impact.last_7d)}</dd>
                <dt>{say!(life.impact_origins)}</dt><dd>{impact.origins_7d}</dd>
                {last}
                {asked}
            </dl>
        }
        .into_any()
    };
    view! {
        <section class="grid gap-2" aria-label=say!(life.impact)>
            <h3 class="font-semibold">{say!(life.impact)}</h3>
            {body}
        </section>
    }
}

/// How often one that has ended is still tried.
#[component]
pub fn Tries(
    /// How often it was tried.
    since_end: Option<u64>,
) -> impl IntoView {
    let tries = match since_end {
        Some(count) if count > 0 => {
            view! { <Note matter=Matter::Warn title=say!(life.tries_some, count = count)/> }
                .into_any()
        }
        _ => view! { <p class="muted">{say!(life.tries_none)}</p> }.into_any(),
    };
    view! { <section class="grid gap-3"><h2>{say!(life.tries)}</h2>{tries}</section> }
}
