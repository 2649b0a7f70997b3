//! The app: every page at its path.

use crate::behind::Behind;
use crate::pages::missing::MissingPage;
use crate::pages::setup::SetupPage;
use crate::pages::sign_in::SignInPage;
use crate::session::provide_session;
use crate::ui::frame::FirstPage;
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
            <Route path=path!("/gallery") view=Behind::Gallery ssr=WHOLE/>
            <ParentRoute path=path!("") view=Behind::Frame ssr=WHOLE>
                <Route path=path!("") view=Behind::Overview ssr=WHOLE/>
                <Route path=path!("/tokens") view=Behind::Tokens ssr=WHOLE/>
                <Route path=path!("/tokens/new") view=Behind::NewToken ssr=WHOLE/>
                <Route path=path!("/tokens/:id") view=Behind::Token ssr=WHOLE/>
                <Route path=path!("/tokens/:id/edit") view=Behind::EditToken ssr=WHOLE/>
                <Route path=path!("/tokens/:id/conditions") view=Behind::Conditions ssr=WHOLE/>
                <Route path=path!("/tokens/:id/secret") view=Behind::TokenSecret ssr=WHOLE/>
                <Route path=path!("/teams") view=Behind::Teams ssr=WHOLE/>
                <Route path=path!("/teams/new") view=Behind::NewTeam ssr=WHOLE/>
                <Route path=path!("/mirrors") view=Behind::Mirrors ssr=WHOLE/>
                <Route path=path!("/mirrors/new") view=Behind::NewMirror ssr=WHOLE/>
                <Route path=path!("/mirrors/:name/target") view=Behind::MirrorTarget ssr=WHOLE/>
                <Route path=path!("/routes") view=Behind::Routes ssr=WHOLE/>
                <Route path=path!("/routes/new") view=Behind::NewRoute ssr=WHOLE/>
                <Route path=path!("/routes/test") view=Behind::TryRoute ssr=WHOLE/>
                <Route path=path!("/routes/:id") view=Behind::Route ssr=WHOLE/>
                <Route path=path!("/mirrors/:name") view=Behind::Mirror ssr=WHOLE/>
                <Route path=path!("/audit") view=Behind::Audit ssr=WHOLE/>
                <Route path=path!("/settings") view=Behind::Settings ssr=WHOLE/>
            </ParentRoute>
        </Routes>
    }
}
