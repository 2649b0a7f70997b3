//! What a mirror holds for one secret of a token, and the way from a raw row to it.
//!
//! The bytes of an entry are the crate `record`'s: serde does not come below `wire`.

use super::{Format, Key};
use crate::id::{TeamId, TokenId};
use crate::token::{Scopes, SecretHash, TokenName};
use crate::verify::{Conditions, Origins, RateLimit, Record};
use crate::{Code, OffsetDateTime, Refused};
use std::sync::Arc;

/// A secret that opens something, as a mirror tells it: whoever reads it there decides with [`crate::verify::decide`], as the server does.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The hash of the secret.
    pub hash: SecretHash,
    /// What is known of its token. Neither revoked, nor disabled, nor with a limit of uses, which is counted in one place only.
    pub record: Record,
    /// When the token was made.
    pub created_at: OffsetDateTime,
    /// The transaction that last wrote the token (`xid8`): of two records of one secret, the one with the higher number is the newer.
    pub revision: u64,
}

impl Entry {
    /// Where its object is.
    pub const fn key(&self) -> Key {
        Key::of(&self.hash)
    }

    /// When the secret ends: with its token, or with the overlap of the rotation that replaced it. `None` is never.
    pub fn ends_at(&self) -> Option<OffsetDateTime> {
        let retires_at = self.record.conditions.as_ref().and_then(|all| all.retires_at);
        self.record.expires_at.into_iter().chain(retires_at).min()
    }

    /// Whether its time has begun at `now`; that of a token that is paused begins anew when the pause is over.
    pub fn has_begun(&self, now: OffsetDateTime) -> bool {
        let not_before = self.record.conditions.as_ref().and_then(|all| all.not_before);
        not_before.is_none_or(|at| at <= now)
    }

    /// Whether readers of that format refuse it where they must, from `now` on until it is looked at again. The format of token-manager knows neither a
    /// beginning nor networks.
    pub fn fits(&self, format: Format, now: OffsetDateTime) -> bool {
        let Some(conditions) = &self.record.conditions else {
            return true;
        };
        format == Format::Full || (self.has_begun(now) && conditions.origins.is_none())
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
    /// When its time begins; `None` is at once.
    pub not_before: Option<OffsetDateTime>,
    /// When this secret of it stops working; `None` for the current one.
    pub retires_at: Option<OffsetDateTime>,
    /// What should be networks; `None` is everywhere.
    pub networks: Option<Vec<String>>,
    /// What should be requests in seconds.
    pub rate: Option<(i64, i64)>,
    /// The transaction that last wrote it.
    pub revision: u64,
}

impl Candidate {
    /// Judges the row by the rules that a new token passes.
    ///
    /// # Errors
    /// `too_short` or `too_long` on `hash`, those of [`TokenName::parse`], [`Scopes::parse`], [`Origins::parse`] and [`RateLimit::parse`], and
    /// `expires_in_past` on `expires_at` when it is not after the creation.
    pub fn judge(&self) -> Result<Entry, Refused> {
        let short = self.hash.len() < 32;
        let code = if short { Code::TooShort } else { Code::TooLong };
        let hash = SecretHash::from_slice(&self.hash).ok_or(Refused::field("hash", code))?;
        let name = TokenName::parse(&self.name)?;
        let scopes = Scopes::parse(self.scopes.iter().map(String::as_str))?;
        if self.expires_at.is_some_and(|at| at <= self.created_at) {
            return Err(Refused::field("expires_at", Code::ExpiresInPast));
        }
        let record = Record {
            id: self.token,
            team: self.team,
            name: name.as_str().into(),
            scopes: Arc::new(scopes),
            expires_at: self.expires_at,
            revoked: false,
            conditions: self.conditions()?.boxed(),
        };
        let Self { created_at, revision, .. } = *self;
        Ok(Entry { hash, record, created_at, revision })
    }

    fn conditions(&self) -> Result<Conditions, Refused> {
        let origins = match &self.networks {
            None => None,
            // A list that is there and says nothing would open everything: it is an error, and not everywhere.
            Some(texts) => Some(
                Origins::parse(texts.iter().map(String::as_str))?
                    .ok_or(Refused::field("allowed_cidrs", Code::Empty))?,
            ),
        };
        let rate = self.rate.map(|(requests, seconds)| RateLimit::parse(requests, seconds));
        Ok(Conditions {
            not_before: self.not_before,
            retires_at: self.retires_at,
            origins,
            rate: rate.transpose()?,
            ..Conditions::default()
        })
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
            not_before: None,
            retires_at: None,
            networks: None,
            rate: None,
            revision: 7,
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
        let nowhere = Candidate { networks: Some(vec![]), ..candidate() };
        assert_eq!(refused(&nowhere), (Code::Empty, Some("allowed_cidrs")));
        let somewhere = Candidate { networks: Some(vec!["10.0.0.1/33".to_owned()]), ..candidate() };
        assert_eq!(refused(&somewhere).1, Some("allowed_cidrs"));
        let endless = Candidate { rate: Some((5, 0)), ..candidate() };
        assert!(endless.judge().is_err());
    }

    #[test]
    fn it_ends_with_its_token_or_with_the_overlap() {
        let ends = |expires_at, retires_at| {
            let candidate = Candidate { expires_at, retires_at, ..candidate() };
            candidate.judge().map_err(|refused| refused.code).expect("a good row").ends_at()
        };
        let (sooner, later) = (Some(NOW + Duration::HOUR), Some(NOW + Duration::DAY));
        assert_eq!(ends(None, None), None);
        assert_eq!(ends(sooner, None), sooner);
        assert_eq!(ends(None, sooner), sooner);
        assert_eq!(ends(later, sooner), sooner);
        assert_eq!(ends(sooner, later), sooner);
    }

    #[test]
    fn what_a_format_cannot_say_does_not_fit_it() {
        let fits = |candidate: Candidate, format| {
            candidate.judge().map_err(|refused| refused.code).expect("a row").fits(format, NOW)
        };
        let bound = Candidate { networks: Some(vec!["10.0.0.0/8".to_owned()]), ..candidate() };
        let begins = Candidate { not_before: Some(NOW + Duration::HOUR), ..candidate() };
        let begun = Candidate { not_before: Some(NOW), ..candidate() };
        let former = Candidate { retires_at: Some(NOW + Duration::HOUR), ..candidate() };
        for all in [&candidate(), &bound, &begins, &begun, &former] {
            assert!(fits(all.clone(), Format::Full));
        }
        assert!(!fits(bound, Format::TokenManager));
        assert!(!fits(begins, Format::TokenManager));
        for said in [candidate(), begun, former] {
            assert!(fits(said, Format::TokenManager));
        }
    }
}
