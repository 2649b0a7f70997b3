//! The forms in the questions of a token's page that ask for more than yes: until when, and why.

use super::api::{DisableToken, ExtendToken, RevokeToken};
use crate::ui::button::{LinkButton, Submit, Weight};
use crate::ui::dialog::CancelDialog;
use crate::ui::field::{Choice, Hidden, TextField};
use crate::ui::form::Form;
use crate::ui::note::{Matter, Note};
use crate::{paths, say, words};
use domain::token::RevokeReason;
use leptos::prelude::*;
use wire::token::Token;

fn choices<const N: usize>(choices: [(&str, String); N]) -> Vec<(String, String)> {
    choices.into_iter().map(|(value, words)| (value.to_owned(), words)).collect()
}

/// Until when a token lives on.
#[component]
pub fn ExtendForm(token: Token, action: ServerAction<ExtendToken>, label: String) -> impl IntoView {
    let days = |count: &'static str| (count, say!(life.days_from_now, count = count));
    let ends = choices([
        days("30"),
        days("90"),
        days("365"),
        ("date", say!(life.on_a_date).to_owned()),
        ("never", say!(life.never).to_owned()),
    ]);
    view! {
        <Form action=action>
            <Hidden name="id" value=token.id.to_string()/>
            <Hidden name="version" value=token.version.to_string()/>
            <Choice name="end" label=say!(life.new_end) options=ends value="90" hint=None/>
            <TextField name="expires_at" label=say!(life.date) kind="datetime-local" hint=say!(life.date_hint) optional=true/>
            <div class="dialog-buttons">
                <CancelDialog/>
                <Submit label=label/>
            </div>
        </Form>
    }
}

/// For how long a token is switched off.
#[component]
pub fn DisableForm(id: String, action: ServerAction<DisableToken>, label: String) -> impl IntoView {
    let pauses = choices([
        ("3600", say!(life.until_hour).to_owned()),
        ("86400", say!(life.until_day).to_owned()),
        ("604800", say!(life.until_week).to_owned()),
        ("date", say!(life.until_date).to_owned()),
    ]);
    let hint = Some(say!(life.until_text).to_owned());
    view! {
        <Form action=action>
            <Hidden name="id" value=id/>
            <Choice name="pause" label=say!(life.until) none=say!(life.until_enabled) options=pauses optional=true hint=hint/>
            <TextField name="until" label=say!(life.date) kind="datetime-local" hint=say!(life.until_date_hint) optional=true/>
            <div class="dialog-buttons">
                <CancelDialog/>
                <Submit label=label/>
            </div>
        </Form>
    }
}

/// Why a token is ended, and its name, where nothing brings it back.
#[component]
pub fn RevokeForm(token: Token, action: ServerAction<RevokeToken>, label: String) -> impl IntoView {
    let reasons = RevokeReason::ALL.iter();
    let reasons = reasons
        .map(|reason| (reason.as_str().to_owned(), words::why_revoked(*reason).to_owned()))
        .collect();
    let confirmed = !token.status.has_ended();
    let hint = say!(life.confirm_hint, name = token.name.clone());
    view! {
        <Form action=action>
            <Hidden name="id" value=token.id.to_string()/>
            <Choice name="reason" label=say!(life.reason) none=say!(life.reason_none) options=reasons optional=true hint=None/>
            <TextField name="note" label=say!(life.note) hint=say!(life.note_hint) optional=true/>
            // Made within the form, whose refusals it shows.
            {confirmed.then(|| view! { <TextField name="confirm" label=say!(life.confirm) hint=hint/> })}
            <div class="dialog-buttons">
                <CancelDialog/>
                <Submit label=label weight=Weight::Danger/>
            </div>
        </Form>
    }
}

/// What there is instead where the token is protected.
#[component]
pub fn Protected(token: Token) -> impl IntoView {
    view! {
        <Note matter=Matter::Info title=say!(life.is_protected)><p>{say!(life.is_protected_text)}</p></Note>
        <div class="dialog-buttons">
            <CancelDialog/>
            <LinkButton href=paths::token_edit(token.id) label=say!(life.unprotect)/>
        </div>
    }
}
