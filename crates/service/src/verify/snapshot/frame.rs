//! What is known of tokens, as bytes: many records in a frame, scopes that are the same only once.
//!
//! Whoever adds something to a record or its conditions adds it here, and raises [`super::note::VERSION`]: a reader refuses what another version wrote.
//! Only frames that were authenticated are read.

use domain::OffsetDateTime;
use domain::token::{Scopes, SecretHash};
use domain::verify::uses::Refill;
use domain::verify::{Conditions, Origins, RateLimit, Record, UsesLimit};
use std::collections::HashMap;
use std::sync::Arc;

/// When a frame is full, in bytes: far enough below what one may have that a record more fits.
const FULL: usize = 256 * 1024;

/// A frame that is being filled.
#[derive(Default)]
pub(super) struct Frame {
    bytes: Vec<u8>,
    scopes: HashMap<Arc<Scopes>, u32>,
}

impl Frame {
    /// Adds what is known of a hash: `None` is that it left the database.
    pub(super) fn put(&mut self, hash: &SecretHash, record: Option<&Record>) {
        self.bytes.extend_from_slice(hash.bytes());
        self.option(record, Self::record);
    }

    fn record(&mut self, record: &Record) {
        let Record { id, team, name, scopes, expires_at, revoked, conditions } = record;
        self.bytes.extend_from_slice(id.uuid().as_bytes());
        self.bytes.extend_from_slice(team.uuid().as_bytes());
        self.text(name);
        self.scopes(scopes);
        self.option(expires_at.as_ref(), Self::instant);
        self.bytes.push(u8::from(*revoked));
        self.option(conditions.as_deref(), Self::conditions);
    }

    /// Whether it should be taken before more is added.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL
    }

    /// Its bytes, unless there are none. It is empty then.
    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        self.scopes.clear();
        let next = Vec::with_capacity(self.bytes.capacity());
        Some(std::mem::replace(&mut self.bytes, next)).filter(|bytes| !bytes.is_empty())
    }

    fn conditions(&mut self, conditions: &Conditions) {
        let Conditions { not_before, disabled, paused_until, retires_at, origins, rate, uses } =
            conditions;
        self.option(not_before.as_ref(), Self::instant);
        self.bytes.push(u8::from(*disabled));
        self.option(paused_until.as_ref(), Self::instant);
        self.option(retires_at.as_ref(), Self::instant);
        self.option(origins.as_ref(), |frame, origins| frame.texts(&origins.to_strings()));
        self.option(rate.as_ref(), |frame, rate| {
            frame.number(rate.requests());
            frame.number(rate.seconds());
        });
        self.option(uses.as_ref(), |frame, uses| {
            frame.number(uses.count());
            frame.option(uses.refill().map(Refill::as_str), Self::text);
        });
    }

    fn scopes(&mut self, scopes: &Arc<Scopes>) {
        if let Some(known) = self.scopes.get(scopes) {
            let known = *known;
            return self.number(known);
        }
        let next = u32::try_from(self.scopes.len()).unwrap_or(u32::MAX);
        self.scopes.insert(Arc::clone(scopes), next);
        self.number(next);
        self.texts(&scopes.to_strings());
    }

    fn option<T: ?Sized>(&mut self, some: Option<&T>, put: impl FnOnce(&mut Self, &T)) {
        self.bytes.push(u8::from(some.is_some()));
        if let Some(some) = some {
            put(self, some);
        }
    }

    fn instant(&mut self, at: &OffsetDateTime) {
        self.bytes.extend_from_slice(&super::note::micros(*at).to_le_bytes());
    }

    fn number(&mut self, number: u32) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(u32::try_from(text.len()).unwrap_or(u32::MAX));
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn texts(&mut self, texts: &[String]) {
        self.number(u32::try_from(texts.len()).unwrap_or(u32::MAX));
        for text in texts {
            self.text(text);
        }
    }
}

/// Gives `each` what is in a frame, in its order; no record is a hash that left the database. `share` gives the one copy of scopes that many tokens have.
/// `None` when it is not understood.
pub(super) fn read(
    frame: &[u8],
    mut share: impl FnMut(Vec<String>) -> Arc<Scopes>,
    mut each: impl FnMut(&SecretHash, Option<Record>),
) -> Option<()> {
    let mut reader = Reader { left: frame, scopes: Vec::new() };
    while !reader.left.is_empty() {
        let hash = SecretHash::from_slice(&reader.array::<32>()?)?;
        let record = reader.option(|reader| reader.record(&mut share))?;
        each(&hash, record);
    }
    Some(())
}

struct Reader<'f> {
    left: &'f [u8],
    scopes: Vec<Arc<Scopes>>,
}

impl<'f> Reader<'f> {
    fn record(&mut self, share: &mut impl FnMut(Vec<String>) -> Arc<Scopes>) -> Option<Record> {
        Some(Record {
            id: uuid::Uuid::from_bytes(self.array()?).into(),
            team: uuid::Uuid::from_bytes(self.array()?).into(),
            name: self.text()?.into(),
            scopes: self.scopes(share)?,
            expires_at: self.option(Self::instant)?,
            revoked: self.flag()?,
            conditions: self.option(Self::conditions)?.map(Box::new),
        })
    }

    fn conditions(&mut self) -> Option<Conditions> {
        Some(Conditions {
            not_before: self.option(Self::instant)?,
            disabled: self.flag()?,
            paused_until: self.option(Self::instant)?,
            retires_at: self.option(Self::instant)?,
            origins: self.option(|reader| Some(Origins::stored(&reader.texts()?)))?,
            rate: self.option(|reader| {
                RateLimit::parse(reader.number()?.into(), reader.number()?.into()).ok()
            })?,
            uses: self.option(|reader| {
                let (count, per) = (reader.number()?, reader.option(Reader::text)?);
                UsesLimit::parse(count.into(), per).ok()
            })?,
        })
    }

    fn scopes(
        &mut self,
        share: &mut impl FnMut(Vec<String>) -> Arc<Scopes>,
    ) -> Option<Arc<Scopes>> {
        let number = usize::try_from(self.number()?).ok()?;
        if number == self.scopes.len() {
            let texts = self.texts()?;
            self.scopes.push(share(texts));
        }
        self.scopes.get(number).cloned()
    }

    fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.flag()? { read(self).map(Some) } else { Some(None) }
    }

    fn flag(&mut self) -> Option<bool> {
        match self.array()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    fn instant(&mut self) -> Option<OffsetDateTime> {
        super::note::instant(i64::from_le_bytes(self.array()?))
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.array()?))
    }

    fn text(&mut self) -> Option<&'f str> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, left) = self.left.split_at_checked(length)?;
        self.left = left;
        std::str::from_utf8(text).ok()
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        (0..self.number()?).map(|_| self.text().map(str::to_owned)).collect()
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, left) = self.left.split_first_chunk::<N>()?;
        self.left = left;
        Some(*array)
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
