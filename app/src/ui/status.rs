//! State: always a word and a shape beside the colour. And chips, and dots that tell names apart.

use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;

/// What a state means for the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good.
    Ok,
    /// Needs a look.
    Warn,
    /// Bad.
    Danger,
    /// Over, or of no concern.
    Plain,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Ok => "status status-ok",
            Self::Warn => "status status-warn",
            Self::Danger => "status status-danger",
            Self::Plain => "status status-plain",
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Ok => Glyph::CheckRound,
            Self::Warn => Glyph::Triangle,
            Self::Danger => Glyph::CrossRound,
            Self::Plain => Glyph::DashRound,
        }
    }
}

/// A state.
#[component]
pub fn Status(
    /// What it means.
    tone: Tone,
    /// The word.
    #[prop(into)]
    word: String,
    /// Another shape than the tone's.
    #[prop(optional)]
    glyph: Option<Glyph>,
) -> impl IntoView {
    view! {
        <span class=tone.class()><Icon glyph=glyph.unwrap_or_else(|| tone.glyph())/>{word}</span>
    }
}

/// Small words in a row; of many, the first few and how many more; those are read aloud, and shown on hover.
#[component]
pub fn Chips(
    /// The words.
    words: Vec<String>,
    /// How many are shown.
    #[prop(default = 3)]
    most: usize,
) -> impl IntoView {
    let more = words.len().saturating_sub(most);
    let rest = words.iter().skip(most).cloned().collect::<Vec<_>>().join(", ");
    view! {
        <span class="chips">
            {words.into_iter().take(most).map(|word| view! { <span class="chip" title=word.clone()>{word.clone()}</span> }).collect_view()}
            {(more > 0).then(|| view! {
                <span class="chip chip-more" title=rest.clone()><span aria-hidden="true">"+"{more}</span><span class="sr-only">{rest.clone()}</span></span>
            })}
        </span>
    }
}

/// A name with a dot whose colour follows from `of`, an id: the same everywhere.
#[component]
pub fn Dot(
    /// What decides the colour.
    #[prop(into)]
    of: String,
    /// The name.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    // FNV-1a: ids that differ in one character get hues that differ.
    let hash = of
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    // A class and not a style attribute: the content security policy lets no inline style through.
    let class = format!("dot dot-{}", (hash >> 16) % 12);
    view! { <span class="dot-name"><span class=class aria-hidden="true"></span><span>{name}</span></span> }
}
