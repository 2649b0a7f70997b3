//! What a server function answers when it does not do what was asked: a problem document, with codes and field names only.
//!
//! Without JavaScript it travels in the URL of the page that it is shown on, so it must never hold a value or a secret.

use domain::Code;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use wire::Problem;

/// A refusal or a fault, as the browser sees it. Boxed: a problem is large, and most answers are not one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refusal(pub Box<Problem>);

impl Refusal {
    /// A refusal of this problem.
    pub fn new(problem: Problem) -> Self {
        Self(Box::new(problem))
    }

    /// A refusal for one code, of a request that has no id (it did not reach the server, or could not be read).
    pub fn of(code: Code) -> Self {
        Self::new(Problem::of(&code.into(), ""))
    }

    /// Whether it has this code.
    pub fn is(&self, code: Code) -> bool {
        self.0.code() == Some(code)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.title)
    }
}

impl std::error::Error for Refusal {}

impl FromServerFnError for Refusal {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::of(match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Code::BodyMalformed,
            // The browser could not reach the server, or got something that is not ours (a proxy's page).
            ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::Response(_)
            | ServerFnErrorErr::Deserialization(_) => Code::Unavailable,
            _ => Code::Internal,
        })
    }
}
