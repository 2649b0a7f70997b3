//! The tester: what would become of a request. A token that is typed here is judged and forgotten.

use super::api::{TrialStart, Tried, TryRoute, start_trial};
use crate::ui::button::Submit;
use crate::ui::field::TextField;
use crate::ui::form::Form;
use crate::ui::frame::Page;
use crate::ui::load::Load;
use crate::ui::note::{Matter, Note};
use crate::{paths, say, words};
use leptos::prelude::*;

/// The page.
#[component]
pub fn TryRoutePage() -> impl IntoView {
    let start = Resource::new(|| (), |()| start_trial());
    let above = vec![(paths::ROUTES.to_owned(), say!(route.title).to_owned())];
    view! {
        <Page title=say!(route.trial) lede=say!(route.try_lede) above=above>
            <div class="max-w-[560px]">
                <Load of=start view=|start| view! { <Tester start=start/> }.into_any()/>
            </div>
        </Page>
    }
}

#[component]
fn Tester(start: TrialStart) -> impl IntoView {
    let TrialStart { form, tried } = start;
    let action = ServerAction::<TryRoute>::new();
    // While another is tried, the last answer is none.
    let told = move || match action.value().get() {
        _ if action.pending().get() => None,
        Some(Ok(told)) => told.or_else(|| tried.clone()),
        Some(Err(_)) => None,
        None => tried.clone(),
    };
    view! {
        <div class="grid gap-6">
            <div class="empty:-mb-6" aria-live="polite">{move || told().map(|tried| view! { <Verdict tried=tried/> })}</div>
            <Form action=action draft=form.draft>
                <TextField name="path" label=say!(route.path) hint=say!(route.try_path_hint) mono=true/>
                <TextField name="token" label=say!(route.try_token) kind="password" hint=say!(route.try_token_hint) optional=true/>
                <TextField name="scopes" label=say!(route.try_scopes) hint=say!(route.try_scopes_hint) mono=true optional=true/>
                <div class="actions">
                    <Submit label=say!(route.try_do)/>
                    <a class="button button-quiet" href=paths::ROUTES>{say!(ui.cancel)}</a>
                </div>
            </Form>
        </div>
    }
}

/// "This request with this token would go to …, because …"
#[component]
fn Verdict(tried: Tried) -> impl IntoView {
    let because = because(&tried);
    let Tried { path, trial } = tried;
    let matter = if trial.allowed { Matter::Ok } else { Matter::Danger };
    let url = trial.route.filter(|_| trial.allowed).map(|route| route.backend_url);
    let title = match url {
        Some(url) => say!(route.goes, path = path, url = url),
        None => say!(route.refused, path = path),
    };
    view! { <Note matter=matter title=title><p>{because}</p></Note> }
}

fn because(tried: &Tried) -> String {
    let route = || tried.trial.route.as_ref().map(|route| route.path.clone()).unwrap_or_default();
    match &*tried.trial.why {
        "scopes" => say!(route.why_scopes, route = route()),
        "everything" => say!(route.why_everything, route = route()),
        "resource" => say!(route.why_resource, route = route()),
        "tag" => say!(route.why_tag, route = route()),
        "scope_denied" => say!(route.why_denied, route = route()),
        "route_missing" => say!(route.why_missing).to_owned(),
        "path_unreadable" => say!(route.why_unreadable).to_owned(),
        code => say!(route.why_token, reason = words::reason_of(code)),
    }
}
