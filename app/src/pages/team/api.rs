//! What the pages of teams ask the server.

use crate::form_start::FormStart;
use crate::{Refusal, Seen};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use wire::Page;
use wire::team::Team;

/// A page of teams, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The teams.
    pub page: Page<Team>,
    /// Whether it is not the first page.
    pub paged: bool,
}

/// A page of teams.
///
/// # Errors
/// `unauthenticated`, `cursor_invalid`, a fault.
#[server(prefix = "/fn", endpoint = "list_teams", input = GetUrl)]
pub async fn list_teams(
    #[server(default)] cursor: Option<String>,
) -> Result<Seen<Listing>, Refusal> {
    crate::backend::team::list(cursor).await
}

/// What the form for a new team begins with.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "start_team")]
pub async fn start_team() -> Result<FormStart, Refusal> {
    crate::backend::team::start().await
}

/// Makes a team.
///
/// # Errors
/// `name_taken`, the rules of the fields, `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "create_team")]
pub async fn create_team(
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] reveal_allowed: bool,
) -> Result<(), Refusal> {
    let asked = wire::team::CreateTeam { name, description: Some(description), reveal_allowed };
    crate::backend::team::create(asked).await
}
