//! Which tokens are listed, in which order, and where a page begins. Read from texts, as an address has them.
//!
//! Start at [`TokenFilter`]. What a filter means in SQL is in `store::token_list`.

pub mod cursor;
pub mod sort;
pub mod status;

use super::search::Search;
use super::{Scope, Token};
use crate::OffsetDateTime;
use crate::id::TeamId;
use crate::page::Limit;
use crate::{Code, Refused};
pub use cursor::{Key, TokenCursor};
pub use sort::{SortBy, TokenSort};
pub use status::StatusSet;
use time::Duration;

/// The most days that a filter may ask about.
pub const DAYS_MAX: u16 = 3650;

/// Tokens of a filter are counted to this.
pub const COUNT_MAX: u32 = 1_000;

/// What is asked for: some of the tokens, in an order, and a page of them.
#[derive(Clone, Debug, Default)]
pub struct TokenQuery {
    /// Which tokens.
    pub filter: TokenFilter,
    /// In which order.
    pub sort: TokenSort,
    /// From where on; of this filter and this order.
    pub cursor: Option<TokenCursor>,
    /// How many.
    pub limit: Limit,
}

/// A page of tokens.
#[derive(Clone, Debug)]
pub struct TokenPage {
    /// The tokens, in the order that was asked for.
    pub tokens: Vec<Token>,
    /// Where the page after it begins, if there is one.
    pub next: Option<TokenCursor>,
    /// Where the page before it ends, if there may be one.
    pub previous: Option<TokenCursor>,
}

/// How a token was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unused {
    /// Not once.
    Never,
    /// Not within so many days; one that never was counts from its making.
    Days(u16),
}

/// Which tokens. All of it must be true of a token; what is absent is true of every token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenFilter {
    /// What was typed to find it by.
    pub search: Option<Search>,
    /// Its team.
    pub team: Option<TeamId>,
    /// Who made it, as the audit log names them.
    pub created_by: Option<String>,
    /// Its status is one of these.
    pub status: Option<StatusSet>,
    /// A scope that it has, letter by letter: not one that covers it.
    pub scope: Option<Scope>,
    /// It works still, and expires within so many days.
    pub expires_days: Option<u16>,
    /// It was not used.
    pub unused: Option<Unused>,
    /// Whether its secret can be revealed.
    pub revealable: Option<bool>,
}

/// A filter's fields as texts.
#[derive(Clone, Copy, Debug, Default)]
pub struct AskedFilter<'a> {
    /// See [`TokenFilter::search`].
    pub q: &'a str,
    /// An id.
    pub team: &'a str,
    /// See [`TokenFilter::created_by`].
    pub created_by: &'a str,
    /// Names of statuses, with commas between.
    pub status: &'a str,
    /// A scope.
    pub scope: &'a str,
    /// A number of days.
    pub expires_days: &'a str,
    /// A number of days, or `never`.
    pub unused: &'a str,
    /// `true` or `false`.
    pub revealable: &'a str,
}

fn days(text: &str, field: &'static str) -> Result<u16, Refused> {
    match text.parse() {
        Ok(days @ 1..=DAYS_MAX) => Ok(days),
        _ => Err(Refused::field(field, Code::DaysRange)),
    }
}

/// The trimmed text, if there is any.
fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

impl TokenFilter {
    /// Reads a filter; an empty text is an absent one.
    ///
    /// # Errors
    /// What [`Search::parse`] and [`StatusSet::parse`] refuse; `team_unknown` on `team_id`, `too_long` on `created_by`, `scope_invalid` on `scope`,
    /// `days_range` on `expires_days` and on `unused`, `query_malformed` on `revealable`.
    pub fn parse(asked: AskedFilter<'_>) -> Result<Self, Refused> {
        let team = |id: &str| TeamId::parse(id).ok_or(Refused::field("team_id", Code::TeamUnknown));
        let by = |name: &str| match name.chars().count() {
            0..=crate::text::NAME_MAX => Ok(name.replace('\0', "")),
            _ => Err(Refused::field("created_by", Code::TooLong)),
        };
        let scope =
            |text: &str| Scope::parse(text).ok_or(Refused::field("scope", Code::ScopeInvalid));
        let unused = |text: &str| match text {
            "never" => Ok(Unused::Never),
            text => days(text, "unused").map(Unused::Days),
        };
        let revealable = |text: &str| {
            text.parse().map_err(|_| Refused::field("revealable", Code::QueryMalformed))
        };
        Ok(Self {
            search: Search::parse(asked.q)?,
            team: some(asked.team).map(team).transpose()?,
            created_by: some(asked.created_by).map(by).transpose()?,
            status: some(asked.status).map(StatusSet::parse).transpose()?,
            scope: some(asked.scope).map(scope).transpose()?,
            expires_days: some(asked.expires_days)
                .map(|text| days(text, "expires_days"))
                .transpose()?,
            unused: some(asked.unused).map(unused).transpose()?,
            revealable: some(asked.revealable).map(revealable).transpose()?,
        })
    }

    /// Whether it is true of every token.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Of a token that works still, the last instant of its expiry that the filter takes.
    pub fn expires_until(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.expires_days.map(|days| now.saturating_add(Duration::days(days.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_text_is_an_absent_one() {
        let filter = TokenFilter::parse(AskedFilter { q: " ", ..AskedFilter::default() });
        assert!(filter.expect("good").is_empty());
    }

    #[test]
    fn each_mistake_names_its_field() {
        let none = AskedFilter::default();
        for (asked, field, code) in [
            (AskedFilter { team: "x", ..none }, "team_id", Code::TeamUnknown),
            (AskedFilter { status: "gone", ..none }, "status", Code::StatusUnknown),
            (AskedFilter { scope: "a b", ..none }, "scope", Code::ScopeInvalid),
            (AskedFilter { expires_days: "0", ..none }, "expires_days", Code::DaysRange),
            (AskedFilter { expires_days: "3651", ..none }, "expires_days", Code::DaysRange),
            (AskedFilter { unused: "ever", ..none }, "unused", Code::DaysRange),
            (AskedFilter { revealable: "1", ..none }, "revealable", Code::QueryMalformed),
            (AskedFilter { q: "-", ..none }, "q", Code::SearchWordless),
        ] {
            let refused = TokenFilter::parse(asked).expect_err("refused");
            assert_eq!((refused.field, refused.code), (Some(field), code), "{asked:?}");
        }
    }
}
