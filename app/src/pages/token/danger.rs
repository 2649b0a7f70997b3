//! What can be done with a token, apart at the bottom of its page: each with what it does, and a question before it is done.

use super::api::{
    DisableToken, EnableToken, ExtendToken, FinishRotation, LockNetworks, NarrowScopes,
    RevealToken, RevokeToken, RotateToken,
};
use super::impact::ImpactPreview;
use super::questions::{DisableForm, ExtendForm, Protected, RevokeForm};
use super::short;
use crate::ui::button::{Submit, Weight};
use crate::ui::dialog::{CancelDialog, Dialog, dialog_href};
use crate::ui::field::{Choice, Hidden};
use crate::ui::form::Form;
use crate::{Refusal, Seen, say};
use domain::token::overlap::OVERLAP_DEFAULT;
use leptos::prelude::*;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::PostUrl;
use leptos::server_fn::request::ClientReq;
use leptos::server_fn::{Http, ServerFn};
use leptos::web_sys::FormData;
use serde::de::DeserializeOwned;
use wire::impact::Impact;
use wire::token::{Status, Token};

/// What can be done. Made with the page, so that a question that was answered does not forget it.
#[derive(Clone, Copy)]
pub struct Deeds {
    reveal: ServerAction<RevealToken>,
    rotate: ServerAction<RotateToken>,
    finish: ServerAction<FinishRotation>,
    extend: ServerAction<ExtendToken>,
    disable: ServerAction<DisableToken>,
    enable: ServerAction<EnableToken>,
    revoke: ServerAction<RevokeToken>,
    /// Binds it to networks.
    pub lock: ServerAction<LockNetworks>,
    /// Takes scopes from it.
    pub narrow: ServerAction<NarrowScopes>,
}

impl Deeds {
    /// None of them done.
    pub fn new() -> Self {
        Self {
            reveal: ServerAction::new(),
            rotate: ServerAction::new(),
            finish: ServerAction::new(),
            extend: ServerAction::new(),
            disable: ServerAction::new(),
            enable: ServerAction::new(),
            revoke: ServerAction::new(),
            lock: ServerAction::new(),
            narrow: ServerAction::new(),
        }
    }

    /// How often the token was changed: after that it is looked at again.
    pub fn changes(self) -> usize {
        self.rotate.version().get()
            + self.finish.version().get()
            + self.extend.version().get()
            + self.disable.version().get()
            + self.enable.version().get()
            + self.revoke.version().get()
            + self.lock.version().get()
            + self.narrow.version().get()
    }
}

/// The section.
#[component]
pub fn Danger(
    /// The token.
    token: Token,
    /// What would be missed of it, and the server's time.
    impact: Seen<Impact>,
    /// A random key for a rotation.
    key: String,
    /// What can be done with it.
    deeds: Deeds,
) -> impl IntoView {
    let id = StoredValue::new(token.id.to_string());
    let name = StoredValue::new(short(&token.name));
    let ended = token.status.has_ended();
    let can_extend = !ended && token.expires_at.is_some();
    let protected = token.protected;
    let whole = StoredValue::new(token.clone());
    let can_reveal = token.revealable && !ended;
    let can_finish = token.retired_until.is_some();
    let can_rotate = !ended && !can_finish;
    let key = StoredValue::new(key);
    let impact = StoredValue::new(impact);
    let can_enable = token.status == Status::Disabled;
    // A pause may become another one, or be for good.
    let can_disable = !ended && (!can_enable || token.disabled_until.is_some());
    let consequence = if ended { say!(token.revoke_expired_text) } else { say!(token.revoke_text) };
    view! {
        <section class="grid gap-3">
            <h2>{say!(token.actions)}</h2>
            <ul class="panel deeds">
                {can_reveal.then(|| view! { <Deed title=say!(token.reveal) text=say!(token.reveal_text) dialog="reveal" label=say!(token.reveal_ask)/> })}
                {can_rotate.then(|| view! { <Deed title=say!(token.rotate) text=say!(token.rotate_text) dialog="rotate" label=say!(token.rotate_ask)/> })}
                {can_finish.then(|| view! { <Deed title=say!(token.finish) text=say!(token.finish_text) dialog="finish" label=say!(token.finish_ask)/> })}
                {can_extend.then(|| view! { <Deed title=say!(life.extend) text=say!(life.extend_text) dialog="extend" label=say!(life.extend_ask)/> })}
                {can_disable.then(|| view! { <Deed title=say!(token.disable) text=say!(token.disable_text) dialog="disable" label=say!(token.disable_ask)/> })}
                {can_enable.then(|| view! { <Deed title=say!(token.enable) text=say!(token.enable_text) dialog="enable" label=say!(token.enable_ask)/> })}
                <Deed title=say!(token.revoke) text=consequence dialog="revoke" label=say!(token.revoke_ask) grave=true/>
            </ul>
        </section>
        {can_reveal.then(|| view! {
            <Dialog name="reveal" title=say!(token.reveal_title, name = name.get_value())>
                <p>{say!(token.reveal_text)}</p>
                <Answer id=id.get_value() action=deeds.reveal label=say!(token.reveal_do, name = name.get_value())/>
            </Dialog>
        })}
        {can_rotate.then(|| view! {
            <Dialog name="rotate" title=say!(token.rotate_title, name = name.get_value())>
                <p>{say!(token.rotate_text)}</p>
                <RotateForm id=id.get_value() key=key.get_value() action=deeds.rotate label=say!(token.rotate_do, name = name.get_value())/>
            </Dialog>
        })}
        {can_finish.then(|| view! {
            <Dialog name="finish" title=say!(token.finish_title, name = name.get_value())>
                <p>{say!(token.finish_text)}</p>
                <Answer id=id.get_value() action=deeds.finish label=say!(token.finish_do) weight=Weight::Danger/>
            </Dialog>
        })}
        {can_extend.then(|| view! {
            <Dialog name="extend" title=say!(life.extend_title, name = name.get_value())>
                <p>{say!(life.extend_text)}</p>
                <ExtendForm token=whole.get_value() action=deeds.extend label=say!(life.extend_do, name = name.get_value())/>
            </Dialog>
        })}
        {can_disable.then(|| view! {
            <Dialog name="disable" title=say!(token.disable_title, name = name.get_value())>
                <p>{say!(token.disable_text)}</p>
                <ImpactPreview seen=impact.get_value()/>
                <DisableForm id=id.get_value() action=deeds.disable label=say!(token.disable_do, name = name.get_value())/>
            </Dialog>
        })}
        {can_enable.then(|| view! {
            <Dialog name="enable" title=say!(token.enable_title, name = name.get_value())>
                <p>{say!(token.enable_text)}</p>
                <Answer id=id.get_value() action=deeds.enable label=say!(token.enable_do, name = name.get_value())/>
            </Dialog>
        })}
        <Dialog name="revoke" title=say!(token.revoke_title, name = name.get_value())>
            <p>{consequence}</p>
            <ImpactPreview seen=impact.get_value()/>
            {if protected {
                view! { <Protected token=whole.get_value()/> }.into_any()
            } else {
                view! { <RevokeForm token=whole.get_value() action=deeds.revoke label=say!(token.revoke_do, name = name.get_value())/> }.into_any()
            }}
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

/// The form in a question: no, or do it.
#[component]
fn Answer<S, O>(
    id: String,
    action: ServerAction<S>,
    #[prop(into)] label: String,
    #[prop(default = Weight::Primary)] weight: Weight,
) -> impl IntoView
where
    S: DeserializeOwned
        + ServerFn<Protocol = Http<PostUrl, O>, Error = Refusal>
        + Clone
        + Send
        + Sync
        + 'static,
    <<S::Client as Client<Refusal>>::Request as ClientReq<Refusal>>::FormData: From<FormData>,
    S::Output: Send + Sync + 'static,
    S::Client: Client<Refusal>,
    O: 'static,
{
    view! {
        <Form action=action>
            <Hidden name="id" value=id/>
            <div class="dialog-buttons">
                <CancelDialog/>
                <Submit label=label weight=weight/>
            </div>
        </Form>
    }
}

#[component]
fn RotateForm(
    id: String,
    key: String,
    action: ServerAction<RotateToken>,
    label: String,
) -> impl IntoView {
    let overlaps = [
        ("0", say!(token.overlap_none)),
        ("3600", say!(token.overlap_hour)),
        ("86400", say!(token.overlap_day)),
        ("604800", say!(token.overlap_week)),
    ];
    let overlaps = overlaps.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    view! {
        <Form action=action>
            <Hidden name="id" value=id/>
            <Hidden name="idempotency_key" value=key/>
            <Choice name="overlap_seconds" label=say!(token.overlap) options=overlaps value=OVERLAP_DEFAULT.to_string() hint=None/>
            <div class="dialog-buttons">
                <CancelDialog/>
                <Submit label=label/>
            </div>
        </Form>
    }
}
