//! The fields for what a backend asks for. Which of them are seen follows from the choice, by style alone: no script is needed.

use crate::say;
use crate::ui::field::{Check, Choice, TextField};
use leptos::prelude::*;
use wire::route::Route;

/// The words of a kind of authentication.
pub fn kind_words(kind: &str) -> &'static str {
    match kind {
        "bearer" => say!(route.auth_bearer),
        "api-key" => say!(route.auth_api_key),
        "basic" => say!(route.auth_basic),
        _ => say!(route.auth_none),
    }
}

/// The same, as short as a table has room for.
pub fn short_words(kind: &str) -> &'static str {
    match kind {
        "bearer" => say!(route.short_bearer),
        "api-key" => say!(route.short_api_key),
        "basic" => say!(route.short_basic),
        _ => say!(route.short_none),
    }
}

/// The fields.
#[component]
pub fn AuthFields(
    /// The route as it is; `None` for a new one.
    route: Option<Route>,
) -> impl IntoView {
    let options = ["none", "bearer", "api-key", "basic"]
        .map(|kind| (kind.to_owned(), kind_words(kind).to_owned()))
        .to_vec();
    let auth = route.as_ref().map(|route| route.auth.clone());
    let kind = auth.as_ref().map_or_else(|| "none".to_owned(), |auth| auth.r#type.clone());
    let header = auth.as_ref().and_then(|auth| auth.header_name.clone()).unwrap_or_default();
    let kept = auth.as_ref().filter(|auth| auth.has_secret).map(|auth| auth.r#type.clone());
    let hint = |of: &str| {
        if kept.as_deref() == Some(of) { say!(route.secret_kept) } else { say!(route.secret_hint) }
    };
    let deliver = route.as_ref().is_some_and(|route| route.deliver_secret);
    view! {
        <fieldset class="group auth">
            <legend class="sr-only">{say!(route.auth)}</legend>
            <Choice name="auth" label=say!(route.auth) options=options value=kind hint=Some(say!(route.auth_hint).to_owned())/>
            <div class="auth-fields auth-bearer">
                <TextField name="token" label=say!(route.token) kind="password" hint=hint("bearer") optional=true/>
            </div>
            <div class="auth-fields auth-api-key">
                <TextField name="header_name" label=say!(route.header) hint=say!(route.header_hint) mono=true optional=true value=header/>
                <TextField name="key" label=say!(route.key) kind="password" hint=hint("api-key") optional=true/>
            </div>
            <div class="auth-fields auth-basic">
                <TextField name="username" label=say!(route.username) kind="password" optional=true/>
                <TextField name="password" label=say!(route.password) kind="password" hint=hint("basic") optional=true/>
            </div>
            <div class="auth-fields auth-any">
                <Check name="deliver_secret" label=say!(route.deliver) hint=say!(route.deliver_hint) checked=deliver/>
                {kept.is_some().then(|| view! { <Check name="remove_secret" label=say!(route.remove_secret)/> })}
            </div>
        </fieldset>
    }
}
