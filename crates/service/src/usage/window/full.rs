//! A tally of any uses: by outcome, with the last good one, origins and scopes.

use super::{Overflow, Room, TEXT_MAX, count};
use crate::verify::Asked;
use domain::OffsetDateTime;
use domain::token::{Scope, Scopes};
use domain::usage::{Origin, Outcome};
use domain::verify::Denial;
use std::net::IpAddr;

/// Origins of a token that one seat keeps apart between two flushes.
const ORIGINS_MAX: usize = 32;
/// Scopes of a token that one seat keeps apart between two flushes.
const SCOPES_MAX: usize = 64;

/// What was collected about a token in an hour, whatever it is.
#[derive(Default)]
pub(in crate::usage) struct Full {
    pub(in crate::usage) counts: [u32; Outcome::COUNT],
    pub(in crate::usage) last: Option<Last>,
    pub(in crate::usage) unnamed: Option<Unnamed>,
    pub(in crate::usage) after_end: Option<AfterEnd>,
    pub(in crate::usage) origins: Vec<SeenOrigin>,
    pub(in crate::usage) scopes: Vec<SeenScope>,
}

/// The last time that the token was good.
pub(in crate::usage) struct Last {
    pub(in crate::usage) at: OffsetDateTime,
    pub(in crate::usage) origin: Option<IpAddr>,
    pub(in crate::usage) user_agent: String,
    pub(in crate::usage) route: String,
}

/// Good uses that named no scope.
#[derive(Clone, Copy)]
pub(in crate::usage) struct Unnamed {
    pub(in crate::usage) count: u64,
    pub(in crate::usage) first_at: OffsetDateTime,
    pub(in crate::usage) last_at: OffsetDateTime,
}

/// The last time that it was used when its time was over.
#[derive(Clone, Copy)]
pub(in crate::usage) struct AfterEnd {
    pub(in crate::usage) at: OffsetDateTime,
    pub(in crate::usage) outcome: Outcome,
    pub(in crate::usage) origin: Option<IpAddr>,
}

pub(in crate::usage) struct SeenOrigin {
    pub(in crate::usage) origin: Origin,
    pub(in crate::usage) first_at: OffsetDateTime,
    pub(in crate::usage) last_at: OffsetDateTime,
    pub(in crate::usage) valid: u64,
    pub(in crate::usage) refused: u64,
    /// Refused because the token's time was over; also in `refused`.
    pub(in crate::usage) ended: u64,
    pub(in crate::usage) last_valid_at: Option<OffsetDateTime>,
}

pub(in crate::usage) struct SeenScope {
    pub(in crate::usage) scope: Scope,
    pub(in crate::usage) first_at: OffsetDateTime,
    pub(in crate::usage) last_at: OffsetDateTime,
    pub(in crate::usage) granted: u64,
    pub(in crate::usage) refused: u64,
}

impl Full {
    pub(super) fn add(
        &mut self,
        scopes: &Scopes,
        outcome: Outcome,
        now: OffsetDateTime,
        asked: &Asked<'_>,
        room: &Room,
        overflow: &mut Overflow,
    ) {
        count(&mut self.counts[outcome.index()]);
        if outcome == Outcome::Valid {
            self.used(now, asked);
        } else if outcome.is_after_end() {
            self.after_end = Some(AfterEnd { at: now, outcome, origin: asked.origin });
        }
        if let Some(origin) = asked.origin
            && !self.came_from(Origin::of(origin), outcome, now, room)
        {
            overflow.origins += 1;
        }
        let denied = match outcome {
            Outcome::Valid => false,
            Outcome::Refused(Denial::ScopeDenied) => true,
            Outcome::Refused(_) => return,
        };
        for wanted in asked.wanted {
            // Of a refused request, only what was lacking is known.
            if denied && scopes.cover(std::slice::from_ref(wanted)) {
                continue;
            }
            if !self.asked_for(wanted, denied, now, room) {
                overflow.scopes += 1;
            }
        }
    }

    fn used(&mut self, now: OffsetDateTime, asked: &Asked<'_>) {
        let last = self.last.get_or_insert_with(|| Last {
            at: now,
            origin: None,
            user_agent: String::new(),
            route: String::new(),
        });
        last.at = last.at.max(now);
        last.origin = asked.origin;
        keep(&mut last.user_agent, asked.user_agent, asked.offered);
        keep(&mut last.route, asked.route, asked.offered);
        if asked.wanted.is_empty() {
            let none = Unnamed { count: 0, first_at: now, last_at: now };
            let unnamed = self.unnamed.get_or_insert(none);
            unnamed.count += 1;
            unnamed.last_at = unnamed.last_at.max(now);
        }
    }

    /// Whether there was room for it.
    fn came_from(
        &mut self,
        origin: Origin,
        outcome: Outcome,
        now: OffsetDateTime,
        room: &Room,
    ) -> bool {
        let place = match self.origins.iter().position(|seen| seen.origin == origin) {
            Some(place) => place,
            None if self.origins.len() < ORIGINS_MAX && room.take(1) => {
                self.origins.push(SeenOrigin {
                    origin,
                    first_at: now,
                    last_at: now,
                    valid: 0,
                    refused: 0,
                    ended: 0,
                    last_valid_at: None,
                });
                self.origins.len() - 1
            }
            None => return false,
        };
        let seen = &mut self.origins[place];
        seen.last_at = seen.last_at.max(now);
        if outcome == Outcome::Valid {
            seen.valid += 1;
            seen.last_valid_at = seen.last_valid_at.max(Some(now));
        } else {
            seen.refused += 1;
            seen.ended += u64::from(outcome.is_after_end());
        }
        true
    }

    /// Whether there was room for it.
    fn asked_for(&mut self, scope: &Scope, denied: bool, now: OffsetDateTime, room: &Room) -> bool {
        let place = match self.scopes.iter().position(|seen| seen.scope == *scope) {
            Some(place) => place,
            None if self.scopes.len() < SCOPES_MAX && room.take(1) => {
                self.scopes.push(SeenScope {
                    scope: scope.clone(),
                    first_at: now,
                    last_at: now,
                    granted: 0,
                    refused: 0,
                });
                self.scopes.len() - 1
            }
            None => return false,
        };
        let seen = &mut self.scopes[place];
        seen.last_at = seen.last_at.max(now);
        if denied {
            seen.refused += 1;
        } else {
            seen.granted += 1;
        }
        true
    }
}

/// Keeps a text that somebody sent: cut, without what no text of Postgres or of a page should have, and never with the token in it.
fn keep(kept: &mut String, sent: Option<&str>, secret: &str) {
    let sent = sent.unwrap_or_default();
    if kept == sent {
        return;
    }
    kept.clear();
    if sent.len() >= secret.len() && sent.contains(secret) {
        return;
    }
    if sent.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        kept.push_str(&sent[..sent.len().min(TEXT_MAX)]);
    } else {
        kept.extend(sent.chars().filter(|c| !c.is_control()).take(TEXT_MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_and_cleaned_and_never_the_secret() {
        let mut kept = String::new();
        let mut keeps = |sent: Option<&str>| {
            keep(&mut kept, sent, "ntk_secret");
            kept.clone()
        };
        assert_eq!(keeps(Some("curl/8.0")), "curl/8.0");
        assert_eq!(keeps(Some("a\0b\u{7}é")), "abé");
        assert_eq!(keeps(Some(&"é".repeat(300))).chars().count(), TEXT_MAX);
        assert_eq!(keeps(Some(&"e".repeat(300))).len(), TEXT_MAX);
        assert_eq!(keeps(Some("/hooks/ntk_secret/run")), "");
        assert_eq!(keeps(Some("/hooks")), "/hooks");
        assert_eq!(keeps(None), "");
    }
}
