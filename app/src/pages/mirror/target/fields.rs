//! The fields of a target, one form for each kind.

use crate::say;
use crate::ui::field::{Choice, TextField};
use domain::mirror::{Format, TargetKind};
use leptos::prelude::*;
use wire::target::MirrorSettings;

/// The words of a kind.
pub fn kind_words(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Kv => "Cloudflare KV",
        TargetKind::S3 => "S3",
        TargetKind::Git => "Git",
        TargetKind::Postgres => "Postgres",
    }
}

/// What a kind is for.
pub fn kind_text(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Kv => say!(target.kv_text),
        TargetKind::S3 => say!(target.s3_text),
        TargetKind::Git => say!(target.git_text),
        TargetKind::Postgres => say!(target.postgres_text),
    }
}

/// What is kept of a target that there is.
#[derive(Clone, Copy)]
struct Kept(StoredValue<Option<MirrorSettings>>);

impl Kept {
    fn value(self, field: &str) -> String {
        let of = |kept: &MirrorSettings| kept.values.get(field).cloned();
        self.0.with_value(|kept| kept.as_ref().and_then(of)).unwrap_or_default()
    }

    fn has_secret(self, field: &str) -> bool {
        let of = |kept: &MirrorSettings| kept.secrets.get(field).copied().unwrap_or_default();
        self.0.with_value(|kept| kept.as_ref().is_some_and(of))
    }

    /// What stands beneath a secret.
    fn hint(self, field: &str, new: &str) -> String {
        if self.has_secret(field) { say!(target.secret_kept).to_owned() } else { new.to_owned() }
    }
}

/// The fields of a kind.
#[component]
pub fn Fields(
    /// The kind.
    kind: TargetKind,
    /// What is kept; `None` for a new one.
    kept: Option<MirrorSettings>,
) -> impl IntoView {
    let kept = Kept(StoredValue::new(kept));
    let fields = match kind {
        TargetKind::Kv => view! { <KvFields kept=kept/> }.into_any(),
        TargetKind::S3 => view! { <S3Fields kept=kept/> }.into_any(),
        TargetKind::Git => view! { <GitFields kept=kept/> }.into_any(),
        TargetKind::Postgres => view! { <PostgresFields kept=kept/> }.into_any(),
    };
    let formats = [
        (Format::Full, say!(target.format_full)),
        (Format::TokenManager, say!(target.format_token_manager)),
    ];
    let formats = formats.map(|(format, words)| (format.as_str().to_owned(), words.to_owned()));
    let format = match kept.value("format") {
        none if none.is_empty() => Format::default().as_str().to_owned(),
        format => format,
    };
    view! {
        {fields}
        <Choice name="format" label=say!(target.format) options=formats.to_vec() value=format hint=Some(say!(target.format_hint).to_owned())/>
    }
}

#[component]
fn Secret(
    name: &'static str,
    #[prop(into)] label: String,
    kept: Kept,
    #[prop(into)] hint: String,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let may_stay_empty = optional || kept.has_secret(name);
    view! { <TextField name=name label=label kind="password" autocomplete="new-password" hint=kept.hint(name, &hint) optional=may_stay_empty/> }
}

#[component]
fn KvFields(kept: Kept) -> impl IntoView {
    view! {
        <TextField name="account_id" label=say!(target.account_id) hint=say!(target.account_id_hint) mono=true value=kept.value("account_id")/>
        <TextField name="namespace_id" label=say!(target.namespace_id) hint=say!(target.namespace_id_hint) mono=true value=kept.value("namespace_id")/>
        <Secret name="api_token" label=say!(target.api_token) hint=say!(target.api_token_hint) kept=kept/>
        <TextField name="api_base" label=say!(target.api_base) hint=say!(target.api_base_hint) mono=true inputmode="url" optional=true value=kept.value("api_base")/>
    }
}

#[component]
fn S3Fields(kept: Kept) -> impl IntoView {
    view! {
        <TextField name="endpoint" label=say!(target.endpoint) hint=say!(target.endpoint_hint) mono=true inputmode="url" value=kept.value("endpoint")/>
        <TextField name="bucket" label=say!(target.bucket) hint=say!(target.bucket_hint) mono=true value=kept.value("bucket")/>
        <Secret name="access_key" label=say!(target.access_key) hint=say!(target.secret_hint) kept=kept/>
        <Secret name="secret_key" label=say!(target.secret_key) hint=say!(target.secret_hint) kept=kept/>
        <TextField name="region" label=say!(target.region) hint=say!(target.region_hint) mono=true optional=true value=kept.value("region")/>
        <TextField name="prefix" label=say!(target.prefix) hint=say!(target.prefix_hint) mono=true optional=true value=kept.value("prefix")/>
    }
}

#[component]
fn GitFields(kept: Kept) -> impl IntoView {
    view! {
        <TextField name="url" label=say!(target.url) hint=say!(target.url_hint) mono=true inputmode="url" value=kept.value("url")/>
        <TextField name="branch" label=say!(target.branch) hint=say!(target.branch_hint) mono=true optional=true value=kept.value("branch")/>
        <TextField name="username" label=say!(target.username) hint=say!(target.username_git) mono=true value=kept.value("username")/>
        <Secret name="token" label=say!(target.token) hint=say!(target.token_hint) kept=kept/>
    }
}

#[component]
fn PostgresFields(kept: Kept) -> impl IntoView {
    let modes = [
        ("require", say!(target.tls_require)),
        ("verify-full", say!(target.tls_verify_full)),
        ("verify-ca", say!(target.tls_verify_ca)),
        ("prefer", say!(target.tls_prefer)),
        ("allow", say!(target.tls_allow)),
        ("disable", say!(target.tls_disable)),
    ];
    let modes = modes.map(|(mode, words)| (mode.to_owned(), words.to_owned()));
    let mode = match kept.value("sslmode") {
        none if none.is_empty() => "require".to_owned(),
        mode => mode,
    };
    view! {
        <TextField name="host" label=say!(target.host) hint=say!(target.host_hint) mono=true value=kept.value("host")/>
        <TextField name="port" label=say!(target.port) hint=say!(target.port_hint) mono=true inputmode="numeric" optional=true value=kept.value("port")/>
        <TextField name="database" label=say!(target.database) mono=true value=kept.value("database")/>
        <TextField name="username" label=say!(target.username) hint=say!(target.username_postgres) mono=true value=kept.value("username")/>
        <Secret name="password" label=say!(target.password) hint=say!(target.secret_hint) kept=kept optional=true/>
        <Choice name="sslmode" label=say!(target.tls) options=modes.to_vec() value=mode hint=Some(say!(target.tls_hint).to_owned())/>
        <TextField name="schema" label=say!(target.schema) hint=say!(target.schema_hint) mono=true optional=true value=kept.value("schema")/>
    }
}
