//! The pages behind the door. In the browser their code is a part of its own, so that the door is light.
//!
//! One part and not one for each page: pages are built of the same blocks, and whoever is inside walks through them all. It is fetched for
//! a document and never later: parts of two builds do not fit, and the server may have another one by then. See decision 0026.

use crate::pages::audit::AuditPage;
use crate::pages::gallery::GalleryPage;
use crate::pages::mirror::{MirrorPage, MirrorTargetPage, MirrorsPage, NewMirrorPage};
use crate::pages::overview::OverviewPage;
use crate::pages::route::{NewRoutePage, RoutePage, RoutesPage, TryRoutePage};
use crate::pages::settings::SettingsPage;
use crate::pages::team::{NewTeamPage, TeamsPage};
use crate::pages::token::{
    ConditionsPage, EditTokenPage, NewTokenPage, TokenPage, TokenSecretPage, TokensPage,
};
use crate::paths;
use crate::ui::frame::Inside;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::ChooseView;
use leptos_router::hooks::use_location;
use std::sync::atomic::{AtomicBool, Ordering};

/// A page behind the door, or the frame around it: what a route shows.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the page of that name")]
pub enum Behind {
    Frame,
    Overview,
    Tokens,
    NewToken,
    Token,
    EditToken,
    Conditions,
    TokenSecret,
    Teams,
    NewTeam,
    Mirrors,
    NewMirror,
    MirrorTarget,
    Routes,
    NewRoute,
    TryRoute,
    Route,
    Mirror,
    Audit,
    Settings,
    Gallery,
}

/// The part's file.
pub const FILE: &str = "split_behind.wasm";

/// Whether the part is here.
static HERE: AtomicBool = AtomicBool::new(false);

/// The way into the part, and `fetch`, which loads it. The name is in that of the file.
#[wasm_split(behind, wasm_split_path = leptos::wasm_split, preload(fetch), fallible)]
fn show(page: Behind) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Behind::Frame => Inside().into_any(),
        Behind::Overview => OverviewPage().into_any(),
        Behind::Tokens => TokensPage().into_any(),
        Behind::NewToken => NewTokenPage().into_any(),
        Behind::Token => TokenPage().into_any(),
        Behind::EditToken => EditTokenPage().into_any(),
        Behind::Conditions => ConditionsPage().into_any(),
        Behind::TokenSecret => TokenSecretPage().into_any(),
        Behind::Teams => TeamsPage().into_any(),
        Behind::NewTeam => NewTeamPage().into_any(),
        Behind::Mirrors => MirrorsPage().into_any(),
        Behind::NewMirror => NewMirrorPage().into_any(),
        Behind::MirrorTarget => MirrorTargetPage().into_any(),
        Behind::Mirror => MirrorPage().into_any(),
        Behind::Routes => RoutesPage().into_any(),
        Behind::NewRoute => NewRoutePage().into_any(),
        Behind::TryRoute => TryRoutePage().into_any(),
        Behind::Route => RoutePage().into_any(),
        Behind::Audit => AuditPage().into_any(),
        Behind::Settings => SettingsPage().into_any(),
        Behind::Gallery => GalleryPage().into_any(),
    })
}

impl ChooseView for Behind {
    async fn choose(self) -> AnyView {
        // Never without the part: see `preload`, which the router calls before.
        show(self).await.unwrap_or_else(|_| ().into_any())
    }

    async fn preload(&self) {
        if is_server() || HERE.load(Ordering::Relaxed) {
            return;
        }
        // In through the door: with a document, whose parts are of one build. One is enough: the frame's, not also that of the page in it.
        if matches!(self, Self::Frame | Self::Gallery) {
            let location = use_location();
            let path = location.pathname.get_untracked();
            let query = location.search.get_untracked();
            let query = query.trim_start_matches('?');
            let to = if query.is_empty() { path } else { format!("{path}?{query}") };
            let _ = window().location().set_href(&to);
        }
        std::future::pending().await
    }
}

/// Fetches what the document in the browser needs, before anything listens in it.
///
/// # Errors
/// The part did not come. The document is as the server wrote it, and works without a script.
pub async fn fetch_for_document() -> Result<(), SplitLoaderError> {
    let path = window().location().pathname().unwrap_or_default();
    if !paths::is_door(&path) {
        fetch().await?;
        HERE.store(true, Ordering::Relaxed);
    }
    Ok(())
}
