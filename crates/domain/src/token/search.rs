//! What people type to find tokens by, taken apart as the words of a token are: see `token_words` in migration 0018, which says the same in SQL.
//!
//! A whole secret is no search: it would stand in an address. It is refused here, and found by [`crate::token::SecretHash`].

use super::SecretHash;
use crate::id::TokenId;
use crate::{Code, Refused};

/// The longest search, in characters.
pub const SEARCH_MAX: usize = 100;
/// Characters of a word that count.
const WORD_MAX: usize = 64;
/// So many characters of a secret's alphabet in a row, of every kind, are taken for a secret or the most of one.
const SECRET_LIKE: usize = 32;

/// One thing that a token must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// A word as it was typed, or one or two characters of a script without spaces.
    pub text: String,
    /// Whether it is enough that a word begins so.
    pub begins: bool,
}

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    text: String,
    id: Option<TokenId>,
    terms: Vec<Term>,
}

impl Search {
    /// Reads a search; `None` when nothing was typed. A token's id finds that token, everything else the tokens that have each of its words in their
    /// name, their description or what is shown of their secret.
    ///
    /// # Errors
    /// `too_long`, `search_secret` for what looks like a secret, `search_wordless` where there is no letter and no digit; on the field `q`.
    pub fn parse(text: &str) -> Result<Option<Self>, Refused> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if is_secret_like(text) {
            return Err(Refused::field("q", Code::SearchSecret));
        }
        if text.chars().count() > SEARCH_MAX {
            return Err(Refused::field("q", Code::TooLong));
        }
        let id = TokenId::parse(text);
        let terms = terms(text);
        if terms.is_empty() {
            return Err(Refused::field("q", Code::SearchWordless));
        }
        Ok(Some(Self { text: text.to_owned(), id, terms }))
    }

    /// As it was typed, without the spaces around it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The token whose id it is.
    pub const fn id(&self) -> Option<TokenId> {
        self.id
    }

    /// What a token must have, all of it.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }
}

/// Whether a text has, or may have, the secret of a token in it: then it belongs into no address and into no log.
pub fn is_secret_like(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.split(|c| !inside(c)).any(|run| {
        let has = |of: fn(&u8) -> bool| run.as_bytes().iter().any(of);
        SecretHash::of_offered(run).is_some()
            || run.len() >= SECRET_LIKE
                && has(u8::is_ascii_uppercase)
                && has(u8::is_ascii_lowercase)
                && has(u8::is_ascii_digit)
    })
}

/// The first whole secret in a text, such as what follows `Bearer`.
pub fn secret_in(text: &str) -> Option<&str> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.split(|c| !inside(c)).find(|run| SecretHash::of_offered(run).is_some())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Separator,
    /// Of a script that has no spaces between its words.
    Dense,
    Letter,
}

const fn kind(c: char) -> Kind {
    match c {
        '\0'..='/'
        | ':'..='@'
        | '['..='`'
        | '{'..='\u{a0}'
        | '\u{2000}'..='\u{206f}'
        | '\u{3000}'..='\u{303f}'
        | '\u{ff00}'..='\u{ff0f}'
        | '\u{ff1a}'..='\u{ff20}' => Kind::Separator,
        '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' => Kind::Dense,
        _ => Kind::Letter,
    }
}

fn terms(text: &str) -> Vec<Term> {
    // Its case is left to whoever has the words: what a small letter is depends on the database's locale.
    let typed: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for run in typed.chunk_by(|a, b| kind(*a) == kind(*b)) {
        let term = |chars: &[char], begins| Term { text: chars.iter().collect(), begins };
        match kind(run[0]) {
            Kind::Separator => {}
            Kind::Letter => found.push(term(&run[..run.len().min(WORD_MAX)], true)),
            Kind::Dense if run.len() == 1 => found.push(term(run, true)),
            Kind::Dense => found.extend(run.windows(2).map(|pair| term(pair, false))),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(text: &str) -> Vec<String> {
        let search = Search::parse(text).expect("good").expect("some");
        let star = |term: &Term| format!("{}{}", term.text, if term.begins { "*" } else { "" });
        search.terms().iter().map(star).collect()
    }

    #[test]
    fn words_are_what_is_between_the_separators() {
        assert_eq!(said(" Billing_import-7 "), ["Billing*", "import*", "7*"]);
        assert_eq!(said("ntk_AbC…wXyZ"), ["ntk*", "AbC*", "wXyZ*"]);
    }

    #[test]
    fn a_run_without_spaces_is_found_by_any_part_of_it() {
        assert_eq!(said("支付服务"), ["支付", "付服", "服务"]);
        assert_eq!(said("支 API"), ["支*", "API*"]);
    }

    #[test]
    fn a_secret_is_no_search() {
        let secret = format!("ntk_{}", "aB3".repeat(14) + "x");
        for text in [secret.clone(), format!("Bearer {secret}"), secret[..44].to_owned()] {
            let refused = Search::parse(&text).expect_err("a secret");
            assert_eq!((refused.field, refused.code), (Some("q"), Code::SearchSecret));
        }
        assert_eq!(secret_in(&format!("Bearer {secret}\n")), Some(secret.as_str()));
        assert_eq!(secret_in(&secret[..40]), None);
        let id = "0192f0c1-2b3c-7d4e-8f50-123456789abc";
        assert!(Search::parse(id).expect("good").expect("some").id().is_some());
        assert!(!is_secret_like(&"a".repeat(60)));
    }

    #[test]
    fn nothing_finds_everything_and_a_dash_is_a_mistake() {
        assert_eq!(Search::parse("  "), Ok(None));
        let code = |text: &str| Search::parse(text).expect_err("refused").code;
        assert_eq!(code("-…/"), Code::SearchWordless);
        assert_eq!(code(&"a b ".repeat(40)), Code::TooLong);
    }

    proptest! {
        #[test]
        fn no_term_can_break_out_of_its_quotes(text in "\\PC{0,60}") {
            if let Ok(Some(search)) = Search::parse(&text) {
                for term in search.terms() {
                    prop_assert!(!term.text.is_empty());
                    prop_assert!(!term.text.contains(['\'', '\\', ':', '*', '\0']));
                }
            }
        }
    }
}
