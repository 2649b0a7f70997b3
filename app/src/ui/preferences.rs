//! Theme and language: small forms that post and come back to the same page. No script is needed, and none is asked for: the page is
//! loaded anew, so that the server writes it in the new language at once.

use crate::Refusal;
use crate::say;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::menu::Menu;
use crate::visit::{Theme, Visit};
use crate::words::LOCALES;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Remembers the theme.
///
/// # Errors
/// None.
#[server(prefix = "/fn", endpoint = "set_theme")]
pub async fn set_theme(
    /// `light`, `dark` or `system`.
    theme: String,
) -> Result<(), Refusal> {
    crate::backend::visit::remember_theme(Theme::parse(&theme));
    Ok(())
}

/// Remembers the language.
///
/// # Errors
/// None; an unknown language is the default.
#[server(prefix = "/fn", endpoint = "set_locale")]
pub async fn set_locale(
    /// `en`, `zh-CN` or `zh-TW`.
    locale: String,
) -> Result<(), Refusal> {
    crate::backend::visit::remember_locale(locale.parse().unwrap_or_default());
    Ok(())
}

/// The menu of themes.
#[component]
pub fn ThemeMenu() -> impl IntoView {
    let current = Visit::current().theme;
    let item = move |theme: Theme| {
        let (words, glyph) = match theme {
            Theme::System => (say!(ui.theme_system), Glyph::Screen),
            Theme::Light => (say!(ui.theme_light), Glyph::Sun),
            Theme::Dark => (say!(ui.theme_dark), Glyph::Moon),
        };
        view! {
            <button class="menu-item" name="theme" value=theme.as_str() aria-current=(theme == current).then_some("true")>
                <Icon glyph=glyph/>{words}<Tick shown=theme == current/>
            </button>
        }
    };
    let glyph = match current {
        Theme::System => Glyph::Screen,
        Theme::Light => Glyph::Sun,
        Theme::Dark => Glyph::Moon,
    };
    view! {
        <Menu id="menu-theme" label=say!(ui.theme) glyph=glyph>
            <form method="post" action=SetTheme::url()>{Theme::ALL.map(item).into_iter().collect_view()}</form>
        </Menu>
    }
}

/// The menu of languages.
#[component]
pub fn LocaleMenu() -> impl IntoView {
    let current = Visit::current().locale;
    let items = LOCALES.map(|(locale, words)| {
        let code = leptos_i18n::Locale::as_str(locale);
        view! {
            <button class="menu-item" name="locale" value=code lang=code aria-current=(locale == current).then_some("true")>
                {words}<Tick shown=locale == current/>
            </button>
        }
    });
    view! {
        <Menu id="menu-locale" label=say!(ui.language) glyph=Glyph::Globe>
            <form method="post" action=SetLocale::url()>{items.into_iter().collect_view()}</form>
        </Menu>
    }
}

#[component]
fn Tick(shown: bool) -> impl IntoView {
    shown.then(|| view! { <span class="tick"><Icon glyph=Glyph::Check/></span> })
}
