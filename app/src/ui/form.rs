//! A form: its fields find their draft and their errors by name. Works without JavaScript, as every form here must.

use crate::Refusal;
use crate::ui::summary::ErrorSummary;
use crate::words;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::PostUrl;
use leptos::server_fn::request::ClientReq;
use leptos::server_fn::{Http, ServerFn};
use leptos::web_sys::FormData;
use serde::de::DeserializeOwned;
use wire::Problem;

/// What the fields of a form share.
#[derive(Clone, Copy)]
pub struct FormState {
    /// What was typed before; field and value.
    pub draft: StoredValue<Vec<(String, String)>>,
    /// Field and label, for the summary of errors.
    pub labels: StoredValue<Vec<(&'static str, String)>>,
    /// Why the form was refused, if it was.
    pub problem: Signal<Option<Problem>>,
    /// Whether it is on its way.
    pub pending: Signal<bool>,
}

impl FormState {
    /// A state that is in no form; for the gallery.
    pub fn fixed(draft: Vec<(String, String)>, problem: Option<Problem>, pending: bool) -> Self {
        Self {
            draft: StoredValue::new(draft),
            labels: StoredValue::new(Vec::new()),
            problem: Signal::stored(problem),
            pending: Signal::stored(pending),
        }
    }

    /// The state of what was sent to a server function, without a draft.
    fn of<S>(action: ServerAction<S>) -> Self
    where
        S: ServerFn<Error = Refusal> + Clone + Send + Sync + 'static,
        S::Output: Send + Sync + 'static,
    {
        let value = action.value();
        let problem = Signal::derive(move || {
            value.with(|value| Some((*value.as_ref()?.as_ref().err()?.0).clone()))
        });
        let pending = action.pending().into();
        Self { problem, pending, ..Self::fixed(Vec::new(), None, false) }
    }

    /// What was typed into a field before.
    pub fn draft_of(self, name: &str) -> Option<String> {
        self.draft.with_value(|draft| {
            draft.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
        })
    }

    /// Whether there is any draft: then an absent checkbox was unticked by hand.
    pub fn has_draft(self) -> bool {
        self.draft.with_value(|draft| !draft.is_empty())
    }

    /// The sentence for what is wrong with a field.
    pub fn error_of(self, name: &str) -> Option<&'static str> {
        self.problem.with(|problem| {
            let codes = problem.as_ref()?.codes();
            let refused = codes.iter().find(|refused| refused.field.as_deref() == Some(name))?;
            Some(words::sentence_of(&refused.code))
        })
    }

    /// Notes a field's label and returns its draft.
    pub fn enter(self, name: &'static str, label: &str) -> Option<String> {
        self.labels.update_value(|labels| labels.push((name, label.to_owned())));
        self.draft_of(name)
    }
}

/// Why something was refused whose form is gone since: what it was about has changed, and the page with it.
#[component]
pub fn Gone<S>(
    /// The server function.
    action: ServerAction<S>,
) -> impl IntoView
where
    S: ServerFn<Error = Refusal> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    view! { <ErrorSummary state=FormState::of(action)/> }
}

/// The state of the form that a field is in.
pub fn use_form() -> FormState {
    use_context().unwrap_or_else(|| FormState::fixed(Vec::new(), None, false))
}

/// A form that posts to a server function.
#[component]
pub fn Form<S, O>(
    /// The server function.
    action: ServerAction<S>,
    /// What was typed before, from `start_form`.
    #[prop(optional)]
    draft: Vec<(String, String)>,
    /// Fields, and a `Submit`.
    children: Children,
) -> impl IntoView
where
    S: DeserializeOwned
        + ServerFn<Protocol = Http<PostUrl, O>, Error = Refusal>
        + Clone
        + Send
        + Sync
        + 'static,
    <<S::Client as Client<Refusal>>::Request as ClientReq<Refusal>>::FormData: From<FormData>,
    S::Output: Send + Sync + 'static,
    S::Client: Client<Refusal>,
    O: 'static,
{
    let state = FormState { draft: StoredValue::new(draft), ..FormState::of(action) };
    provide_context(state);
    // The fields come first: they note the labels that the summary names.
    let fields = children();
    // Our own words are shown in the language of the console; the browser's bubbles are not.
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate=true>
            <ErrorSummary state=state/>
            {fields}
        </ActionForm>
    }
}
