//! The page that shows a secret: once. A reload finds it gone, and says what to do.
//!
//! On the server the secret is written into the page and not into the page's data, so a page that is left takes it along.

use super::api::{Shown, take_secret};
use super::usage::Usage;
use crate::ui::button::{LinkButton, Weight};
use crate::ui::copy::Copy;
use crate::ui::empty::Empty;
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::load::Load;
use crate::ui::note::{Matter, Note};
use crate::{paths, say};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::token::Token;

/// The page.
#[component]
pub fn TokenSecretPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    // What the server keeps aside while it renders; the browser finds it in the text of the page.
    let aside = StoredValue::new(None::<String>);
    let shown = Resource::new(
        move || id.get(),
        move |id| async move {
            let mut shown = take_secret(id).await?;
            if !cfg!(target_arch = "wasm32") {
                aside.set_value(shown.secret.take());
            }
            Ok(shown)
        },
    );
    let above = move || {
        vec![
            (paths::TOKENS.to_owned(), say!(token.title).to_owned()),
            (paths::token(id.get_untracked()), say!(token.token).to_owned()),
        ]
    };
    view! {
        <Page title=say!(token.secret_title) above=above()>
            <Load of=shown view=move |mut shown| {
                let secret = shown.secret.take().or_else(|| aside.get_value()).unwrap_or_default();
                if shown.there {
                    view! { <Secret shown=shown secret=secret/> }.into_any()
                } else {
                    view! { <Gone token=shown.token/> }.into_any()
                }
            }/>
        </Page>
    }
}

#[component]
fn Secret(shown: Shown, secret: String) -> impl IntoView {
    let Shown { token, verify_url, .. } = shown;
    let warning = if token.revealable { say!(token.secret_again) } else { say!(token.secret_once) };
    let text =
        if token.revealable { say!(token.secret_again_text) } else { say!(token.secret_once_text) };
    view! {
        <section class="panel panel-raised secret" aria-label=say!(token.secret_of, name = token.name.clone())>
            <div class="panel-body grid gap-4">
                <Note matter=Matter::Warn title=warning><p>{text}</p></Note>
                <p class="muted break-words">{say!(token.secret_of, name = token.name.clone())}</p>
                <div class="secret-line">
                    <code class="secret-text" id="secret" tabindex="0" data-secret="true">{secret}</code>
                    <Copy of="secret" label=say!(token.copy_secret)/>
                </div>
                <div><LinkButton href=paths::token(token.id) label=say!(token.stored) weight=Weight::Primary/></div>
            </div>
        </section>
        <Usage verify_url=verify_url/>
    }
}

#[component]
fn Gone(token: Token) -> impl IntoView {
    let href = paths::token(token.id);
    let text = if token.revealable { say!(token.gone_again) } else { say!(token.gone_text) };
    let next = if token.revealable {
        view! { <LinkButton href=format!("{href}?dialog=reveal") label=say!(token.reveal_ask)/> }
    } else {
        view! { <LinkButton href=paths::new_token_for(token.team_id) label=say!(token.create)/> }
    };
    view! {
        <Empty glyph=Glyph::Eye title=say!(token.gone) text=text>
            <span class="flex flex-wrap justify-center gap-2">
                <LinkButton href=href.clone() label=say!(token.to_token) weight=Weight::Primary/>
                {next}
            </span>
        </Empty>
    }
}
