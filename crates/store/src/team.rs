//! Teams.

use crate::{Result, Store, Tx};
use domain::OffsetDateTime;
use domain::id::TeamId;
use domain::page::{Limit, Page};
use domain::policy::Permit;
use domain::team::{CHOICES_MAX, NewTeam, Team, TeamChoice, TeamChoices, TeamName};
use domain::text::Description;

impl Store {
    /// A page of teams, newest first.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_teams(
        &self,
        _permit: &Permit,
        before: Option<TeamId>,
        limit: Limit,
        now: OffsetDateTime,
    ) -> Result<Page<Team, TeamId>> {
        let rows = sqlx::query!(
            r#"SELECT t.id, t.name, t.description, t.reveal_allowed, t.created_at,
                      (SELECT count(*) FROM tokens k
                       WHERE k.team_id = t.id AND k.revoked_at IS NULL
                         AND (k.expires_at IS NULL OR k.expires_at > $3)
                         AND (k.disabled_at IS NULL OR k.paused_until <= $3) AND (k.not_before IS NULL OR k.not_before <= $3)) AS "active!"
               FROM teams t
               WHERE $1::uuid IS NULL OR t.id < $1
               ORDER BY t.id DESC
               LIMIT $2"#,
            before.map(TeamId::uuid),
            limit.rows() as i64 + 1,
            now,
        )
        .fetch_all(self.pool())
        .await?;
        let teams = rows.into_iter().map(|row| Team {
            id: row.id.into(),
            name: TeamName::stored(row.name),
            description: Description::stored(row.description),
            reveal_allowed: row.reveal_allowed,
            created_at: row.created_at,
            active_tokens: u64::try_from(row.active).unwrap_or_default(),
        });
        Ok(Page::cut(teams.collect(), limit, |team| team.id))
    }

    /// The newest [`CHOICES_MAX`] teams, and `asked` even when it is older; in no order. Nothing is counted for them but how many there are.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_team_choices(
        &self,
        _permit: &Permit,
        asked: Option<TeamId>,
    ) -> Result<TeamChoices> {
        let rows = sqlx::query!(
            r#"SELECT id, name, reveal_allowed, (SELECT count(*) FROM teams) AS "all!"
               FROM teams
               WHERE id IN (SELECT id FROM teams ORDER BY id DESC LIMIT $1) OR id = $2"#,
            i64::from(CHOICES_MAX),
            asked.map(TeamId::uuid),
        )
        .fetch_all(self.pool())
        .await?;
        let all = rows.first().map_or(0, |row| usize::try_from(row.all).unwrap_or_default());
        let teams: Vec<_> = rows
            .into_iter()
            .map(|row| TeamChoice {
                id: row.id.into(),
                name: TeamName::stored(row.name),
                reveal_allowed: row.reveal_allowed,
            })
            .collect();
        Ok(TeamChoices { partial: teams.len() < all, teams })
    }
}

impl Tx {
    /// Adds a team.
    ///
    /// # Errors
    /// The constraint `teams_name_key` when the name is taken; else as every statement.
    pub async fn insert_team(
        &mut self,
        id: TeamId,
        team: &NewTeam,
        now: OffsetDateTime,
    ) -> Result<()> {
        sqlx::query!(
            "INSERT INTO teams (id, name, description, reveal_allowed, created_at) VALUES ($1, $2, $3, $4, $5)",
            id.uuid(),
            team.name.as_str(),
            team.description.as_str(),
            team.reveal_allowed,
            now,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The name of a team and whether it allows reveals; `None` when there is no such team.
    ///
    /// # Errors
    /// As every statement.
    pub async fn find_team(&mut self, id: TeamId) -> Result<Option<(String, bool)>> {
        let row = sqlx::query!("SELECT name, reveal_allowed FROM teams WHERE id = $1", id.uuid())
            .fetch_optional(self.connection())
            .await?;
        Ok(row.map(|row| (row.name, row.reveal_allowed)))
    }

    /// The team of this name, in whatever case, and how it is spelled; `None` when there is no such team.
    ///
    /// # Errors
    /// As every statement.
    pub async fn find_team_named(&mut self, name: &str) -> Result<Option<(TeamId, String)>> {
        let row = sqlx::query!("SELECT id, name FROM teams WHERE lower(name) = lower($1)", name)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.map(|row| (row.id.into(), row.name)))
    }
}
