//! What a form begins with.

use crate::Refusal;
use domain::OffsetDateTime;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a form begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormStart {
    /// What was typed before a refusal or before the session ended; field and value. It is handed out once.
    pub draft: Vec<(String, String)>,
    /// A random key: of two posts with the same one, the second finds what the first made.
    pub key: String,
    /// The server's time.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Begins a form: `form` is the name under which its server function keeps drafts.
///
/// # Errors
/// A fault.
#[server(prefix = "/fn", endpoint = "start_form")]
pub async fn start_form(
    /// The name under which its draft is kept.
    form: String,
) -> Result<FormStart, Refusal> {
    crate::backend::form::start(&form).await
}
