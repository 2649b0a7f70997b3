//! Mirrors for their pages.

use super::form::settle;
use super::request::{refused, service_and_caller};
use crate::{Refusal, Seen, paths};
use domain::Code;
use domain::id::TokenId;
use domain::mirror::Digest;
use domain::mirror::state::Asked;
use service::mirror;
use wire::mirror::{Mirror, MirrorDetail, TokenMirror};

/// Every mirror.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn list() -> Result<Seen<Vec<Mirror>>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let mirrors = mirror::list(&service, &caller).await.map_err(refused)?;
    Ok(Seen { now: service.now(), it: mirrors.into_iter().map(Mirror::from).collect() })
}

/// One mirror, with what it did and may do next.
///
/// # Errors
/// `not_found`, what `service` refuses, a fault.
pub async fn get(name: &str) -> Result<Seen<MirrorDetail>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let found = mirror::get(&service, &caller, name).await.map_err(refused)?;
    let it = MirrorDetail::of(found.mirror, found.added, found.runs, found.plan, found.lingering);
    Ok(Seen { now: service.now(), it })
}

/// Where a token is.
///
/// # Errors
/// `not_found`, what `service` refuses, a fault.
pub async fn of_token(id: &str) -> Result<Seen<Vec<TokenMirror>>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let id = TokenId::parse(id).ok_or_else(|| refused(Code::NotFound))?;
    let places = mirror::list_of_token(&service, &caller, id).await.map_err(refused)?;
    Ok(Seen { now: service.now(), it: places.into_iter().map(TokenMirror::from).collect() })
}

/// Asks for a look at everything, and leads back to the mirror's page, as all that follow.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn push(name: &str) -> Result<(), Refusal> {
    ask("push_mirror", name, Asked::Look).await
}

/// Asks what a look at everything would do.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn plan(name: &str) -> Result<(), Refusal> {
    ask("plan_mirror", name, Asked::Plan).await
}

/// Asks to take the foreign records for tokens of ours.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn adopt(name: &str) -> Result<(), Refusal> {
    ask("adopt_foreign", name, Asked::Adopt).await
}

async fn ask(form: &str, name: &str, asked: Asked) -> Result<(), Refusal> {
    let (service, caller) = service_and_caller()?;
    done(form, name, mirror::ask(&service, &caller, name, asked).await).await
}

/// Lets the foreign records go.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn delete_foreign(name: &str, digest: &str) -> Result<(), Refusal> {
    let (service, caller) = service_and_caller()?;
    let digest = Digest::from_hex(digest);
    let outcome = mirror::delete_foreign(&service, &caller, name, digest.as_ref()).await;
    done("delete_foreign", name, outcome).await
}

/// Releases a held plan.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn release(name: &str, digest: &str) -> Result<(), Refusal> {
    let (service, caller) = service_and_caller()?;
    let digest = Digest::from_hex(digest);
    let outcome = mirror::release(&service, &caller, name, digest.as_ref()).await;
    done("release_mirror", name, outcome).await
}

/// Stops a mirror.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn pause(name: &str) -> Result<(), Refusal> {
    let (service, caller) = service_and_caller()?;
    done("pause_mirror", name, mirror::pause(&service, &caller, name).await).await
}

/// Lets a mirror go on.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn resume(name: &str) -> Result<(), Refusal> {
    let (service, caller) = service_and_caller()?;
    done("resume_mirror", name, mirror::resume(&service, &caller, name).await).await
}

async fn done(form: &str, name: &str, outcome: Result<(), service::Error>) -> Result<(), Refusal> {
    let page = paths::mirror(name);
    settle(form, &page, &[], outcome.map(|()| page.clone())).await
}
