//! Copying a text: needs a script, so without one the button is not there, and one click selects the text (`user-select: all`).

use crate::say;
use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::HtmlDocument;

/// Copies the text of another element, and says so.
#[component]
pub fn Copy(
    /// The id of the element that holds the text.
    #[prop(into)]
    of: String,
    /// What is copied, for who cannot see which text is meant.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let scripted = RwSignal::new(false);
    let copied = RwSignal::new(None::<bool>);
    Effect::new(move || scripted.set(true));
    let words = [(say!(ui.copy)), say!(ui.copied), say!(ui.copy_failed)];
    let word = move || match copied.get() {
        None => words[0],
        Some(true) => words[1],
        Some(false) => words[2],
    };
    let glyph = move || if copied.get() == Some(true) { Glyph::Check } else { Glyph::Copy };
    view! {
        <button type="button" class="button copy" hidden=move || !scripted.get() aria-label=label on:click=move |_| copied.set(Some(copy(&of)))>
            {move || view! { <Icon glyph=glyph()/> }}
            <span>{word}</span>
        </button>
        <span class="sr-only" role="status">{move || copied.get().map(|_| word())}</span>
    }
}

/// Selects the text and copies the selection: this also works over plain HTTP, where there is no clipboard API. What cannot be copied is left
/// selected.
fn copy(id: &str) -> bool {
    let document = document();
    let Some(element) = document.get_element_by_id(id) else { return false };
    let Ok(Some(selection)) = window().get_selection() else { return false };
    if selection.select_all_children(&element).is_err() {
        return false;
    }
    document.unchecked_into::<HtmlDocument>().exec_command("copy").unwrap_or(false)
}
