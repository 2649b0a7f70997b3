//! Doorstep of the browser: takes over the page that the server rendered. Holds nothing else.

/// Called once, by the script that the server puts into the page.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
