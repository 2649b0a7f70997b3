//! A dialog that asks before something happens. Native `<dialog>`; whether it is open is in the URL (`?dialog=name`), so that it opens and
//! closes by links and works without JavaScript, where it lies over the page without being modal.

use crate::say;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};

/// The address of this page with the dialog `name` open: for the link that opens it.
pub fn dialog_href(name: &str) -> String {
    format!("?dialog={name}")
}

/// A dialog.
#[component]
pub fn Dialog(
    /// Its name in the URL.
    name: &'static str,
    /// A question.
    #[prop(into)]
    title: String,
    /// What will happen, and the form that does it: its button is a verb.
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    let query = use_query_map();
    let open = Memo::new(move |_| query.with(|query| query.get_str("dialog") == Some(name)));
    let title = StoredValue::new(title);
    view! {
        <Show when=move || open.get()>
            <OpenDialog name=name title=title.get_value()>{children.with_value(|children| children())}</OpenDialog>
        </Show>
    }
}

/// The element of the dialog that is open.
#[derive(Clone, Copy)]
struct OpenNode(NodeRef<html::Dialog>);

#[component]
fn OpenDialog(name: &'static str, title: String, children: Children) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let path = use_location().pathname;
    let navigate = use_navigate();
    provide_context(OpenNode(node));
    // After it has closed, not before: the browser gives the focus back to the link that opened it.
    let close = move |_: leptos::ev::Event| {
        navigate(
            &path.get_untracked(),
            NavigateOptions { replace: true, scroll: false, ..Default::default() },
        )
    };
    // A dialog that is open already cannot become modal: it is closed for a moment first.
    Effect::new(move || {
        if let Some(dialog) = node.get() {
            dialog.set_open(false);
            let _ = dialog.show_modal();
        }
    });
    view! {
        <dialog class="dialog" open=true node_ref=node aria-labelledby=format!("dialog-{name}") on:close=close>
            <div class="dialog-body">
                <h2 id=format!("dialog-{name}")>{title}</h2>
                {children()}
            </div>
        </dialog>
    }
}

/// The link that closes a dialog: back to the page without it.
#[component]
pub fn CancelDialog() -> impl IntoView {
    let path = use_location().pathname;
    let node = use_context::<OpenNode>();
    let close = move |event: leptos::ev::MouseEvent| {
        if let Some(dialog) = node.and_then(|OpenNode(node)| node.get_untracked()) {
            event.prevent_default();
            dialog.close();
        }
    };
    view! { <a class="button" href=move || path.get() data-noscroll=true on:click=close>{say!(ui.cancel)}</a> }
}
