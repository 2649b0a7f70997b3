//! A filter that is on: what it lets through, and the way to take it off. It is in the address, so the way is a link.

use crate::say;
use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;

/// The chip.
#[component]
pub fn FilterChip(
    /// What is let through.
    #[prop(into)]
    words: String,
    /// The address without the filter.
    #[prop(into)]
    href: String,
) -> impl IntoView {
    view! {
        <a class="filter-chip" href=href title=say!(ui.filter_remove)>
            <span class="sr-only">{say!(ui.filter_remove)}": "</span><span>{words}</span><Icon glyph=Glyph::Close/>
        </a>
    }
}
