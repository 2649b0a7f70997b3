//! How a token was used: when last, how often, from where, and for what it asked.

use super::api::Use;
use super::danger::Deeds;
use super::narrow::Asked;
use super::networks::Networks;
use crate::say;
use crate::ui::moment::Moment;
use crate::ui::table::{Column, Table};
use crate::usage::{Reasons, UsageChart};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::impact::Impact;
use wire::token::Token;
use wire::usage::{LastUsed, Step, UsageOrigin};

/// Origins that are shown; how many more there are is said.
const ORIGINS_SHOWN: usize = 8;

/// What is said below the section's heading.
#[component]
pub fn Used(
    /// How it was used.
    used: Use,
    /// What would be missed of it.
    impact: Impact,
    /// Whose use it is.
    token: Token,
    /// What can be done about it.
    deeds: Deeds,
    /// The server's time.
    now: OffsetDateTime,
) -> impl IntoView {
    let Use { week, day, origins } = used;
    let lock = (!token.status.has_ended()).then_some(deeds.lock);
    let anything = week.last_used.is_some() || !week.origins.is_empty() || week.totals.refused > 0;
    if !anything {
        return view! {
            <p>{say!(usage.never)}" "<span class="muted">{say!(usage.never_text)}</span></p>
        }
        .into_any();
    }
    view! {
        <div class="grid gap-6">
            <Last last=week.last_used now=now/>
            <div class="charts">
                <UsageChart title=say!(usage.day) series=day step=Step::Hour/>
                <UsageChart title=say!(usage.week) series=week.series step=Step::Day/>
            </div>
            <Reasons title=say!(usage.reasons) reasons=week.totals.reasons/>
            <Origins origins=week.origins now=now/>
            <Networks learned=origins now=now lock=lock/>
            <Asked scopes=week.scopes impact=impact token=token now=now narrow=deeds.narrow/>
            <p class="hint">{say!(usage.late)}</p>
        </div>
    }
    .into_any()
}

#[component]
fn Last(last: Option<LastUsed>, now: OffsetDateTime) -> impl IntoView {
    let Some(last) = last else {
        return view! { <p>{say!(usage.never)}</p> }.into_any();
    };
    let told = |text: Option<String>| match text {
        Some(text) => view! { <span class="break-anywhere">{text}</span> }.into_any(),
        None => view! { <span class="muted">{say!(usage.not_told)}</span> }.into_any(),
    };
    view! {
        <dl class="panel facts">
            <dt>{say!(usage.last_used)}</dt><dd class="num"><Moment at=last.at now=now/></dd>
            <dt>{say!(usage.last_from)}</dt><dd class="num">{told(last.origin)}</dd>
            <dt>{say!(usage.last_with)}</dt><dd>{told(last.user_agent)}</dd>
            <dt>{say!(usage.last_on)}</dt><dd>{told(last.route)}</dd>
        </dl>
    }
    .into_any()
}

#[component]
fn Origins(origins: Vec<UsageOrigin>, now: OffsetDateTime) -> impl IntoView {
    let more = origins.len().saturating_sub(ORIGINS_SHOWN);
    let row = move |seen: UsageOrigin| {
        view! {
            <tr>
                <td class="num">{seen.origin}</td>
                <td class="tight" data-label=say!(usage.first_seen)><Moment at=seen.first_at now=now/></td>
                <td class="tight" data-label=say!(usage.last_seen)><Moment at=seen.last_at now=now/></td>
                <td class="tight num" data-label=say!(usage.valid)>{seen.valid}</td>
                <td class="tight num" data-label=say!(usage.refused)>{seen.refused}</td>
            </tr>
        }
    };
    let list = if origins.is_empty() {
        view! { <p class="muted">{say!(usage.origins_none)}</p> }.into_any()
    } else {
        let columns = vec![
            Column::wide(say!(usage.origin)),
            Column::tight(say!(usage.first_seen)),
            Column::tight(say!(usage.last_seen)),
            Column::tight(say!(usage.valid)),
            Column::tight(say!(usage.refused)),
        ];
        let rows = origins.into_iter().take(ORIGINS_SHOWN).map(row).collect_view();
        view! { <Table caption=say!(usage.origins) columns=columns>{rows}</Table> }.into_any()
    };
    view! {
        <section class="grid gap-3">
            <h3 class="font-semibold">{say!(usage.origins)}</h3>
            {list}
            {(more > 0).then(|| view! { <p class="muted">{say!(usage.origins_more, count = more)}</p> })}
        </section>
    }
}
