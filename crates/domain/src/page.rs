//! Keyset pages: a limit, and where the page before ended.

use crate::{Code, Refused};

/// Rows a page has when the caller does not say.
pub const LIMIT_DEFAULT: u16 = 50;
/// Rows a page may have at most.
pub const LIMIT_MAX: u16 = 200;

/// How many rows a page may have: 1 to [`LIMIT_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    /// Reads a limit; absent means [`LIMIT_DEFAULT`].
    ///
    /// # Errors
    /// `limit_range` on the field `limit`.
    pub fn parse(limit: Option<i64>) -> Result<Self, Refused> {
        let limit = limit.unwrap_or(i64::from(LIMIT_DEFAULT));
        match u16::try_from(limit) {
            Ok(limit @ 1..=LIMIT_MAX) => Ok(Self(limit)),
            _ => Err(Refused::field("limit", Code::LimitRange)),
        }
    }

    /// The limit as a count of rows.
    pub const fn rows(self) -> usize {
        self.0 as usize
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(LIMIT_DEFAULT)
    }
}

/// One page of `T`, and the place after it when there is more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The rows, in order.
    pub items: Vec<T>,
    /// Where the next page begins.
    pub next: Option<C>,
}

impl<T, C> Page<T, C> {
    /// Cuts a page out of `limit + 1` rows: the one too many only says that there is more.
    pub fn cut(mut rows: Vec<T>, limit: Limit, place: impl Fn(&T) -> C) -> Self {
        let more = rows.len() > limit.rows();
        rows.truncate(limit.rows());
        let next = if more { rows.last().map(place) } else { None };
        Self { items: rows, next }
    }

    /// The same page of other things.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U, C> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}
