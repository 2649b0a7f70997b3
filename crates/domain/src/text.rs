//! Text that people type: trimmed, measured in characters, free of control characters.

mod small;

pub use small::SmallStr;

use crate::{Code, Refused};

/// The longest name, in characters.
pub const NAME_MAX: usize = 255;
/// The longest description, in characters.
pub const DESCRIPTION_MAX: usize = 500;

fn is_control(c: char) -> bool {
    // Bidirectional overrides let a name lie about itself (Unicode TR 36, section 3.3).
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// One line of 1 to [`NAME_MAX`] characters.
pub(crate) fn line(text: &str, field: &'static str) -> Result<String, Refused> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refused::field(field, Code::Empty));
    }
    if text.chars().count() > NAME_MAX {
        return Err(Refused::field(field, Code::TooLong));
    }
    if text.chars().any(is_control) {
        return Err(Refused::field(field, Code::ControlCharacter));
    }
    Ok(text.to_owned())
}

/// What a token or a team is for: at most [`DESCRIPTION_MAX`] characters, maybe none, maybe several lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// Reads a description; line ends become LF.
    ///
    /// # Errors
    /// `too_long`, `control_character`, on the field `description`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let text = text.trim().replace("\r\n", "\n");
        if text.chars().count() > DESCRIPTION_MAX {
            return Err(Refused::field("description", Code::TooLong));
        }
        if text.chars().any(|c| is_control(c) && c != '\n' && c != '\t') {
            return Err(Refused::field("description", Code::ControlCharacter));
        }
        Ok(Self(text))
    }

    /// A stored description, as it is.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text, maybe empty.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
