//! What a failure of the foreign server means, by its SQLSTATE (PostgreSQL's documentation, appendix A).

use crate::Error;
use domain::mirror::FailureClass;
use std::io::ErrorKind;
use std::time::Duration;

/// Why an operation failed.
pub(super) enum Failed {
    /// The server, or the way to it.
    Sql(sqlx::Error),
    /// It did not answer in that time.
    Late(Duration),
    /// It is told already.
    Told(Error),
    /// We do not want to.
    Refused(&'static str),
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl Failed {
    /// For people. No error of a server has a password in it, and the address is never part of one.
    pub(super) fn told(self, what: &str) -> Error {
        let (class, why) = match self {
            Self::Told(Error { class, why, .. }) => (class, why),
            Self::Refused(why) => (FailureClass::Broken, why.to_owned()),
            Self::Late(time) => {
                (FailureClass::Transient, format!("no answer within {} s", time.as_secs()))
            }
            Self::Sql(sqlx::Error::Database(error)) => {
                let code = error.code().unwrap_or_default();
                (of_sqlstate(&code), format!("{} (SQLSTATE {code})", error.message()))
            }
            Self::Sql(sqlx::Error::Io(error)) => (of_io(error.kind()), error.to_string()),
            // So sqlx tells a connection that was cut while TLS was asked for.
            Self::Sql(sqlx::Error::Protocol(said)) if said.contains("SSLRequest: 0x00") => {
                (FailureClass::Transient, "the connection was cut".to_owned())
            }
            Self::Sql(error) => (FailureClass::Broken, error.to_string()),
        };
        Error { class, what: what.to_owned(), why }
    }
}

fn of_io(kind: ErrorKind) -> FailureClass {
    match kind {
        ErrorKind::PermissionDenied => FailureClass::Denied,
        // A server that is not there, a name that does not resolve, a connection that was cut.
        _ => FailureClass::Transient,
    }
}

/// A standby refuses writes (25006) as a right would: somebody must point elsewhere, and we look again every minute.
fn of_sqlstate(code: &str) -> FailureClass {
    match code {
        "25006" | "42501" => FailureClass::Denied,
        // Ended by a timeout, a lock that was not to be had, or the server that stops or starts.
        "57014" | "55P03" | "57P01" | "57P02" | "57P03" | "57P05" => FailureClass::Transient,
        _ => match code.get(..2) {
            Some("28") => FailureClass::Denied,
            // The connection, a transaction that met another, space or connections that are used up.
            Some("08" | "40" | "53") => FailureClass::Transient,
            _ => FailureClass::Broken,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_its_codes() {
        for denied in ["28000", "28P01", "42501", "25006"] {
            assert_eq!(of_sqlstate(denied), FailureClass::Denied, "{denied}");
        }
        for transient in [
            "08006", "08P01", "40001", "40P01", "53100", "53300", "55P03", "57014", "57P01",
            "57P03",
        ] {
            assert_eq!(of_sqlstate(transient), FailureClass::Transient, "{transient}");
        }
        for broken in ["42P01", "42703", "3D000", "3F000", "57P04", "23505", "XX000", ""] {
            assert_eq!(of_sqlstate(broken), FailureClass::Broken, "{broken}");
        }
        assert_eq!(of_io(ErrorKind::ConnectionRefused), FailureClass::Transient);
        assert_eq!(of_io(ErrorKind::PermissionDenied), FailureClass::Denied);
    }
}
