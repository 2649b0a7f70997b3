//! A line that is cut off, and all of it beside it on hover and on focus. Works without JavaScript; with it, Escape puts it away.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Characters that surely fit on the line, in the narrowest table too; wide ones count twice.
const FITS: usize = 20;

/// One muted line of a text that may be long.
#[component]
pub fn Tip(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The text, maybe several lines.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    if text.is_empty() {
        return ().into_any();
    }
    let width: usize = text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum();
    if width <= FITS && !text.contains('\n') {
        return view! { <div class="cell-note">{text}</div> }.into_any();
    }
    let away = RwSignal::new(false);
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            away.set(true);
        }
    };
    view! {
        <div class="tip" class:tip-away=away on:keydown=key on:pointerenter=move |_| away.set(false) on:focusout=move |_| away.set(false)>
            <div class="cell-note" tabindex="0" aria-describedby=id.clone()>{text.clone()}</div>
            <div class="tip-text" role="tooltip" id=id>{text}</div>
        </div>
    }
    .into_any()
}
