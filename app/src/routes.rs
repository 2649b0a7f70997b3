//! The app: every page at its path.

use crate::pages::audit::AuditPage;
use crate::pages::gallery::GalleryPage;
use crate::pages::mirror::MirrorPage;
use crate::pages::missing::MissingPage;
use crate::pages::overview::OverviewPage;
use crate::pages::settings::SettingsPage;
use crate::pages::setup::SetupPage;
use crate::pages::sign_in::SignInPage;
use crate::pages::team::{NewTeamPage, TeamsPage};
use crate::pages::token::{ConditionsPage, NewTokenPage, TokenPage, TokenSecretPage, TokensPage};
use crate::session::provide_session;
use crate::ui::frame::{FirstPage, Inside};
use crate::visit::Visit;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Visit::current());
    provide_context(FirstPage(StoredValue::new(true)));
    view! {
        <Router>
            <Pages/>
        </Router>
    }
}

/// Every page is rendered whole: its status and headers are right, and it needs no script to be put together.
const WHOLE: SsrMode = SsrMode::Async;

#[component]
fn Pages() -> impl IntoView {
    provide_session();
    view! {
        <Routes fallback=MissingPage>
            <Route path=path!("/sign-in") view=SignInPage ssr=WHOLE/>
            <Route path=path!("/setup") view=SetupPage ssr=WHOLE/>
            <Route path=path!("/gallery") view=GalleryPage ssr=WHOLE/>
            <ParentRoute path=path!("") view=Inside ssr=WHOLE>
                <Route path=path!("") view=OverviewPage ssr=WHOLE/>
                <Route path=path!("/tokens") view=TokensPage ssr=WHOLE/>
                <Route path=path!("/tokens/new") view=NewTokenPage ssr=WHOLE/>
                <Route path=path!("/tokens/:id") view=TokenPage ssr=WHOLE/>
                <Route path=path!("/tokens/:id/conditions") view=ConditionsPage ssr=WHOLE/>
                <Route path=path!("/tokens/:id/secret") view=TokenSecretPage ssr=WHOLE/>
                <Route path=path!("/teams") view=TeamsPage ssr=WHOLE/>
                <Route path=path!("/teams/new") view=NewTeamPage ssr=WHOLE/>
                <Route path=path!("/mirrors") view=MirrorPage ssr=WHOLE/>
                <Route path=path!("/audit") view=AuditPage ssr=WHOLE/>
                <Route path=path!("/settings") view=SettingsPage ssr=WHOLE/>
            </ParentRoute>
        </Routes>
    }
}
