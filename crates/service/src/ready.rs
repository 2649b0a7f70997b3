//! Whether the server can do its work.

use crate::{Result, Service};

/// `Ok` when the database answers and has every migration.
///
/// # Errors
/// A fault that says what is missing.
pub async fn ready(service: &Service) -> Result<()> {
    Ok(service.store().ready().await?)
}
