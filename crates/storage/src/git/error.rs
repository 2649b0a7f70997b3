//! What a failed `git` means, by what it says. It says it in English (`LC_ALL=C`), and has no codes.

use crate::Error;
use domain::mirror::FailureClass;

/// The most of what it says that is told, in characters.
const SAID_MAX: usize = 400;

/// What a process that was killed left in the clone: it does not go away by itself.
const BROKEN_FIRST: &[&str] = &["another git process seems to be running"];

/// Space comes back, and so does a server that answers with 5xx; both come with words that would read as a refusal.
const TRANSIENT_FIRST: &[&str] =
    &["no space left", "returned error: 5", "returned error: 429", "returned error: 408"];

/// The repository knows us, or not, and says no.
const DENIED: &[&str] = &[
    "authentication failed",
    "could not read username",
    "could not read password",
    "terminal prompts disabled",
    "permission denied",
    "access denied",
    "returned error: 401",
    "returned error: 403",
    "host key verification failed",
    "hook declined",
    "protected branch",
    "not allowed to push",
    "insufficient permission",
    "deny updating",
    "read-only file system",
];

/// It may pass.
const TRANSIENT: &[&str] = &[
    "could not resolve host",
    "temporary failure in name resolution",
    "name or service not known",
    "failed to connect",
    "couldn't connect",
    "connection refused",
    "connection reset",
    "connection closed",
    "connection timed out",
    "timed out",
    "operation too slow",
    "network is unreachable",
    "no route to host",
    "hung up unexpectedly",
    "empty reply from server",
    "recv failure",
    "early eof",
    "rpc failed",
    "cannot lock ref",
    "failed to update ref",
    "out of memory",
    "resource temporarily unavailable",
];

/// What it means for the next attempt.
fn class(said: &str) -> FailureClass {
    let said = said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if has(BROKEN_FIRST) {
        FailureClass::Broken
    } else if has(TRANSIENT_FIRST) {
        FailureClass::Transient
    } else if has(DENIED) {
        FailureClass::Denied
    } else if has(TRANSIENT) {
        FailureClass::Transient
    } else {
        FailureClass::Broken
    }
}

/// The error of a `git` that failed at `what`, without the words in `secrets`.
pub(super) fn told(what: &str, said: &str, secrets: &[&str]) -> Error {
    let lines = said.lines().map(str::trim);
    let telling = lines.filter(|line| {
        !line.is_empty() && !line.starts_with("hint:") && !line.starts_with("warning:")
    });
    let mut why = telling.collect::<Vec<_>>().join("; ");
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        why = why.replace(secret, "…");
    }
    if why.chars().count() > SAID_MAX {
        why = why.chars().take(SAID_MAX).chain(['…']).collect();
    }
    if why.is_empty() {
        why = "git failed without a word".to_owned();
    }
    Error { class: class(said), what: what.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_its_words() {
        for denied in [
            "fatal: Authentication failed for 'https://h/'",
            "fatal: could not read Username for 'https://h': terminal prompts disabled",
            "fatal: unable to access 'https://h/': The requested URL returned error: 403",
            "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            "Host key verification failed.\nfatal: Could not read from remote repository.",
            "! refs/x:refs/heads/main [remote rejected] (pre-receive hook declined)",
        ] {
            assert_eq!(class(denied), FailureClass::Denied, "{denied}");
        }
        for transient in [
            "fatal: unable to access 'https://h/': Could not resolve host: h",
            "fatal: unable to access 'https://h/': Failed to connect to h port 443",
            "fatal: unable to access 'https://h/': The requested URL returned error: 503",
            "ssh: connect to host h port 22: Connection refused",
            "error: remote unpack failed: unable to create temporary object directory: No space left on device",
        ] {
            assert_eq!(class(transient), FailureClass::Transient, "{transient}");
        }
        for broken in [
            "fatal: '/x' does not appear to be a git repository",
            "fatal: repository 'https://h/x/' not found",
            "fatal: bad object HEAD",
            "error: cannot lock ref 'x': Unable to create 'x.lock': File exists.\nAnother git process seems to be running in this repository",
            "",
        ] {
            assert_eq!(class(broken), FailureClass::Broken, "{broken}");
        }
    }

    #[test]
    fn a_secret_is_not_told() {
        let error = told("fetch", "warning: x\nfatal: for canary\nhint: y\n", &["", "canary"]);
        assert_eq!(error.why, "fatal: for …");
    }
}
