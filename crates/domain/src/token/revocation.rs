//! Why a token was revoked.

use crate::{Code, Refused, text};

/// Why a token was revoked. The text form is part of the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RevokeReason {
    /// Another token has taken its place.
    Superseded,
    /// Its secret got out.
    Leaked,
    /// Whoever answered for it has left.
    OwnerLeft,
    /// Nothing uses it.
    Unused,
    /// The note says why.
    Other,
}

impl RevokeReason {
    /// Every reason.
    pub const ALL: &'static [Self] =
        &[Self::Superseded, Self::Leaked, Self::OwnerLeft, Self::Unused, Self::Other];

    /// Its name on the wire and in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::Leaked => "leaked",
            Self::OwnerLeft => "owner_left",
            Self::Unused => "unused",
            Self::Other => "other",
        }
    }

    /// Reads a name.
    pub fn stored(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == text)
    }

    /// Reads what was asked for.
    ///
    /// # Errors
    /// `reason_invalid` on `reason`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        Self::stored(text).ok_or(Refused::field("reason", Code::ReasonInvalid))
    }
}

/// Why a token was revoked, as far as somebody said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revocation {
    /// Why.
    pub reason: Option<RevokeReason>,
    /// In their own words: one line.
    pub note: Option<String>,
}

impl Revocation {
    /// Reads what was said; a note of nothing is none.
    ///
    /// # Errors
    /// `reason_invalid` on `reason`; `too_long` and `control_character` on `note`.
    pub fn parse(reason: Option<&str>, note: Option<&str>) -> Result<Self, Refused> {
        let note = note.map(str::trim).filter(|note| !note.is_empty());
        Ok(Self {
            reason: reason.map(RevokeReason::parse).transpose()?,
            note: note.map(|note| text::line(note, "note")).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_of_five() {
        for reason in RevokeReason::ALL {
            assert_eq!(RevokeReason::parse(reason.as_str()), Ok(*reason));
        }
        let refused = Revocation::parse(Some("boredom"), None).expect_err("no reason");
        assert_eq!((refused.code, refused.field), (Code::ReasonInvalid, Some("reason")));
    }

    #[test]
    fn a_note_is_a_line_or_none() {
        let note = |note| Revocation::parse(None, Some(note)).map(|said| said.note);
        assert_eq!(note("  "), Ok(None));
        assert_eq!(note(" in a log "), Ok(Some("in a log".to_owned())));
        assert_eq!(note("a\nb").map_err(|refused| refused.code), Err(Code::ControlCharacter));
        let long = "a".repeat(text::NAME_MAX + 1);
        assert_eq!(note(&long).map_err(|refused| refused.field), Err(Some("note")));
    }
}
