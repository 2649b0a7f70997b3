//! Tells the database which mirrors there are.

use super::Target;
use crate::{Result, Service};
use domain::policy::{Action, Actor, permit};

/// Makes these the mirrors that are listed; called once when the server starts, with none too. A mirror that writes elsewhere
/// than before begins anew.
///
/// # Errors
/// A fault.
pub async fn configure(service: &Service, targets: &[Target]) -> Result<()> {
    let permit = permit(&Actor::Clock, Action::RecordMirrorRun)?;
    let mirrors: Vec<_> =
        targets.iter().map(|target| (target.name().to_owned(), target.describe())).collect();
    Ok(service.store().configure_mirrors(&permit, &mirrors).await?)
}
