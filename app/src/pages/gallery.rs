//! Every component in every state; in development builds only.

mod forms;
mod states;

use crate::pages::missing::MissingPage;
use crate::ui::preferences::{LocaleMenu, ThemeMenu};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page. A release build has no such page, and none of its code.
#[component]
pub fn GalleryPage() -> impl IntoView {
    if !cfg!(debug_assertions) {
        return view! { <MissingPage/> }.into_any();
    }
    view! {
        <Title text="Gallery · Tokenkeep"/>
        <header class="top">
            <nav class="crumbs" aria-label="Breadcrumbs"><ol><li aria-current="page">"Gallery"</li></ol></nav>
            <LocaleMenu/>
            <ThemeMenu/>
        </header>
        <main class="content grid gap-10" id="content">
            <h1>"Gallery"</h1>
            <states::Buttons/>
            <states::Statuses/>
            <states::Notes/>
            <states::Moments/>
            <forms::Fields/>
            <states::Charts/>
            <states::Tables/>
            <states::Mirrors/>
            <states::Empties/>
            <states::Icons/>
        </main>
    }
    .into_any()
}

/// One group of the gallery.
#[component]
fn Group(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="grid gap-4" aria-label=name>
            <h2>{name}</h2>
            {children()}
        </section>
    }
}
