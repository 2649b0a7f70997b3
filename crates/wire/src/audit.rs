//! The audit log on the wire.

use domain::OffsetDateTime;
use domain::audit::Entry;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its id.
    pub id: Uuid,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who: `person`, `machine`, `operator`, `clock` or `anonymous`.
    pub actor_kind: String,
    /// Who: the id, where there is one.
    pub actor_id: Option<String>,
    /// Who: an address, a key's name.
    pub actor: String,
    /// What happened, as a stable word.
    pub action: String,
    /// To what: the noun.
    pub subject_kind: String,
    /// To what: its id.
    pub subject_id: Option<String>,
    /// To what: its name at that time.
    pub subject: String,
    /// In which team.
    pub team_id: Option<Uuid>,
    /// Further facts.
    pub detail: BTreeMap<String, String>,
    /// The request that did it.
    pub request_id: Option<String>,
    /// The address that the request came from.
    pub origin: Option<String>,
}

impl From<Entry> for AuditEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id.uuid(),
            at: entry.at,
            actor_kind: entry.actor_kind,
            actor_id: entry.actor_id,
            actor: entry.actor_label,
            action: entry.kind.as_str().to_owned(),
            subject_kind: entry.subject_kind,
            subject_id: entry.subject_id,
            subject: entry.subject_label,
            team_id: entry.team.map(|team| team.uuid()),
            detail: entry.detail.into_iter().collect(),
            request_id: entry.request_id,
            origin: entry.origin,
        }
    }
}

/// Which lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct AuditQuery {
    /// Only what happened to one subject: its noun, `token`, `team`, `user`, `key` or `mirror`. Goes with `subject_id`.
    #[serde(default)]
    pub subject_kind: Option<String>,
    /// The id of that subject; of a mirror its name.
    #[serde(default)]
    pub subject_id: Option<String>,
    /// The `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Rows a page: 1 to 200, 50 if absent.
    #[serde(default)]
    pub limit: Option<i64>,
}
