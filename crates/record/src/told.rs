//! What a record says, from whoever wrote it: strict about the members that we know, deaf to those that come after them.

use crate::instant;
use domain::Code;
use domain::OffsetDateTime;
use domain::id::{TeamId, TokenId};
use domain::mirror::{Candidate, Entry};
use domain::token::SecretHash;
use serde::{Deserialize, Deserializer};

/// The largest record that is read, in bytes. Ours have at most 10 kB.
pub const RECORD_MAX: usize = 32 * 1024;

/// Why a record cannot be used. Says nothing of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It has more bytes than are read.
    #[error("it is too large")]
    TooLarge,
    /// It is not a JSON object with the members that it needs, each of its kind and once.
    #[error("it is not the JSON of a record")]
    Malformed,
    /// A member does not say what it should.
    #[error("its {0} cannot be read")]
    Member(&'static str),
    /// A member breaks the rule that a token of ours keeps.
    #[error("its {0} breaks a rule: {code}", code = .1.as_str())]
    Refused(&'static str, Code),
}

#[derive(Deserialize)]
struct Object {
    name: String,
    team_id: String,
    scopes: Vec<String>,
    created_at: String,
    #[serde(deserialize_with = "present")]
    expires_at: Option<String>,
    token_id: Option<String>,
    not_before: Option<String>,
    allowed_cidrs: Option<Vec<String>>,
    rate_limit: Option<Rate>,
    slot: Option<String>,
    revision: Option<u64>,
    written_at: Option<String>,
}

/// Null, and not left out.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(from)
}

#[derive(Deserialize)]
struct Rate {
    requests: i64,
    seconds: i64,
}

/// What a record says, its instants read and all else not judged yet: of a foreign one the team may have any name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What the token is called.
    pub name: String,
    /// What its team is called there: our id, or a name of theirs.
    pub team: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When the secret ends; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
    /// What only [`domain::mirror::Format::Full`] says.
    pub more: Option<More>,
}

/// What only [`domain::mirror::Format::Full`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct More {
    /// The token's id.
    pub token: TokenId,
    /// When its time begins; `None` is at once.
    pub not_before: Option<OffsetDateTime>,
    /// Where it may be used from; `None` is everywhere.
    pub allowed_cidrs: Option<Vec<String>>,
    /// Requests in seconds; `None` is without a limit.
    pub rate: Option<(i64, i64)>,
    /// Whether a rotation replaced this secret.
    pub former: bool,
    /// The transaction that last wrote it.
    pub revision: u64,
    /// When the record was written.
    pub written_at: OffsetDateTime,
}

impl Told {
    /// Reads the bytes of a record, in either format.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > RECORD_MAX {
            return Err(Unreadable::TooLarge);
        }
        let object: Object = serde_json::from_slice(bytes).map_err(|_| Unreadable::Malformed)?;
        let more = more(&object)?;
        Ok(Self {
            created_at: instant("created_at", &object.created_at)?,
            expires_at: maybe("expires_at", object.expires_at.as_deref())?,
            name: object.name,
            team: object.team_id,
            scopes: object.scopes,
            more,
        })
    }

    /// What it says of the secret with this hash, as a candidate for a token of that team. Of a record that names no token, `token` is who it would be, and its
    /// revision is 0.
    pub fn candidate(self, hash: &SecretHash, team: TeamId, token: TokenId) -> Candidate {
        let Self { name, scopes, created_at, expires_at, more, .. } = self;
        let former = more.as_ref().is_some_and(|more| more.former);
        let (expires_at, retires_at) = if former { (None, expires_at) } else { (expires_at, None) };
        Candidate {
            token: more.as_ref().map_or(token, |more| more.token),
            hash: hash.bytes().to_vec(),
            name,
            team,
            scopes,
            created_at,
            expires_at,
            not_before: more.as_ref().and_then(|more| more.not_before),
            retires_at,
            rate: more.as_ref().and_then(|more| more.rate),
            revision: more.as_ref().map_or(0, |more| more.revision),
            networks: more.and_then(|more| more.allowed_cidrs),
        }
    }
}

fn more(object: &Object) -> Result<Option<More>, Unreadable> {
    let Some(token) = &object.token_id else {
        let Object { not_before, allowed_cidrs, rate_limit, slot, revision, written_at, .. } =
            object;
        let none = not_before.is_none()
            && allowed_cidrs.is_none()
            && rate_limit.is_none()
            && slot.is_none()
            && revision.is_none()
            && written_at.is_none();
        return if none { Ok(None) } else { Err(Unreadable::Member("token_id")) };
    };
    let former = match object.slot.as_deref() {
        Some("current") => false,
        Some("former") if object.expires_at.is_some() => true,
        _ => return Err(Unreadable::Member("slot")),
    };
    let written_at = object.written_at.as_deref().unwrap_or_default();
    Ok(Some(More {
        token: TokenId::parse(token).ok_or(Unreadable::Member("token_id"))?,
        not_before: maybe("not_before", object.not_before.as_deref())?,
        allowed_cidrs: object.allowed_cidrs.clone(),
        rate: object.rate_limit.as_ref().map(|rate| (rate.requests, rate.seconds)),
        former,
        revision: object.revision.ok_or(Unreadable::Member("revision"))?,
        written_at: instant("written_at", written_at)?,
    }))
}

fn instant(member: &'static str, text: &str) -> Result<OffsetDateTime, Unreadable> {
    instant::parse(text).ok_or(Unreadable::Member(member))
}

fn maybe(member: &'static str, text: Option<&str>) -> Result<Option<OffsetDateTime>, Unreadable> {
    text.map(|text| instant(member, text)).transpose()
}

/// What the record of a secret says, judged by the rules that a token of ours keeps, and when it was written. A record in the format of token-manager names no
/// token, which is then the nil UUID, and does not say when it was written. Of a former secret only when the overlap ends is known: its `retires_at`.
///
/// # Errors
/// [`Unreadable`]; `Member("team_id")` where the team is not an id of ours.
pub fn read(
    hash: &SecretHash,
    bytes: &[u8],
) -> Result<(Entry, Option<OffsetDateTime>), Unreadable> {
    let told = Told::parse(bytes)?;
    let team = TeamId::parse(&told.team).ok_or(Unreadable::Member("team_id"))?;
    let written_at = told.more.as_ref().map(|more| more.written_at);
    let nobody = TokenId::parse("00000000-0000-0000-0000-000000000000");
    let candidate = told.candidate(hash, team, nobody.ok_or(Unreadable::Member("token_id"))?);
    let entry = candidate
        .judge()
        .map_err(|refused| Unreadable::Refused(refused.field.unwrap_or("record"), refused.code))?;
    Ok((entry, written_at))
}
