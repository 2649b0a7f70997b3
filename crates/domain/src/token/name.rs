//! A token's name.

use crate::{Refused, text};

/// What people call a token; unique among its team's tokens that have not been revoked, without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenName(String);

impl TokenName {
    /// Reads a name of 1 to 255 characters.
    ///
    /// # Errors
    /// `empty`, `too_long`, `control_character`, on the field `name`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        text::line(text, "name").map(Self)
    }

    /// A stored name, as it is.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
