//! Changing what is said of a token. Whoever comes second is shown what the first changed.

use super::form::{self, settle};
use super::request::{refused, service_and_caller, service_and_person};
use super::token;
use crate::pages::token::{AskedWords, EditStart};
use crate::{Refusal, paths};
use domain::audit::Caller;
use domain::id::TokenId;
use domain::token::TokenChange;
use domain::{Code, Refused, Version};
use wire::problem::Meanwhile;
use wire::token::{ChangeToken, Token};

/// The same caller, who saw that version of the token; of a form that says none, who saw it as it is.
pub fn who_saw(caller: Caller, version: &str) -> Caller {
    match version.parse() {
        Ok(number) => caller.who_saw(Version::stored(number)),
        Err(_) => caller,
    }
}

/// What happened to a token since the version that its draft was begun with.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn meanwhile(
    token: &Token,
    draft: &[(String, String)],
) -> Result<Vec<Meanwhile>, Refusal> {
    let version = draft.iter().find(|(field, _)| field == "version");
    let seen = version.and_then(|(_, version)| version.parse().ok());
    let Some(seen) = seen.filter(|seen| *seen < token.version) else { return Ok(Vec::new()) };
    let (service, caller) = service_and_caller()?;
    let (id, seen) = (token.id.into(), Version::stored(seen));
    let since = service::token::list_changes_since(&service, &caller, id, seen).await;
    Ok(since.map_err(refused)?.into_iter().map(Into::into).collect())
}

/// Each token has a draft of its own: what was typed for one is not offered for another.
fn form_of(id: TokenId) -> String {
    format!("change_token:{id}")
}

/// What the form begins with.
///
/// # Errors
/// `not_found`, what `service` refuses, a fault.
pub async fn start(id: &str) -> Result<EditStart, Refusal> {
    let token = token::get(id).await?.it;
    let form = form::start(&form_of(token.id.into())).await?;
    let meanwhile = meanwhile(&token, &form.draft).await?;
    Ok(EditStart { form, token, meanwhile })
}

/// Changes what is said of a token, and leads back to its page.
///
/// # Errors
/// The rules of the fields, what `service` refuses, a fault.
pub async fn change(
    id: &str,
    version: &str,
    asked: AskedWords,
    was: AskedWords,
) -> Result<(), Refusal> {
    let Some(known) = TokenId::parse(id) else { return Err(refused(Code::NotFound)) };
    let tick = |ticked: bool| if ticked { "true" } else { "" };
    let values = [
        ("version", version),
        ("name", &asked.name),
        ("description", &asked.description),
        ("tags", &asked.tags),
        ("protected", tick(asked.protected)),
        ("name_was", &was.name),
        ("description_was", &was.description),
        ("tags_was", &was.tags),
        ("protected_was", tick(was.protected)),
    ];
    let outcome = write(known, version, &asked).await;
    settle(&form_of(known), &paths::token_edit(known), &values, outcome).await
}

async fn write(id: TokenId, version: &str, asked: &AskedWords) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    if version.is_empty() {
        return Err(Refused::new(Code::IfMatchRequired).into());
    }
    let change = TokenChange::try_from(ChangeToken {
        name: Some(asked.name.clone()),
        description: Some(asked.description.clone()),
        tags: Some(asked.tag_list()),
        protected: Some(asked.protected),
    })?;
    let caller = who_saw(caller, version);
    let token = service::token::change(&service, &caller, id, change).await?;
    Ok(paths::token(token.id))
}
