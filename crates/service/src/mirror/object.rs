//! The bytes of an entry: the contract with everybody who reads a mirror.
//!
//! `{"name", "team_id", "scopes", "created_at", "expires_at"}`, in this order and without spaces, so that equal entries have equal bytes.

use domain::OffsetDateTime;
use domain::mirror::Entry;
use serde::Serialize;
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;

#[derive(Serialize)]
struct Object<'a> {
    name: &'a str,
    team_id: String,
    scopes: Vec<&'a str>,
    created_at: String,
    expires_at: Option<String>,
}

/// The bytes of an entry's object. Instants are RFC 3339 with `Z`; an expiry of null is never.
pub fn bytes(entry: &Entry) -> Vec<u8> {
    let object = Object {
        name: entry.name.as_str(),
        team_id: entry.team.to_string(),
        scopes: entry.scopes.iter().map(|scope| scope.as_str()).collect(),
        created_at: instant(entry.created_at),
        expires_at: entry.expires_at.map(instant),
    };
    serde_json::to_vec(&object).expect("texts and lists of texts are JSON")
}

fn instant(at: OffsetDateTime) -> String {
    let utc = at.to_offset(UtcOffset::UTC);
    utc.format(&Rfc3339).expect("the table keeps only years that RFC 3339 can write")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::TeamId;
    use domain::token::{Scopes, SecretHash, TokenName};
    use time::macros::datetime;

    fn entry(expires_at: Option<OffsetDateTime>) -> Entry {
        Entry {
            hash: SecretHash::from_slice(&[7; 32]).expect("32 bytes"),
            name: TokenName::parse("image \"job\" 图").expect("a name"),
            team: TeamId::parse("0197a1b2-0000-7000-8000-000000000001").expect("an id"),
            scopes: Scopes::parse(["images:read", "*"]).expect("scopes"),
            created_at: datetime!(2026-11-22 10:00:00.25 UTC),
            expires_at,
        }
    }

    #[test]
    fn the_bytes_are_the_contract() {
        let bytes = bytes(&entry(Some(datetime!(2026-11-23 12:00 +2))));
        assert_eq!(
            String::from_utf8(bytes).expect("text"),
            concat!(
                r#"{"name":"image \"job\" 图","team_id":"0197a1b2-0000-7000-8000-000000000001","#,
                r#""scopes":["*","images:read"],"created_at":"2026-11-22T10:00:00.25Z","#,
                r#""expires_at":"2026-11-23T10:00:00Z"}"#
            )
        );
    }

    #[test]
    fn never_is_null() {
        let bytes = bytes(&entry(None));
        assert!(bytes.ends_with(br#""expires_at":null}"#));
    }
}
