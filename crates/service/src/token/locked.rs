//! What every verb that changes a token begins with, and the event that it ends with.

use crate::Result;
use domain::Code;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::TokenId;
use domain::token::Token;
use store::Tx;

/// The token and its sealed copy, locked until the transaction ends, if it is as the caller saw it.
///
/// # Errors
/// `not_found`; `token_changed` where the caller saw another state; a fault.
pub(super) async fn lock(
    tx: &mut Tx,
    caller: &Caller,
    id: TokenId,
) -> Result<(Token, Option<String>)> {
    let (token, sealed) = tx.lock_token(id).await?.ok_or(Code::NotFound)?;
    caller.expected.judge(token.version)?;
    Ok((token, sealed))
}

/// The event of a token that was written, as it is from now on.
pub(super) fn written(kind: EventKind, token: &mut Token) -> Event {
    token.version = token.version.next();
    Event::new(kind, SubjectKind::Token, Some(token.id.to_string()), token.name.as_str())
        .in_team(token.team)
        .with("team", &token.team_name)
        .at_version(token.version)
}
