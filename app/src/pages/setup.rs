//! The first owner, made with the one-time link that the server prints.

use crate::form_start::{FormStart, start_form};
use crate::session::{CurrentSession, Session};
use crate::ui::button::{LinkButton, Submit, Weight};
use crate::ui::field::{Hidden, TextField};
use crate::ui::form::Form;
use crate::ui::frame::Door;
use crate::ui::load::Load;
use crate::ui::note::{Matter, Note};
use crate::{Refusal, paths, say};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Makes the first owner and opens their session.
///
/// # Errors
/// `setup_link_invalid`, `setup_done`, `too_many_attempts`, the rules of the fields, a fault.
#[server(prefix = "/fn", endpoint = "create_owner")]
pub async fn create_owner(
    /// The secret of the one-time link.
    #[server(default)]
    link: String,
    /// The owner's address.
    #[server(default)]
    email: String,
    /// The owner's password.
    #[server(default)]
    password: String,
) -> Result<(), Refusal> {
    use crate::backend::{form, service_and_caller, session};
    use domain::refusal::Judge;
    use domain::user::{Email, Password};

    let (service, caller) = service_and_caller()?;
    let mut judge = Judge::default();
    let read = (judge.take(Email::parse(&email)), judge.take(Password::choose(password)));
    let created = match (judge.verdict(), read) {
        (Ok(()), (Some(email), Some(password))) => {
            service::user::create_owner(&service, &caller, &link, email, password).await
        }
        (Err(refusals), _) => Err(refusals.into()),
        (Ok(()), _) => Err(domain::Code::BodyMalformed.into()),
    };
    let outcome = match created {
        Ok(user) => {
            session::open(&user).await?;
            Ok(paths::OVERVIEW.to_owned())
        }
        Err(error) => Err(error),
    };
    form::settle("create_owner", paths::SETUP, &[("email", &email)], outcome).await
}

/// The page: the form with a link, the way to get one without.
#[component]
pub fn SetupPage() -> impl IntoView {
    let link =
        use_query_map().with_untracked(|query| query.get("link")).filter(|link| !link.is_empty());
    let Some(CurrentSession(session)) = use_context::<CurrentSession>() else {
        return ().into_any();
    };
    // Made here and not within what loads: the browser must meet the resources in the order in which the server made them.
    let start = Resource::new(|| (), |()| start_form("create_owner".to_owned()));
    let step = move |session: Session| match (session.setup_open, link.clone()) {
        (false, _) => view! { <Done/> }.into_any(),
        (true, None) => view! { <Wait/> }.into_any(),
        (true, Some(link)) => view! { <Begin link=link start=start/> }.into_any(),
    };
    view! { <Load of=session view=step/> }.into_any()
}

#[component]
fn Begin(link: String, start: Resource<Result<FormStart, Refusal>>) -> impl IntoView {
    view! {
        <Door title=say!(door.setup) lede=say!(door.setup_text)>
            <Load of=start view=move |start| view! { <SetupForm start=start link=link.clone()/> }.into_any()/>
        </Door>
    }
}

#[component]
fn SetupForm(start: FormStart, link: String) -> impl IntoView {
    let action = ServerAction::<CreateOwner>::new();
    view! {
        <Form action=action draft=start.draft>
            <Hidden name="link" value=link/>
            <TextField name="email" label=say!(door.email) kind="email" autocomplete="username"/>
            <TextField name="password" label=say!(door.password) kind="password" autocomplete="new-password" hint=say!(door.password_hint)/>
            <Submit label=say!(door.setup_submit) wide=true/>
        </Form>
    }
}

#[component]
fn Wait() -> impl IntoView {
    view! {
        <Door title=say!(door.setup_wait) lede=say!(door.setup_wait_text)>
            <Note matter=Matter::Info title=say!(door.setup_lost)>
                <pre class="overflow-x-auto"><code>"tokenkeep admin create-owner \\\n  --email you@example.com \\\n  --password-file FILE"</code></pre>
            </Note>
        </Door>
    }
}

#[component]
fn Done() -> impl IntoView {
    view! {
        <Door title=say!(door.setup_done) lede=say!(door.setup_done_text)>
            <LinkButton href=paths::SIGN_IN label=say!(door.sign_in) weight=Weight::Primary/>
        </Door>
    }
}
