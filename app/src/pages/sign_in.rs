//! Signing in. The model of a page with a form.

use crate::form_start::{FormStart, start_form};
use crate::session::CurrentSession;
use crate::ui::button::Submit;
use crate::ui::field::{Hidden, TextField};
use crate::ui::form::Form;
use crate::ui::frame::Door;
use crate::ui::load::Load;
use crate::ui::note::{Matter, Note};
use crate::{Refusal, paths, say};
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

/// Opens a session.
///
/// # Errors
/// `credentials_wrong`, `too_many_attempts`, the rules of the fields, a fault.
#[server(prefix = "/fn", endpoint = "sign_in")]
pub async fn sign_in(
    /// Who.
    #[server(default)]
    email: String,
    /// The password.
    #[server(default)]
    password: String,
    /// Where to go then: a path of this origin.
    #[server(default)]
    next: String,
) -> Result<(), Refusal> {
    use crate::backend::{form, service_and_caller, session};
    use domain::refusal::Judge;
    use domain::user::{Email, Password};

    let (service, caller) = service_and_caller()?;
    let mut judge = Judge::default();
    let read = (judge.take(Email::parse(&email)), judge.take(Password::offer(password)));
    let signed_in = match (judge.verdict(), read) {
        (Ok(()), (Some(email), Some(password))) => {
            service::user::sign_in(&service, &caller, email, password).await
        }
        (Err(refusals), _) => Err(refusals.into()),
        (Ok(()), _) => Err(domain::Code::BodyMalformed.into()),
    };
    let outcome = match signed_in {
        Ok(user) => {
            session::open(&user).await?;
            Ok(paths::safe_next(&next).to_owned())
        }
        Err(error) => Err(error),
    };
    form::settle("sign_in", paths::SIGN_IN, &[("email", &email)], outcome).await
}

/// The page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let start = Resource::new(|| (), |()| start_form("sign_in".to_owned()));
    view! {
        <Door title=say!(door.sign_in) lede=say!(door.sign_in_text)>
            <ElsewhereIfNeeded/>
            <Load of=start view=|start| view! { <SignInForm start=start/> }.into_any()/>
        </Door>
    }
}

#[component]
fn SignInForm(start: FormStart) -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let next = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_default();
    let interrupted = paths::safe_next(&next).contains("/new");
    view! {
        {interrupted.then(|| view! { <div class="mb-5"><Note matter=Matter::Info title=say!(door.next_note)/></div> })}
        <Form action=action draft=start.draft>
            <Hidden name="next" value=next/>
            <TextField name="email" label=say!(door.email) kind="email" autocomplete="username"/>
            <TextField name="password" label=say!(door.password) kind="password" autocomplete="current-password"/>
            <Submit label=say!(door.sign_in) wide=true/>
        </Form>
    }
}

/// Whoever has signed in goes on; before there is an owner, the way leads to the setup.
#[component]
fn ElsewhereIfNeeded() -> impl IntoView {
    let session = use_context::<CurrentSession>();
    let next = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_default();
    view! {
        <Transition>
            {move || {
                let next = paths::safe_next(&next).to_owned();
                Suspend::new(async move {
                    let session = match session {
                        Some(CurrentSession(session)) => session.await.unwrap_or_default(),
                        None => return None,
                    };
                    let elsewhere = if session.setup_open { Some(paths::SETUP.to_owned()) } else { session.person.map(|_| next) };
                    elsewhere.map(|path| view! { <Redirect path=path/> })
                })
            }}
        </Transition>
    }
}
