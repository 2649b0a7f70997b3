//! Reads values, to find those that are not what their metadata says.

use super::answer::{self, Keys};
use super::call::Call;
use super::memory::Rest;
use super::{Namespace, Value};
use crate::Result;
use domain::mirror::Digest;
use reqwest::Method;
use serde_json::json;

impl Namespace {
    /// Reads the values whose turn it is, and corrects what is told of them. One that is gone is gone from the listing.
    pub(super) async fn read_some(&self, rest: &mut Rest) -> Result<()> {
        let Rest { keys, turn: names } = rest;
        if names.is_empty() {
            return Ok(());
        }
        let what = format!("read {} values", names.len());
        let call =
            Call::to(Method::POST, "bulk/get").json(&json!({ "keys": names, "type": "text" }));
        let answer = self.send(&what, call).await?;
        let values = answer::values(&answer, &what)?;
        for name in names.drain(..) {
            let text = values.get(&name).and_then(|text| text.as_deref());
            let told = keys.get(&name).and_then(|found| found.digest);
            // Bytes that are no text do not come back as they are, and large ones may not come at all: then the value itself is asked for.
            if text.map(|text| Digest::of(text.as_bytes())) != told {
                self.read_one(name, keys, &what).await?;
            }
        }
        Ok(())
    }

    async fn read_one(&self, name: String, keys: &mut Keys, what: &str) -> Result<()> {
        let digest = match self.value(&name, what).await? {
            Value::Bytes(bytes) => Some(Digest::of(&bytes)),
            Value::Large => None,
            Value::Nothing => {
                keys.remove(&name);
                return Ok(());
            }
        };
        if let Some(found) = keys.get_mut(&name) {
            found.digest = digest;
        }
        Ok(())
    }
}
