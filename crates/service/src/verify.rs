//! Answers whether a token is good.

use crate::{Result, Service};
use domain::token::{Scope, TokenSecret};
use domain::verify::{Denial, Verdict, decide};

/// Answers for a token as it was received. What has not the form of a token is refused before it is hashed.
///
/// # Errors
/// A fault: the caller must refuse then.
pub async fn answer(service: &Service, offered: &str, wanted: &[Scope]) -> Result<Verdict> {
    let Some(secret) = TokenSecret::parse(offered) else {
        return Ok(Verdict::NotKnown(Denial::Malformed));
    };
    let record = service.store().find_record(&secret.hash()).await?;
    Ok(decide(record, wanted, service.now()))
}
