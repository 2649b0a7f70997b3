//! When, from where and how often a token may be used: the fields that ask for it, and the sentences that tell it.

use super::api::AskedLimits;
use crate::say;
use crate::ui::field::{FieldGroup, TextArea, TextField};
use crate::ui::moment::instant;
use crate::ui::strong::mark;
use domain::OffsetDateTime;
use domain::verify::RateLimit;
use leptos::prelude::*;
use wire::token::Token;

/// The names of the fields, and of what is refused about them.
pub const NAMES: [&str; 5] =
    ["not_before", "allowed_cidrs", "rate_requests", "rate_seconds", "rate_limit"];

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
    }
}

/// What is asked for, one sentence each; what cannot be read yet is left out.
pub fn sentences(asked: &AskedLimits) -> Vec<String> {
    let rate =
        asked.rate().and_then(|(requests, seconds)| RateLimit::parse(requests, seconds).ok());
    [
        asked.begins().map(|at| say!(token.limit_begins, at = mark(&instant(at)))),
        networks(&asked.networks()),
        rate.map(|rate| rate_words(rate.requests().into(), rate.seconds().into())),
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
