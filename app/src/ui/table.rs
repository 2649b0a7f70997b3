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
    /// How the table is sorted by it.
    pub sort: Option<Sort>,
}

/// A column that a table can be sorted by.
#[derive(Clone, Debug)]
pub struct Sort {
    /// The address of the table sorted by it; or, where it is, the other way round.
    pub href: String,
    /// Whether it is sorted by it from the last to the first; `None` where it is sorted by another.
    pub descending: Option<bool>,
}

impl Sort {
    const fn aria(&self) -> Option<&'static str> {
        match self.descending {
            None => None,
            Some(false) => Some("ascending"),
            Some(true) => Some("descending"),
        }
    }
}

impl Column {
    /// A column that takes the room that is left.
    pub fn wide(name: impl Into<String>) -> Self {
        Self { name: name.into(), tight: false, unseen: false, sort: None }
    }

    /// A column as narrow as its content.
    pub fn tight(name: impl Into<String>) -> Self {
        Self { name: name.into(), tight: true, unseen: false, sort: None }
    }

    /// A column as narrow as its content, whose head is only read aloud.
    pub fn unseen(name: impl Into<String>) -> Self {
        Self { name: name.into(), tight: true, unseen: true, sort: None }
    }
}

impl Column {
    /// The column, with a head that sorts.
    #[must_use]
    pub fn sorted(mut self, sort: Sort) -> Self {
        self.sort = Some(sort);
        self
    }
}

#[component]
fn Head(column: Column) -> impl IntoView {
    let Column { name, tight, unseen, sort } = column;
    match sort {
        None => view! { <th scope="col" class:tight=tight><span class:sr-only=unseen>{name}</span></th> }.into_any(),
        Some(sort) => {
            let arrow = match sort.descending {
                None => "",
                Some(false) => "↑",
                Some(true) => "↓",
            };
            let aria = sort.aria();
            view! {
                <th scope="col" class:tight=tight aria-sort=aria>
                    <a class="sort" href=sort.href>{name}<span class="sort-arrow" aria-hidden="true">{arrow}</span></a>
                </th>
            }
            .into_any()
        }
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
                        {columns.into_iter().map(|column| view! { <Head column=column/> }).collect_view()}
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

/// The ways to the pages before and after one of a list that goes both ways.
#[component]
pub fn Steps(
    /// The address of the page before, when there may be one.
    previous: Option<String>,
    /// The address of the page after, when there is one.
    next: Option<String>,
) -> impl IntoView {
    if previous.is_none() && next.is_none() {
        return ().into_any();
    }
    view! {
        <nav class="pager" aria-label=say!(ui.more)>
            <span>{previous.map(|href| view! { <a class="button" rel="prev" href=href>{say!(ui.previous)}</a> })}</span>
            <span>{next.map(|href| view! { <a class="button" rel="next" href=href>{say!(ui.next)}</a> })}</span>
        </nav>
    }
    .into_any()
}
