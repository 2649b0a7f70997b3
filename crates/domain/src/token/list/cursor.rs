//! Where a page begins: after a token, in one order of one filter, and in no other.

use super::{SortBy, TokenFilter, TokenSort};
use crate::id::TokenId;
use crate::{Code, OffsetDateTime, Refused};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// A token's place in an order, beside its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The id says it.
    Id,
    /// Its name in lower case.
    Name(String),
    /// An instant; `None` is never.
    At(Option<OffsetDateTime>),
}

/// A place between two tokens of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenCursor {
    /// The list's order.
    pub sort: TokenSort,
    /// The place of the token beside it.
    pub key: Key,
    /// The token beside it.
    pub id: TokenId,
    /// Whether the page before the place is meant, and not the one after it.
    pub backwards: bool,
}

/// A few bytes of what a list is of.
fn mark(sort: TokenSort, filter: &TokenFilter) -> String {
    // Each field has its length before it, so that no two filters are written alike.
    let search = filter.search.as_ref().map(|search| search.as_str().to_owned());
    let fields = [
        Some(sort.to_string()),
        search,
        filter.team.map(|team| team.to_string()),
        filter.created_by.clone(),
        filter.status.as_ref().map(ToString::to_string),
        filter.scope.as_ref().map(|scope| scope.as_str().to_owned()),
        filter.expires_days.map(|days| days.to_string()),
        filter.unused.map(|unused| format!("{unused:?}")),
        filter.revealable.map(|on| on.to_string()),
    ];
    let mut hash = Sha256::new();
    for field in fields {
        let field = field.unwrap_or_default();
        hash.update(field.len().to_le_bytes());
        hash.update(field);
    }
    hex(&hash.finalize()[..6])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

fn micros(at: OffsetDateTime) -> i128 {
    at.unix_timestamp_nanos() / 1_000
}

impl TokenCursor {
    /// The cursor as it is sent: which way, the list's mark, the id, and the key.
    pub fn text(&self, filter: &TokenFilter) -> String {
        let way = if self.backwards { 'p' } else { 'n' };
        let key = match &self.key {
            Key::Id => String::new(),
            Key::Name(name) => hex(name.as_bytes()),
            Key::At(None) => "never".to_owned(),
            Key::At(Some(at)) => micros(*at).to_string(),
        };
        format!("{way}.{}.{}.{key}", mark(self.sort, filter), self.id.uuid().simple())
    }

    /// Reads a cursor of that list.
    ///
    /// # Errors
    /// `cursor_invalid` on `cursor`, also for that of another order or another filter.
    pub fn parse(text: &str, sort: TokenSort, filter: &TokenFilter) -> Result<Self, Refused> {
        Self::read(text, sort, filter).ok_or(Refused::field("cursor", Code::CursorInvalid))
    }

    fn read(text: &str, sort: TokenSort, filter: &TokenFilter) -> Option<Self> {
        let mut parts = text.splitn(4, '.');
        let backwards = match parts.next()? {
            "n" => false,
            "p" => true,
            _ => return None,
        };
        if parts.next()? != mark(sort, filter) {
            return None;
        }
        let id = TokenId::parse(parts.next()?)?;
        let key = parts.next()?;
        let key = match sort.by {
            SortBy::Created => key.is_empty().then_some(Key::Id)?,
            SortBy::Name => {
                let name = String::from_utf8(unhex(key)?).ok()?;
                (!name.contains('\0')).then_some(Key::Name(name))?
            }
            SortBy::Expires | SortBy::LastUsed if key == "never" => Key::At(None),
            SortBy::Expires | SortBy::LastUsed => {
                let nanos = key.parse::<i128>().ok()?.checked_mul(1_000)?;
                Key::At(Some(OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?))
            }
        };
        Some(Self { sort, key, id, backwards })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::list::AskedFilter;
    use proptest::prelude::*;
    use time::macros::datetime;

    fn cursors() -> Vec<TokenCursor> {
        let id = uuid::Uuid::from_u128(7).into();
        let by = |by, key| TokenCursor {
            sort: TokenSort { by, descending: false },
            key,
            id,
            backwards: true,
        };
        vec![
            by(SortBy::Created, Key::Id),
            by(SortBy::Name, Key::Name("支付 a.b".to_owned())),
            by(SortBy::Expires, Key::At(None)),
            by(SortBy::LastUsed, Key::At(Some(datetime!(2026-11-22 10:00:00.000001 UTC)))),
        ]
    }

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let filter = TokenFilter::default();
        for cursor in cursors() {
            let text = cursor.text(&filter);
            assert_eq!(TokenCursor::parse(&text, cursor.sort, &filter), Ok(cursor));
        }
    }

    #[test]
    fn a_cursor_of_another_list_is_none() {
        let filter = TokenFilter::default();
        let asked = AskedFilter { q: "import", ..AskedFilter::default() };
        let other = TokenFilter::parse(asked).expect("good");
        for cursor in cursors() {
            let text = cursor.text(&filter);
            assert!(TokenCursor::parse(&text, cursor.sort, &other).is_err());
            let turned = TokenSort { descending: true, ..cursor.sort };
            assert!(TokenCursor::parse(&text, turned, &filter).is_err());
        }
    }

    proptest! {
        #[test]
        fn nothing_that_strangers_write_is_followed(text in "\\PC{0,80}") {
            let filter = TokenFilter::default();
            for sort in SortBy::ALL.map(|by| TokenSort { by, descending: true }) {
                prop_assert!(TokenCursor::parse(&text, sort, &filter).is_err());
            }
        }

        #[test]
        fn no_key_makes_it_panic(key in "\\PC{0,40}") {
            let filter = TokenFilter::default();
            for sort in SortBy::ALL.map(|by| TokenSort { by, descending: true }) {
                let id = uuid::Uuid::nil().simple().to_string();
                let _ = TokenCursor::parse(&format!("n.{}.{id}.{key}", mark(sort, &filter)), sort, &filter);
            }
        }
    }
}
