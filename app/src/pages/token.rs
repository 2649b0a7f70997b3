//! Tokens: the list, the form for a new one, the page of one, and the page that shows a secret once.
//!
//! Start at [`api`] for what the pages ask the server, at [`list`] for what people see first.

mod api;
mod clash;
mod columns;
mod conditions;
mod create;
mod danger;
mod detail;
mod edit;
mod filter;
mod impact;
mod life;
mod limits;
mod list;
mod narrow;
mod networks;
mod places;
mod plan;
mod questions;
mod receipt;
mod row;
mod secret;
mod usage;
mod used;

pub use api::{
    Asked, AskedLimits, AskedWords, ConditionsStart, EditStart, Filter, Listing, NewTokenStart,
    Shown, TeamChoice, TeamChoices, TokenHistory, Use, whole_instant,
};
pub use columns::Columns;
pub use conditions::ConditionsPage;
pub use create::NewTokenPage;
pub use detail::TokenPage;
pub use edit::EditTokenPage;
pub use list::TokensPage;
pub use secret::TokenSecretPage;

use crate::say;
use crate::ui::icon::Glyph;
use crate::ui::status::{Status as StatusView, Tone};
use domain::team::CHOICES_MAX;
use leptos::prelude::*;
use wire::token::Status;

/// The state of a token: a word and a shape.
#[component]
fn TokenStatus(status: Status) -> impl IntoView {
    match status {
        Status::Active => view! { <StatusView tone=Tone::Ok word=say!(token.active)/> },
        Status::ExpiringSoon => {
            view! { <StatusView tone=Tone::Warn word=say!(token.expiring_soon) glyph=Glyph::Clock/> }
        }
        Status::Rotating => {
            view! { <StatusView tone=Tone::Ok word=say!(token.rotating) glyph=Glyph::Key/> }
        }
        Status::Scheduled => {
            view! { <StatusView tone=Tone::Plain word=say!(token.scheduled) glyph=Glyph::Clock/> }
        }
        Status::Disabled => {
            view! { <StatusView tone=Tone::Warn word=say!(token.disabled) glyph=Glyph::Pause/> }
        }
        Status::Expired => {
            view! { <StatusView tone=Tone::Warn word=say!(token.expired) glyph=Glyph::Clock/> }
        }
        Status::Revoked => view! { <StatusView tone=Tone::Plain word=say!(token.revoked)/> },
    }
}

/// That not every team is offered, and where the others are; `None` when every team is.
fn teams_hint(teams: &TeamChoices) -> Option<String> {
    teams.partial.then(|| say!(token.teams_partial, count = CHOICES_MAX))
}

/// A name short enough for a button.
fn short(name: &str) -> String {
    const MOST: usize = 32;
    if name.chars().count() <= MOST {
        name.to_owned()
    } else {
        name.chars().take(MOST - 1).chain(['…']).collect()
    }
}
