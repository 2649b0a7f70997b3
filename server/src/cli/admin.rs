//! `tokenkeep admin`: access without the browser.

use super::{AdminCommand, Context};
use crate::boot::{self, Stop};
use domain::audit::Caller;
use domain::key::KeyScope;
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
    // Neither command seals anything, so that neither needs the encryption keys.
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
    }
    Ok(())
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
