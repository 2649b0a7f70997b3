//! Records that nobody here issued: a person may take them for tokens of ours.
//!
//! Only what nobody here knows is taken: what Postgres has is never overwritten, and what it has ended never comes back. What cannot be taken stays where
//! it is, and stays foreign.

use super::pass::{Pass, Trouble};
use super::push::Queue;
use super::{adopt_routes, push, whole};
use crate::Error;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::{TeamId, TokenId};
use domain::mirror::state::Adopting;
use domain::mirror::{Entry, Key};
use domain::policy::{Action, Actor, permit};
use domain::text::Description;
use domain::token::{Conditions, Display, Revocation, SecretHash, Tags, Token, TokenName};
use domain::{OffsetDateTime, Refused, Version};
use record::Told;
use storage::Storage;
use store::Tx;
use store::mirror::{Mark, Standing};

/// It is noted how far the adoption is once for so many records.
const NOTED: usize = 100;

/// Takes those records for tokens whose team is known, by its id or by its name, and leaves the others in the list; and then the routes there that are beside
/// ours. How many that were is told to the audit log, where somebody asked or there were any. A long adoption holds up no revocation: what changed since `mark`
/// is brought at each step. Whether it came to its end: it does not where a person stops the mirror, and is begun anew when that goes on.
pub(super) async fn adopt(
    pass: &mut Pass<'_>,
    (standing, mark): (&Standing, &mut Mark),
    foreign: &mut Vec<Key>,
    asked: bool,
) -> Result<bool, Trouble> {
    let mut left = Vec::new();
    for (done, key) in foreign.iter().enumerate() {
        if done % NOTED == 0 {
            note(pass, foreign.len(), done, done - left.len()).await?;
            if done > 0 && is_stopped(pass).await? {
                tell(pass, done - left.len(), foreign.len() - done + left.len()).await?;
                return Ok(false);
            }
            *mark = whole::put_queued(pass, standing, mark.clone(), Queue::default()).await?;
        }
        if !adopt_one(pass, key).await? {
            left.push(*key);
        }
    }
    let adopted = foreign.len() - left.len();
    note(pass, foreign.len(), foreign.len(), adopted).await?;
    let (routes, routes_left) = adopt_routes::adopt(pass).await?;
    if asked || adopted + routes > 0 {
        tell(pass, adopted + routes, left.len() + routes_left).await?;
    }
    *foreign = left;
    Ok(true)
}

/// Whether a person stopped the mirror meanwhile, or it writes elsewhere by now.
async fn is_stopped(pass: &Pass<'_>) -> Result<bool, Trouble> {
    let place = pass.target.describe();
    let standing = pass.store().mirror_standing(pass.permit, pass.name(), &place).await?;
    Ok(standing.is_none_or(|standing| standing.paused))
}

async fn note(pass: &Pass<'_>, total: usize, done: usize, taken: usize) -> Result<(), Trouble> {
    let [total, done, taken] = [total, done, taken].map(push::count);
    let adopting = Adopting { total, done, taken };
    Ok(pass.store().note_adopting(pass.permit, pass.name(), adopting).await?)
}

async fn tell(pass: &Pass<'_>, adopted: usize, left: usize) -> Result<(), Trouble> {
    let name = pass.name();
    let event =
        Event::new(EventKind::MirrorAdopted, SubjectKind::Mirror, Some(name.to_owned()), name)
            .with("adopted", adopted.to_string())
            .with("left", left.to_string());
    let clock = Caller::local(Actor::Clock);
    let tx = begin(pass).await?;
    Ok(pass.service.commit(tx, &clock, event).await?)
}

pub(super) async fn begin(pass: &Pass<'_>) -> Result<Tx, Trouble> {
    let permit = permit(&Actor::Clock, Action::AdoptToken).map_err(Error::from)?;
    Ok(pass.store().begin(permit).await?)
}

/// Whether the record at `key` is a token of ours now.
async fn adopt_one(pass: &Pass<'_>, key: &Key) -> Result<bool, Trouble> {
    let Some(hash) = SecretHash::from_slice(key.bytes()) else { return Ok(false) };
    let bytes = match pass.target.place().get(&(*key).into()).await {
        // Something that is no object of a size that we read: it is not ours to take.
        Err(error) if error.class == domain::mirror::FailureClass::Broken => return Ok(false),
        found => found?,
    };
    let Some(told) = bytes.and_then(|bytes| Told::parse(&bytes).ok()) else { return Ok(false) };
    let mut tx = begin(pass).await?;
    let team = match TeamId::parse(&told.team) {
        Some(id) => tx.find_team(id).await?.map(|(name, _)| (id, name)),
        None => tx.find_team_named(&told.team).await?,
    };
    let Some((team, team_name)) = team else { return Ok(false) };
    let now = pass.service.now();
    let id = pass.service.random(|rng| TokenId::generate(now, rng));
    let Ok(entry) = told.candidate(&hash, team, id).judge() else { return Ok(false) };
    let Ok(token) = token(&entry, team_name, pass.name(), now) else { return Ok(false) };
    match tx.insert_token(&token, &hash, None).await {
        // Its name or its id is taken, or somebody was quicker.
        Err(error) if error.is_violation() => return Ok(false),
        done => done?,
    }
    let id = Some(token.id.to_string());
    let event = Event::new(EventKind::TokenAdopted, SubjectKind::Token, id, token.name.as_str())
        .in_team(token.team)
        .with("mirror", pass.name().to_owned())
        .with("scopes", token.scopes.to_strings().join(" "));
    pass.service.commit(tx, &Caller::local(Actor::Clock), event).await?;
    Ok(true)
}

/// The token of a record that is good at `now`. A secret that a rotation replaced is not one.
fn token(
    entry: &Entry,
    team_name: String,
    mirror: &str,
    now: OffsetDateTime,
) -> Result<Token, Refused> {
    let record = &entry.record;
    let asked = record.conditions.as_deref();
    let ended = entry.ends_at().is_some_and(|at| at <= now);
    if ended || asked.is_some_and(|all| all.retires_at.is_some()) {
        return Err(Refused::field("expires_at", domain::Code::ExpiresInPast));
    }
    let conditions = Conditions {
        not_before: asked.and_then(|all| all.not_before),
        origins: asked.and_then(|all| all.origins.clone()),
        rate: asked.and_then(|all| all.rate),
        uses: None,
    };
    Ok(Token {
        id: record.id,
        name: TokenName::parse(&record.name)?,
        team: record.team,
        team_name,
        description: Description::default(),
        scopes: (*record.scopes).clone(),
        display: Display::of_hash(&entry.hash),
        revealable: false,
        created_at: entry.created_at.min(now),
        created_by: format!("mirror {mirror}"),
        expires_at: record.expires_at,
        conditions,
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
    })
}
