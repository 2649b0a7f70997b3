//! Settings: what the operator configured, and what to do about it.

use crate::ui::frame::Page;
use crate::ui::load::Load;
use crate::ui::note::{Matter, Note};
use crate::ui::status::{Status, Tone};
use crate::{Refusal, say};
use leptos::prelude::*;
use wire::settings::{Encryption, KeySource, Settings};

/// The settings.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "get_settings")]
pub async fn get_settings() -> Result<Settings, Refusal> {
    crate::backend::settings::get().await
}

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let settings = Resource::new(|| (), |()| get_settings());
    view! {
        <Page title=say!(ui.settings) lede=say!(settings.lede)>
            <Load of=settings view=|settings| view! { <Sections settings=settings/> }.into_any()/>
        </Page>
    }
}

#[component]
fn Sections(settings: Settings) -> impl IntoView {
    let database = if settings.embedded_database {
        say!(settings.database_embedded)
    } else {
        say!(settings.database_external)
    };
    view! {
        <div class="grid gap-8 max-w-[760px]">
            <section class="grid gap-3">
                <h2>{say!(settings.key)}</h2>
                <KeyAdvice encryption=settings.encryption.clone()/>
                <KeyFacts encryption=settings.encryption/>
            </section>
            <section class="grid gap-3">
                <h2>{say!(settings.server)}</h2>
                <dl class="panel facts">
                    <dt>{say!(settings.prefix)}</dt><dd><code>{settings.token_prefix}</code></dd>
                    <dt>{say!(settings.database)}</dt><dd>{database}</dd>
                    <dt>{say!(settings.version)}</dt><dd class="num">{settings.version}</dd>
                </dl>
            </section>
        </div>
    }
}

#[component]
fn KeyFacts(encryption: Encryption) -> impl IntoView {
    let source = match encryption.source {
        KeySource::None => say!(settings.source_none),
        KeySource::Configured => say!(settings.source_configured),
        KeySource::Generated => say!(settings.source_generated),
    };
    let state = if encryption.on {
        view! { <Status tone=Tone::Ok word=say!(ui.on)/> }
    } else {
        view! { <Status tone=Tone::Warn word=say!(ui.off)/> }
    };
    let keys = encryption.on.then(|| view! {
        <dt>{say!(settings.keys)}</dt>
        <dd class="num">{encryption.keys}{(encryption.keys > 1).then(|| view! { <span class="muted">", "{say!(settings.keys_note)}</span> })}</dd>
    });
    view! {
        <dl class="panel facts">
            <dt>{say!(settings.state)}</dt><dd>{state}</dd>
            {keys}
            <dt>{say!(settings.source)}</dt><dd>{source}</dd>
            <dt>{say!(settings.sealed)}</dt><dd class="num">{encryption.sealed_tokens}</dd>
        </dl>
    }
}

#[component]
fn KeyAdvice(encryption: Encryption) -> impl IntoView {
    let lost = (!encryption.on && encryption.sealed_tokens > 0).then(|| view! {
        <Note matter=Matter::Danger title=say!(settings.key_lost_title, count = encryption.sealed_tokens)>
            <p>{say!(settings.key_lost_text)}</p>
        </Note>
    });
    let off = (!encryption.on).then(|| view! {
        <Note matter=Matter::Warn title=say!(settings.key_off_title)>
            <p>{say!(settings.key_off_text)}</p>
            <ol class="list-decimal pl-5 grid gap-1">
                <li>{say!(settings.key_off_make)}" "<code class="whitespace-nowrap">"tokenkeep key generate"</code></li>
                <li>{say!(settings.key_off_set)}</li>
                <li>{say!(settings.key_off_back)}</li>
            </ol>
        </Note>
    });
    let generated = (encryption.source == KeySource::Generated).then(|| {
        view! {
            <Note matter=Matter::Info title=say!(settings.key_generated_title)>
                <p>{say!(settings.key_generated_text)}</p>
            </Note>
        }
    });
    view! { {lost}{off}{generated} }
}
