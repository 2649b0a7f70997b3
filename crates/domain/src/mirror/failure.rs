//! What can go wrong at a target, by what it means for the next attempt.

/// What kind of failure a target gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureClass {
    /// It may pass by itself: trying again soon is right.
    Transient,
    /// The target knows us and says no: somebody must change a right.
    Denied,
    /// The target is not what it should be: somebody must mend it.
    Broken,
}

impl FailureClass {
    /// Every class.
    pub const ALL: &'static [Self] = &[Self::Transient, Self::Denied, Self::Broken];

    /// The class as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Denied => "denied",
            Self::Broken => "broken",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.as_str() == text)
    }
}

/// Why the last run did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind.
    pub class: FailureClass,
    /// What the target said; never with a credential.
    pub said: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_reads_back() {
        for class in FailureClass::ALL {
            assert_eq!(FailureClass::parse(class.as_str()), Some(*class));
        }
        assert_eq!(FailureClass::parse("else"), None);
    }
}
