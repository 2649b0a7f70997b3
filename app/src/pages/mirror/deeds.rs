//! What can be done with a mirror: each a form with what it does.

use super::api::{
    AdoptForeign, DeleteForeign, PauseMirror, PlanMirror, PushMirror, ReleaseMirror, ResumeMirror,
};
use crate::Refusal;
use crate::say;
use crate::ui::button::{Submit, Weight};
use crate::ui::field::Hidden;
use crate::ui::form::Form;
use leptos::prelude::*;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::PostUrl;
use leptos::server_fn::request::ClientReq;
use leptos::server_fn::{Http, ServerFn};
use leptos::web_sys::FormData;
use serde::de::DeserializeOwned;
use wire::mirror::Adopting;

/// What can be done. Made with the page, so that what was refused is still told once its form is gone.
#[derive(Clone, Copy)]
pub struct Deeds {
    push: ServerAction<PushMirror>,
    plan: ServerAction<PlanMirror>,
    pause: ServerAction<PauseMirror>,
    resume: ServerAction<ResumeMirror>,
    /// Takes foreign records for tokens of ours.
    pub adopt: ServerAction<AdoptForeign>,
    /// Lets them go.
    pub end: ServerAction<DeleteForeign>,
    /// Lets a held plan run.
    pub release: ServerAction<ReleaseMirror>,
}

impl Deeds {
    /// None of them done.
    pub fn new() -> Self {
        Self {
            push: ServerAction::new(),
            plan: ServerAction::new(),
            pause: ServerAction::new(),
            resume: ServerAction::new(),
            adopt: ServerAction::new(),
            end: ServerAction::new(),
            release: ServerAction::new(),
        }
    }

    /// How often something was done: after that the mirror is looked at again.
    pub fn changes(self) -> usize {
        self.push.version().get()
            + self.plan.version().get()
            + self.pause.version().get()
            + self.resume.version().get()
            + self.adopt.version().get()
            + self.end.version().get()
            + self.release.version().get()
    }
}

/// The section.
#[component]
pub fn Actions(
    name: String,
    paused: bool,
    asked: Option<String>,
    adopting: Option<Adopting>,
    deeds: Deeds,
) -> impl IntoView {
    // One that the start began was asked for by nobody.
    let asked = asked.or_else(|| adopting.map(|_| "adopt".to_owned()));
    let progress = adopting.map(|Adopting { total, done, taken }| {
        say!(mirror.adopting, done = done, total = total, taken = taken)
    });
    let waiting = asked.as_deref().map(|asked| match asked {
        "plan" => say!(mirror.asked_plan),
        "adopt" => say!(mirror.asked_adopt),
        _ => say!(mirror.asked_look),
    });
    let again = waiting.map(|words| {
        view! { <p class="muted" role="status">{words}{progress.map(|progress| format!(" {progress}"))}<noscript>" "<a href="">{say!(mirror.look_again)}</a></noscript></p> }
    });
    let deeds = if paused {
        view! { <Deed name=name action=deeds.resume title=say!(mirror.resume) text=say!(mirror.resume_text) label=say!(mirror.resume) weight=Weight::Primary/> }.into_any()
    } else {
        view! {
            <Deed name=name.clone() action=deeds.push title=say!(mirror.push) text=say!(mirror.push_text) label=say!(mirror.push)/>
            <Deed name=name.clone() action=deeds.plan title=say!(mirror.preview) text=say!(mirror.preview_text) label=say!(mirror.preview)/>
            <Deed name=name action=deeds.pause title=say!(mirror.pause) text=say!(mirror.pause_text) label=say!(mirror.pause)/>
        }
        .into_any()
    };
    view! {
        <section class="grid gap-3">
            <h2>{say!(mirror.actions)}</h2>
            {again}
            <ul class="panel deeds">{deeds}</ul>
        </section>
    }
}

/// One of them, in a list.
#[component]
pub fn Deed<S, O>(
    /// The mirror's name.
    name: String,
    /// What does it.
    action: ServerAction<S>,
    /// A verb.
    title: &'static str,
    /// What it does.
    text: &'static str,
    /// The button.
    #[prop(into)]
    label: String,
    /// How loud it is.
    #[prop(default = Weight::Plain)]
    weight: Weight,
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
    view! {
        <li>
            <div>
                <h3>{title}</h3>
                <p class="muted">{text}</p>
            </div>
            <Form action=action>
                <Hidden name="name" value=name/>
                <Submit label=label weight=weight/>
            </Form>
        </li>
    }
}
