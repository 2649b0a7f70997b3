//! The summary of what is wrong with a form: takes focus, and leads to each field.

use crate::say;
use crate::ui::form::FormState;
use crate::ui::icon::{Glyph, Icon};
use crate::words;
use leptos::html::Div;
use leptos::prelude::*;
use wire::Problem;

/// The summary of a form's refusals; nothing while there are none.
#[component]
pub fn ErrorSummary(
    /// The form's state.
    state: FormState,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    // With JavaScript focus moves here after each refusal; without it, `autofocus` does that on load.
    Effect::new(move || {
        if state.problem.with(Option::is_some)
            && let Some(node) = node.get()
        {
            let _ = node.focus();
        }
    });
    move || {
        state.problem.get().map(|problem| {
            let lines = lines(state, &problem);
            let title = match lines.len() {
                1 => say!(ui.not_done_one).to_owned(),
                count => say!(ui.not_done, count = count),
            };
            let quote = matches!(problem.status, 500..).then(|| problem.request_id.clone()).filter(|id| !id.is_empty());
            view! {
                <div class="summary" role="alert" tabindex="-1" autofocus=true node_ref=node>
                    <h2><Icon glyph=Glyph::Triangle/>{title}</h2>
                    <ul>{lines}</ul>
                    {quote.map(|id| view! { <p class="hint">{say!(ui.request_id)}" "<code>{id}</code></p> })}
                </div>
            }
        })
    }
}

fn lines(state: FormState, problem: &Problem) -> Vec<AnyView> {
    problem
        .codes()
        .into_iter()
        .map(|refused| {
            let sentence = words::sentence_of(&refused.code);
            let named = refused.field.and_then(|field| {
                state.labels.with_value(|labels| {
                    labels.iter().find(|(name, _)| *name == field).cloned()
                })
            });
            match named {
                Some((name, label)) => view! {
                    <li><a href=format!("#field-{name}") rel="external">{label}</a>": "{sentence}</li>
                }
                .into_any(),
                None => view! { <li>{sentence}</li> }.into_any(),
            }
        })
        .collect()
}
