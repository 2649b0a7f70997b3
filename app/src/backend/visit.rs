//! Language and theme of a request, and the cookies that remember them.

use super::request::{cookie_of, header_of, request_id, set_cookie, set_status};
use crate::paths;
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

/// Leads back to the page that the form was on, without the refusal of an earlier form. Without a referrer the way leads to the overview.
fn lead_back() {
    let referrer = header_of(&header::REFERER).unwrap_or_default();
    // Only the path is taken: the header may say anything.
    let local =
        referrer.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    let (path, query) =
        local.unwrap_or_default().split_once('?').unwrap_or((local.unwrap_or_default(), ""));
    let ours = |pair: &&str| !pair.starts_with("__path=") && !pair.starts_with("__err=");
    let query: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).filter(ours).collect();
    let back =
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) };
    leptos_axum::redirect(paths::safe_back(&back));
}

/// Remembers the theme for a year.
pub fn remember_theme(theme: Theme) {
    set_cookie(THEME_COOKIE, theme.as_str(), "Lax", &format!("Path=/; Max-Age={YEAR}; HttpOnly"));
    lead_back();
}

/// Remembers the language for a year.
pub fn remember_locale(locale: Locale) {
    let locale = leptos_i18n::Locale::as_str(locale);
    set_cookie(LOCALE_COOKIE, locale, "Lax", &format!("Path=/; Max-Age={YEAR}; HttpOnly"));
    lead_back();
}
