//! Teams for their pages, and for the pages that choose one.

use super::form::{self, settle};
use super::request::{refused, service_and_caller, service_and_person};
use crate::form_start::FormStart;
use crate::pages::team::Listing;
use crate::{Refusal, Seen, paths};
use domain::id::TeamId;
use domain::page::Limit;
use domain::team::{NewTeam, TeamChoices};
use service::team::{self, TeamCursor};
use wire::Page;
use wire::team::{CreateTeam, Team};

/// A page of teams.
///
/// # Errors
/// `cursor_invalid`, what `service` refuses, a fault.
pub async fn list(cursor: Option<String>) -> Result<Seen<Listing>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let paged = cursor.is_some();
    let cursor = cursor.as_deref().map(TeamCursor::parse).transpose().map_err(refused)?;
    let page = team::list(&service, &caller, cursor, Limit::default()).await.map_err(refused)?;
    Ok(Seen { now: service.now(), it: Listing { page: Page::of(page, Team::from), paged } })
}

/// The teams to choose from, by name, and `asked` in any case.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn list_choices(asked: Option<TeamId>) -> Result<TeamChoices, Refusal> {
    let (service, caller) = service_and_caller()?;
    team::list_choices(&service, &caller, asked).await.map_err(refused)
}

/// What the form for a new team begins with.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn start() -> Result<FormStart, Refusal> {
    let (service, caller) = service_and_caller()?;
    // Asked only to learn whether the caller may be here: the draft is not handed out to anybody else.
    let one = Limit::parse(Some(1)).map_err(refused)?;
    team::list(&service, &caller, None, one).await.map_err(refused)?;
    form::start("create_team").await
}

/// Makes a team. The first one leads on to its first token, any other back to the list.
///
/// # Errors
/// `name_taken`, the rules of the fields, what `service` refuses, a fault.
pub async fn create(asked: CreateTeam) -> Result<(), Refusal> {
    let values = [
        ("name", asked.name.clone()),
        ("description", asked.description.clone().unwrap_or_default()),
        ("reveal_allowed", if asked.reveal_allowed { "true".to_owned() } else { String::new() }),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let outcome = make(asked).await;
    settle("create_team", paths::NEW_TEAM, &values, outcome).await
}

async fn make(asked: CreateTeam) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let team = team::create(&service, &caller, NewTeam::try_from(asked)?).await?;
    let all = team::list(&service, &caller, None, Limit::default()).await?;
    let first = all.items.len() == 1;
    Ok(if first { paths::new_token_for(team.id) } else { paths::TEAMS.to_owned() })
}
