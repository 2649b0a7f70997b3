//! Changing what is said of a token.

use crate::Refusal;
use crate::apart::apart;
use crate::form_start::FormStart;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wire::problem::Meanwhile;
use wire::token::Token;

/// What the form begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditStart {
    /// Draft, key and time.
    pub form: FormStart,
    /// The token as it is.
    pub token: Token,
    /// What happened to it since the draft was begun.
    pub meanwhile: Vec<Meanwhile>,
}

/// What is said of a token, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedWords {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it is sorted by, with spaces or commas between.
    pub tags: String,
    /// Ticked: nobody can revoke it.
    pub protected: bool,
}

impl AskedWords {
    /// What is said of a token now, as the fields take it.
    pub fn of(token: &Token) -> Self {
        Self {
            name: token.name.clone(),
            description: token.description.clone(),
            tags: token.tags.join(" "),
            protected: token.protected,
        }
    }

    /// The tags one by one.
    pub fn tag_list(&self) -> Vec<String> {
        apart(&self.tags)
    }
}

/// What the form begins with.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "start_edit")]
pub async fn start_edit(id: String) -> Result<EditStart, Refusal> {
    crate::backend::edit::start(&id).await
}

/// Changes what is said of a token, if it is as the form showed it, and leads back to its page.
///
/// # Errors
/// The rules of the fields, `token_changed`, `name_taken`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "change_token")]
pub async fn change_token(
    #[server(default)] id: String,
    /// The version of the token that the form showed.
    #[server(default)]
    version: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] tags: String,
    #[server(default)] protected: bool,
    /// What the fields held at first, for the page to show beside what is there by then.
    #[server(default)]
    name_was: String,
    #[server(default)] description_was: String,
    #[server(default)] tags_was: String,
    #[server(default)] protected_was: bool,
) -> Result<(), Refusal> {
    let was = AskedWords {
        name: name_was,
        description: description_was,
        tags: tags_was,
        protected: protected_was,
    };
    let asked = AskedWords { name, description, tags, protected };
    crate::backend::edit::change(&id, &version, asked, was).await
}
