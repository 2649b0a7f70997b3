//! A note: a short text that should not be missed.

use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// Good to know.
    Info,
    /// All is well.
    Ok,
    /// Needs a look.
    Warn,
    /// Bad.
    Danger,
}

/// A note.
#[component]
pub fn Note(
    /// How much it matters.
    matter: Matter,
    /// The short of it.
    #[prop(into)]
    title: String,
    /// The long of it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (class, glyph) = match matter {
        Matter::Info => ("note note-info", Glyph::Info),
        Matter::Ok => ("note note-ok", Glyph::CheckRound),
        Matter::Warn => ("note note-warn", Glyph::Triangle),
        Matter::Danger => ("note note-danger", Glyph::CrossRound),
    };
    view! {
        <div class=class>
            <Icon glyph=glyph/>
            <div>
                <p><strong>{title}</strong></p>
                {children.map(|children| children())}
            </div>
        </div>
    }
}
