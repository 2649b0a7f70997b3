//! The one way in which data arrives: a skeleton that appears only when it takes long, the view, or what went wrong.

use crate::ui::icon::{Glyph, Icon};
use crate::visit::set_status;
use crate::{Refusal, paths, say, words};
use domain::Code;
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;

/// Shows `view` of what the resource holds. Whoever has not signed in is led to the door, and back.
#[component]
pub fn Load<T, V>(
    /// The data.
    of: Resource<Result<T, Refusal>>,
    /// How it looks.
    view: V,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match of.await {
                        Ok(it) => view(it),
                        Err(refusal) => view! { <Failed refusal=refusal/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

/// Grey lines in place of what is on its way.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 6)]
    lines: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton" role="status" aria-label=say!(ui.loading)>
            {(0..lines).map(|_| view! { <span></span> }).collect_view()}
        </div>
    }
}

/// What went wrong in place of the data: what happened, that nothing was changed, what to try, and the request's id.
#[component]
pub fn Failed(
    /// Why.
    refusal: Refusal,
) -> impl IntoView {
    if refusal.is(Code::Unauthenticated) {
        let location = use_location();
        let here = format!(
            "{}{}",
            location.pathname.get_untracked(),
            query(&location.search.get_untracked())
        );
        return view! { <Redirect path=paths::sign_in_then(&here)/> }.into_any();
    }
    set_status(refusal.0.status);
    let title =
        if refusal.is(Code::NotFound) { say!(ui.not_found_title) } else { say!(ui.failed_title) };
    let ours = refusal.0.status >= 500;
    view! {
        <section class="empty" role="alert">
            <Icon glyph=Glyph::CrossRound/>
            <h2>{title}</h2>
            <p>{words::sentence_of(&refusal.0.code)}" "{say!(ui.nothing_changed)}</p>
            {ours.then(|| view! { <p>{say!(ui.quote_id)}</p> })}
            <RequestId id=refusal.0.request_id.clone()/>
            <a class="button" href="" rel="external">{say!(ui.try_again)}</a>
        </section>
    }
    .into_any()
}

fn query(search: &str) -> String {
    let search = search.trim_start_matches('?');
    if search.is_empty() { String::new() } else { format!("?{search}") }
}

/// A request's id, to be copied; nothing when there is none.
#[component]
pub fn RequestId(
    /// The id.
    id: String,
) -> impl IntoView {
    (!id.is_empty())
        .then(|| view! { <p class="hint">{say!(ui.request_id)}" "<code>{id}</code></p> })
}
