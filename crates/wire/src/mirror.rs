//! Mirrors on the wire.

use domain::OffsetDateTime;
use domain::mirror::{self, Status};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A mirror, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mirror {
    /// Its name: for now `files`.
    pub name: String,
    /// Where it writes: a path or an address, never with a credential.
    pub target: String,
    /// How it is.
    pub status: MirrorStatus,
    /// Objects that it held after the last good run.
    pub objects: u64,
    /// Changes that were committed since the last good run.
    pub pending: u64,
    /// When the last run ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_run_at: Option<OffsetDateTime>,
    /// When the last good run ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_ok_at: Option<OffsetDateTime>,
    /// What went wrong in the last run: `transient`, `denied` or `broken`.
    pub last_error_class: Option<String>,
    /// What the target said.
    pub last_error: Option<String>,
    /// Deletes that wait for a person; zero unless held.
    pub held_deletes: u64,
    /// Rows that are invalid, and so are not pushed: the first of them, by id.
    pub set_aside: Vec<SetAside>,
    /// How many rows are invalid.
    pub set_aside_total: u64,
}

/// How a mirror is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MirrorStatus {
    /// It holds what it should.
    Current,
    /// Changes are on their way.
    Behind,
    /// The last run failed; it tries again.
    Failing,
    /// The last run was refused or broke in a way that trying again does not mend.
    Stopped,
    /// A plan that deletes a large share waits for a person.
    Held,
    /// A person stopped it.
    Paused,
}

/// A token whose row breaks a rule, so that it is shown here and not pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetAside {
    /// The token's id.
    pub token_id: Uuid,
    /// The rule, as a code.
    pub code: String,
    /// The field that breaks it.
    pub field: Option<String>,
}

impl From<mirror::Mirror> for Mirror {
    fn from(mirror: mirror::Mirror) -> Self {
        let status = mirror.status().into();
        let (class, said) =
            mirror.failure.map(|failure| (failure.class.as_str().to_owned(), failure.said)).unzip();
        Self {
            name: mirror.name,
            target: mirror.target,
            status,
            objects: mirror.objects,
            pending: mirror.pending,
            last_run_at: mirror.last_run_at,
            last_ok_at: mirror.last_ok_at,
            last_error_class: class,
            last_error: said,
            held_deletes: mirror.held_deletes.saturating_sub(mirror.released_deletes),
            set_aside: mirror.set_aside.into_iter().map(Into::into).collect(),
            set_aside_total: mirror.set_aside_total,
        }
    }
}

impl From<Status> for MirrorStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Current => Self::Current,
            Status::Behind => Self::Behind,
            Status::Failing => Self::Failing,
            Status::Stopped => Self::Stopped,
            Status::Held => Self::Held,
            Status::Paused => Self::Paused,
        }
    }
}

impl From<mirror::SetAside> for SetAside {
    fn from(row: mirror::SetAside) -> Self {
        Self { token_id: row.token.uuid(), code: row.code.as_str().to_owned(), field: row.field }
    }
}
