//! What the tests of network targets share: servers as processes of ours, a server that misbehaves, and what an error may not say.

pub mod misbehaving;
pub mod process;
pub mod way;

use domain::mirror::FailureClass;
use storage::Patience;

/// Timeouts for tests in which a server does not answer.
pub const IMPATIENT: Patience = Patience {
    connect: std::time::Duration::from_millis(300),
    whole: std::time::Duration::from_millis(300),
};

/// An error has that class, and says nothing of these secrets, nor an address's query.
pub fn is(error: &storage::Error, class: FailureClass, secrets: &[&str]) {
    assert_eq!(error.class, class, "{error}");
    for said in [error.to_string(), format!("{error:?}")] {
        for secret in secrets.iter().chain(&["Signature=", "Credential", "Bearer", "://", "?"]) {
            assert!(!said.contains(secret), "{secret} is in: {said}");
        }
    }
}
