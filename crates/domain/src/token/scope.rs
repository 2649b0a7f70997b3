//! Scopes: what a token may do.
//!
//! ```text
//! scope   = "*" / segment *( ":" segment ) [ ":*" ]
//! segment = 1*( ALPHA / DIGIT / "." / "_" / "-" / "/" )
//! ```
//! A granted `*` covers everything; `images:*` covers `images:read` and all below it; anything else covers itself.

use crate::{Code, Refused};

/// The longest scope, in characters.
pub const SCOPE_MAX: usize = 100;
/// The most scopes that a token has.
pub const SCOPES_MAX: usize = 50;

/// One scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(String);

impl Scope {
    /// Reads one scope; `None` when it breaks the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        let segment = |segment: &str| {
            !segment.is_empty()
                && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/".contains(&b))
        };
        let fixed = text.strip_suffix(":*").unwrap_or(text);
        let good = text.len() <= SCOPE_MAX && (text == "*" || fixed.split(':').all(segment));
        good.then(|| Self(text.to_owned()))
    }

    /// The scope's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a token that has `self` may do `wanted`.
    pub fn covers(&self, wanted: &Self) -> bool {
        self.covers_text(&wanted.0)
    }

    fn covers_text(&self, wanted: &str) -> bool {
        if self.0 == "*" || self.0 == wanted {
            return true;
        }
        // "images:*" covers what begins with "images:".
        self.0.strip_suffix('*').is_some_and(|stem| wanted.starts_with(stem))
    }
}

/// One to [`SCOPES_MAX`] scopes: sorted, each once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads the scopes of a token.
    ///
    /// # Errors
    /// `scopes_empty`, `scope_invalid`, `scopes_too_many`, on the field `scopes`.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, Refused> {
        let scopes = Self::parse_wanted(texts)?;
        if scopes.is_empty() {
            return Err(Refused::field("scopes", Code::ScopesEmpty));
        }
        Ok(Self(scopes))
    }

    /// Reads the scopes that a caller wants to use, maybe none.
    ///
    /// # Errors
    /// `scope_invalid`, `scopes_too_many`, on the field `scopes`.
    pub fn parse_wanted<'a>(
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<Scope>, Refused> {
        let mut scopes = Vec::new();
        for text in texts.into_iter().map(str::trim).filter(|text| !text.is_empty()) {
            if scopes.len() == SCOPES_MAX {
                return Err(Refused::field("scopes", Code::ScopesTooMany));
            }
            scopes.push(Scope::parse(text).ok_or(Refused::field("scopes", Code::ScopeInvalid))?);
        }
        scopes.sort();
        scopes.dedup();
        Ok(scopes)
    }

    /// Stored scopes. What breaks the grammar grants nothing, so it is left out.
    pub fn stored(texts: &[String]) -> Self {
        Self(texts.iter().filter_map(|text| Scope::parse(text)).collect())
    }

    /// The scopes, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }

    /// The scopes as texts, for storing and sending.
    pub fn to_strings(&self) -> Vec<String> {
        self.0.iter().map(|scope| scope.0.clone()).collect()
    }

    /// The scopes with a space between, as a header has them.
    pub fn joined(&self) -> String {
        let length = self.0.iter().map(|scope| scope.0.len() + 1).sum();
        self.0.iter().fold(String::with_capacity(length), |mut text, scope| {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&scope.0);
            text
        })
    }

    /// The same without what another of them covers.
    #[must_use]
    pub fn minimal(&self) -> Self {
        let needless =
            |scope: &Scope| self.0.iter().any(|other| other != scope && other.covers(scope));
        Self(self.0.iter().filter(|scope| !needless(scope)).cloned().collect())
    }

    /// Whether one of these covers a scope of this text, which keeps the grammar.
    pub(crate) fn cover_text(&self, wanted: &str) -> bool {
        self.0.iter().any(|granted| granted.covers_text(wanted))
    }

    /// Whether each of `wanted` is covered by one of these.
    pub fn cover(&self, wanted: &[Scope]) -> bool {
        wanted.iter().all(|wanted| self.0.iter().any(|granted| granted.covers(wanted)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> Scope {
        Scope::parse(text).expect(text)
    }

    #[test]
    fn the_grammar_takes_and_refuses() {
        for good in ["*", "images", "images:read", "images:*", "tag:llm", "a.b/c_d-e:x"] {
            assert!(Scope::parse(good).is_some(), "{good}");
        }
        for bad in ["", ":", "a:", ":a", "a::b", "a*", "*:a", "a b", "é", "a:*:b", "**", "a\0"] {
            assert!(Scope::parse(bad).is_none(), "{bad}");
        }
        assert!(Scope::parse(&"a".repeat(SCOPE_MAX)).is_some());
        assert!(Scope::parse(&"a".repeat(SCOPE_MAX + 1)).is_none());
    }

    #[test]
    fn a_glob_covers_what_is_below_it_and_not_its_neighbour() {
        assert!(scope("*").covers(&scope("anything:at:all")));
        assert!(scope("images:*").covers(&scope("images:read")));
        assert!(scope("images:*").covers(&scope("images:read:x")));
        assert!(!scope("images:*").covers(&scope("images")));
        assert!(!scope("images:*").covers(&scope("imagesx:read")));
        assert!(!scope("images:read").covers(&scope("images:*")));
    }

    #[test]
    fn a_set_is_sorted_and_has_each_once() {
        let scopes = Scopes::parse(["b", " a ", "b", ""]).expect("good scopes");
        assert_eq!(scopes.to_strings(), ["a", "b"]);
    }
}
