//! What can be done with a token from its page; each leads back to it, or to the page that shows its secret.

use crate::Refusal;
use leptos::prelude::*;

/// Opens the sealed copy of a token, and leads to the page that shows it. The audit log says so.
///
/// # Errors
/// `already_ended`, `not_revealable`, `reveal_off`, `sealed_with_lost_key`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "reveal_token")]
pub async fn reveal_token(#[server(default)] id: String) -> Result<(), Refusal> {
    crate::backend::token::reveal(&id).await
}

/// Ends a token for good.
///
/// # Errors
/// `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "revoke_token")]
pub async fn revoke_token(#[server(default)] id: String) -> Result<(), Refusal> {
    crate::backend::token::revoke(&id).await
}

/// Switches a token off.
///
/// # Errors
/// `already_disabled`, `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "disable_token")]
pub async fn disable_token(#[server(default)] id: String) -> Result<(), Refusal> {
    crate::backend::token::disable(&id).await
}

/// Switches a disabled token on again.
///
/// # Errors
/// `not_disabled`, `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "enable_token")]
pub async fn enable_token(#[server(default)] id: String) -> Result<(), Refusal> {
    crate::backend::token::enable(&id).await
}

/// Gives a token another secret, and leads to the page that shows it once.
///
/// # Errors
/// `overlap_range`, `overlap_running`, `already_ended`, `idempotency_mismatch`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "rotate_token")]
pub async fn rotate_token(
    #[server(default)] id: String,
    #[server(default)] overlap_seconds: String,
    #[server(default)] idempotency_key: String,
) -> Result<(), Refusal> {
    crate::backend::token::rotate(&id, &overlap_seconds, &idempotency_key).await
}

/// Ends the former secret of a rotated token.
///
/// # Errors
/// `no_overlap`, `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "finish_rotation")]
pub async fn finish_rotation(#[server(default)] id: String) -> Result<(), Refusal> {
    crate::backend::token::finish_rotation(&id).await
}
