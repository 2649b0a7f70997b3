//! The secret on its way to the one page that shows it: sealed, in a cookie that no script can read, for a minute, once.
//!
//! A server function never returns a secret: without JavaScript its value would sit in the body of a redirect, with it in the page's memory.

use super::request::{add_header, cookie_of, refused, service_and_caller, set_cookie};
use crate::Refusal;
use axum::http::header;
use domain::id::TokenId;
use domain::token::TokenSecret;
use service::token;

const COOKIE: &str = "tokenkeep_secret";

/// Sends a secret to the page that shows it. The path keeps it from the rest of the console, so the server function that takes it has to lie
/// under it too: `#[server(prefix = "/tokens/fn", ...)]`.
///
/// # Errors
/// What `service` refuses.
pub fn send(secret: &TokenSecret) -> Result<(), service::Error> {
    let Ok((service, caller)) = service_and_caller() else { return Ok(()) };
    let sealed = token::seal_for_browser(&service, &caller, secret)?;
    set_cookie(COOKIE, &sealed, "Strict", "Path=/tokens; Max-Age=60; HttpOnly");
    Ok(())
}

/// Takes the secret that was sent, and clears its cookie: shown once. `None` when it was shown before, or the minute is over.
///
/// # Errors
/// What `service` refuses.
pub async fn take(id: TokenId) -> Result<Option<TokenSecret>, Refusal> {
    let (service, caller) = service_and_caller()?;
    add_header(header::CACHE_CONTROL, "no-store");
    let Some(cookie) = cookie_of(COOKIE) else { return Ok(None) };
    set_cookie(COOKIE, "", "Strict", "Path=/tokens; Max-Age=0; HttpOnly");
    token::open_for_browser(&service, &caller, id, &cookie).await.map_err(refused)
}
