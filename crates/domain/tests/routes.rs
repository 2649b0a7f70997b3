//! The vectors of `vectors/routes.json`, against the domain. The server's tester and the edge have tests of their own against the same file.

#[path = "vectors/route_vector.rs"]
mod route_vector;

use domain::route::{Trial, Why, admit, find};
use route_vector::{Vector, routes};
use std::collections::BTreeSet;

#[test]
fn each_request_takes_the_route_of_the_vectors() {
    let routes = routes();
    for vector in Vector::all() {
        let found = find(&routes, &vector.path);
        let told = found.map(|route| route.path.as_str().to_owned());
        assert_eq!(told, vector.route, "{}", vector.name);
        let trial = Trial::of(&routes, &vector.path, Ok(&vector.scopes));
        assert_eq!(trial.why.as_str(), vector.why, "{}", vector.name);
        let admitted = found.map(|route| admit(route, &vector.scopes).is_allowed());
        assert_eq!(admitted.unwrap_or(false), trial.why.is_allowed(), "{}", vector.name);
    }
}

#[test]
fn every_why_has_a_vector() {
    let vectors = Vector::all();
    let told: BTreeSet<&str> = vectors.iter().map(|vector| &*vector.why).collect();
    let all: BTreeSet<&str> = Why::OWN.iter().map(|why| why.as_str()).collect();
    assert_eq!(told, all);
    let names: BTreeSet<&str> = vectors.iter().map(|vector| &*vector.name).collect();
    assert_eq!(names.len(), vectors.len(), "names are unique");
}
