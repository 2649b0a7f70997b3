//! What the tests write as, and with.

use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::{EventId, TeamId, TokenId};
use domain::policy::{Action, Actor, Permit, permit};
use domain::team::{NewTeam, TeamName};
use domain::text::Description;
use domain::token::{Conditions, Display, Revocation, Scopes, SecretHash, Tags, Token, TokenName};
use domain::{OffsetDateTime, Version};
use sqlx::PgPool;
use store::{Stamp, Store, Tx};
use time::macros::datetime;
use uuid::Uuid;

/// When everything happens.
pub const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

/// A program with the owner's rights.
pub fn machine() -> Actor {
    Actor::Machine { id: Uuid::nil().into(), name: "deploy".to_owned() }
}

/// The machine's permit.
pub fn may(action: Action) -> Permit {
    permit(&machine(), action).expect("the owner's rights")
}

/// A transaction for that action.
pub async fn begin(pool: &PgPool, action: Action) -> Tx {
    Store::on(pool.clone()).begin(may(action)).await.expect("a transaction")
}

/// Commits with an event of this kind.
pub async fn commit(tx: Tx, number: u128, kind: EventKind) -> store::Result<()> {
    let stamp = Stamp { id: EventId::from(Uuid::from_u128(number)), at: NOW };
    tx.commit(
        stamp,
        &Caller::local(machine()),
        Event::new(kind, SubjectKind::Token, None, "a subject"),
    )
    .await
    .map(drop)
}

/// An id.
pub fn team_id(number: u128) -> TeamId {
    Uuid::from_u128(number).into()
}

/// What makes a team.
pub fn new_team(name: &str) -> NewTeam {
    let name = TeamName::parse(name).expect("a name");
    NewTeam { name, description: Description::default(), reveal_allowed: false }
}

/// A token of that team.
pub fn token(number: u128, team: TeamId, name: &str) -> Token {
    Token {
        id: TokenId::from(Uuid::from_u128(number)),
        name: TokenName::parse(name).expect("a name"),
        team,
        team_name: String::new(),
        description: Description::default(),
        scopes: Scopes::parse(["*"]).expect("scopes"),
        display: Display::stored("ntk_AAAAAAAA…AAAA".to_owned()),
        revealable: false,
        created_at: NOW,
        created_by: "deploy".to_owned(),
        expires_at: None,
        conditions: Conditions::default(),
        disabled_at: None,
        retired_until: None,
        revoked_at: None,
        last_used_at: None,
        tally: None,
        tags: Tags::default(),
        version: Version::FIRST,
        protected: false,
        revocation: Revocation::default(),
        pause: None,
    }
}

/// A hash of that byte.
pub fn hash(byte: u8) -> SecretHash {
    SecretHash::from_slice(&[byte; 32]).expect("32 bytes")
}

/// A team with one token.
pub async fn insert_token(pool: &PgPool) {
    let mut tx = begin(pool, Action::CreateTeam).await;
    tx.insert_team(team_id(1), &new_team("platform"), NOW).await.expect("a team");
    commit(tx, 1, EventKind::TeamCreated).await.expect("committed");
    let mut tx = begin(pool, Action::CreateToken).await;
    tx.insert_token(&token(2, team_id(1), "import"), &hash(2), None).await.expect("a token");
    commit(tx, 2, EventKind::TokenCreated).await.expect("committed");
}
