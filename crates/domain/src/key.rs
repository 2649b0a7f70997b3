//! Management keys: what programs call the API with.

use crate::OffsetDateTime;
use crate::id::KeyId;
use crate::policy::Actor;

/// What a key may be made for. One without any may do what an owner may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyScope {
    /// To ask whether tokens are good, and nothing else.
    Verify,
}

impl KeyScope {
    /// Every scope.
    pub const ALL: &'static [Self] = &[Self::Verify];

    /// The scope as it is stored, sent and typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
        }
    }

    /// Reads it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text)
    }
}

/// A management key that is good, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// What it may do; `None` is everything that an owner may. What a newer version wrote there grants nothing.
    pub scopes: Option<Vec<KeyScope>>,
    /// When it expires; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
}

/// A management key in a list, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// The key; it may have expired.
    pub key: Key,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it changed something last, as the audit log has it; what it only read is not known.
    pub changed_at: Option<OffsetDateTime>,
}

impl Key {
    /// Who acts with it; `None` when it may do nothing that we know of.
    pub fn actor(&self) -> Option<Actor> {
        let (id, name) = (self.id, self.name.clone());
        match &self.scopes {
            None => Some(Actor::Machine { id, name }),
            Some(scopes) => {
                scopes.contains(&KeyScope::Verify).then_some(Actor::Verifier { id, name })
            }
        }
    }
}
