//! Buttons that submit, and links that look like buttons.

use crate::say;
use crate::ui::form::FormState;
use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;

/// How loud a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// The one thing to do on a page.
    Primary,
    /// Anything else.
    #[default]
    Plain,
    /// What cannot be taken back.
    Danger,
    /// Hardly there.
    Quiet,
}

impl Weight {
    /// The classes of a button of this weight.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Plain => "button",
            Self::Danger => "button button-danger",
            Self::Quiet => "button button-quiet",
        }
    }
}

/// Sends the form it is in; while that is under way it cannot be pressed again.
#[component]
pub fn Submit(
    /// A verb.
    #[prop(into)]
    label: String,
    /// How loud.
    #[prop(default = Weight::Primary)]
    weight: Weight,
    /// As wide as the form.
    #[prop(optional)]
    wide: bool,
    /// What it sends along, where a form has several: an argument of the server function, and its value.
    #[prop(optional)]
    send: Option<(&'static str, &'static str)>,
) -> impl IntoView {
    let (name, value) = send.unzip();
    let pending = use_context::<FormState>().map(|form| form.pending);
    let busy = move || pending.is_some_and(|pending| pending.get());
    view! {
        <button type="submit" class=weight.class() class:button-wide=wide disabled=busy name=name value=value>
            {move || if busy() { say!(ui.working).to_owned() } else { label.clone() }}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// Where to.
    #[prop(into)]
    href: String,
    /// A verb.
    #[prop(into)]
    label: String,
    /// How loud.
    #[prop(optional)]
    weight: Weight,
    /// An icon before the word.
    #[prop(optional)]
    glyph: Option<Glyph>,
) -> impl IntoView {
    view! {
        <a href=href class=weight.class()>
            {glyph.map(|glyph| view! { <Icon glyph=glyph/> })}
            {label}
        </a>
    }
}
