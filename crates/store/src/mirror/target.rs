//! The table `mirror_targets`: what people say of their mirrors' targets, and the secrets of those, sealed.

use crate::{Result, Store, Tx};
use domain::OffsetDateTime;
use domain::mirror::{Failure, MirrorTarget, TargetKind, TargetName, TargetSettings};
use domain::policy::Permit;
use serde_json::Value;

struct Row {
    name: String,
    kind: String,
    settings: Value,
    secret_names: Vec<String>,
    secrets_sealed: Option<String>,
    version: i64,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
    emptying_since: Option<OffsetDateTime>,
}

impl Row {
    /// The target; `None` when its kind is none, which the table does not take.
    fn judged(self) -> Option<KeptTarget> {
        let kind = TargetKind::parse(&self.kind)?;
        let Value::Object(pairs) = self.settings else { return None };
        let pairs = pairs.into_iter().filter_map(|(name, value)| match value {
            Value::String(value) => Some((name, value)),
            _ => None,
        });
        let field = |name: &String| kind.field(name).map(|field| field.name);
        let target = MirrorTarget {
            name: TargetName::stored(self.name),
            settings: TargetSettings::stored(kind, pairs),
            secrets: self.secret_names.iter().filter_map(field).collect(),
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            emptying_since: self.emptying_since,
        };
        Some(KeptTarget { target, sealed: self.secrets_sealed })
    }
}

/// A target as it is kept.
#[derive(Clone, Debug)]
pub struct KeptTarget {
    /// What is told of it.
    pub target: MirrorTarget,
    /// Its secrets, sealed.
    pub sealed: Option<String>,
}

fn settings(target: &MirrorTarget) -> Value {
    target.settings.pairs().map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

fn secret_names(target: &MirrorTarget) -> Vec<String> {
    target.secrets.iter().map(|name| (*name).to_owned()).collect()
}

impl Store {
    /// The targets that people added, by name. They are few.
    ///
    /// # Errors
    /// As every read.
    pub async fn list_mirror_targets(&self, _permit: &Permit) -> Result<Vec<KeptTarget>> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT name, kind, settings, secret_names, secrets_sealed, version, created_at, updated_at, emptying_since
             FROM mirror_targets ORDER BY name"
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().filter_map(Row::judged).collect())
    }

    /// The target of that name, if people added one.
    ///
    /// # Errors
    /// As every read.
    pub async fn find_mirror_target(
        &self,
        _permit: &Permit,
        name: &str,
    ) -> Result<Option<KeptTarget>> {
        let row = sqlx::query_as!(
            Row,
            "SELECT name, kind, settings, secret_names, secrets_sealed, version, created_at, updated_at, emptying_since
             FROM mirror_targets WHERE name = $1",
            name
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(row.and_then(Row::judged))
    }

    /// Whatever others made of the table `mirrors`: it tells of this target, in this version, and that its mirror writes to `place`. What was known of one
    /// that wrote elsewhere is forgotten.
    ///
    /// # Errors
    /// As every statement.
    pub async fn settle_mirror(
        &self,
        _permit: &Permit,
        target: &MirrorTarget,
        place: &str,
    ) -> Result<()> {
        let name = target.name.as_str();
        let mut tx = self.pool().begin().await?;
        let still = sqlx::query_scalar!(
            "SELECT name FROM mirror_targets WHERE name = $1 AND version = $2 FOR UPDATE",
            name,
            target.version,
        );
        if still.fetch_optional(&mut *tx).await?.is_some() {
            sqlx::query!("DELETE FROM mirrors WHERE name = $1 AND target <> $2", name, place)
                .execute(&mut *tx)
                .await?;
            sqlx::query!(
                "INSERT INTO mirrors (name, target) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                name,
                place,
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Notes why nobody can write to a mirror at all: there is no run that could.
    ///
    /// # Errors
    /// As every statement.
    pub async fn fail_mirror(
        &self,
        _permit: &Permit,
        name: &str,
        failure: &Failure,
        at: OffsetDateTime,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE mirrors SET error_class = $2, error = $3, last_run_at = $4, failures = failures + 1, failing_since = coalesce(failing_since, $4)
             WHERE name = $1",
            name,
            failure.class.as_str(),
            failure.said,
            at,
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }
}

impl Tx {
    /// The target of that name, if people added one, locked until the transaction ends.
    ///
    /// # Errors
    /// As every statement.
    pub async fn lock_mirror_target(&mut self, name: &str) -> Result<Option<KeptTarget>> {
        let row = sqlx::query_as!(
            Row,
            "SELECT name, kind, settings, secret_names, secrets_sealed, version, created_at, updated_at, emptying_since
             FROM mirror_targets WHERE name = $1 FOR UPDATE",
            name
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.and_then(Row::judged))
    }

    /// Keeps others from adding or moving a mirror until the transaction ends: what is asked of all of them stays true until then.
    ///
    /// # Errors
    /// As every statement.
    pub async fn lock_mirror_places(&mut self) -> Result<()> {
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('tokenkeep mirror places', 0))")
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// How many people added.
    ///
    /// # Errors
    /// As every statement.
    pub async fn count_mirror_targets(&mut self) -> Result<usize> {
        let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM mirror_targets"#)
            .fetch_one(self.connection())
            .await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// The mirror that writes to this place, if there is one.
    ///
    /// # Errors
    /// As every statement.
    pub async fn find_mirror_at(&mut self, place: &str) -> Result<Option<String>> {
        let name =
            sqlx::query_scalar!("SELECT name FROM mirrors WHERE target = $1 ORDER BY name", place);
        Ok(name.fetch_optional(self.connection()).await?)
    }

    /// Adds a target, which writes to `place`, with its secrets as they are kept; and its mirror, which has seen nothing.
    ///
    /// # Errors
    /// The constraint `mirror_targets_pkey` or `mirrors_pkey` when the name is taken; else as every statement.
    pub async fn insert_mirror_target(&mut self, kept: &KeptTarget, place: &str) -> Result<()> {
        let target = &kept.target;
        sqlx::query!(
            "INSERT INTO mirror_targets (name, kind, settings, secret_names, secrets_sealed, version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            target.name.as_str(),
            target.settings.kind().as_str(),
            settings(target),
            &secret_names(target),
            kept.sealed,
            target.version,
            target.created_at,
            target.updated_at,
        )
        .execute(self.connection())
        .await?;
        self.insert_mirror(target.name.as_str(), place).await
    }

    async fn insert_mirror(&mut self, name: &str, place: &str) -> Result<()> {
        sqlx::query!("INSERT INTO mirrors (name, target) VALUES ($1, $2)", name, place)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Writes a target anew, with its secrets as they are kept. Where it writes to another place than before, its mirror begins anew; where `anew`,
    /// everything there is looked at as if nobody had seen it.
    ///
    /// # Errors
    /// As every statement.
    pub async fn update_mirror_target(
        &mut self,
        kept: &KeptTarget,
        place: &str,
        anew: bool,
    ) -> Result<()> {
        let target = &kept.target;
        sqlx::query!(
            "UPDATE mirror_targets SET settings = $2, secret_names = $3, secrets_sealed = $4, version = $5, updated_at = $6
             WHERE name = $1",
            target.name.as_str(),
            settings(target),
            &secret_names(target),
            kept.sealed,
            target.version,
            target.updated_at,
        )
        .execute(self.connection())
        .await?;
        let moved = sqlx::query_scalar!(
            "DELETE FROM mirrors WHERE name = $1 AND target <> $2 RETURNING name",
            target.name.as_str(),
            place,
        )
        .fetch_optional(self.connection())
        .await?;
        if let Some(name) = moved {
            return self.insert_mirror(&name, place).await;
        }
        if anew {
            sqlx::query!(
                "UPDATE mirrors SET seen = NULL, seen_seq = 0, looked_at = NULL, observed_at = NULL WHERE name = $1",
                target.name.as_str(),
            )
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }

    /// Notes that a target is to be emptied.
    ///
    /// # Errors
    /// As every statement.
    pub async fn empty_mirror_target(&mut self, target: &MirrorTarget) -> Result<()> {
        sqlx::query!(
            "UPDATE mirror_targets SET version = $2, updated_at = $3, emptying_since = $4 WHERE name = $1",
            target.name.as_str(),
            target.version,
            target.updated_at,
            target.emptying_since,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Deletes a target with its secrets, and its mirror with all that is known of it.
    ///
    /// # Errors
    /// As every statement.
    pub async fn delete_mirror_target(&mut self, name: &str) -> Result<()> {
        sqlx::query!("DELETE FROM mirror_targets WHERE name = $1", name)
            .execute(self.connection())
            .await?;
        sqlx::query!("DELETE FROM mirrors WHERE name = $1", name)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Whether a mirror is known by that name.
    ///
    /// # Errors
    /// As every statement.
    pub async fn has_mirror(&mut self, name: &str) -> Result<bool> {
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM mirrors WHERE name = $1) AS "found!""#,
            name
        );
        Ok(found.fetch_one(self.connection()).await?)
    }
}
