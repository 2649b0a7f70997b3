//! The document around the app. Rendered by the server only; language and theme are written on `<html>`, so that nothing flashes and no script is needed.

use crate::routes::App;
use crate::visit::Visit;
use crate::{behind, paths};
use leptos::prelude::*;
use leptos_meta::MetaTags;
use leptos_router::location::RequestUrl;

/// The document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let visit = Visit::current();
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    // The script asks for it only once the main part runs; the document can do so at once.
    let part = is_behind().then(|| format!("/{}/{}", options.site_pkg_dir, behind::FILE));
    view! {
        <!DOCTYPE html>
        <html lang=leptos_i18n::Locale::as_str(visit.locale) data-theme=visit.theme.as_str() data-request=visit.request_id>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" id="leptos" href=style/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options/>
                {part.map(|part| view! { <link rel="preload" href=part r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/> })}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Whether the page is behind the door, as [`behind::fetch_for_document`] decides it in the browser.
fn is_behind() -> bool {
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    url.is_some_and(|url| !paths::is_door(url.path()))
}
