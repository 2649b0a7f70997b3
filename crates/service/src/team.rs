//! Teams.

use crate::error::violated;
use crate::{Result, Service};
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::TeamId;
use domain::page::{Limit, Page};
use domain::policy::{Action, permit};
use domain::team::{NewTeam, Team, TeamChoices};
use domain::{Code, Refused};

/// Where a page of teams ended: after this team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TeamCursor(TeamId);

impl TeamCursor {
    /// Reads a cursor.
    ///
    /// # Errors
    /// `cursor_invalid` on `cursor`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        TeamId::parse(text).map(Self).ok_or(Refused::field("cursor", Code::CursorInvalid))
    }
}

impl std::fmt::Display for TeamCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Makes a team.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `name_taken` on `name`; a fault.
pub async fn create(service: &Service, caller: &Caller, asked: NewTeam) -> Result<Team> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::CreateTeam)?).await?;
    let now = service.now();
    let id = service.random(|rng| TeamId::generate(now, rng));
    tx.insert_team(id, &asked, now)
        .await
        .map_err(|error| violated(error, &[("teams_name_key", "name", Code::NameTaken)]))?;
    let event = Event::new(
        EventKind::TeamCreated,
        SubjectKind::Team,
        Some(id.to_string()),
        asked.name.as_str(),
    );
    service.commit(tx, caller, event.in_team(id)).await?;
    Ok(Team {
        id,
        name: asked.name,
        description: asked.description,
        reveal_allowed: asked.reveal_allowed,
        created_at: now,
        active_tokens: 0,
    })
}

/// A page of teams, newest first.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn list(
    service: &Service,
    caller: &Caller,
    cursor: Option<TeamCursor>,
    limit: Limit,
) -> Result<Page<Team, TeamCursor>> {
    let permit = permit(&caller.actor, Action::ListTeams)?;
    let before = cursor.map(|cursor| cursor.0);
    let page = service.store().list_teams(&permit, before, limit, service.now()).await?;
    Ok(Page { items: page.items, next: page.next.map(TeamCursor) })
}

/// The teams to choose from, by name: the newest ones, and `asked` even when it is older.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn list_choices(
    service: &Service,
    caller: &Caller,
    asked: Option<TeamId>,
) -> Result<TeamChoices> {
    let permit = permit(&caller.actor, Action::ListTeams)?;
    let mut choices = service.store().list_team_choices(&permit, asked).await?;
    choices.teams.sort_by_cached_key(|team| team.name.as_str().to_lowercase());
    Ok(choices)
}
