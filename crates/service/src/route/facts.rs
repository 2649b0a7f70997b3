//! A route in the words of the audit log. Never a secret.

use domain::route::{ListedRoute, RouteName};
use domain::token::Scopes;

/// What a route is, each a name as on the wire and a text; without what it has none of.
pub(super) fn facts(route: &ListedRoute) -> Vec<(&'static str, String)> {
    let auth = route.route.auth.kind();
    let header = auth.header().map(|header| header.as_str().to_owned());
    let tags = route.route.tags.to_strings();
    [
        ("name", route.name.as_ref().map(RouteName::as_str).map(str::to_owned)),
        ("path", Some(route.route.path.as_str().to_owned())),
        ("backend_url", Some(route.route.backend.as_str().to_owned())),
        ("tags", (!tags.is_empty()).then(|| tags.join(" "))),
        ("scopes", route.route.scopes.as_ref().map(Scopes::joined)),
        ("auth", Some(auth.as_str().to_owned())),
        ("header_name", header),
        ("deliver_secret", route.deliver.then(|| "yes".to_owned())),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text?)))
    .collect()
}

/// All of it in one text, for before and after.
pub(super) fn told(route: &ListedRoute) -> String {
    let each = facts(route).into_iter().map(|(name, text)| format!("{name} {text}"));
    each.collect::<Vec<_>>().join("; ")
}
