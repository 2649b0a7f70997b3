//! What is known about a visit before any data is: language, theme, the request's id. And the status of the answer.
//!
//! The server reads it from the request and writes it on `<html>`, where the browser finds it again: both render the same.

use crate::words::Locale;
use leptos::prelude::*;
use std::sync::Arc;

/// The cookie that remembers the theme.
pub const THEME_COOKIE: &str = "tokenkeep_theme";
/// The cookie that remembers the language.
pub const LOCALE_COOKIE: &str = "tokenkeep_locale";

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// As the cookie and `data-theme` say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads it; anything unknown is the system's.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).unwrap_or_default()
    }
}

/// What is known about a visit before any data is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// In which language.
    pub locale: Locale,
    /// In which theme.
    pub theme: Theme,
    /// By which request the document came.
    pub request_id: String,
}

impl Visit {
    /// This visit: given by the server, else read from the document.
    pub fn current() -> Self {
        use_context().unwrap_or_else(|| {
            // Listing the routes renders the app on the server outside of any request.
            if cfg!(target_arch = "wasm32") { Self::of_document() } else { Self::default() }
        })
    }

    fn of_document() -> Self {
        let attribute = |name: &str| {
            document()
                .document_element()
                .and_then(|html| html.get_attribute(name))
                .unwrap_or_default()
        };
        Self {
            locale: attribute("lang").parse().unwrap_or_default(),
            theme: Theme::parse(&attribute("data-theme")),
            request_id: attribute("data-request"),
        }
    }
}

/// Sets the status of the page that is being rendered; given by the server, absent in the browser.
#[derive(Clone)]
pub struct AnswerStatus(pub Arc<dyn Fn(u16) + Send + Sync>);

/// Gives the page this HTTP status, where there is one to give.
pub fn set_status(status: u16) {
    if let Some(AnswerStatus(set)) = use_context() {
        set(status);
    }
}
