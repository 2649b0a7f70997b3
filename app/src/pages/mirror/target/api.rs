//! What the pages of targets ask the server.

// On the module, as the macro does not hand it on to the browser's half of the function.
#![allow(clippy::too_many_arguments, reason = "one for each field of each kind")]

use crate::Refusal;
use crate::form_start::FormStart;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wire::mirror::MirrorDetail;
use wire::target::MirrorProbe;

/// What a form is sent for, by the button that sends it: to try what was typed, and to keep it otherwise.
pub const TRY: &str = "try";

/// What is typed into the form of a target: names of fields, and texts. No `Debug`: it holds secrets.
pub type Typed = Vec<(&'static str, String)>;

/// What the form for a new target begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewStart {
    /// The form.
    pub form: FormStart,
    /// What was tried last, where no script shows it.
    pub tried: Option<MirrorProbe>,
}

/// What the form that changes a target begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeStart {
    /// The form.
    pub form: FormStart,
    /// What was tried last, where no script shows it.
    pub tried: Option<MirrorProbe>,
    /// The mirror as it is.
    pub mirror: MirrorDetail,
}

/// What the form for a new target of a kind begins with.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "start_mirror")]
pub async fn start_mirror(#[server(default)] kind: String) -> Result<NewStart, Refusal> {
    crate::backend::target::start(&kind).await
}

/// What the form that changes a target begins with.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "start_mirror_change")]
pub async fn start_mirror_change(#[server(default)] name: String) -> Result<ChangeStart, Refusal> {
    crate::backend::target::start_change(&name).await
}

/// Adds a target, and leads to its mirror; or tries what was typed, and says what came of it.
///
/// # Errors
/// `name_taken`, `place_taken`, the rules of the fields, `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "create_mirror")]
pub async fn create_mirror(
    #[server(default)] deed: String,
    #[server(default)] name: String,
    #[server(default)] kind: String,
    #[server(default)] account_id: String,
    #[server(default)] namespace_id: String,
    #[server(default)] api_base: String,
    #[server(default)] api_token: String,
    #[server(default)] endpoint: String,
    #[server(default)] bucket: String,
    #[server(default)] region: String,
    #[server(default)] prefix: String,
    #[server(default)] access_key: String,
    #[server(default)] secret_key: String,
    #[server(default)] url: String,
    #[server(default)] branch: String,
    #[server(default)] username: String,
    #[server(default)] token: String,
    #[server(default)] host: String,
    #[server(default)] port: String,
    #[server(default)] database: String,
    #[server(default)] password: String,
    #[server(default)] sslmode: String,
    #[server(default)] schema: String,
    #[server(default)] format: String,
) -> Result<Option<MirrorProbe>, Refusal> {
    let typed = vec![
        ("account_id", account_id),
        ("namespace_id", namespace_id),
        ("api_base", api_base),
        ("api_token", api_token),
        ("endpoint", endpoint),
        ("bucket", bucket),
        ("region", region),
        ("prefix", prefix),
        ("access_key", access_key),
        ("secret_key", secret_key),
        ("url", url),
        ("branch", branch),
        ("username", username),
        ("token", token),
        ("host", host),
        ("port", port),
        ("database", database),
        ("password", password),
        ("sslmode", sslmode),
        ("schema", schema),
        ("format", format),
    ];
    crate::backend::target::create(&name, &kind, typed, deed == TRY).await
}

/// Changes a target, and leads back to its mirror; or tries it as it would be, and says what came of that.
///
/// # Errors
/// `mirror_changed`, `secret_not_kept`, as [`create_mirror`], `not_found`.
#[server(prefix = "/fn", endpoint = "change_mirror")]
pub async fn change_mirror(
    #[server(default)] deed: String,
    #[server(default)] name: String,
    #[server(default)] version: i64,
    #[server(default)] account_id: String,
    #[server(default)] namespace_id: String,
    #[server(default)] api_base: String,
    #[server(default)] api_token: String,
    #[server(default)] endpoint: String,
    #[server(default)] bucket: String,
    #[server(default)] region: String,
    #[server(default)] prefix: String,
    #[server(default)] access_key: String,
    #[server(default)] secret_key: String,
    #[server(default)] url: String,
    #[server(default)] branch: String,
    #[server(default)] username: String,
    #[server(default)] token: String,
    #[server(default)] host: String,
    #[server(default)] port: String,
    #[server(default)] database: String,
    #[server(default)] password: String,
    #[server(default)] sslmode: String,
    #[server(default)] schema: String,
    #[server(default)] format: String,
) -> Result<Option<MirrorProbe>, Refusal> {
    let typed = vec![
        ("account_id", account_id),
        ("namespace_id", namespace_id),
        ("api_base", api_base),
        ("api_token", api_token),
        ("endpoint", endpoint),
        ("bucket", bucket),
        ("region", region),
        ("prefix", prefix),
        ("access_key", access_key),
        ("secret_key", secret_key),
        ("url", url),
        ("branch", branch),
        ("username", username),
        ("token", token),
        ("host", host),
        ("port", port),
        ("database", database),
        ("password", password),
        ("sslmode", sslmode),
        ("schema", schema),
        ("format", format),
    ];
    crate::backend::target::change(&name, version, typed, deed == TRY).await
}

/// Tries a target as it is. Without a script the answer is on the mirror's page.
///
/// # Errors
/// `unauthenticated`, `not_found`, `secret_lost`, a fault.
#[server(prefix = "/fn", endpoint = "probe_mirror")]
pub async fn probe_mirror(#[server(default)] name: String) -> Result<Option<MirrorProbe>, Refusal> {
    crate::backend::target::probe(&name).await
}

/// What was tried last of a mirror, where no script shows it; told once.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "take_probe")]
pub async fn take_probe(#[server(default)] name: String) -> Result<Option<MirrorProbe>, Refusal> {
    crate::backend::target::take_probe(&name).await
}

/// Deletes a target, at once or when it is empty, and leads to the mirrors or back to this one.
///
/// # Errors
/// `unauthenticated`, `not_found`, `mirror_configured`, a fault.
#[server(prefix = "/fn", endpoint = "delete_mirror")]
pub async fn delete_mirror(
    #[server(default)] name: String,
    #[server(default)] empty: bool,
) -> Result<(), Refusal> {
    crate::backend::target::delete(&name, empty).await
}
