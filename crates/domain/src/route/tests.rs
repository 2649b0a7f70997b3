//! What holds of every search: properties, and what one allocates.

use super::*;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

/// Few names, some of which begin with others, so that paths meet and nearly meet.
fn segments() -> impl Strategy<Value = Vec<&'static str>> {
    vec(proptest::sample::select(vec!["api", "image", "images", "imagezzz", "a", "A", "v1"]), 0..5)
}

fn path(segments: &[&str]) -> String {
    format!("/{}", segments.join("/"))
}

fn route(path: &str) -> Route {
    Route {
        path: RoutePath::parse(path).expect("a path"),
        backend: BackendUrl::parse("https://images.example").expect("an address"),
        tags: Tags::default(),
        scopes: None,
        auth: Auth::None,
    }
}

/// Whether one list of segments begins with another: the plain second way to say it.
fn begins(path: &str, with: &str) -> bool {
    let segments = |path: &str| -> Vec<String> {
        path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
    };
    segments(path).starts_with(&segments(with))
}

proptest! {
    #[test]
    fn the_longest_whole_prefix_is_found(all in btree_set(segments(), 0..12), asked in segments()) {
        let routes: Vec<Route> = all.iter().map(|segments| route(&path(segments))).collect();
        let asked = path(&asked);
        let above = routes.iter().filter(|route| begins(&asked, route.path.as_str()));
        let longest = above.max_by_key(|route| route.path.as_str().len());
        prop_assert_eq!(find(&routes, &asked), longest);
    }

    #[test]
    fn the_order_of_routes_does_not_matter(
        (sorted, shuffled) in btree_set(segments(), 0..12).prop_flat_map(|all| {
            let routes: Vec<Route> = all.iter().map(|segments| route(&path(segments))).collect();
            (Just(routes.clone()), Just(routes).prop_shuffle())
        }),
        asked in segments(),
    ) {
        prop_assert_eq!(find(&sorted, &path(&asked)), find(&shuffled, &path(&asked)));
    }

    #[test]
    fn what_is_found_is_asked_for_and_readable(all in btree_set(segments(), 1..12), asked in "\\PC{0,24}") {
        let routes: Vec<Route> = all.iter().map(|segments| route(&path(segments))).collect();
        if let Some(found) = find(&routes, &asked) {
            prop_assert!(is_readable(&asked));
            prop_assert!(begins(&asked, found.path.as_str()));
        }
    }

    #[test]
    fn a_path_of_a_route_is_readable_and_read_as_itself(text in "/[a-zA-Z0-9._/-]{0,24}") {
        if let Ok(path) = RoutePath::parse(&text) {
            prop_assert!(is_readable(path.as_str()));
            prop_assert_eq!(RoutePath::parse(path.as_str()), Ok(path.clone()));
            prop_assert!(path.covers(path.as_str()));
        }
    }

    #[test]
    fn no_encoding_leads_around_a_route(at in 1..10_usize, upper in any::<bool>()) {
        let routes = [route("/"), route("/api/image")];
        let plain = "/api/image";
        let byte = plain.as_bytes()[at];
        let escape = if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") };
        let asked = format!("{}{escape}{}", &plain[..at], &plain[at + 1..]);
        prop_assert_eq!(find(&routes, &asked), None);
    }
}

#[test]
fn no_routes_are_no_route() {
    assert_eq!(find(&[], "/api"), None);
}
