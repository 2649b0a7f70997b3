//! Events: what happened, as the audit log keeps it. A write transaction is committed with one, and only with one.

use crate::OffsetDateTime;
use crate::id::{EventId, TeamId};
use crate::policy::Actor;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventKind { $($(#[$doc])* $name,)+ }

        impl EventKind {
            /// Every kind, in the order of the registry.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The kind as it is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// Reads the stored form.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
            }
        }
    };
}

kinds! {
    /// A token was made.
    TokenCreated = "token_created";
    /// A token's secret was shown again.
    TokenRevealed = "token_revealed";
    /// A token was ended.
    TokenRevoked = "token_revoked";
    /// A token was used from where it had not been used before.
    TokenNewOrigin = "token_new_origin";
    /// A token was used after it was revoked, replaced, or had expired.
    TokenUsedAfterEnd = "token_used_after_end";
    /// A team was made.
    TeamCreated = "team_created";
    /// The first owner was made.
    OwnerCreated = "owner_created";
    /// A link to make the first owner was printed.
    SetupLinkCreated = "setup_link_created";
    /// A management key was made.
    KeyCreated = "key_created";
    /// Somebody signed in.
    SignedIn = "signed_in";
    /// Somebody failed to.
    SignInRefused = "sign_in_refused";
    /// Somebody signed out.
    SignedOut = "signed_out";
    /// A mirror's plan was held for a person.
    MirrorHeld = "mirror_held";
    /// A person released it.
    MirrorReleased = "mirror_released";
}

impl EventKind {
    /// Whether what the mirrors should hold may differ after this event.
    pub const fn touches_mirrors(self) -> bool {
        matches!(self, Self::TokenCreated | Self::TokenRevoked | Self::MirrorReleased)
    }
}

/// What the event happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The noun: `token`, `team`, `user`, `key`, `mirror`, `session`.
    pub kind: &'static str,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// What people knew it by at that time.
    pub label: String,
}

/// What happened, to what, in which team. Never holds a secret or a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// To what.
    pub subject: Subject,
    /// In which team.
    pub team: Option<TeamId>,
    /// Further facts, each a name and a value.
    pub detail: Vec<(&'static str, String)>,
}

impl Event {
    /// An event about one subject.
    pub fn new(
        kind: EventKind,
        noun: &'static str,
        id: Option<String>,
        label: impl Into<String>,
    ) -> Self {
        let subject = Subject { kind: noun, id, label: label.into() };
        Self { kind, subject, team: None, detail: Vec::new() }
    }

    /// The same event, in a team.
    #[must_use]
    pub fn in_team(mut self, team: TeamId) -> Self {
        self.team = Some(team);
        self
    }

    /// The same event, with a further fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.detail.push((name, value.into()));
        self
    }
}

/// One line of the audit log, as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EventId,
    /// Its place in the order of the log.
    pub seq: i64,
    /// When.
    pub at: OffsetDateTime,
    /// Who: the actor's kind.
    pub actor_kind: String,
    /// Who: the actor's id, where there is one.
    pub actor_id: Option<String>,
    /// Who: what people know the actor by.
    pub actor_label: String,
    /// What happened.
    pub kind: EventKind,
    /// To what: the noun.
    pub subject_kind: String,
    /// To what: its id.
    pub subject_id: Option<String>,
    /// To what: its name at that time.
    pub subject_label: String,
    /// In which team.
    pub team: Option<TeamId>,
    /// Further facts, each a name and a value.
    pub detail: Vec<(String, String)>,
    /// The request that did it.
    pub request_id: Option<String>,
    /// The address that the request came from.
    pub origin: Option<String>,
}

/// Who asks, and by which request: what the audit log writes beside an event.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// By which request.
    pub request_id: Option<crate::id::RequestId>,
    /// From which address.
    pub origin: Option<std::net::IpAddr>,
}

impl Caller {
    /// A caller inside the server or at its command line: no request, no address.
    pub const fn local(actor: Actor) -> Self {
        Self { actor, request_id: None, origin: None }
    }
}
