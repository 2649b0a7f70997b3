//! `tokenkeep admin`: access without the browser.

use super::{AdminCommand, Context};
use crate::boot::{self, Stop};
use crate::http::waiting::shown;
use domain::OffsetDateTime;
use domain::audit::Caller;
use domain::key::{KeyScope, ListedKey};
use domain::policy::Actor;
use domain::token::{ExpiryRequest, TokenName};
use domain::user::{Email, Password};
use domain::{Code, Refused};
use service::{Parts, Service};
use std::path::Path;

/// Runs an admin command.
pub(super) async fn admin(context: &Context, command: AdminCommand) -> Result<(), Stop> {
    let database =
        boot::open_database_beside(&context.config, context.path.as_deref(), boot::PATIENCE)
            .await?;
    let done = match boot::migrate(&database.store).await {
        Ok(()) => run(command, &database).await,
        Err(stop) => Err(stop),
    };
    database.close().await;
    done
}

async fn run(command: AdminCommand, database: &boot::Database) -> Result<(), Stop> {
    // No command seals anything, so that none needs the encryption keys.
    let service = Service::new(Parts::new(database.store.clone())).await?;
    let caller = Caller::local(Actor::Operator);
    match command {
        AdminCommand::CreateOwner { email, password_file } => {
            let email = Email::parse(&email).map_err(refused)?;
            let password = Password::choose(read_password(&password_file)?).map_err(refused)?;
            let made =
                service::user::create_owner_by_operator(&service, &caller, email, password).await;
            let owner = made.map_err(|error| match error.refusals().first().code {
                Code::SetupDone => {
                    Stop("There is an owner already. Sign in with that account.".to_owned())
                }
                _ => error.into(),
            })?;
            println!("Made the owner {}.", owner.email.as_str());
        }
        AdminCommand::ApiKey { name, expires_days, scopes } => {
            let name = TokenName::parse(&name).map_err(refused)?;
            let expiry = ExpiryRequest::parse(expires_days, None).map_err(refused)?;
            let scopes: Option<Vec<_>> =
                scopes.iter().map(|scope| KeyScope::parse(scope)).collect();
            let scopes = scopes
                .ok_or_else(|| Stop("--scope: give verify; there is no other.".to_owned()))?;
            let made = service::key::create_scoped(&service, &caller, &name, expiry, &scopes).await;
            let key = made.map_err(|error| match error.refusals().first().code {
                Code::NameTaken => {
                    Stop("A key has this name already. Choose another --name.".to_owned())
                }
                _ => error.into(),
            })?;
            println!("{}", key.expose());
        }
        AdminCommand::ListKeys => {
            let keys = service::key::list(&service, &caller).await?;
            if !keys.is_empty() {
                println!("{}", line(["id", "may", "made", "expires", "last change", "name"]));
            }
            for listed in keys {
                println!("{}", described(&listed, service.now()));
            }
        }
        AdminCommand::RevokeKey { id_or_name } => {
            let revoked = service::key::revoke(&service, &caller, &id_or_name).await;
            let id = revoked.map_err(|error| match error.refusals().first().code {
                Code::NotFound => Stop(
                    "No key has this id or name. `tokenkeep admin list-keys` has them.".to_owned(),
                ),
                _ => error.into(),
            })?;
            println!("Revoked the key {id}.");
        }
    }
    Ok(())
}

/// The name is last: nobody knows how wide it is.
fn line([id, may, made, expires, changed, name]: [&str; 6]) -> String {
    format!("{id:<36}  {may:<10}  {made:<23}  {expires:<23}  {changed:<23}  {name}")
}

fn described(listed: &ListedKey, now: OffsetDateTime) -> String {
    let ListedKey { key, created_at, changed_at } = listed;
    let may = match &key.scopes {
        None => "everything".to_owned(),
        Some(scopes) => scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(","),
    };
    let expires = match key.expires_at {
        None => "never".to_owned(),
        Some(at) if at <= now => "expired".to_owned(),
        Some(at) => shown(at),
    };
    let changed = changed_at.map_or_else(|| "none".to_owned(), shown);
    line([&key.id.to_string(), &may, &shown(*created_at), &expires, &changed, &key.name])
}

fn read_password(path: &Path) -> Result<String, Stop> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Stop::because(&format!("{} cannot be read", path.display()), &error))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn refused(refused: Refused) -> Stop {
    let field = refused.field.unwrap_or("the request").replace('_', "-");
    Stop(match refused.code {
        Code::TooShort => format!("--{field}-file: give at least 12 characters."),
        Code::ExpiresDaysRange => "--expires-days: give 1 to 3650.".to_owned(),
        code => format!("--{field}: {}.", code.as_str().replace('_', " ")),
    })
}
