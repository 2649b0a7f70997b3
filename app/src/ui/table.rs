//! A table: named for assistive technology, scrolls inside its own box, and becomes cards on a phone.

use crate::say;
use leptos::prelude::*;

/// A column's head, and whether it hugs its content.
#[derive(Clone, Debug)]
pub struct Column {
    /// A noun.
    pub name: String,
    /// Whether it is as narrow as its content.
    pub tight: bool,
    /// Whether its head is only read aloud.
    pub unseen: bool,
}

impl Column {
    /// A column that takes the room that is left.
    pub fn wide(name: impl Into<String>) -> Self {
        Self { name: name.into(), tight: false, unseen: false }
    }

    /// A column as narrow as its content.
    pub fn tight(name: impl Into<String>) -> Self {
        Self { name: name.into(), tight: true, unseen: false }
    }

    /// A column as narrow as its content, whose head is only read aloud.
    pub fn unseen(name: impl Into<String>) -> Self {
        Self { name: name.into(), tight: true, unseen: true }
    }
}

/// A table. Its children are rows; each `<td>` says its column in `data-label`, which is shown when the row is a card.
#[component]
pub fn Table(
    /// What it lists; read aloud, not shown.
    #[prop(into)]
    caption: String,
    /// The columns.
    columns: Vec<Column>,
    /// Whether its head stays in sight; only for a table whose columns give way, as it does not scroll sideways.
    #[prop(optional)]
    sticky: bool,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    // Without the body the browser adds one of its own, and hydration finds another tree than the server's.
    view! {
        <div class="table-box" class:table-box-sticky=sticky role="region" aria-label=label tabindex=(!sticky).then_some("0")>
            <table class="table table-stack">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        {columns
                            .into_iter()
                            .map(|column| view! { <th scope="col" class:tight=column.tight><span class:sr-only=column.unseen>{column.name}</span></th> })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// The way to the next page of a list, and back to its beginning.
#[component]
pub fn Pager(
    /// The address of the first page, when this is another.
    first: Option<String>,
    /// The address of the next page, when there is one.
    next: Option<String>,
) -> impl IntoView {
    if first.is_none() && next.is_none() {
        return ().into_any();
    }
    view! {
        <nav class="pager" aria-label=say!(ui.more)>
            <span>{first.map(|href| view! { <a class="button" href=href>{say!(ui.first_page)}</a> })}</span>
            <span>{next.map(|href| view! { <a class="button" href=href>{say!(ui.next_page)}</a> })}</span>
        </nav>
    }
    .into_any()
}
