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
/// `confirmation_wrong`, `reason_invalid`, `token_protected`, `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "revoke_token")]
pub async fn revoke_token(
    #[server(default)] id: String,
    #[server(default)] reason: String,
    #[server(default)] note: String,
    /// The token's name, typed by hand; not asked of one that has expired.
    #[server(default)]
    confirm: String,
) -> Result<(), Refusal> {
    crate::backend::deeds::revoke(&id, &reason, &note, &confirm).await
}

/// Puts off the end of a token.
///
/// # Errors
/// `token_changed`, `expires_sooner`, the rules of an expiry, `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "extend_token")]
pub async fn extend_token(
    #[server(default)] id: String,
    /// The version of the token that the question showed.
    #[server(default)]
    version: String,
    /// So many days, `never` or `date`.
    #[server(default)]
    end: String,
    /// In UTC; only for `date`.
    #[server(default)]
    expires_at: String,
) -> Result<(), Refusal> {
    crate::backend::deeds::extend(&id, &version, &end, &expires_at).await
}

/// Switches a token off, for a time or until somebody switches it on.
///
/// # Errors
/// `until_invalid`, `already_disabled`, `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "disable_token")]
pub async fn disable_token(
    #[server(default)] id: String,
    /// For so many seconds, or `date`; nothing is until somebody switches it on.
    #[server(default)]
    pause: String,
    /// In UTC; only for `date`.
    #[server(default)]
    until: String,
) -> Result<(), Refusal> {
    crate::backend::deeds::disable(&id, &pause, &until).await
}

/// Switches a disabled token on again.
///
/// # Errors
/// `not_disabled`, `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "enable_token")]
pub async fn enable_token(#[server(default)] id: String) -> Result<(), Refusal> {
    crate::backend::deeds::enable(&id).await
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
