//! What a mirror holds for one token, and the way from a raw row to it.
//!
//! The bytes of an entry are built in `service::mirror::object`: serde does not come below `wire`.

use super::Key;
use crate::id::{TeamId, TokenId};
use crate::token::{Scopes, SecretHash, TokenName};
use crate::{Code, OffsetDateTime, Refused};

/// A valid token, as a mirror tells it.
#[derive(Clone)]
pub struct Entry {
    /// The hash of its secret.
    pub hash: SecretHash,
    /// Its name.
    pub name: TokenName,
    /// Its team.
    pub team: TeamId,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it expires; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
}

impl Entry {
    /// Where its object is.
    pub const fn key(&self) -> Key {
        Key::of(&self.hash)
    }
}

/// A row that says it is a valid token, not yet believed: somebody may have written it past the domain.
#[derive(Clone)]
pub struct Candidate {
    /// The row's id, to name it by when it is set aside.
    pub token: TokenId,
    /// What should be 32 bytes.
    pub hash: Vec<u8>,
    /// What should be a name.
    pub name: String,
    /// Its team.
    pub team: TeamId,
    /// What should be scopes.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it expires; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
}

impl Candidate {
    /// Judges the row by the rules that a new token passes.
    ///
    /// # Errors
    /// `too_short` or `too_long` on `hash`, those of [`TokenName::parse`] and [`Scopes::parse`], and `expires_in_past` on `expires_at` when
    /// it is not after the creation.
    pub fn judge(&self) -> Result<Entry, Refused> {
        let short = self.hash.len() < 32;
        let code = if short { Code::TooShort } else { Code::TooLong };
        let hash = SecretHash::from_slice(&self.hash).ok_or(Refused::field("hash", code))?;
        let name = TokenName::parse(&self.name)?;
        let scopes = Scopes::parse(self.scopes.iter().map(String::as_str))?;
        if self.expires_at.is_some_and(|at| at <= self.created_at) {
            return Err(Refused::field("expires_at", Code::ExpiresInPast));
        }
        let Self { team, created_at, expires_at, .. } = *self;
        Ok(Entry { hash, name, team, scopes, created_at, expires_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    fn candidate() -> Candidate {
        Candidate {
            token: Uuid::nil().into(),
            hash: vec![7; 32],
            name: "image job".to_owned(),
            team: Uuid::nil().into(),
            scopes: vec!["images:read".to_owned()],
            created_at: NOW,
            expires_at: None,
        }
    }

    fn refused(candidate: &Candidate) -> (Code, Option<&'static str>) {
        let refused = candidate.judge().map(|_| ()).expect_err("an invalid row");
        (refused.code, refused.field)
    }

    #[test]
    fn a_good_row_becomes_an_entry() {
        let entry = candidate().judge().map_err(|refused| refused.code).expect("a good row");
        assert_eq!(entry.key().path(), format!("tokens/{}.json", "07".repeat(32)));
    }

    #[test]
    fn an_invalid_row_is_refused_by_the_rule_that_it_breaks() {
        let short = Candidate { hash: vec![7; 31], ..candidate() };
        assert_eq!(refused(&short), (Code::TooShort, Some("hash")));
        let long = Candidate { hash: vec![7; 33], ..candidate() };
        assert_eq!(refused(&long), (Code::TooLong, Some("hash")));
        let nameless = Candidate { name: " ".to_owned(), ..candidate() };
        assert_eq!(refused(&nameless), (Code::Empty, Some("name")));
        let powerless = Candidate { scopes: vec![], ..candidate() };
        assert_eq!(refused(&powerless), (Code::ScopesEmpty, Some("scopes")));
        let odd = Candidate { scopes: vec!["a b".to_owned()], ..candidate() };
        assert_eq!(refused(&odd), (Code::ScopeInvalid, Some("scopes")));
        let stillborn = Candidate { expires_at: Some(NOW - Duration::DAY), ..candidate() };
        assert_eq!(refused(&stillborn), (Code::ExpiresInPast, Some("expires_at")));
    }
}
