//! What came of a try, in plain words: which step went how.

use crate::say;
use crate::ui::note::{Matter, Note};
use leptos::prelude::*;
use wire::target::MirrorProbe;

/// What came of the last try: what a script was told, else what the page began with. While another is under way, nothing.
#[component]
pub fn Told(
    /// What the page began with.
    #[prop(into)]
    begun: Signal<Option<MirrorProbe>>,
    /// What a script was told; `None` inside is that something else was done.
    #[prop(into)]
    answered: Signal<Option<Option<MirrorProbe>>>,
    /// Whether a try is under way.
    #[prop(into)]
    pending: Signal<bool>,
) -> impl IntoView {
    let told = move || match answered.get() {
        _ if pending.get() => None,
        Some(answered) => answered,
        None => begun.get(),
    };
    view! { <div class="empty:hidden" aria-live="polite">{move || told().map(|tried| view! { <Tried tried=tried/> })}</div> }
}

#[component]
fn Tried(tried: MirrorProbe) -> impl IntoView {
    let place = tried.target.clone();
    if tried.usable {
        return view! {
            <Note matter=Matter::Ok title=say!(target.usable)>
                <p>{say!(target.usable_text)}</p>
                <p class="hint"><code>{place}</code></p>
            </Note>
        }
        .into_any();
    }
    let step = match tried.failed_step.as_deref() {
        Some("write") => say!(target.failed_write),
        Some("read") => say!(target.failed_read),
        Some("delete") => say!(target.failed_delete),
        _ => say!(target.failed_silent),
    };
    let mend = match tried.error_class.as_deref() {
        Some("denied") => say!(target.mend_denied),
        Some("transient") => say!(target.mend_transient),
        _ => say!(target.mend_broken),
    };
    view! {
        <Note matter=Matter::Danger title=step>
            <p>{mend}</p>
            <p class="hint break-words"><code>{tried.error}</code></p>
        </Note>
    }
    .into_any()
}
