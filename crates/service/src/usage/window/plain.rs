//! What most tallies are: good uses of a token, for no scope, from one origin.

use super::{Full, Last, SECONDS_PER_HOUR, SeenOrigin, TEXT_MAX, Unnamed};
use crate::verify::Asked;
use domain::OffsetDateTime;
use domain::usage::{Origin, Outcome};
use std::net::IpAddr;
use std::sync::Arc;

/// Texts that a window keeps once for many tokens.
const TEXTS_MAX: usize = 32;

/// Good uses of a token, for no scope, from one origin.
pub(in crate::usage) struct Plain {
    // Microseconds of the hour: a quarter of what an instant takes.
    first_at: u32,
    last_at: u32,
    pub(in crate::usage) count: u32,
    text: u8,
    pub(in crate::usage) origin: Option<IpAddr>,
}

impl Plain {
    /// The first use.
    pub(super) fn new(origin: Option<IpAddr>, text: u8, now: OffsetDateTime) -> Self {
        let now = micros(now);
        Self { first_at: now, last_at: now, count: 1, text, origin }
    }

    /// One use more; not done, and `false`, when it is of another origin.
    pub(super) fn add(&mut self, origin: Option<IpAddr>, text: u8, now: OffsetDateTime) -> bool {
        if origin != self.origin && origin.map(Origin::of) != self.origin.map(Origin::of) {
            return false;
        }
        self.last_at = self.last_at.max(micros(now));
        self.count = self.count.saturating_add(1);
        self.text = text;
        self.origin = origin;
        true
    }

    fn first_at(&self, hour: i64) -> OffsetDateTime {
        instant(hour, self.first_at)
    }

    pub(in crate::usage) fn last_at(&self, hour: i64) -> OffsetDateTime {
        instant(hour, self.last_at)
    }

    /// With what, and on which path.
    pub(in crate::usage) fn text<'t>(&self, texts: &'t Texts) -> &'t Text {
        texts.kept.get(usize::from(self.text)).unwrap_or(&texts.none)
    }

    pub(in crate::usage) fn seen_origin(&self, hour: i64) -> Option<SeenOrigin> {
        let (first_at, last_at) = (self.first_at(hour), self.last_at(hour));
        self.origin.map(|origin| SeenOrigin {
            origin: Origin::of(origin),
            first_at,
            last_at,
            valid: self.count.into(),
            refused: 0,
            ended: 0,
            last_valid_at: Some(last_at),
        })
    }

    pub(in crate::usage) fn unnamed(&self, hour: i64) -> Unnamed {
        let (first_at, last_at) = (self.first_at(hour), self.last_at(hour));
        Unnamed { count: self.count.into(), first_at, last_at }
    }

    pub(super) fn full(&self, hour: i64, texts: &Texts) -> Full {
        let text = self.text(texts);
        let mut full = Full {
            last: Some(Last {
                at: self.last_at(hour),
                origin: self.origin,
                user_agent: text.user_agent.as_ref().into(),
                route: text.route.as_ref().into(),
            }),
            unnamed: Some(self.unnamed(hour)),
            origins: self.seen_origin(hour).into_iter().collect(),
            ..Full::default()
        };
        full.counts[Outcome::Valid.index()] = self.count;
        full
    }
}

/// With what a token was used, and on which path.
#[derive(Clone, Default)]
pub(in crate::usage) struct Text {
    pub(in crate::usage) user_agent: Arc<str>,
    pub(in crate::usage) route: Arc<str>,
}

impl Text {
    fn is(&self, user_agent: &str, route: &str) -> bool {
        *self.user_agent == *user_agent && *self.route == *route
    }
}

/// Texts that many tokens have, each kept once.
#[derive(Default)]
pub(in crate::usage) struct Texts {
    kept: Vec<Text>,
    none: Text,
    latest: usize,
}

impl Texts {
    /// The place of what was sent; `None` when it must not be kept as it is, or there is no room.
    pub(super) fn place(&mut self, asked: &Asked<'_>) -> Option<u8> {
        let sent = [asked.user_agent, asked.route].map(Option::unwrap_or_default);
        // Not even where another token was used with the same text: that was not this one's secret.
        if sent.iter().any(|sent| sent.len() >= asked.offered.len() && sent.contains(asked.offered))
        {
            return None;
        }
        let [user_agent, route] = sent;
        if self.kept.get(self.latest).is_none_or(|text| !text.is(user_agent, route)) {
            self.latest = match self.kept.iter().position(|text| text.is(user_agent, route)) {
                Some(place) => place,
                None if self.kept.len() < TEXTS_MAX && sent.iter().all(|sent| is_clean(sent)) => {
                    let text = Text { user_agent: user_agent.into(), route: route.into() };
                    self.kept.push(text);
                    self.kept.len() - 1
                }
                None => return None,
            };
        }
        u8::try_from(self.latest).ok()
    }
}

fn is_clean(sent: &str) -> bool {
    sent.len() <= TEXT_MAX && sent.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Since its hour began, in UTC.
fn micros(at: OffsetDateTime) -> u32 {
    let second = u32::try_from(at.unix_timestamp().rem_euclid(SECONDS_PER_HOUR));
    second.unwrap_or_default() * 1_000_000 + at.microsecond()
}

fn instant(hour: i64, micros: u32) -> OffsetDateTime {
    let began = OffsetDateTime::from_unix_timestamp(hour * SECONDS_PER_HOUR);
    let began = began.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    began.saturating_add(time::Duration::microseconds(micros.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::window::{InHour, Tally};

    fn asked<'a>(user_agent: &'a str, route: &'a str) -> Asked<'a> {
        Asked {
            offered: "ntk_secret",
            user_agent: Some(user_agent),
            route: Some(route),
            ..Asked::default()
        }
    }

    #[test]
    fn a_plain_tally_is_small() {
        assert_eq!(size_of::<(InHour, Tally)>(), 48);
    }

    #[test]
    fn a_text_is_kept_once_and_never_the_secret() {
        let mut texts = Texts::default();
        assert_eq!(texts.place(&asked("curl", "/a")), Some(0));
        assert_eq!(texts.place(&asked("curl", "/b")), Some(1));
        assert_eq!(texts.place(&asked("curl", "/a")), Some(0));
        for (user_agent, route) in [
            ("curl", "/ntk_secret"),
            ("ntk_secret", ""),
            ("a\0", ""),
            ("é", ""),
            ("", &"e".repeat(201)),
        ] {
            assert_eq!(texts.place(&asked(user_agent, route)), None, "{user_agent} {route}");
        }
        for n in 2..TEXTS_MAX {
            assert_eq!(texts.place(&asked("curl", &n.to_string())), u8::try_from(n).ok());
        }
        assert_eq!(texts.place(&asked("curl", "/one more")), None);
        // What another token's holder sent is nobody's secret but theirs.
        let mut texts = Texts::default();
        let theirs = Asked { offered: "ntk_another", ..asked("ntk_secret", "") };
        assert_eq!(texts.place(&theirs), Some(0));
        assert_eq!(texts.place(&asked("ntk_secret", "")), None);
    }
}
