//! Teams on the wire.

use domain::refusal::Judge;
use domain::team::{self, NewTeam, TeamName};
use domain::text::Description;
use domain::{Code, OffsetDateTime, Refusals};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `POST /api/teams`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
// A field that is absent is an empty one, so that its refusal names it.
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateTeam {
    /// 1 to 255 characters, unique among the teams.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub name: String,
    /// At most 500 characters.
    pub description: Option<String>,
    /// Whether its tokens may be sealed for a later reveal.
    pub reveal_allowed: bool,
}

impl TryFrom<CreateTeam> for NewTeam {
    type Error = Refusals;

    fn try_from(asked: CreateTeam) -> Result<Self, Refusals> {
        let mut judge = Judge::default();
        let name = judge.take(TeamName::parse(&asked.name));
        let description =
            judge.take(Description::parse(asked.description.as_deref().unwrap_or_default()));
        judge.verdict()?;
        match (name, description) {
            (Some(name), Some(description)) => {
                Ok(Self { name, description, reveal_allowed: asked.reveal_allowed })
            }
            _ => Err(Code::BodyMalformed.into()),
        }
    }
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is; maybe empty.
    pub description: String,
    /// Whether its tokens may be sealed for a later reveal.
    pub reveal_allowed: bool,
    /// How many of its tokens are active.
    pub active_tokens: u64,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<team::Team> for Team {
    fn from(team: team::Team) -> Self {
        Self {
            id: team.id.uuid(),
            name: team.name.as_str().to_owned(),
            description: team.description.as_str().to_owned(),
            reveal_allowed: team.reveal_allowed,
            active_tokens: team.active_tokens,
            created_at: team.created_at,
        }
    }
}
