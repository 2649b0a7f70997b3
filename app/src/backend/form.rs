//! Forms: what they begin with, and how they end. A refused form keeps what was typed, except for what is secret.

use super::request::{accepts_html, refused, service_and_caller};
use super::session::{broken, current};
use crate::form_start::FormStart;
use crate::{Refusal, paths};
use domain::Code;
use domain::id::RequestId;
use service::Service;

/// The most a draft may take in the session, in bytes.
const DRAFT_MAX: usize = 16 * 1024;

fn key(form: &str) -> String {
    format!("draft:{form}")
}

/// What a form begins with. The draft is handed out once.
///
/// # Errors
/// A fault.
pub async fn start(form: &str) -> Result<FormStart, Refusal> {
    let (service, _) = service_and_caller()?;
    let now = service.now();
    // A read first: removing what is not there would still write the session.
    let session = current()?;
    let mut draft = None;
    if session.get_value(&key(form)).await.map_err(broken)?.is_some() {
        draft = session.remove::<Vec<(String, String)>>(&key(form)).await.map_err(broken)?;
    }
    Ok(FormStart { draft: draft.unwrap_or_default(), key: new_key(&service), now })
}

/// A random key: of two posts with the same one, the second finds what the first did.
pub fn new_key(service: &Service) -> String {
    let now = service.now();
    service.random(|mut rng| RequestId::generate(now, &mut rng)).to_string()
}

/// Ends a form. `form` names its draft, `page` is where it is filled in, `values` are its fields without any secret.
///
/// Done: redirects to the path in `outcome`. Refused: without JavaScript the browser comes back to the form, so the draft is kept; with it the
/// form has not gone away. Session ended: the draft is kept, and the way leads over the door back to the form.
///
/// # Errors
/// The refusal or the fault of `outcome`.
pub async fn settle(
    form: &str,
    page: &str,
    values: &[(&str, &str)],
    outcome: Result<String, service::Error>,
) -> Result<(), Refusal> {
    let error = match outcome {
        Ok(path) => {
            leptos_axum::redirect(&path);
            return Ok(());
        }
        Err(error) => error,
    };
    let code = error.refusals().first().code;
    if code == Code::Unauthenticated {
        keep(form, values).await?;
        leptos_axum::redirect(&paths::sign_in_then(page));
        return Ok(());
    }
    // After a clash the page is made anew, with what was typed beside what there is.
    if accepts_html() || code == Code::TokenChanged {
        keep(form, values).await?;
    }
    Err(refused(error))
}

/// Keeps what was typed, for the page to show again.
///
/// # Errors
/// A fault.
pub(super) async fn keep(form: &str, values: &[(&str, &str)]) -> Result<(), Refusal> {
    let size: usize = values.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > DRAFT_MAX {
        return Ok(());
    }
    let draft: Vec<(&str, &str)> =
        values.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
    current()?.insert(&key(form), draft).await.map_err(broken)
}
