//! The vectors of `vectors/verify.json`, against the decision itself. Every doorway has a test of its own against the same file.

#[path = "vectors/vector.rs"]
mod vector;

use domain::verify::Denial;
use std::collections::BTreeSet;
use vector::Vector;

#[test]
fn the_decision_is_that_of_the_vectors() {
    for vector in Vector::all() {
        assert_eq!(vector.decided(), vector.code, "{}", vector.name);
    }
}

#[test]
fn every_denial_that_a_decision_can_make_has_a_vector() {
    let vectors = Vector::all();
    let told: BTreeSet<&str> = vectors.iter().map(|vector| &*vector.code).collect();
    // Unavailable is no decision: it is that there can be none.
    let denials = Denial::ALL.iter().filter(|denial| **denial != Denial::Unavailable);
    for denial in denials {
        assert!(told.contains(denial.as_str()), "{denial:?}");
    }
}

#[test]
fn names_are_unique() {
    let vectors = Vector::all();
    let names: BTreeSet<&str> = vectors.iter().map(|vector| &*vector.name).collect();
    assert_eq!(names.len(), vectors.len());
}
