//! What the operator configured, for the console.

use crate::{KeySource, Result, Service};
use domain::audit::Caller;
use domain::policy::{Action, permit};

/// The settings, without any secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many encryption keys open; 0 when reveal is off.
    pub encryption_keys: usize,
    /// Where they come from.
    pub key_source: KeySource,
    /// How many tokens have a sealed copy.
    pub sealed_tokens: u64,
    /// What new tokens begin with.
    pub token_prefix: String,
    /// Whether the database is the embedded one.
    pub embedded_database: bool,
}

/// The settings.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn get(service: &Service, caller: &Caller) -> Result<Settings> {
    let permit = permit(&caller.actor, Action::GetSettings)?;
    Ok(Settings {
        encryption_keys: service.sealer().map_or(0, vault::Sealer::key_count),
        key_source: service.key_source(),
        sealed_tokens: service.store().count_sealed(&permit).await?,
        token_prefix: service.prefix().as_str().to_owned(),
        embedded_database: service.embedded(),
    })
}
