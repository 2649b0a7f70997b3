//! The frame: rail and page for those who have signed in, the door for those who have not. One `h1` a page, one way past the navigation.

use crate::session::{CurrentSession, SignOut};
use crate::ui::icon::{Glyph, Icon, Mark};
use crate::ui::menu::Menu;
use crate::ui::preferences::{LocaleMenu, ThemeMenu};
use crate::{paths, say};
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::{A, Outlet};

/// Whether the page that is shown is the one the document came with; focus moves only after it.
#[derive(Clone, Copy)]
pub struct FirstPage(pub StoredValue<bool>);

/// The rail, and beside it the page.
#[component]
pub fn Inside() -> impl IntoView {
    let item = |href: &'static str, glyph: Glyph, words: &'static str| {
        view! { <li><A href=href exact=href == paths::OVERVIEW><Icon glyph=glyph/><span>{words}</span></A></li> }
    };
    view! {
        <div class="frame">
            <a class="skip-link" href="#content" rel="external">{say!(ui.skip)}</a>
            <nav class="rail" aria-label=say!(ui.navigation)>
                <a class="wordmark" href=paths::OVERVIEW><Mark/>"Tokenkeep"</a>
                <ul>
                    {item(paths::OVERVIEW, Glyph::Grid, say!(ui.overview))}
                    {item(paths::TOKENS, Glyph::Key, say!(ui.tokens))}
                    {item(paths::TEAMS, Glyph::People, say!(ui.teams))}
                    {item(paths::MIRRORS, Glyph::Layers, say!(ui.mirrors))}
                    {item(paths::ROUTES, Glyph::Fork, say!(ui.routes))}
                    {item(paths::AUDIT, Glyph::Lines, say!(ui.audit))}
                    {item(paths::SETTINGS, Glyph::Sliders, say!(ui.settings))}
                </ul>
            </nav>
            <div><Outlet/></div>
        </div>
    }
}

/// A page inside the frame.
#[component]
pub fn Page(
    /// Its `h1`, and the title of the window.
    #[prop(into)]
    title: String,
    /// One sentence under it.
    #[prop(optional, into)]
    lede: Option<String>,
    /// The pages above it: address and name.
    #[prop(optional)]
    above: Vec<(String, String)>,
    /// What can be done on the whole page.
    #[prop(optional, into)]
    actions: ViewFnOnce,
    /// Whether it takes all the width: for tables.
    #[prop(optional)]
    wide: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    focus_after_navigation(main);
    view! {
        <Title text=window_title(&title)/>
        <header class="top">
            <nav class="crumbs" aria-label=say!(ui.breadcrumbs)>
                <ol>
                    {above.into_iter().map(|(href, name)| view! { <li><a href=href>{name}</a></li> }).collect_view()}
                    <li aria-current="page">{title.clone()}</li>
                </ol>
            </nav>
            <LocaleMenu/>
            <ThemeMenu/>
            <PersonMenu/>
        </header>
        <main class="content" class:content-wide=wide id="content" tabindex="-1" node_ref=main>
            <div class="page-head">
                <div>
                    <h1>{title}</h1>
                    {lede.map(|lede| view! { <p>{lede}</p> })}
                </div>
                {actions.run()}
            </div>
            {children()}
        </main>
    }
}

/// Moves focus to a new page, as a browser does when a document is loaded; else a screen reader stays on a link that is gone.
fn focus_after_navigation(main: NodeRef<html::Main>) {
    let first = use_context::<FirstPage>();
    Effect::new(move || {
        let (Some(main), Some(FirstPage(first))) = (main.get(), first) else { return };
        if first.get_value() {
            first.set_value(false);
        } else if let Ok(Some(_)) = main.query_selector("[autofocus]") {
            // The page has a better place for it.
        } else {
            let _ = main.focus();
        }
    });
}

#[component]
fn PersonMenu() -> impl IntoView {
    let session = use_context::<CurrentSession>();
    view! {
        <Menu id="menu-person" label=say!(ui.account) glyph=Glyph::Person>
            <h2>
                <Transition>
                    {move || Suspend::new(async move {
                        match session {
                            Some(CurrentSession(session)) => session.await.ok().and_then(|session| session.person),
                            None => None,
                        }
                    })}
                </Transition>
            </h2>
            // A plain form: signing out loads the door anew and leaves nothing of the session in the page.
            <form method="post" action=SignOut::url()>
                <button class="menu-item"><Icon glyph=Glyph::Leave/>{say!(ui.sign_out)}</button>
            </form>
        </Menu>
    }
}

/// A page outside the frame.
#[component]
pub fn Door(
    /// Its `h1`, and the title of the window.
    #[prop(into)]
    title: String,
    /// One sentence under it.
    #[prop(optional, into)]
    lede: Option<String>,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=window_title(&title)/>
        <div class="door">
            <header>
                <a class="wordmark" href=paths::OVERVIEW><Mark/>"Tokenkeep"</a>
                <div><LocaleMenu/><ThemeMenu/></div>
            </header>
            <main id="content">
                <h1>{title}</h1>
                {lede.map(|lede| view! { <p class="muted mt-1 mb-6">{lede}</p> })}
                {children()}
            </main>
            <footer>{say!(door.footer)}</footer>
        </div>
    }
}

/// The title of the window. leptos_meta 0.8.6 writes it into the page as it is, so what people typed is escaped on the server; the browser
/// sets it as text.
fn window_title(title: &str) -> String {
    let title = format!("{title} · Tokenkeep");
    if is_server() {
        title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        title
    }
}
