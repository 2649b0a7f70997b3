//! People who sign in.

use crate::id::UserId;
use crate::{Code, Refused};
use zeroize::Zeroizing;

/// An e-mail address in lower case; the name of an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address: one `@`, something before it, a dotted or single-label domain after it, no spaces, at most 254 characters
    /// (RFC 5321, section 4.5.3.1.3). Whether it receives mail is not asked.
    ///
    /// # Errors
    /// `empty`, `too_long`, `email_invalid`, on the field `email`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let refuse = |code| Err(Refused::field("email", code));
        let text = text.trim();
        if text.is_empty() {
            return refuse(Code::Empty);
        }
        if text.len() > 254 {
            return refuse(Code::TooLong);
        }
        let label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let good = text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !local.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@')
                && domain.split('.').all(label)
        });
        if good { Ok(Self(text.to_lowercase())) } else { refuse(Code::EmailInvalid) }
    }

    /// A stored address, as it is.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password as it was typed. No `Debug`, `Clone` or `Serialize`; wiped when dropped.
pub struct Password(Zeroizing<String>);

/// The shortest password for an account, in characters (NIST SP 800-63B-4 asks for 15 where it is the only factor; 12 with a blocklist is the
/// common floor, and the console shows a passphrase as its example).
pub const PASSWORD_MIN: usize = 12;
/// The longest password, in bytes: a bound on the hashing work that a stranger can ask for.
pub const PASSWORD_MAX_BYTES: usize = 1024;

impl Password {
    /// A new password for an account.
    ///
    /// # Errors
    /// `empty`, `too_short`, `too_long`, on the field `password`.
    pub fn choose(text: String) -> Result<Self, Refused> {
        let text = Zeroizing::new(text);
        let refuse = |code| Err(Refused::field("password", code));
        match text.chars().count() {
            0 => refuse(Code::Empty),
            1..PASSWORD_MIN => refuse(Code::TooShort),
            _ if text.len() > PASSWORD_MAX_BYTES => refuse(Code::TooLong),
            _ => Ok(Self(text)),
        }
    }

    /// A password offered at sign-in: any text that is not absurdly long.
    ///
    /// # Errors
    /// `empty` or `too_long` on the field `password`.
    pub fn offer(text: String) -> Result<Self, Refused> {
        let text = Zeroizing::new(text);
        if text.is_empty() {
            return Err(Refused::field("password", Code::Empty));
        }
        if text.len() > PASSWORD_MAX_BYTES {
            return Err(Refused::field("password", Code::TooLong));
        }
        Ok(Self(text))
    }

    /// The bytes, for the hasher only.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// What a person may do. People beyond the owner come later; the matrix test grows with this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// May do everything.
    Owner,
}

impl Role {
    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        (text == "owner").then_some(Self::Owner)
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their address.
    pub email: Email,
    /// What they may do.
    pub role: Role,
}
