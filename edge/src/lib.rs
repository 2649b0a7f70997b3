//! Doorstep of the edge: what the Worker's module (`worker.mjs`) asks. Holds the values that cross into JavaScript, and nothing else.
//!
//! Never fetches and never verifies a signature: the module does, by the runtime's WebCrypto, and hands in only what it believes. What is decided is
//! [`gate`]'s, which asks the domain. Start at [`Edge`].

pub mod answer;
pub mod gate;

use domain::OffsetDateTime;
use domain::token::SecretHash;
use gate::{Ages, Gate};
use time::Duration;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

/// The SHA-256 of what a caller offers, in hexadecimal; nothing where it has not the form of a token.
#[wasm_bindgen]
pub fn hash_of(offered: String) -> Option<String> {
    SecretHash::of_offered(&Zeroizing::new(offered)).map(|hash| hash.to_hex())
}

/// A refusal as `{"status", "error", "message"}`.
#[wasm_bindgen]
pub fn refusal(code: &str) -> String {
    answer::refusal(code)
}

/// A signed document, taken apart; nothing is believed of it yet.
#[wasm_bindgen]
pub struct Split {
    signed: record::Signed,
    message: Vec<u8>,
}

/// Takes a document apart; nothing where it has no signature.
#[wasm_bindgen]
pub fn split(document: &str, bytes: &[u8]) -> Option<Split> {
    let signed = record::payload(bytes)?;
    let message = record::message(document, &signed.payload);
    Some(Split { signed, message })
}

#[wasm_bindgen]
impl Split {
    /// What the key is called.
    pub fn key_id(&self) -> String {
        self.signed.key_id.clone()
    }

    /// The signature's 64 bytes.
    pub fn signature(&self) -> Vec<u8> {
        self.signed.signature.to_vec()
    }

    /// The bytes that it is over.
    pub fn message(&self) -> Vec<u8> {
        self.message.clone()
    }

    /// The document without its signature.
    pub fn payload(&self) -> Vec<u8> {
        self.signed.payload.clone()
    }
}

/// What one isolate knows, and decides by.
#[wasm_bindgen]
pub struct Edge(Gate);

/// Milliseconds since 1970, as JavaScript has them.
fn instant(millis: f64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH.saturating_add(duration(millis / 1000.0))
}

fn duration(seconds: f64) -> Duration {
    Duration::saturating_seconds_f64(seconds)
}

#[wasm_bindgen]
impl Edge {
    /// Nothing is known. How old records and the head may be, in seconds; of records infinity is any age.
    #[wasm_bindgen(constructor)]
    pub fn new(record_age: f64, head_age: f64) -> Self {
        let record = record_age.is_finite().then(|| duration(record_age));
        Self(Gate::new(Ages { record, head: duration(head_age) }))
    }

    /// Takes a head; false where it cannot be read, or there is none, and then none is known.
    pub fn take_head(&mut self, payload: Option<Vec<u8>>) -> bool {
        self.0.take_head(payload.as_deref())
    }

    /// The pages of the head that are not known, each as the path where it is.
    pub fn missing_pages(&self) -> Vec<String> {
        self.0.missing_pages()
    }

    /// Takes the page of the head that is at this path; false where it is not that.
    pub fn take_page(&mut self, path: &str, bytes: &[u8]) -> bool {
        self.0.take_page(path, bytes)
    }

    /// Takes the routes; false where they cannot be read, or there are none, and then none are known.
    pub fn take_routes(&mut self, payload: Option<Vec<u8>>) -> bool {
        self.0.take_routes(payload.as_deref())
    }

    /// Takes the record of a token, to be known until then; false where it cannot be read.
    pub fn take_record(&mut self, hash: &str, payload: &[u8], until: f64) -> bool {
        let hash = SecretHash::from_hex(hash);
        hash.is_some_and(|hash| self.0.take_record(&hash, payload, instant(until)))
    }

    /// Forgets the record of a token.
    pub fn forget(&mut self, hash: &str) {
        if let Some(hash) = SecretHash::from_hex(hash) {
            self.0.forget(&hash);
        }
    }

    /// Whether a token's record need not be fetched.
    pub fn knows(&self, hash: &str, now: f64) -> bool {
        SecretHash::from_hex(hash).is_some_and(|hash| self.0.knows(&hash, instant(now)))
    }

    /// What becomes of a request, as JSON: see [`answer::Answer`].
    pub fn answer(&mut self, hash: &str, path: &str, address: Option<String>, now: f64) -> String {
        let origin = address.and_then(|address| address.parse().ok());
        let hash = SecretHash::from_hex(hash);
        let answer = hash.map(|hash| self.0.answer(&hash, path, origin, instant(now)));
        answer.unwrap_or_default().to_json()
    }
}
