//! The form for a new route.

use super::api::{CreateRoute, start_route};
use super::auth::AuthFields;
use crate::form_start::FormStart;
use crate::ui::button::Submit;
use crate::ui::field::{TextArea, TextField};
use crate::ui::form::Form;
use crate::ui::frame::Page;
use crate::ui::load::Load;
use crate::{paths, say};
use domain::text::DESCRIPTION_MAX;
use leptos::prelude::*;
use wire::route::Route;

/// The page.
#[component]
pub fn NewRoutePage() -> impl IntoView {
    let start = Resource::new(|| (), |()| start_route());
    let above = vec![(paths::ROUTES.to_owned(), say!(route.title).to_owned())];
    view! {
        <Page title=say!(route.create) lede=say!(route.create_lede) above=above>
            <div class="max-w-[560px]">
                <Load of=start view=|start| view! { <NewRoute start=start/> }.into_any()/>
            </div>
        </Page>
    }
}

#[component]
fn NewRoute(start: FormStart) -> impl IntoView {
    let action = ServerAction::<CreateRoute>::new();
    view! {
        <Form action=action draft=start.draft>
            <Fields route=None/>
            <div class="actions">
                <Submit label=say!(route.create)/>
                <a class="button button-quiet" href=paths::ROUTES>{say!(ui.cancel)}</a>
            </div>
        </Form>
    }
}

/// The fields of a route.
#[component]
pub fn Fields(
    /// The route as it is; `None` for a new one.
    route: Option<Route>,
) -> impl IntoView {
    let value = |of: fn(&Route) -> String| route.as_ref().map(of).unwrap_or_default();
    let (path, backend) =
        (value(|route| route.path.clone()), value(|route| route.backend_url.clone()));
    let name = value(|route| route.name.clone().unwrap_or_default());
    let description = value(|route| route.description.clone());
    let (tags, scopes) =
        (value(|route| route.tags.join(" ")), value(|route| route.scopes.join(" ")));
    view! {
        <TextField name="path" label=say!(route.path) hint=say!(route.path_hint) mono=true value=path/>
        <TextField name="backend_url" label=say!(route.backend) hint=say!(route.backend_hint) mono=true inputmode="url" value=backend/>
        <TextField name="scopes" label=say!(route.scopes) hint=say!(route.scopes_hint) mono=true optional=true value=scopes/>
        <TextField name="tags" label=say!(route.tags) hint=say!(route.tags_hint) mono=true optional=true value=tags/>
        <AuthFields route=route/>
        <TextField name="name" label=say!(route.name) hint=say!(route.name_hint) optional=true value=name/>
        <TextArea name="description" label=say!(route.description) hint=say!(route.description_hint) optional=true most=DESCRIPTION_MAX value=description/>
    }
}
