//! Mirrors for their page.

use super::form::settle;
use super::request::{refused, service_and_caller};
use crate::{Refusal, Seen, paths};
use service::mirror;
use wire::mirror::Mirror;

/// Every mirror.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn list() -> Result<Seen<Vec<Mirror>>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let mirrors = mirror::list(&service, &caller).await.map_err(refused)?;
    Ok(Seen { now: service.now(), it: mirrors.into_iter().map(Mirror::from).collect() })
}

/// Releases a held plan, and leads back to the page.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn release(name: &str) -> Result<(), Refusal> {
    let (service, caller) = service_and_caller()?;
    let outcome = mirror::release(&service, &caller, name).await;
    settle("release_mirror", paths::MIRRORS, &[], outcome.map(|()| paths::MIRRORS.to_owned())).await
}
