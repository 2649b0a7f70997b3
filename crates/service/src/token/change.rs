//! Changes what is said of a token: its name, its description, its tags, and whether it is protected. And says what others changed meanwhile.

use super::locked::{lock, written};
use crate::error::violated;
use crate::{Result, Service};
use domain::audit::{Caller, Entry, EventKind, SubjectId};
use domain::id::TokenId;
use domain::page::Limit;
use domain::policy::{Action, permit};
use domain::token::{Token, TokenChange};
use domain::{Code, Version};

/// Changes what is said of a token, also of one that has ended. What stays as it was is no change, and leaves no event.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `token_changed`; `name_taken` on `name`; a fault.
pub async fn change(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    asked: TokenChange,
) -> Result<Token> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::ChangeToken)?).await?;
    let (before, _) = lock(&mut tx, caller, id).await?;
    let mut token = before.clone();
    token.name = asked.name.unwrap_or(token.name);
    token.description = asked.description.unwrap_or(token.description);
    token.tags = asked.tags.unwrap_or(token.tags);
    token.protected = asked.protected.unwrap_or(token.protected);
    if token == before {
        return Ok(token);
    }
    tx.change_token(&token)
        .await
        .map_err(|error| violated(error, &[("tokens_name_key", "name", Code::NameTaken)]))?;
    let event = written(EventKind::TokenChanged, &mut token).with_all(facts(&before, &token));
    service.commit_answer(tx, caller, event).await?;
    Ok(token)
}

/// What differs, each as it was and as it is.
fn facts(before: &Token, after: &Token) -> Vec<(&'static str, String)> {
    let names = ["name_before", "name_after"];
    let descriptions = ["description_before", "description_after"];
    let tags = ["tags_before", "tags_after"];
    let protected = ["protected_before", "protected_after"];
    [
        (names, before.name.as_str().to_owned(), after.name.as_str().to_owned()),
        (
            descriptions,
            before.description.as_str().to_owned(),
            after.description.as_str().to_owned(),
        ),
        (tags, before.tags.joined(), after.tags.joined()),
        (protected, before.protected.to_string(), after.protected.to_string()),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .flat_map(|([was, is], before, after)| [(was, before), (is, after)])
    .collect()
}

/// What made later states of a token than the one that was seen, oldest first.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn list_changes_since(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    seen: Version,
) -> Result<Vec<Entry>> {
    let permit = permit(&caller.actor, Action::ListAudit)?;
    let subject = SubjectId::token(id);
    Ok(service.store().list_audit_since(&permit, &subject, seen, Limit::default()).await?)
}
