//! Events: what happened, as the audit log keeps it. A write transaction is committed with one, and only with one.

use crate::id::{EventId, KeyId, RouteId, TeamId, TokenId, UserId};
use crate::policy::Actor;
use crate::{Code, Expected, OffsetDateTime, Refused, Version, text};

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
    /// A token's end was put off.
    TokenExtended = "token_extended";
    /// A token was switched off.
    TokenDisabled = "token_disabled";
    /// A token was switched on again.
    TokenEnabled = "token_enabled";
    /// A token's name, description or tags were changed.
    TokenChanged = "token_changed";
    /// When, from where or how often a token may be used was changed.
    TokenConditionsChanged = "token_conditions_changed";
    /// A token got a new secret; the former one works for a while.
    TokenRotated = "token_rotated";
    /// The former secret of a token was ended before its time.
    TokenRotationFinished = "token_rotation_finished";
    /// A token's scopes became fewer.
    TokenScopesNarrowed = "token_scopes_narrowed";
    /// Tokens that had ended long ago were removed, so many at once.
    TokensPurged = "tokens_purged";
    /// A team was made.
    TeamCreated = "team_created";
    /// The first owner was made.
    OwnerCreated = "owner_created";
    /// A link to make the first owner was printed.
    SetupLinkCreated = "setup_link_created";
    /// A management key was made.
    KeyCreated = "key_created";
    /// A management key was ended.
    KeyRevoked = "key_revoked";
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
    /// A person asked it for a look at everything, for a plan, or to adopt foreign records.
    MirrorAsked = "mirror_asked";
    /// A person stopped it.
    MirrorPaused = "mirror_paused";
    /// A person let it go on.
    MirrorResumed = "mirror_resumed";
    /// A person let its foreign records go.
    MirrorForeignEnded = "mirror_foreign_ended";
    /// Records that nobody here issued were taken for tokens of ours.
    MirrorAdopted = "mirror_adopted";
    /// A token that a mirror told of was taken for ours.
    TokenAdopted = "token_adopted";
    /// It failed several times in a row.
    MirrorFailing = "mirror_failing";
    /// It is well again.
    MirrorRecovered = "mirror_recovered";
    /// A target was added.
    MirrorCreated = "mirror_created";
    /// What is said of it, or a secret of it, was changed.
    MirrorChanged = "mirror_changed";
    /// A person asked that it be emptied, and then deleted.
    MirrorEmptying = "mirror_emptying";
    /// It was deleted.
    MirrorDeleted = "mirror_deleted";
    /// A route was made.
    RouteCreated = "route_created";
    /// A route, or the secret of its backend, was changed.
    RouteChanged = "route_changed";
    /// A route was deleted.
    RouteDeleted = "route_deleted";
}

impl EventKind {
    /// Whether what the mirrors should hold may differ after this event.
    pub const fn touches_mirrors(self) -> bool {
        matches!(
            self,
            Self::TokenCreated
                | Self::TokenRevoked
                | Self::TokenDisabled
                | Self::TokenEnabled
                | Self::TokenChanged
                | Self::TokenExtended
                | Self::TokenConditionsChanged
                | Self::TokenRotated
                | Self::TokenRotationFinished
                | Self::TokenScopesNarrowed
                | Self::MirrorReleased
                | Self::TokenAdopted
                | Self::MirrorAsked
                | Self::MirrorResumed
                | Self::MirrorForeignEnded
                | Self::MirrorCreated
                | Self::MirrorChanged
                | Self::MirrorEmptying
                | Self::MirrorDeleted
                | Self::RouteCreated
                | Self::RouteChanged
                | Self::RouteDeleted
        )
    }
}

/// The nouns that events happen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// A token.
    Token,
    /// A team.
    Team,
    /// An account.
    User,
    /// A management key.
    Key,
    /// A mirror; its id is its name.
    Mirror,
    /// A route.
    Route,
    /// An attempt to open a session; none of them has an id.
    Session,
}

impl SubjectKind {
    /// Every noun.
    pub const ALL: &'static [Self] =
        &[Self::Token, Self::Team, Self::User, Self::Key, Self::Mirror, Self::Route, Self::Session];

    /// The noun as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Team => "team",
            Self::User => "user",
            Self::Key => "key",
            Self::Mirror => "mirror",
            Self::Route => "route",
            Self::Session => "session",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// One subject, to ask the log what happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectId {
    kind: SubjectKind,
    id: String,
}

impl SubjectId {
    /// A token.
    pub fn token(id: TokenId) -> Self {
        Self { kind: SubjectKind::Token, id: id.to_string() }
    }

    /// Reads a subject from its two halves: both, or neither.
    ///
    /// # Errors
    /// `query_malformed` on the half that is missing; `subject_unknown` on `subject_kind` when nothing of such a noun is known by an id, on
    /// `subject_id` when the id is none of its noun's; the rules of a line on the id of a mirror.
    pub fn parse(kind: Option<&str>, id: Option<&str>) -> Result<Option<Self>, Refused> {
        let (kind, id) = match (kind, id) {
            (None, None) => return Ok(None),
            (Some(kind), Some(id)) => (kind, id),
            (None, Some(_)) => return Err(Refused::field("subject_kind", Code::QueryMalformed)),
            (Some(_), None) => return Err(Refused::field("subject_id", Code::QueryMalformed)),
        };
        let unknown = |field| Refused::field(field, Code::SubjectUnknown);
        let kind = SubjectKind::parse(kind).ok_or(unknown("subject_kind"))?;
        // In the form in which events have it.
        let id = match kind {
            SubjectKind::Token => TokenId::parse(id).map(|id| id.to_string()),
            SubjectKind::Team => TeamId::parse(id).map(|id| id.to_string()),
            SubjectKind::User => UserId::parse(id).map(|id| id.to_string()),
            SubjectKind::Key => KeyId::parse(id).map(|id| id.to_string()),
            SubjectKind::Route => RouteId::parse(id).map(|id| id.to_string()),
            SubjectKind::Mirror => Some(text::line(id, "subject_id")?),
            SubjectKind::Session => return Err(unknown("subject_kind")),
        };
        let id = id.ok_or(unknown("subject_id"))?;
        Ok(Some(Self { kind, id }))
    }

    /// Its noun.
    pub const fn kind(&self) -> SubjectKind {
        self.kind
    }

    /// Its id, as events have it.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// What the event happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The noun.
    pub kind: SubjectKind,
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
    /// The version of the subject that it led to, where the subject has versions.
    pub version: Option<Version>,
}

impl Event {
    /// An event about one subject.
    pub fn new(
        kind: EventKind,
        noun: SubjectKind,
        id: Option<String>,
        label: impl Into<String>,
    ) -> Self {
        let subject = Subject { kind: noun, id, label: label.into() };
        Self { kind, subject, team: None, detail: Vec::new(), version: None }
    }

    /// The same event, in a team.
    #[must_use]
    pub fn in_team(mut self, team: TeamId) -> Self {
        self.team = Some(team);
        self
    }

    /// The same event, which led to that version of its subject.
    #[must_use]
    pub fn at_version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// The same event, with a further fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.detail.push((name, value.into()));
        self
    }

    /// The same event, with further facts.
    #[must_use]
    pub fn with_all(mut self, facts: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.detail.extend(facts);
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

/// Who asks, and by which request: what the audit log writes beside an event, and what the request says of the state that it changes.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// By which request.
    pub request_id: Option<crate::id::RequestId>,
    /// From which address.
    pub origin: Option<std::net::IpAddr>,
    /// Which state of a thing that has versions it may change.
    pub expected: Expected,
}

impl Caller {
    /// A caller inside the server or at its command line: no request, no address.
    pub const fn local(actor: Actor) -> Self {
        Self { actor, request_id: None, origin: None, expected: Expected::Unsaid }
    }

    /// The same caller, who saw that version of what they change.
    #[must_use]
    pub fn who_saw(self, version: Version) -> Self {
        Self { expected: Expected::exactly(version), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192f0c1-2b3c-7d4e-8f50-123456789abc";

    fn refused(kind: Option<&str>, id: Option<&str>) -> (Code, &'static str) {
        let refused = SubjectId::parse(kind, id).expect_err("no subject");
        (refused.code, refused.field.unwrap_or_default())
    }

    #[test]
    fn a_subject_is_a_noun_and_an_id() {
        for kind in ["token", "team", "user", "key", "route"] {
            let read = SubjectId::parse(Some(kind), Some(ID)).expect("good").expect("both");
            assert_eq!((read.kind().as_str(), read.id()), (kind, ID));
        }
        let mirror = SubjectId::parse(Some("mirror"), Some("files")).expect("good").expect("both");
        assert_eq!((mirror.kind(), mirror.id()), (SubjectKind::Mirror, "files"));
        assert_eq!(SubjectId::parse(None, None), Ok(None));
    }

    #[test]
    fn an_id_is_read_in_any_form_and_asked_for_in_that_of_the_events() {
        let read = SubjectId::parse(Some("token"), Some(&ID.to_uppercase()));
        assert_eq!(read.expect("good").expect("both").id(), ID);
    }

    #[test]
    fn half_a_subject_is_none() {
        assert_eq!(refused(Some("token"), None), (Code::QueryMalformed, "subject_id"));
        assert_eq!(refused(None, Some(ID)), (Code::QueryMalformed, "subject_kind"));
    }

    #[test]
    fn a_subject_that_there_cannot_be_is_refused() {
        for kind in ["", "colour", "Token", "session"] {
            assert_eq!(refused(Some(kind), Some(ID)), (Code::SubjectUnknown, "subject_kind"));
        }
        for id in ["", "import", "\0"] {
            assert_eq!(refused(Some("token"), Some(id)), (Code::SubjectUnknown, "subject_id"));
        }
        assert_eq!(refused(Some("mirror"), Some("a\0b")), (Code::ControlCharacter, "subject_id"));
    }
}
