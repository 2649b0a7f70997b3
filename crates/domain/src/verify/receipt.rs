//! The receipt of a revocation: who refuses the token, and since when.

use crate::OffsetDateTime;
use time::Duration;

/// Who could still accept a revoked token, and where each of them stands. Times are the database's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// When the token was revoked.
    pub revoked_at: OffsetDateTime,
    /// Verifiers first, then mirrors, by name.
    pub parties: Vec<Party>,
}

/// One that answers for tokens, or holds what answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Which of the two.
    pub kind: PartyKind,
    /// What people know it by.
    pub name: String,
    /// Where it stands.
    pub standing: Standing,
    /// How long whoever reads a mirror may go on with what it held before. None of a verifier.
    pub readers_lag: Duration,
}

/// What a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyKind {
    /// An instance of the server.
    Verifier,
    /// A storage mirror.
    Mirror,
}

/// Where a party stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It refuses the token.
    Refuses {
        /// How long after the revocation that began; `None` where nobody wrote it down.
        after: Option<Duration>,
    },
    /// It has not been heard to refuse it.
    MayAccept {
        /// From then on it refuses, even if it is never heard of again; `None` where there is no such instant.
        until: Option<OffsetDateTime>,
    },
}

impl Receipt {
    /// Whether every verifier refuses the token. What mirrors hold is told beside it.
    pub fn refused_by_every_verifier(&self) -> bool {
        let mut verifiers = self.parties.iter().filter(|party| party.kind == PartyKind::Verifier);
        verifiers.all(|party| matches!(party.standing, Standing::Refuses { .. }))
    }
}
