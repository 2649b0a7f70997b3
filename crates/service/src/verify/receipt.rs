//! The receipt of a revocation, and waiting for it.

use crate::mirror::target::readers_lag;
use crate::{Result, Service};
use domain::Code;
use domain::audit::Caller;
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::verify::receipt::Receipt;
use std::time::{Duration, Instant};

/// How long a caller waits at most, before the receipt is given as it is.
pub const WAIT_MAX: Duration = Duration::from_secs(10);
/// Between two looks.
const STEP: Duration = Duration::from_millis(5);

/// Who refuses the token, and since when.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `not_found` when there is no such token or it was not revoked; a fault.
pub async fn get_receipt(service: &Service, caller: &Caller, id: TokenId) -> Result<Receipt> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    Ok(service.store().find_receipt(&permit, id, readers_lag).await?.ok_or(Code::NotFound)?)
}

/// The same, once every verifier that may serve refuses the token, or after [`WAIT_MAX`].
///
/// # Errors
/// As [`get_receipt`].
pub async fn await_receipt(service: &Service, caller: &Caller, id: TokenId) -> Result<Receipt> {
    let began = Instant::now();
    let mut step = STEP;
    loop {
        let receipt = get_receipt(service, caller, id).await?;
        if receipt.refused_by_every_verifier() || began.elapsed() > WAIT_MAX {
            return Ok(receipt);
        }
        tokio::time::sleep(step).await;
        // What takes longer waits for a lease to end.
        step = (step * 3 / 2).min(Duration::from_millis(250));
    }
}
