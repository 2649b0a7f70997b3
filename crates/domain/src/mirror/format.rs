//! For whom a mirror's objects are written.

/// For whom a mirror's objects are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// For verifiers that decide as the server does: conditions, revision and signature. Instants are RFC 3339 with `Z`.
    #[default]
    Full,
    /// For the readers of token-manager: its five fields, and instants as Python writes them without a zone, which are UTC. A token that
    /// is bound to networks, or whose time has not begun, is left out; a rate limit is not kept by such readers.
    TokenManager,
}

impl Format {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Full, Self::TokenManager];

    /// The name, as it is configured.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::TokenManager => "token-manager",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_read_as_it_is_written() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.as_str()), Some(*format));
        }
        assert_eq!(Format::parse("seed"), None);
    }
}
