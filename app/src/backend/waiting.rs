//! The page that is shown in place of every other while the database has not been heard of: what happened, what still works, what to do.
//!
//! A document by itself: it needs no session, no server function and no script.

use crate::paths;
use crate::ui::note::{Matter, Note};
use crate::visit::{LOCALE_COOKIE, THEME_COOKIE, Theme};
use crate::words::{self, Locale};
use axum::http::{HeaderMap, header};
use leptos::prelude::*;
use leptos_i18n::td_string;

/// The page. `until` is when known tokens are verified no more, in words; `None` when that is over.
pub fn page(headers: &HeaderMap, until: Option<&str>) -> String {
    let locale = locale(headers);
    let theme = cookie(headers, THEME_COOKIE).map(Theme::parse).unwrap_or_default();
    let title = td_string!(locale, ui.waiting_title);
    let works = match until {
        Some(until) => td_string!(locale, ui.waiting_text, until = until).to_string(),
        None => td_string!(locale, ui.waiting_over).to_owned(),
    };
    let document = Owner::new().with(|| {
        view! {
            <html lang=leptos_i18n::Locale::as_str(locale) data-theme=theme.as_str()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                    <meta name="color-scheme" content="light dark"/>
                    <meta name="robots" content="noindex"/>
                    <title inner_html=format!("{title} · Tokenkeep")></title>
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                    <link rel="stylesheet" href="/pkg/tokenkeep.css"/>
                </head>
                <body>
                    <div class="door">
                        <header><a class="wordmark" href=paths::OVERVIEW>"Tokenkeep"</a></header>
                        <main id="content">
                            <h1>{title}</h1>
                            <div class="mt-6"><Note matter=Matter::Warn title=works><p>{td_string!(locale, ui.waiting_do)}</p></Note></div>
                            <p class="mt-6"><a class="button" href="">{td_string!(locale, ui.try_again)}</a></p>
                        </main>
                    </div>
                </body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{document}")
}

fn locale(headers: &HeaderMap) -> Locale {
    let accepted = || headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().map(words::accepted);
    let chosen = cookie(headers, LOCALE_COOKIE).and_then(|locale| locale.parse().ok());
    chosen.or_else(accepted).unwrap_or_default()
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs =
        cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(key, value)| (key == name).then_some(value))
}
