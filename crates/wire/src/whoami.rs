//! Who a caller is, as told to itself.

use domain::OffsetDateTime;
use domain::key::Key;
use domain::token::Token;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The answer to `GET /api/whoami`: never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhoAmI {
    /// `token` or `management_key`.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// A token's team's id.
    pub team_id: Option<Uuid>,
    /// A token's team's name.
    pub team_name: Option<String>,
    /// What it may do; null is everything that an owner may, for a management key.
    pub scopes: Option<Vec<String>>,
    /// When it expires; null is never.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

impl From<Token> for WhoAmI {
    fn from(token: Token) -> Self {
        Self {
            kind: "token".to_owned(),
            id: token.id.uuid(),
            name: token.name.as_str().to_owned(),
            team_id: Some(token.team.uuid()),
            team_name: Some(token.team_name),
            scopes: Some(token.scopes.to_strings()),
            expires_at: token.expires_at,
        }
    }
}

impl From<Key> for WhoAmI {
    fn from(key: Key) -> Self {
        let texts = |scopes: Vec<domain::key::KeyScope>| {
            scopes.iter().map(|scope| scope.as_str().to_owned()).collect()
        };
        Self {
            kind: "management_key".to_owned(),
            id: key.id.uuid(),
            name: key.name,
            team_id: None,
            team_name: None,
            scopes: key.scopes.map(texts),
            expires_at: key.expires_at,
        }
    }
}
