//! The orders that tokens are listed in.

use crate::{Code, Refused};

/// What they are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// When they were made.
    #[default]
    Created,
    /// Their names in lower case, by their bytes in UTF-8.
    Name,
    /// When they expire; never is last.
    Expires,
    /// The hour in which they were good last; never is first.
    LastUsed,
}

impl SortBy {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Created, Self::Name, Self::Expires, Self::LastUsed];

    /// The name in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Name => "name",
            Self::Expires => "expires",
            Self::LastUsed => "last_used",
        }
    }
}

/// An order. Of tokens that are equal in it, that of their ids decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenSort {
    /// By what.
    pub by: SortBy,
    /// From the last to the first.
    pub descending: bool,
}

impl Default for TokenSort {
    /// The newest first.
    fn default() -> Self {
        Self { by: SortBy::Created, descending: true }
    }
}

impl TokenSort {
    /// Reads an order: a name, with `-` before it from the last to the first. The empty text is the newest first.
    ///
    /// # Errors
    /// `sort_unknown` on the field `sort`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let by = SortBy::ALL.into_iter().find(|by| by.as_str() == name);
        let by = by.ok_or(Refused::field("sort", Code::SortUnknown))?;
        Ok(Self { by, descending })
    }
}

impl std::fmt::Display for TokenSort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.descending { "-" } else { "" })?;
        f.write_str(self.by.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_read_as_it_is_said() {
        for by in SortBy::ALL {
            for descending in [false, true] {
                let sort = TokenSort { by, descending };
                assert_eq!(TokenSort::parse(&sort.to_string()), Ok(sort));
            }
        }
        assert_eq!(TokenSort::parse(" "), Ok(TokenSort::default()));
        for bad in ["-", "colour", "--name", "Name"] {
            assert!(TokenSort::parse(bad).is_err(), "{bad}");
        }
    }
}
