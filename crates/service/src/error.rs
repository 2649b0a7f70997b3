//! The two ways in which a use case does not do what was asked.

use domain::{Code, Refusals, Refused};

/// The answers of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Refused, or broken.
#[derive(Debug)]
pub enum Error {
    /// The caller can act on it.
    Refused(Refusals),
    /// Ours. The door logs it once, and the caller sees the request's id.
    Fault(Fault),
}

/// Something broke.
#[derive(Debug, thiserror::Error)]
#[error("{doing}")]
pub struct Fault {
    doing: &'static str,
    unavailable: bool,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl Fault {
    /// A fault while `doing`.
    pub fn new(
        doing: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { doing, unavailable: false, source: source.into() }
    }

    /// A fault while `doing`, after which trying again may help.
    pub fn unavailable(
        doing: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { unavailable: true, ..Self::new(doing, source) }
    }

    /// The code that the caller sees: `unavailable` when trying again later may help, else `internal`.
    pub const fn code(&self) -> Code {
        if self.unavailable { Code::Unavailable } else { Code::Internal }
    }

    /// The fault and its causes on one line, for the log. Statements' parameters are not in it.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause: Option<&dyn std::error::Error> = Some(&*self.source);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl Error {
    /// The refusals as the caller sees them: a fault is `internal` or `unavailable`.
    pub fn refusals(&self) -> Refusals {
        match self {
            Self::Refused(refusals) => refusals.clone(),
            Self::Fault(fault) => fault.code().into(),
        }
    }
}

impl From<Refusals> for Error {
    fn from(refusals: Refusals) -> Self {
        Self::Refused(refusals)
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.into())
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Refused(code.into())
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        let unavailable = matches!(error, store::Error::Unavailable(_) | store::Error::Outdated);
        Self::Fault(Fault { doing: "the database", unavailable, source: Box::new(error) })
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Turns the violation of a named constraint into the refusal of a field.
pub(crate) fn violated(error: store::Error, refusals: &[(&str, &'static str, Code)]) -> Error {
    refusals
        .iter()
        .find(|(constraint, ..)| error.violates(constraint))
        .map_or_else(|| error.into(), |&(_, field, code)| Refused::field(field, code).into())
}
