//! Who may do what: the only way to a [`Permit`], which every write and every list asks for.

use crate::id::{KeyId, TokenId, UserId};
use crate::user::Role;
use crate::{Code, Refused};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody known.
    Anonymous,
    /// A person with a session.
    Person {
        /// Their id.
        id: UserId,
        /// Their address, for the audit log.
        email: String,
        /// What they may do.
        role: Role,
    },
    /// A program with a management key, which has the owner's rights.
    Machine {
        /// The key's id.
        id: KeyId,
        /// The key's name, for the audit log.
        name: String,
    },
    /// A program with a management key that may verify, and nothing else.
    Verifier {
        /// The key's id.
        id: KeyId,
        /// The key's name, for the audit log.
        name: String,
    },
    /// Whoever has a token's secret, and acts on that token alone.
    Holder {
        /// The token's id.
        id: TokenId,
        /// The token's name, for the audit log.
        name: String,
    },
    /// The operator at the command line of the server's machine.
    Operator,
    /// The clock: the server's own loops.
    Clock,
}

impl Actor {
    /// The kind, as the audit log and the API name it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Person { .. } => "person",
            Self::Machine { .. } => "machine",
            Self::Verifier { .. } => "verifier",
            Self::Holder { .. } => "holder",
            Self::Operator => "operator",
            Self::Clock => "clock",
        }
    }

    /// The id in text form, where there is one.
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Person { id, .. } => Some(id.to_string()),
            Self::Machine { id, .. } | Self::Verifier { id, .. } => Some(id.to_string()),
            Self::Holder { id, .. } => Some(id.to_string()),
            Self::Anonymous | Self::Operator | Self::Clock => None,
        }
    }

    /// What people know the actor by.
    pub fn label(&self) -> &str {
        match self {
            Self::Person { email, .. } => email,
            Self::Machine { name, .. }
            | Self::Verifier { name, .. }
            | Self::Holder { name, .. } => name,
            Self::Anonymous | Self::Operator | Self::Clock => self.kind(),
        }
    }
}

/// What can be done. One for each use case that a permit guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Make a token.
    CreateToken,
    /// See tokens.
    ListTokens,
    /// See a token's secret again.
    RevealToken,
    /// End a token.
    RevokeToken,
    /// See the token whose secret one has.
    GetOwnToken,
    /// End the token whose secret one has.
    RevokeOwnToken,
    /// Ask whether tokens are good, where that is not open to everybody.
    Verify,
    /// Put off the end of a token.
    ExtendToken,
    /// Switch a token off.
    DisableToken,
    /// Switch a token on again.
    EnableToken,
    /// Change what a token is called, what it is for and what it is sorted by.
    ChangeToken,
    /// Change when, from where and how often a token may be used.
    ChangeConditions,
    /// Take scopes from a token.
    NarrowScopes,
    /// Give a token a new secret.
    RotateToken,
    /// End a token's former secret before its time.
    FinishRotation,
    /// Make a team.
    CreateTeam,
    /// See teams.
    ListTeams,
    /// See the audit log.
    ListAudit,
    /// See the settings.
    GetSettings,
    /// See the mirrors.
    ListMirrors,
    /// Release a held mirror plan.
    ReleaseMirror,
    /// Ask a mirror for a look at everything, for a plan, or to adopt foreign records.
    AskMirror,
    /// Stop a mirror, and let it go on.
    PauseMirror,
    /// Add a target for a mirror.
    CreateMirror,
    /// Change the target of a mirror.
    ChangeMirror,
    /// Delete a mirror, or let it be emptied first.
    DeleteMirror,
    /// Try whether a target can be used.
    ProbeMirror,
    /// Take a record of a mirror for a token of ours, and a route for one of ours.
    AdoptToken,
    /// Record what a mirror run did.
    RecordMirrorRun,
    /// Make a route.
    CreateRoute,
    /// See routes.
    ListRoutes,
    /// Change a route.
    ChangeRoute,
    /// Delete a route.
    DeleteRoute,
    /// Ask which route a request would take, and whether a token may.
    TryRoute,
    /// Tell the mirrors the routes, and those secrets of theirs that are delivered.
    PublishRoutes,
    /// Make the first owner.
    CreateOwner,
    /// Make a link with which the first owner is made.
    CreateSetupLink,
    /// Make a management key.
    CreateKey,
    /// See the management keys, never their secrets.
    ListKeys,
    /// End a management key.
    RevokeKey,
    /// Open and end one's own session.
    Session,
    /// Remove what has run out.
    Sweep,
    /// Record what verification learned.
    RecordUsage,
    /// Tell how tokens were used elsewhere.
    ReportUsage,
}

impl Action {
    /// Every action, for the matrix test.
    pub const ALL: &'static [Self] = &[
        Self::CreateToken,
        Self::ListTokens,
        Self::RevealToken,
        Self::RevokeToken,
        Self::GetOwnToken,
        Self::RevokeOwnToken,
        Self::Verify,
        Self::ExtendToken,
        Self::DisableToken,
        Self::EnableToken,
        Self::ChangeToken,
        Self::ChangeConditions,
        Self::NarrowScopes,
        Self::RotateToken,
        Self::FinishRotation,
        Self::CreateTeam,
        Self::ListTeams,
        Self::ListAudit,
        Self::GetSettings,
        Self::ListMirrors,
        Self::ReleaseMirror,
        Self::AskMirror,
        Self::PauseMirror,
        Self::CreateMirror,
        Self::ChangeMirror,
        Self::DeleteMirror,
        Self::ProbeMirror,
        Self::AdoptToken,
        Self::RecordMirrorRun,
        Self::CreateRoute,
        Self::ListRoutes,
        Self::ChangeRoute,
        Self::DeleteRoute,
        Self::TryRoute,
        Self::PublishRoutes,
        Self::CreateOwner,
        Self::CreateSetupLink,
        Self::CreateKey,
        Self::ListKeys,
        Self::RevokeKey,
        Self::Session,
        Self::Sweep,
        Self::RecordUsage,
        Self::ReportUsage,
    ];
}

/// The proof that an actor may do an action. It cannot be made or changed outside this module.
///
/// ```compile_fail
/// let forged = domain::policy::Permit { actor: todo!(), action: todo!() };
/// ```
#[derive(Debug)]
pub struct Permit {
    actor: Actor,
    action: Action,
}

impl Permit {
    /// Who was permitted.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What was permitted.
    pub const fn action(&self) -> Action {
        self.action
    }
}

/// Decides whether `actor` may do `action`.
///
/// # Errors
/// `unauthenticated` for the anonymous, `forbidden` for everybody else who may not.
pub fn permit(actor: &Actor, action: Action) -> Result<Permit, Refused> {
    if may(actor, action) {
        return Ok(Permit { actor: actor.clone(), action });
    }
    Err(Refused::new(match actor {
        Actor::Anonymous => Code::Unauthenticated,
        _ => Code::Forbidden,
    }))
}

fn may(actor: &Actor, action: Action) -> bool {
    use Action::{
        AdoptToken, AskMirror, ChangeConditions, ChangeMirror, ChangeRoute, ChangeToken, CreateKey,
        CreateMirror, CreateOwner, CreateRoute, CreateSetupLink, CreateTeam, CreateToken,
        DeleteMirror, DeleteRoute, DisableToken, EnableToken, ExtendToken, FinishRotation,
        GetOwnToken, GetSettings, ListAudit, ListKeys, ListMirrors, ListRoutes, ListTeams,
        ListTokens, NarrowScopes, PauseMirror, ProbeMirror, PublishRoutes, RecordMirrorRun,
        RecordUsage, ReleaseMirror, ReportUsage, RevealToken, RevokeKey, RevokeOwnToken,
        RevokeToken, RotateToken, Session, Sweep, TryRoute, Verify,
    };
    let owner_rights = match action {
        CreateToken | ListTokens | RevealToken | RevokeToken | ExtendToken | DisableToken
        | EnableToken | ChangeToken | ChangeConditions | NarrowScopes | RotateToken
        | FinishRotation | Verify | ReportUsage | CreateTeam | ListTeams | ListAudit
        | GetSettings | ListMirrors | ReleaseMirror | AskMirror | PauseMirror | CreateMirror
        | ChangeMirror | DeleteMirror | ProbeMirror | CreateRoute | ListRoutes | ChangeRoute
        | DeleteRoute | TryRoute => true,
        PublishRoutes | GetOwnToken | RevokeOwnToken | AdoptToken | RecordMirrorRun
        | RecordUsage | CreateOwner | CreateSetupLink | CreateKey | ListKeys | RevokeKey
        | Session | Sweep => false,
    };
    match actor {
        // The setup link, or the password, is what makes the anonymous somebody; the use case checks it.
        Actor::Anonymous => matches!(action, CreateOwner | Session),
        Actor::Person { role: Role::Owner, .. } => owner_rights || action == Session,
        Actor::Machine { .. } => owner_rights,
        // Whoever may ask about tokens makes them used by asking: to tell of uses is no more.
        Actor::Verifier { .. } => matches!(action, Verify | ReportUsage),
        Actor::Holder { .. } => matches!(action, GetOwnToken | RevokeOwnToken),
        Actor::Operator => {
            matches!(action, CreateOwner | CreateSetupLink | CreateKey | ListKeys | RevokeKey)
        }
        Actor::Clock => {
            matches!(
                action,
                PublishRoutes
                    | ListMirrors
                    | DeleteMirror
                    | AdoptToken
                    | RecordMirrorRun
                    | RecordUsage
                    | Sweep
                    | CreateSetupLink
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_and_the_anonymous_may_not_see_tokens() {
        for actor in [Actor::Anonymous, Actor::Clock, Actor::Operator] {
            assert!(permit(&actor, Action::ListTokens).is_err(), "{actor:?}");
        }
        let refused = permit(&Actor::Anonymous, Action::RevealToken).expect_err("refused");
        assert_eq!(refused.code, Code::Unauthenticated);
    }
}
