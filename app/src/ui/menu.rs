//! A menu: a button and a native popover, so it opens, closes on a click elsewhere and on Escape without any script.

use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;

/// A menu. Its children are real links and forms, with the class `menu-item`.
#[component]
pub fn Menu(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What it is for; the button's name.
    #[prop(into)]
    label: String,
    /// The button's icon.
    glyph: Glyph,
    /// The items.
    children: Children,
) -> impl IntoView {
    let target = id.clone();
    view! {
        <button type="button" class="button button-quiet button-icon" popovertarget=target aria-label=label.clone() title=label>
            <Icon glyph=glyph/>
        </button>
        <div class="menu" id=id popover="auto">{children()}</div>
    }
}
