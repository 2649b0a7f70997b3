//! What a route tells its backend: the secrets themselves, in clear.

use super::auth::AuthKind;
use crate::{Code, Refused};
use zeroize::Zeroizing;

/// The longest secret, in bytes.
pub const SECRET_MAX: usize = 4096;

/// The secrets of a route, in clear. No `Debug`, no `Clone`; wiped when dropped.
///
/// ```compile_fail
/// fn shown(credentials: &domain::route::Credentials) -> String {
///     format!("{credentials:?}")
/// }
/// ```
pub struct Credentials(Zeroizing<String>);

impl Credentials {
    /// A bearer token or an API key: what a header's value may hold, in printable ASCII without blanks around.
    ///
    /// # Errors
    /// `empty`, `too_long`, `secret_invalid`, on `field`.
    pub fn one(text: &str, field: &'static str) -> Result<Self, Refused> {
        judge(text, field)?;
        let printable = |b: u8| b.is_ascii_graphic() || b == b' ';
        if text.trim() != text || !text.bytes().all(printable) {
            return Err(Refused::field(field, Code::SecretInvalid));
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// A user name and a password: no control characters, and no colon in the name (RFC 7617, section 2).
    ///
    /// # Errors
    /// `empty`, `too_long`, `secret_invalid`, on `username` or `password`.
    pub fn basic(username: &str, password: &str) -> Result<Self, Refused> {
        judge(username, "username")?;
        judge(password, "password")?;
        if username.contains(':') {
            return Err(Refused::field("username", Code::SecretInvalid));
        }
        Ok(Self(Zeroizing::new(format!("{username}:{password}"))))
    }

    /// What was sealed of a kind of authentication, and opened again; `None` when it is none of that kind.
    pub fn stored(kind: &AuthKind, text: Zeroizing<String>) -> Option<Self> {
        let good = match kind {
            AuthKind::None => false,
            AuthKind::Bearer | AuthKind::ApiKey(_) => true,
            AuthKind::Basic => text.contains(':'),
        };
        good.then_some(Self(text))
    }

    /// All of it as one text: of a user name and a password both, with a colon between. Called where it is sealed, and nowhere else (a test lists
    /// the places).
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Each secret by itself, in the order of [`super::Auth::names`].
    pub fn into_parts(self, kind: &AuthKind) -> Vec<Zeroizing<String>> {
        match (kind, self.0.split_once(':')) {
            (AuthKind::Basic, Some((username, password))) => {
                vec![Zeroizing::new(username.to_owned()), Zeroizing::new(password.to_owned())]
            }
            _ => vec![self.0],
        }
    }
}

fn judge(text: &str, field: &'static str) -> Result<(), Refused> {
    if text.is_empty() {
        return Err(Refused::field(field, Code::Empty));
    }
    if text.len() > SECRET_MAX {
        return Err(Refused::field(field, Code::TooLong));
    }
    if text.chars().any(char::is_control) {
        return Err(Refused::field(field, Code::SecretInvalid));
    }
    Ok(())
}

/// What becomes of a route's secrets. They are never shown again, so that there is nothing to change in them.
pub enum CredentialChange {
    /// They stay, as long as the kind of authentication does.
    Keep,
    /// They go.
    Remove,
    /// Others come in their place.
    Replace(Credentials),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(judged: Result<Credentials, Refused>) -> (Code, Option<&'static str>) {
        let refused = judged.map(|_| ()).expect_err("refused");
        (refused.code, refused.field)
    }

    #[test]
    fn a_secret_fits_into_a_header() {
        assert!(Credentials::one("sk-live 1", "token").is_ok());
        assert_eq!(code(Credentials::one("", "token")), (Code::Empty, Some("token")));
        for bad in [" a", "a\r\nHost: x", "é", "a\0"] {
            assert_eq!(code(Credentials::one(bad, "key")), (Code::SecretInvalid, Some("key")));
        }
        let long = "a".repeat(SECRET_MAX + 1);
        assert_eq!(code(Credentials::one(&long, "key")), (Code::TooLong, Some("key")));
    }

    #[test]
    fn a_user_name_and_a_password_come_apart_again() {
        let both =
            Credentials::basic("ada", "p:w ü").map_err(|refused| refused.code).expect("good");
        let parts = both.into_parts(&AuthKind::Basic);
        assert_eq!(parts.iter().map(|part| part.as_str()).collect::<Vec<_>>(), ["ada", "p:w ü"]);
        assert_eq!(code(Credentials::basic("a:b", "c")), (Code::SecretInvalid, Some("username")));
        assert_eq!(code(Credentials::basic("a", "")), (Code::Empty, Some("password")));
    }
}
