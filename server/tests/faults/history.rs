//! What clients were told, in the order in which they heard it; and the program that judges it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

/// One token, as far as clients know.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its secret.
    pub secret: String,
    /// Whether anybody asked for its end, heard or not.
    pub end_asked: bool,
    /// Whether its end was acknowledged.
    pub ended: bool,
    /// Since when no verifier accepts it, as a receipt said.
    pub refused_since: Option<Instant>,
}

/// The tokens by id, and what went wrong.
#[derive(Default)]
pub struct History {
    tokens: Mutex<BTreeMap<String, Known>>,
    wrongs: Mutex<Vec<String>>,
}

impl History {
    /// A token was created.
    pub fn created(&self, id: &str, secret: &str) {
        let known = Known {
            secret: secret.to_owned(),
            end_asked: false,
            ended: false,
            refused_since: None,
        };
        self.tokens.lock().expect("tokens").insert(id.to_owned(), known);
    }

    /// Somebody asks for its end.
    pub fn end_asked(&self, id: &str) {
        self.change(id, |known| known.end_asked = true);
    }

    /// Its end was acknowledged; with `refused`, by every verifier.
    pub fn ended(&self, id: &str, refused: bool) {
        self.change(id, |known| {
            known.ended = true;
            known.refused_since = refused.then(Instant::now);
        });
    }

    /// A verifier answered a question that began then.
    pub fn answered(&self, id: &str, began: Instant, by: &str, code: &str) {
        let tokens = self.tokens.lock().expect("tokens");
        let Some(known) = tokens.get(id) else { return };
        if code == "valid" && known.refused_since.is_some_and(|since| since <= began) {
            self.wrong(format!("{by} accepts {id}, which its receipt says every verifier refuses"));
        }
        if matches!(code, "unknown" | "malformed") || (code == "revoked" && !known.end_asked) {
            self.wrong(format!("{by} says {code} of {id}, which was acknowledged"));
        }
    }

    /// Something is not as it should be.
    pub fn wrong(&self, what: String) {
        self.wrongs.lock().expect("wrongs").push(what);
    }

    /// Every token.
    pub fn tokens(&self) -> Vec<(String, Known)> {
        let tokens = self.tokens.lock().expect("tokens");
        tokens.iter().map(|(id, known)| (id.clone(), known.clone())).collect()
    }

    /// Some token whose end is `ended`, by a number that somebody drew.
    pub fn some(&self, ended: bool, drawn: usize) -> Option<(String, Known)> {
        let tokens = self.tokens();
        let fitting: Vec<_> =
            tokens.into_iter().filter(|(_, known)| known.ended == ended).collect();
        (!fitting.is_empty()).then(|| fitting[drawn % fitting.len()].clone())
    }

    /// What went wrong.
    pub fn wrongs(&self) -> Vec<String> {
        self.wrongs.lock().expect("wrongs").clone()
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Known)) {
        if let Some(known) = self.tokens.lock().expect("tokens").get_mut(id) {
            change(known);
        }
    }
}

#[test]
fn the_judge_sees_what_is_wrong() {
    let history = History::default();
    history.created("a", "secret");
    history.answered("a", Instant::now(), "one", "valid");
    history.end_asked("a");
    let before = Instant::now();
    history.ended("a", true);
    // A question that was asked before the receipt may be answered either way.
    history.answered("a", before, "one", "valid");
    history.answered("a", Instant::now(), "one", "revoked");
    assert_eq!(history.wrongs(), Vec::<String>::new());
    history.answered("a", Instant::now(), "one", "valid");
    history.answered("a", Instant::now(), "one", "unknown");
    assert_eq!(history.wrongs().len(), 2);
}
