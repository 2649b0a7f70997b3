//! Doorstep of the browser: takes over the page that the server rendered. Holds nothing else.

/// Called once, by the script that the server puts into the page. Without its part of the code a page is left as it came.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    if app::behind::fetch_for_document().await.is_ok() {
        leptos::mount::hydrate_body(app::App);
    }
}
