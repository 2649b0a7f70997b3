//! The empty state: says what would be here, and teaches the next step.

use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;

/// Nothing is here yet.
#[component]
pub fn Empty(
    /// What would be here.
    glyph: Glyph,
    /// A short statement.
    #[prop(into)]
    title: String,
    /// What to do.
    #[prop(into)]
    text: String,
    /// A link or a form, if there is a next step.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph=glyph/>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
