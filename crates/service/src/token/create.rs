//! Makes a token.

use super::conditions;
use crate::error::violated;
use crate::idempotency::{request_hash, who};
use crate::{IdempotencyKey, Result, Service};
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::{NewToken, Revocation, SecretHash, Token, TokenSecret};
use domain::{Code, OffsetDateTime, Refused, Version};
use store::Tx;
use store::idempotency::Replay;

/// For how long a replayed request still gets the secret.
pub(crate) const SECRET_KEPT: time::Duration = time::Duration::minutes(10);

/// A new token, and its secret for the only time.
pub struct Created {
    /// The token.
    pub token: Token,
    /// Its secret; `None` only for a replay that comes after the secret was let go.
    pub secret: Option<TokenSecret>,
    /// Whether an earlier request with the same key made it.
    pub replayed: bool,
}

/// Makes a token: permit, replay or mint, hash, maybe seal, insert, commit with its event.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `name_taken` on `name`; `team_unknown` on `team_id`; `expires_in_past` on `expires_at`;
/// `not_before_late` on `not_before`;
/// `reveal_off` and `reveal_not_allowed` on `revealable`; `idempotency_mismatch`; a fault.
pub async fn create(
    service: &Service,
    caller: &Caller,
    asked: NewToken,
    key: Option<IdempotencyKey>,
) -> Result<Created> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::CreateToken)?).await?;
    let actor = who(&caller.actor);
    if let Some(key) = &key
        && let Some(replay) = tx.find_replay(&actor, key.as_str()).await?
    {
        return replayed(service, tx, replay, &asked).await;
    }

    let now = service.now();
    let secret = service.random(|rng| TokenSecret::mint(service.prefix(), rng));
    let token = draw_up(service, caller, &mut tx, &asked, &secret, now).await?;
    let hash: SecretHash = secret.hash();
    let sealed = service.sealer().map(|sealer| sealer.seal(&secret));
    let sealed_to_keep = if asked.revealable { sealed.as_deref() } else { None };
    tx.insert_token(&token, &hash, sealed_to_keep).await.map_err(|error| {
        violated(
            error,
            &[
                ("tokens_name_key", "name", Code::NameTaken),
                ("tokens_team_id_fkey", "team_id", Code::TeamUnknown),
            ],
        )
    })?;
    if let Some(key) = &key {
        let request_hash = request_hash(&asked);
        let replay = Replay { request_hash, token: token.id, sealed, at: now };
        tx.insert_replay(&actor, key.as_str(), &replay).await?;
    }
    service.commit(tx, caller, created_event(&token)).await?;
    Ok(Created { token, secret: Some(secret), replayed: false })
}

async fn draw_up(
    service: &Service,
    caller: &Caller,
    tx: &mut Tx,
    asked: &NewToken,
    secret: &TokenSecret,
    now: OffsetDateTime,
) -> Result<Token> {
    let Some((team_name, reveal_allowed)) = tx.find_team(asked.team).await? else {
        return Err(Refused::field("team_id", Code::TeamUnknown).into());
    };
    if asked.revealable && !reveal_allowed {
        return Err(Refused::field("revealable", Code::RevealNotAllowed).into());
    }
    if asked.revealable && service.sealer().is_none() {
        return Err(Refused::field("revealable", Code::RevealOff).into());
    }
    let expires_at = asked.expiry.resolve(now)?;
    asked.conditions.fit(expires_at)?;
    Ok(Token {
        id: service.random(|rng| TokenId::generate(now, rng)),
        name: asked.name.clone(),
        team: asked.team,
        team_name,
        description: asked.description.clone(),
        scopes: asked.scopes.clone(),
        display: secret.display(),
        revealable: asked.revealable,
        created_at: now,
        created_by: caller.actor.label().to_owned(),
        expires_at,
        conditions: asked.conditions.clone(),
        disabled_at: None,
        retired_until: None,
        revoked_at: None,
        last_used_at: None,
        tally: None,
        tags: asked.tags.clone(),
        version: Version::FIRST,
        protected: false,
        revocation: Revocation::default(),
        pause: None,
    })
}

async fn replayed(
    service: &Service,
    mut tx: Tx,
    replay: Replay,
    asked: &NewToken,
) -> Result<Created> {
    if replay.request_hash != request_hash(asked) {
        return Err(Code::IdempotencyMismatch.into());
    }
    let found = tx.lock_token(replay.token).await?;
    let Some((token, _)) = found else { return Err(Code::NotFound.into()) };
    let secret = secret_of(service, &token, &replay);
    Ok(Created { token, secret, replayed: true })
}

/// The secret that an earlier request with the same key made, while it is kept.
pub(super) fn secret_of(service: &Service, token: &Token, replay: &Replay) -> Option<TokenSecret> {
    let fresh = service.now() - replay.at < SECRET_KEPT && token.revoked_at.is_none();
    let sealed = replay.sealed.as_deref().filter(|_| fresh)?;
    service.sealer()?.open(sealed).ok()
}

fn created_event(token: &Token) -> Event {
    let id = Some(token.id.to_string());
    let tags = Some(token.tags.joined()).filter(|tags| !tags.is_empty());
    let tags = tags.map(|tags| ("tags", tags));
    Event::new(EventKind::TokenCreated, SubjectKind::Token, id, token.name.as_str())
        .in_team(token.team)
        .with("team", &token.team_name)
        .with("scopes", token.scopes.to_strings().join(" "))
        .with("display", token.display.as_str())
        .at_version(token.version)
        .with_all(tags)
        .with_all(conditions::facts(&token.conditions))
}
