//! The page of one route: what it takes, where its secrets are, the form that changes it, and the question before it is deleted.

use super::api::{ChangeRoute, DeleteRoute, RouteStart, start_route_change};
use super::create::Fields;
use crate::ui::button::{LinkButton, Submit, Weight};
use crate::ui::dialog::{CancelDialog, Dialog, dialog_href};
use crate::ui::empty::Empty;
use crate::ui::field::Hidden;
use crate::ui::form::Form;
use crate::ui::frame::Page;
use crate::ui::icon::Glyph;
use crate::ui::load::{Failed, Skeleton};
use crate::ui::moment::Moment;
use crate::visit::set_status;
use crate::{Seen, paths, say};
use domain::audit::SubjectKind;
use domain::{Code, OffsetDateTime};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::route::Route;

/// The page. Its title is the route's path, so the page waits for it.
#[component]
pub fn RoutePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let start = Resource::new(move || id.get(), start_route_change);
    let (change, delete) = (ServerAction::new(), ServerAction::new());
    view! {
        <Transition fallback=|| view! { <div class="content"><Skeleton/></div> }>
            {move || Suspend::new(async move {
                match start.await {
                    Ok(seen) => view! { <Detail seen=seen change=change delete=delete/> }.into_any(),
                    Err(refusal) if refusal.is(Code::NotFound) => view! { <NoSuchRoute/> }.into_any(),
                    Err(refusal) => view! { <Page title=say!(route.route) above=above()><Failed refusal=refusal/></Page> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn above() -> Vec<(String, String)> {
    vec![(paths::ROUTES.to_owned(), say!(route.title).to_owned())]
}

#[component]
fn NoSuchRoute() -> impl IntoView {
    set_status(404);
    view! {
        <Page title=say!(route.no_such) above=above()>
            <Empty glyph=Glyph::Search title="404" text=say!(route.no_such_text)>
                <LinkButton href=paths::ROUTES label=say!(route.show_all)/>
            </Empty>
        </Page>
    }
}

#[component]
fn Detail(
    seen: Seen<RouteStart>,
    change: ServerAction<ChangeRoute>,
    delete: ServerAction<DeleteRoute>,
) -> impl IntoView {
    let Seen { now, it: RouteStart { form, route } } = seen;
    let (id, version, fields) = (route.id, route.version, Some(route.clone()));
    view! {
        <Page title=route.path.clone() above=above()>
            <div class="grid gap-8 max-w-[860px]">
                <Facts route=route.clone() now=now/>
                <section class="grid gap-4 max-w-[560px]">
                    <h2>{say!(route.edit)}</h2>
                    <Form action=change draft=form.draft>
                        <Hidden name="id" value=id.to_string()/>
                        <Hidden name="version" value=version.to_string()/>
                        <Fields route=fields/>
                        <div class="actions">
                            <Submit label=say!(route.save)/>
                            <a class="button button-quiet" href=paths::ROUTES>{say!(ui.cancel)}</a>
                        </div>
                    </Form>
                </section>
                <Delete route=route action=delete/>
            </div>
        </Page>
    }
}

#[component]
fn Facts(route: Route, now: OffsetDateTime) -> impl IntoView {
    let takes = say!(route.takes, path = route.path.clone());
    let without = (!route.above.is_empty()).then(
        || view! { <p class="muted">{say!(route.above, paths = route.above.join(", "))}</p> },
    );
    let below = route
        .below
        .clone()
        .map(|path| view! { <p class="muted">{say!(route.below, path = path)}</p> });
    let secret = (route.auth.r#type != "none").then(|| {
        let words = match (route.auth.has_secret, route.deliver_secret) {
            (false, _) => say!(route.secret_none),
            (true, false) => say!(route.secret_here),
            (true, true) => say!(route.secret_delivered),
        };
        let keys = route.auth.secret_keys.iter().map(|key| view! { <li><code>{key.clone()}</code></li> });
        view! {
            <dt>{say!(route.secret)}</dt><dd>{words}</dd>
            <dt>{say!(route.secret_keys)}</dt><dd><ul class="plain-list">{keys.collect_view()}</ul></dd>
        }
    });
    let log = paths::audit_of(SubjectKind::Route, route.id);
    view! {
        <dl class="panel facts">
            <dt>{say!(route.place)}</dt><dd>{takes}{without}{below}</dd>
            {secret}
            <dt>{say!(route.changed)}</dt><dd class="num"><Moment at=route.updated_at now=now/>" · "<a href=log>{say!(ui.audit)}</a></dd>
        </dl>
    }
}

/// What becomes of the requests of a route that is deleted.
fn consequence(route: &Route) -> String {
    match &route.below {
        Some(path) => say!(route.delete_below, path = path.clone()),
        None => say!(route.delete_text).to_owned(),
    }
}

#[component]
fn Delete(route: Route, action: ServerAction<DeleteRoute>) -> impl IntoView {
    let text = consequence(&route);
    let (told, path) = (StoredValue::new(text.clone()), route.path);
    let (id, label) = (StoredValue::new(route.id.to_string()), StoredValue::new(path.clone()));
    view! {
        <section class="grid gap-3">
            <h2>{say!(route.actions)}</h2>
            <ul class="panel deeds">
                <li>
                    <div>
                        <h3>{say!(route.delete)}</h3>
                        <p class="muted">{text}</p>
                    </div>
                    <a class="button button-grave" href=dialog_href("delete") data-noscroll=true>{say!(route.delete_ask)}</a>
                </li>
            </ul>
        </section>
        <Dialog name="delete" title=say!(route.delete_title, path = path)>
            <p>{told.get_value()}</p>
            <Form action=action>
                <Hidden name="id" value=id.get_value()/>
                <div class="dialog-buttons">
                    <CancelDialog/>
                    <Submit label=say!(route.delete_do, path = label.get_value()) weight=Weight::Danger/>
                </div>
            </Form>
        </Dialog>
    }
}
