//! One mirror, with what it did and what it may do next.

use crate::{Result, Service};
use domain::Code;
use domain::audit::Caller;
use domain::mirror::state::{Lingering, MirrorPlan, MirrorRun};
use domain::mirror::{Mirror, MirrorTarget};
use domain::policy::{Action, permit};

/// How many tokens are named that a mirror may still accept.
const LINGERING_NAMED: i64 = 50;

/// A mirror, as its page shows it.
pub struct Detail {
    /// How it is.
    pub mirror: Mirror,
    /// Its target, if somebody added it.
    pub added: Option<MirrorTarget>,
    /// Its newest runs.
    pub runs: Vec<MirrorRun>,
    /// The last plan that was asked for.
    pub plan: Option<MirrorPlan>,
    /// The first tokens that were revoked and that it may still accept.
    pub lingering: Vec<Lingering>,
}

/// The mirror of that name.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `not_found`; a fault.
pub async fn get(service: &Service, caller: &Caller, name: &str) -> Result<Detail> {
    let permit = permit(&caller.actor, Action::ListMirrors)?;
    let store = service.store();
    let mirrors = store.list_mirrors(&permit).await?;
    let mirror = mirrors.into_iter().find(|mirror| mirror.name == name).ok_or(Code::NotFound)?;
    let runs = store.list_mirror_runs(&permit, name).await?;
    let plan = store.find_mirror_plan(&permit, name).await?;
    let lingering = store.list_lingering(&permit, name, LINGERING_NAMED).await?;
    let added = store.find_mirror_target(&permit, name).await?.map(|kept| kept.target);
    Ok(Detail { mirror, added, runs, plan, lingering })
}
