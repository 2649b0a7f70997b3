//! What an isolate knows, and the order in which it decides.
//!
//! Fails closed: without a head that is new enough and all of its pages, without routes as new as it says, or with a record that is too old, nobody gets
//! through. The secrets of the head and its pages are refused whatever their records say.

use crate::answer::{Answer, Forward};
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::mirror::{Digest, Entry};
use domain::route::{Admission, Route, Why, admit, find, is_readable};
use domain::token::SecretHash;
use domain::verify::rate::Arrival;
use domain::verify::{Denial, Record, Request, Verdict, decide};
use record::{Head, Page, Routes, page_path};
use std::collections::BTreeMap;
use std::net::IpAddr;
use time::Duration;

/// The most records that are known at once.
const KNOWN_MAX: usize = 10_000;
/// With more tokens than that, those that have not been used within their window are forgotten.
const ARRIVALS_MAX: usize = 10_000;

/// For so long after new routes were written the former ones are good too: KV may still show them.
const ROUTES_LAG: Duration = Duration::minutes(2);

/// How old what is known may be.
#[derive(Clone, Copy, Debug)]
pub struct Ages {
    /// A record; `None` is any age, and also one that does not say when it was written.
    pub record: Option<Duration>,
    /// The head.
    pub head: Duration,
}

struct Known {
    entry: Entry,
    written_at: Option<OffsetDateTime>,
    until: OffsetDateTime,
}

/// What one isolate knows.
pub struct Gate {
    ages: Ages,
    head: Option<Head>,
    pages: BTreeMap<Digest, Page>,
    routes: Option<Routes>,
    known: BTreeMap<[u8; 32], Known>,
    arrivals: BTreeMap<TokenId, Arrival>,
}

impl Gate {
    /// Nothing is known.
    pub fn new(ages: Ages) -> Self {
        Self {
            ages,
            head: None,
            pages: BTreeMap::new(),
            routes: None,
            known: BTreeMap::new(),
            arrivals: BTreeMap::new(),
        }
    }

    /// Takes a head that is believed. One that is older than what is known changes nothing: KV may show it after a newer one.
    pub fn take_head(&mut self, payload: Option<&[u8]>) -> bool {
        let head = payload.and_then(|bytes| Head::read(bytes).ok());
        let is_good = head.is_some();
        let newer = |old: &Head| head.as_ref().is_none_or(|new| new.written_at >= old.written_at);
        if self.head.as_ref().is_none_or(newer) {
            self.head = head;
        }
        is_good
    }

    /// Where the pages of the head are that are not known.
    pub fn missing_pages(&self) -> Vec<String> {
        let pages = self.head.iter().flat_map(|head| &head.pages);
        pages.filter(|digest| !self.pages.contains_key(digest)).map(page_path).collect()
    }

    /// Takes the page of the head that is at `path`. Those that the head does not name any more are forgotten.
    pub fn take_page(&mut self, path: &str, bytes: &[u8]) -> bool {
        let Some(head) = &self.head else { return false };
        let digest = Digest::of(bytes);
        if page_path(&digest) != path || !head.pages.contains(&digest) {
            return false;
        }
        self.pages.retain(|digest, _| head.pages.contains(digest));
        let page = Page::read(&digest, bytes).ok();
        page.is_some_and(|page| self.pages.insert(digest, page).is_none())
    }

    /// Takes routes that are believed. Older ones than those that are known change nothing: KV may show them after newer ones.
    pub fn take_routes(&mut self, payload: Option<&[u8]>) -> bool {
        let routes = payload.and_then(Routes::read);
        let is_good = routes.is_some();
        let newer =
            |old: &Routes| routes.as_ref().is_none_or(|new| new.written_at >= old.written_at);
        if self.routes.as_ref().is_none_or(newer) {
            self.routes = routes;
        }
        is_good
    }

    /// Takes a record that is believed, to be known until `until` and not longer than its token.
    pub fn take_record(&mut self, hash: &SecretHash, bytes: &[u8], until: OffsetDateTime) -> bool {
        let Ok((entry, written_at)) = record::read(hash, bytes) else { return false };
        let until = entry.ends_at().map_or(until, |end| end.min(until));
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
        }
        self.known.insert(*hash.bytes(), Known { entry, written_at, until });
        true
    }

    /// Forgets a record.
    pub fn forget(&mut self, hash: &SecretHash) {
        self.known.remove(hash.bytes());
    }

    /// Whether a record is known at `now`.
    pub fn knows(&self, hash: &SecretHash, now: OffsetDateTime) -> bool {
        self.known.get(hash.bytes()).is_some_and(|known| now < known.until)
    }

    /// What becomes of a request with the token of this hash, for `path` as it was received.
    pub fn answer(
        &mut self,
        hash: &SecretHash,
        path: &str,
        origin: Option<IpAddr>,
        now: OffsetDateTime,
    ) -> Answer {
        let Self { ages, head, pages, routes, known, arrivals } = self;
        let (Some(head), Some(routes)) = (head.as_ref(), routes.as_ref()) else {
            return Answer::default();
        };
        if !is_within(ages.head, head.written_at, now) || is_overtaken(routes, head, now) {
            return Answer::default();
        }
        let Some(known) = known.get(hash.bytes()) else {
            return Answer::refused(Denial::Unknown.as_str());
        };
        let record = &known.entry.record;
        let mut listed = head.pages.iter().map(|digest| pages.get(digest));
        if head.denies(hash) || listed.clone().flatten().any(|page| page.denies(hash)) {
            return Answer::refused(Denial::Revoked.as_str()).of(record);
        }
        let is_told = |since| known.written_at.is_some_and(|at| at >= since);
        if listed.any(|page| page.is_none()) || !head.denied_since.is_none_or(is_told) {
            return Answer::default().of(record);
        }
        let is_new = |age| known.written_at.is_some_and(|at| is_within(age, at, now));
        if !ages.record.is_none_or(is_new) {
            return Answer::default().of(record);
        }
        let asked = Asked { route: find(&routes.routes, path), path, origin, now };
        asked.answer(record, arrivals).of(record).at(asked.route)
    }
}

/// Whether something was written less than `age` ago. What comes from as far ahead is from a clock that is wrong, and so is its age.
fn is_within(age: Duration, written_at: OffsetDateTime, now: OffsetDateTime) -> bool {
    (now - written_at).abs() <= age
}

/// Whether the head knows of newer routes, and they had the time to arrive.
fn is_overtaken(routes: &Routes, head: &Head, now: OffsetDateTime) -> bool {
    head.routes_at.is_some_and(|at| {
        routes.written_at.is_none_or(|written_at| written_at < at) && now - at > ROUTES_LAG
    })
}

/// One request, but for its token.
struct Asked<'r> {
    route: Option<&'r Route>,
    path: &'r str,
    origin: Option<IpAddr>,
    now: OffsetDateTime,
}

impl Asked<'_> {
    fn answer(&self, record: &Record, arrivals: &mut BTreeMap<TokenId, Arrival>) -> Answer {
        let why = self.route.map(|route| admit(route, &record.scopes));
        // Only what would otherwise be good counts against a limit.
        let counts = why.is_some_and(Admission::is_allowed);
        let arrival = arrivals.get(&record.id).filter(|_| counts).copied().unwrap_or_default();
        let request = Request { origin: self.origin, arrival, ..Request::default() };
        let verdict = decide(Some(record), &request, self.now);
        if let Verdict::Denied(denial, _) | Verdict::NotKnown(denial) = verdict {
            let retry_after = retry_after(record, arrival, self.now);
            let retry_after = retry_after.filter(|_| denial == Denial::RateLimited);
            return Answer { retry_after, ..Answer::refused(denial.as_str()) };
        }
        let Some(route) = self.route else {
            let readable = is_readable(self.path);
            let why = if readable { Why::RouteMissing } else { Why::PathUnreadable };
            return Answer::refused(why.as_str());
        };
        if !counts {
            return Answer::refused(Why::ScopeDenied.as_str());
        }
        arrived(record, arrival, self.now, arrivals);
        Answer { forward: Some(Forward::of(route, self.path)), ..Answer::refused("good") }
    }
}

fn retry_after(record: &Record, arrival: Arrival, now: OffsetDateTime) -> Option<i64> {
    let early = record.rate()?.arrive(arrival, now).err()?;
    let whole = early.retry_after.whole_seconds();
    Some(if early.retry_after.subsec_nanoseconds() > 0 { whole + 1 } else { whole.max(1) })
}

fn arrived(
    record: &Record,
    arrival: Arrival,
    now: OffsetDateTime,
    arrivals: &mut BTreeMap<TokenId, Arrival>,
) {
    let Some(Ok(next)) = record.rate().map(|limit| limit.arrive(arrival, now)) else { return };
    if arrivals.len() >= ARRIVALS_MAX {
        let micros = i64::try_from(now.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX);
        arrivals.retain(|_, arrival| arrival.0 > micros);
    }
    arrivals.insert(record.id, next);
}
