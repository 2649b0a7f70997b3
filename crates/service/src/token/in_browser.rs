//! A secret's way through the browser: sealed in a one-minute cookie, from the form that made it to the page that shows it.
//!
//! The sealed text is only ever in the cookie, the key only ever in the database: neither shows anything alone.

use crate::{Result, Service};
use domain::audit::Caller;
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::TokenSecret;

/// How long the cookie opens, in seconds.
const MAX_AGE_SECONDS: u64 = 60;

/// The text of the cookie.
///
/// # Errors
/// `unauthenticated`, `forbidden`.
pub fn seal_for_browser(
    service: &Service,
    caller: &Caller,
    secret: &TokenSecret,
) -> Result<String> {
    permit(&caller.actor, Action::ListTokens)?;
    Ok(service.browser_sealer()?.seal(secret))
}

/// The secret of the cookie, if it is the secret of this token and not too old.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn open_for_browser(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    sealed: &str,
) -> Result<Option<TokenSecret>> {
    permit(&caller.actor, Action::ListTokens)?;
    let Ok(secret) = service.browser_sealer()?.open_recent(sealed, MAX_AGE_SECONDS) else {
        return Ok(None);
    };
    let record = service.store().find_record(&secret.hash()).await?;
    Ok(record.filter(|record| record.id == id).map(|_| secret))
}
