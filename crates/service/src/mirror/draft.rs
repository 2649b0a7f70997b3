//! From rows to what a mirror should hold: each row is judged, and the invalid ones are set aside.

use super::object;
use domain::OffsetDateTime;
use domain::mirror::{Candidate, Digest, Entry, Key, SetAside};
use std::collections::BTreeMap;
use storage::{Place, Storage};

/// How many invalid rows are named; all are counted.
const SET_ASIDE_NAMED: usize = 100;

/// What a mirror should hold.
#[derive(Default)]
pub(super) struct Draft {
    /// The entries, to make objects of.
    pub entries: BTreeMap<Key, Entry>,
    /// What their objects are known by.
    pub digests: BTreeMap<Key, Digest>,
    /// The first invalid rows, by id.
    pub set_aside: Vec<SetAside>,
    /// How many rows are invalid.
    pub set_aside_total: u64,
    /// When the first of the entries expires, or the next token begins.
    pub next_moment: Option<OffsetDateTime>,
}

/// Judges the rows, for a place that tells contents by that digest.
pub(super) fn draft(candidates: &[Candidate], place: &Place) -> Draft {
    let mut draft = Draft::default();
    for candidate in candidates {
        match candidate.judge() {
            Ok(entry) => draft.take(entry, place),
            Err(refused) => {
                draft.set_aside_total += 1;
                if draft.set_aside.len() < SET_ASIDE_NAMED {
                    let field = refused.field.map(str::to_owned);
                    let (token, code) = (candidate.token, refused.code);
                    draft.set_aside.push(SetAside { token, code, field });
                }
            }
        }
    }
    draft
}

impl Draft {
    fn take(&mut self, entry: Entry, place: &Place) {
        let first = self.next_moment.into_iter().chain(entry.expires_at).min();
        self.next_moment = first;
        self.digests.insert(entry.key(), place.digest(&object::bytes(&entry)));
        self.entries.insert(entry.key(), entry);
    }
}
