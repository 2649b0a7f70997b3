//! Learn, then lock: the networks that would do for a token, and the form that binds it to them. What is sent is what is shown.

use super::api::LockNetworks;
use crate::say;
use crate::ui::button::{Submit, Weight};
use crate::ui::field::Hidden;
use crate::ui::form::{Form, Gone};
use crate::ui::note::{Matter, Note};
use crate::ui::status::{Chips, Status, Tone};
use crate::ui::strong::{Strong, mark};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::origin::{OriginAdvice, OriginProposal, OutsideReason};

/// From how many days may be learned, on the page.
const DAYS: [u16; 4] = [7, 14, 30, 90];
/// Origins of each kind that are named; of more it says how many.
const NAMED: usize = 8;

/// The panel.
#[component]
pub fn Networks(
    /// What was learned.
    learned: OriginProposal,
    /// The server's time.
    now: OffsetDateTime,
    /// The form's action; `None` of a token that has ended.
    lock: Option<ServerAction<LockNetworks>>,
) -> impl IntoView {
    let locked = !learned.allowed_cidrs.is_empty();
    let days = learned.days;
    let warnings = matches!(learned.proposal, OriginAdvice::Lock | OriginAdvice::Narrower);
    let warnings = warnings.then(|| view! { <Warnings learned=learned.clone() now=now/> });
    let state = locked.then(|| view! { <Status tone=Tone::Ok word=say!(usage.locked)/> });
    let form = lock.map(|action| {
        if learned.proposed.is_empty() {
            view! { <Gone action=action/> }.into_any()
        } else {
            view! { <Lock learned=learned.clone() action=action/> }.into_any()
        }
    });
    view! {
        <section class="panel" id="networks">
            <header>
                <h3 class="font-semibold">{say!(usage.lock)}</h3>
                {state}
            </header>
            <div class="panel-body grid gap-4">
                <nav class="choices hint" aria-label=say!(usage.learn_from)>
                    <span aria-hidden="true">{say!(usage.learn_from)}</span>
                    {DAYS.map(|choice| view! { <DaysLink choice=choice current=days/> }).into_iter().collect_view()}
                </nav>
                <p><Strong of=sentence(&learned)/></p>
                {(!learned.proposed.is_empty()).then(|| view! { <Chips words=learned.proposed.clone() most=50/> })}
                <Outside learned=learned.clone()/>
                {warnings}
                {form}
            </div>
        </section>
    }
}

#[component]
fn DaysLink(choice: u16, current: u16) -> impl IntoView {
    let words = say!(usage.learn_days, count = choice);
    let current = (choice == current).then_some("true");
    view! { <a href=format!("?days={choice}#networks") aria-current=current data-noscroll=true>{words}</a> }
}

/// What was learned, and what it comes to.
fn sentence(learned: &OriginProposal) -> String {
    let days = mark(&learned.days.to_string());
    let locked = !learned.allowed_cidrs.is_empty();
    match learned.proposal {
        OriginAdvice::Unknown if locked => say!(usage.lock_unused, days = days),
        OriginAdvice::Unknown => say!(usage.lock_unknown, days = days),
        OriginAdvice::Lock => {
            say!(usage.lock_propose, days = days, uses = mark(&learned.valid.to_string()))
        }
        OriginAdvice::TooMany => say!(usage.lock_too_many).to_owned(),
        OriginAdvice::Fits => say!(usage.lock_fits, days = days),
        OriginAdvice::Narrower => say!(usage.lock_narrower, days = days),
    }
}

#[component]
fn Warnings(learned: OriginProposal, now: OffsetDateTime) -> impl IntoView {
    let since = learned.learned_since.filter(|at| *at > learned.since);
    let short = since.map(|at| match (now - at).whole_days() {
        0 => say!(usage.learned_hours).to_owned(),
        1 => say!(usage.learned_day).to_owned(),
        count => say!(usage.learned_days, count = count),
    });
    let short = short.map(|title| (title, say!(usage.learned_short_text)));
    let unlocated = (learned.unlocated > 0)
        .then(|| (say!(usage.unlocated, count = learned.unlocated), say!(usage.unlocated_text)));
    // One note for both: two would shout.
    let mut told = [short, unlocated].into_iter().flatten();
    told.next().map(|(title, text)| {
        let more = told.map(|(title, text)| view! { <p><strong>{title}</strong></p><p>{text}</p> });
        let more = more.collect_view();
        view! { <Note matter=Matter::Warn title=title><p>{text}</p>{more}</Note> }
    })
}

/// Who is left out, and why.
#[component]
fn Outside(learned: OriginProposal) -> impl IntoView {
    let unneeded: Vec<String> = learned
        .networks
        .iter()
        .filter(|network| network.origins == 0)
        .map(|network| network.network.clone())
        .collect();
    let outside = |reason: OutsideReason| -> Vec<String> {
        let of_reason = learned.outside.iter().filter(|outside| outside.reason == reason);
        of_reason.map(|outside| outside.seen.origin.clone()).collect()
    };
    let lines = [
        (say!(usage.networks_unneeded, days = learned.days), unneeded),
        (say!(usage.outside_excluded).to_owned(), outside(OutsideReason::Excluded)),
        (say!(usage.outside_refused).to_owned(), outside(OutsideReason::Refused)),
        (say!(usage.outside_unseen, days = learned.days), outside(OutsideReason::Unseen)),
    ];
    lines
        .into_iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(title, words)| {
            view! { <div class="grid gap-1"><p class="muted">{title}</p><Chips words=words most=NAMED/></div> }
        })
        .collect_view()
}

#[component]
fn Lock(learned: OriginProposal, action: ServerAction<LockNetworks>) -> impl IntoView {
    let label = if learned.allowed_cidrs.is_empty() {
        say!(usage.lock_do)
    } else {
        say!(usage.lock_narrow_do)
    };
    view! {
        <Form action=action>
            <Hidden name="id" value=learned.token_id.to_string()/>
            <Hidden name="allowed_cidrs" value=learned.proposed.join(" ")/>
            <Hidden name="replaces" value=learned.allowed_cidrs.join(" ")/>
            <div class="grid gap-2">
                <p class="muted">{say!(usage.lock_text)}</p>
                <div class="actions"><Submit label=label weight=Weight::Plain/></div>
            </div>
        </Form>
    }
}
