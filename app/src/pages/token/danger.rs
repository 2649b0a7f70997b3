//! What can be done with a token, apart at the bottom of its page: each with what it does, and a question before it is done.

use super::api::{RevealToken, RevokeToken};
use super::short;
use crate::say;
use crate::ui::button::{Submit, Weight};
use crate::ui::dialog::{CancelDialog, Dialog, dialog_href};
use crate::ui::field::Hidden;
use crate::ui::form::Form;
use leptos::prelude::*;
use wire::token::Token;

/// The section.
#[component]
pub fn Danger(
    /// The token.
    token: Token,
    /// Shows its secret again.
    reveal: ServerAction<RevealToken>,
    /// Ends it.
    revoke: ServerAction<RevokeToken>,
) -> impl IntoView {
    let id = token.id.to_string();
    let ended = token.status.has_ended();
    let can_reveal = token.revealable && !ended;
    let consequence = if ended { say!(token.revoke_expired_text) } else { say!(token.revoke_text) };
    let reveal_dialog = can_reveal.then(|| {
        let (id, name) = (id.clone(), short(&token.name));
        view! {
            <Dialog name="reveal" title=say!(token.reveal_title, name = name.clone())>
                <p>{say!(token.reveal_text)}</p>
                <RevealForm id=id.clone() name=name.clone() action=reveal/>
            </Dialog>
        }
    });
    let name = short(&token.name);
    view! {
        <section class="grid gap-3">
            <h2>{say!(token.actions)}</h2>
            <ul class="panel deeds">
                {can_reveal.then(|| view! { <Deed title=say!(token.reveal) text=say!(token.reveal_text) dialog="reveal" label=say!(token.reveal_ask)/> })}
                <Deed title=say!(token.revoke) text=consequence dialog="revoke" label=say!(token.revoke_ask) grave=true/>
            </ul>
        </section>
        {reveal_dialog}
        <Dialog name="revoke" title=say!(token.revoke_title, name = name.clone())>
            <p>{consequence}</p>
            <RevokeForm id=id.clone() name=name.clone() action=revoke/>
        </Dialog>
    }
}

#[component]
fn Deed(
    title: &'static str,
    text: &'static str,
    dialog: &'static str,
    label: &'static str,
    #[prop(optional)] grave: bool,
) -> impl IntoView {
    view! {
        <li>
            <div>
                <h3>{title}</h3>
                <p class="muted">{text}</p>
            </div>
            <a class="button" class:button-grave=grave href=dialog_href(dialog) data-noscroll=true>{label}</a>
        </li>
    }
}

#[component]
fn RevealForm(id: String, name: String, action: ServerAction<RevealToken>) -> impl IntoView {
    view! {
        <Form action=action>
            <Hidden name="id" value=id/>
            <div class="dialog-buttons">
                <CancelDialog/>
                <Submit label=say!(token.reveal_do, name = name)/>
            </div>
        </Form>
    }
}

#[component]
fn RevokeForm(id: String, name: String, action: ServerAction<RevokeToken>) -> impl IntoView {
    view! {
        <Form action=action>
            <Hidden name="id" value=id/>
            <div class="dialog-buttons">
                <CancelDialog/>
                <Submit label=say!(token.revoke_do, name = name) weight=Weight::Danger/>
            </div>
        </Form>
    }
}
