//! What the pages of mirrors ask the server.

use crate::{Refusal, Seen};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use wire::mirror::{Mirror, MirrorDetail};

/// Every mirror.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "list_mirrors")]
pub async fn list_mirrors() -> Result<Seen<Vec<Mirror>>, Refusal> {
    crate::backend::mirror::list().await
}

/// One mirror, with what it did and may do next.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "get_mirror", input = GetUrl)]
pub async fn get_mirror(
    /// The mirror's name.
    name: String,
) -> Result<Seen<MirrorDetail>, Refusal> {
    crate::backend::mirror::get(&name).await
}

/// Asks for a look at everything, now.
///
/// # Errors
/// `unauthenticated`, `not_found`, `mirror_paused`, a fault.
#[server(prefix = "/fn", endpoint = "push_mirror")]
pub async fn push_mirror(
    /// The mirror's name.
    #[server(default)]
    name: String,
) -> Result<(), Refusal> {
    crate::backend::mirror::push(&name).await
}

/// Asks what a look at everything would do.
///
/// # Errors
/// As [`push_mirror`].
#[server(prefix = "/fn", endpoint = "plan_mirror")]
pub async fn plan_mirror(
    /// The mirror's name.
    #[server(default)]
    name: String,
) -> Result<(), Refusal> {
    crate::backend::mirror::plan(&name).await
}

/// Asks to take the foreign records for tokens of ours.
///
/// # Errors
/// As [`push_mirror`].
#[server(prefix = "/fn", endpoint = "adopt_foreign")]
pub async fn adopt_foreign(
    /// The mirror's name.
    #[server(default)]
    name: String,
) -> Result<(), Refusal> {
    crate::backend::mirror::adopt(&name).await
}

/// Lets the foreign records go.
///
/// # Errors
/// `unauthenticated`, `not_found`, `not_held`, `list_changed`, a fault.
#[server(prefix = "/fn", endpoint = "delete_foreign")]
pub async fn delete_foreign(
    /// The mirror's name.
    #[server(default)]
    name: String,
    /// What is confirmed, by its digest.
    #[server(default)]
    digest: String,
) -> Result<(), Refusal> {
    crate::backend::mirror::delete_foreign(&name, &digest).await
}

/// Lets a held plan run.
///
/// # Errors
/// `unauthenticated`, `not_found`, `not_held`, `list_changed`, a fault.
#[server(prefix = "/fn", endpoint = "release_mirror")]
pub async fn release_mirror(
    /// The mirror's name.
    #[server(default)]
    name: String,
    /// What is confirmed, by its digest.
    #[server(default)]
    digest: String,
) -> Result<(), Refusal> {
    crate::backend::mirror::release(&name, &digest).await
}

/// Stops a mirror.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "pause_mirror")]
pub async fn pause_mirror(
    /// The mirror's name.
    #[server(default)]
    name: String,
) -> Result<(), Refusal> {
    crate::backend::mirror::pause(&name).await
}

/// Lets a mirror go on.
///
/// # Errors
/// As [`pause_mirror`].
#[server(prefix = "/fn", endpoint = "resume_mirror")]
pub async fn resume_mirror(
    /// The mirror's name.
    #[server(default)]
    name: String,
) -> Result<(), Refusal> {
    crate::backend::mirror::resume(&name).await
}
