//! What can go wrong with an outside key space, by what it means for the next attempt.

use domain::mirror::{Failure, FailureClass};
use rustix::io::Errno;

/// The answers of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed operation.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Error {
    /// What it means for the next attempt.
    pub class: FailureClass,
    /// What was attempted, on which object.
    pub what: String,
    /// What the target said.
    pub why: String,
}

impl Error {
    /// An error of the operating system.
    pub(crate) fn os(what: impl Into<String>, errno: Errno) -> Self {
        let why = std::io::Error::from(errno).to_string();
        Self { class: class(errno), what: what.into(), why }
    }

    /// An error of the operating system, as the standard library tells it.
    pub(crate) fn io(what: impl Into<String>, error: &std::io::Error) -> Self {
        match Errno::from_io_error(error) {
            Some(errno) => Self::os(what, errno),
            None => Self::broken(what, error.to_string()),
        }
    }

    /// A target that is not what it should be.
    pub(crate) fn broken(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { class: FailureClass::Broken, what: what.into(), why: why.into() }
    }

    /// A target that may be better soon.
    pub(crate) fn transient(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { class: FailureClass::Transient, what: what.into(), why: why.into() }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { class: error.class, said: error.to_string() }
    }
}

/// What an error number means for the next attempt. A full disk is transient: space comes back without anybody touching the configuration.
/// An I/O error is not: a disk that cannot be read does not mend while it is asked again every second.
fn class(errno: Errno) -> FailureClass {
    match errno {
        Errno::ACCESS | Errno::PERM | Errno::ROFS => FailureClass::Denied,
        Errno::NOSPC
        | Errno::DQUOT
        | Errno::AGAIN
        | Errno::INTR
        | Errno::BUSY
        | Errno::NOMEM
        | Errno::MFILE
        | Errno::NFILE
        | Errno::NOBUFS
        | Errno::TIMEDOUT
        | Errno::STALE
        | Errno::HOSTDOWN
        | Errno::HOSTUNREACH
        | Errno::NETUNREACH
        | Errno::NETDOWN => FailureClass::Transient,
        _ => FailureClass::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_its_numbers() {
        assert_eq!(class(Errno::NOSPC), FailureClass::Transient);
        assert_eq!(class(Errno::ROFS), FailureClass::Denied);
        assert_eq!(class(Errno::ACCESS), FailureClass::Denied);
        assert_eq!(class(Errno::IO), FailureClass::Broken);
        assert_eq!(class(Errno::NOTDIR), FailureClass::Broken);
    }

    #[test]
    fn it_says_what_was_attempted_and_why_it_failed() {
        let error = Error::os("write tokens/x.json", Errno::NOSPC);
        assert!(error.to_string().starts_with("write tokens/x.json: No space left"), "{error}");
        assert_eq!(Failure::from(&error).class, FailureClass::Transient);
    }
}
