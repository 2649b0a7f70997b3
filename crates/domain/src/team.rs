//! Teams: who a token belongs to.

use crate::id::TeamId;
use crate::text::{self, Description};
use crate::{OffsetDateTime, Refused};

/// Teams that are offered to choose from at most, the newest ones: a list that people read has an end, and so has its page.
pub const CHOICES_MAX: u16 = 1000;

/// A team's name, unique among the teams without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamName(String);

impl TeamName {
    /// Reads a name of 1 to 255 characters.
    ///
    /// # Errors
    /// `empty`, `too_long`, `control_character`, on the field `name`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        text::line(text, "name").map(Self)
    }

    /// A stored name, as it is.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is needed to make a team.
#[derive(Clone, Debug)]
pub struct NewTeam {
    /// Its name.
    pub name: TeamName,
    /// What it is.
    pub description: Description,
    /// Whether its tokens may be sealed for a later reveal. Off unless somebody asks for it.
    pub reveal_allowed: bool,
}

/// A team.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: TeamName,
    /// What it is.
    pub description: Description,
    /// Whether its tokens may be sealed for a later reveal.
    pub reveal_allowed: bool,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// How many of its tokens are active.
    pub active_tokens: u64,
}

/// A team that can be chosen: only what a choice needs.
#[derive(Clone, Debug)]
pub struct TeamChoice {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: TeamName,
    /// Whether its tokens may be sealed for a later reveal.
    pub reveal_allowed: bool,
}

/// The teams to choose from.
#[derive(Clone, Debug)]
pub struct TeamChoices {
    /// The teams, by name.
    pub teams: Vec<TeamChoice>,
    /// Whether there are teams beyond [`CHOICES_MAX`] that are not among them.
    pub partial: bool,
}
