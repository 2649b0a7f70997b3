//! When, from where and how often a token may be used: the fields that ask for it, and the sentences that tell it.

use super::api::AskedLimits;
use crate::ui::field::{Choice, FieldGroup, TextArea, TextField};
use crate::ui::moment::instant;
use crate::ui::strong::mark;
use crate::{say, words};
use domain::OffsetDateTime;
use domain::verify::uses::Refill;
use domain::verify::{self, RateLimit};
use leptos::prelude::*;
use wire::token::{Token, UsesLimit};

/// The names of the fields, and of what is refused about them.
pub const NAMES: [&str; 7] = [
    "not_before",
    "allowed_cidrs",
    "rate_requests",
    "rate_seconds",
    "rate_limit",
    "uses_count",
    "uses_limit",
];

/// Networks that a sentence names; of more it says how many.
pub const NAMED: usize = 3;

/// The fields.
#[component]
pub fn LimitFields(
    /// What they hold without a draft.
    #[prop(optional)]
    now: AskedLimits,
) -> impl IntoView {
    view! {
        <TextField name="not_before" label=say!(token.begins) kind="datetime-local" hint=say!(token.begins_hint) optional=true value=now.not_before/>
        <TextArea name="allowed_cidrs" label=say!(token.networks) hint=say!(token.networks_hint) optional=true mono=true value=now.allowed_cidrs/>
        <FieldGroup name="rate_limit" label=say!(token.rate) hint=say!(token.rate_hint)>
            <TextField name="rate_requests" label=say!(token.rate_requests) kind="number" inputmode="numeric" optional=true value=now.rate_requests/>
            <TextField name="rate_seconds" label=say!(token.rate_seconds) kind="number" inputmode="numeric" optional=true value=now.rate_seconds/>
        </FieldGroup>
        <FieldGroup name="uses_limit" label=say!(token.uses) hint=say!(token.uses_hint)>
            <TextField name="uses_count" label=say!(token.uses_count) kind="number" inputmode="numeric" optional=true value=now.uses_count/>
            <Choice name="uses_per" label=say!(token.uses_per) options=refills() value=now.uses_per/>
        </FieldGroup>
    }
}

/// When uses may be given again. Never is a choice with a value, so that a draft has it too.
fn refills() -> Vec<(String, String)> {
    let never = ("never".to_owned(), say!(token.refill_never).to_owned());
    let words = |refill| match refill {
        Refill::Hour => say!(token.refill_hour),
        Refill::Day => say!(token.refill_day),
        Refill::Week => say!(token.refill_week),
        Refill::Month => say!(token.refill_month),
    };
    let each = Refill::ALL.iter();
    let each = each.map(|refill| (refill.as_str().to_owned(), words(*refill).to_owned()));
    std::iter::once(never).chain(each).collect()
}

/// What is asked for, one sentence each; what cannot be read yet is left out.
pub fn sentences(asked: &AskedLimits) -> Vec<String> {
    let rate =
        asked.rate().and_then(|(requests, seconds)| RateLimit::parse(requests, seconds).ok());
    [
        asked.begins().map(|at| say!(token.limit_begins, at = mark(&instant(at)))),
        networks(&asked.networks()),
        rate.map(|rate| rate_words(rate.requests().into(), rate.seconds().into())),
        asked.uses().as_ref().and_then(uses_words),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What limits a token, one sentence each.
pub fn limits_of(token: &Token, now: OffsetDateTime) -> Vec<String> {
    let begins = |at: OffsetDateTime| {
        let words = mark(&instant(at));
        if now < at {
            say!(token.limit_begins, at = words)
        } else {
            say!(token.limit_began, at = words)
        }
    };
    [
        token.not_before.map(begins),
        networks(&token.allowed_cidrs),
        token.rate_limit.map(|rate| rate_words(rate.requests, rate.seconds)),
        token.uses_limit.as_ref().and_then(uses_words),
        left_words(token),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn networks(all: &[String]) -> Option<String> {
    let named: Vec<String> = all.iter().take(NAMED).map(|network| mark(network)).collect();
    let named = named.join(say!(token.list_comma));
    match all.len() {
        0 => None,
        1..=NAMED => Some(say!(token.limit_networks, networks = named)),
        count => Some(say!(token.limit_networks_more, networks = named, count = count - NAMED)),
    }
}

fn rate_words(requests: i64, seconds: i64) -> String {
    let (requests, seconds) = (mark(&requests.to_string()), mark(&seconds.to_string()));
    say!(token.limit_rate, requests = requests, seconds = seconds)
}

/// `None` for what is out of range.
fn uses_words(uses: &UsesLimit) -> Option<String> {
    let uses = verify::UsesLimit::parse(uses.count, uses.per.as_deref()).ok()?;
    let count = mark(&words::number(uses.count()));
    Some(match uses.refill() {
        None => say!(token.limit_uses, count = count),
        Some(Refill::Hour) => say!(token.limit_uses_hour, count = count),
        Some(Refill::Day) => say!(token.limit_uses_day, count = count),
        Some(Refill::Week) => say!(token.limit_uses_week, count = count),
        Some(Refill::Month) => say!(token.limit_uses_month, count = count),
    })
}

/// How many uses are left, and until when.
fn left_words(token: &Token) -> Option<String> {
    let (left, limit) = (token.uses_left?, token.uses_limit.as_ref()?);
    let count = words::number(u32::try_from(limit.count).unwrap_or(u32::MAX));
    let left = mark(&words::number(left));
    Some(match token.uses_refill_at {
        Some(at) => {
            let at = mark(&instant(at));
            say!(token.limit_left_until, left = left, count = count, at = at)
        }
        None => say!(token.limit_left, left = left, count = count),
    })
}
