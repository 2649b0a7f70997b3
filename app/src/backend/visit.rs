//! Language and theme of a request, and the cookies that remember them.

use super::request::{cookie_of, header_of, request_id, set_cookie, set_status};
use crate::visit::{AnswerStatus, LOCALE_COOKIE, THEME_COOKIE, Theme, Visit};
use crate::words::{self, Locale};
use axum::http::header;
use leptos::prelude::provide_context;
use std::sync::Arc;

/// A year, in seconds.
const YEAR: u32 = 31_536_000;

/// Provides what every page and server function needs beside `Service` and `Cookies`. The server calls this in its context function, for
/// pages and for server functions.
pub fn provide() {
    let accepted = || header_of(&header::ACCEPT_LANGUAGE).map(|header| words::accepted(&header));
    let locale = cookie_of(LOCALE_COOKIE).and_then(|cookie| cookie.parse().ok()).or_else(accepted);
    provide_context(Visit {
        locale: locale.unwrap_or_default(),
        theme: cookie_of(THEME_COOKIE).map(|cookie| Theme::parse(&cookie)).unwrap_or_default(),
        request_id: request_id(),
    });
    provide_context(AnswerStatus(Arc::new(set_status)));
}

/// Remembers the theme for a year.
pub fn remember_theme(theme: Theme) {
    set_cookie(THEME_COOKIE, theme.as_str(), "Lax", &format!("Path=/; Max-Age={YEAR}; HttpOnly"));
}

/// Remembers the language for a year.
pub fn remember_locale(locale: Locale) {
    let locale = leptos_i18n::Locale::as_str(locale);
    set_cookie(LOCALE_COOKIE, locale, "Lax", &format!("Path=/; Max-Age={YEAR}; HttpOnly"));
}
