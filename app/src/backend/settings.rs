//! Settings for their page.

use super::request::{refused, service_and_caller};
use crate::Refusal;
use service::{KeySource, settings};
use wire::settings::{Encryption, Settings};

/// What the operator configured.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn get() -> Result<Settings, Refusal> {
    let (service, caller) = service_and_caller()?;
    let found = settings::get(&service, &caller).await.map_err(refused)?;
    let source = match found.key_source {
        KeySource::None => wire::settings::KeySource::None,
        KeySource::Configured => wire::settings::KeySource::Configured,
        KeySource::Generated => wire::settings::KeySource::Generated,
    };
    Ok(Settings {
        encryption: Encryption {
            on: found.encryption_keys > 0,
            keys: u32::try_from(found.encryption_keys).unwrap_or(u32::MAX),
            source,
            sealed_tokens: found.sealed_tokens,
        },
        token_prefix: found.token_prefix,
        embedded_database: found.embedded_database,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}
