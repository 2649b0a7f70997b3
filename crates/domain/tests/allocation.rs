//! A decision allocates nothing: counted by the allocator of this program, over every vector of `vectors/verify.json`.

#[path = "allocation/counting.rs"]
mod counting;
#[path = "vectors/vector.rs"]
mod vector;

use counting::{Counting, allocations};
use vector::Vector;

#[global_allocator]
static COUNTING: Counting = Counting;

#[test]
fn a_decision_allocates_nothing() {
    let vectors = Vector::all();
    assert!(vectors.len() > 50, "{} vectors", vectors.len());
    for vector in &vectors {
        let (count, code) = allocations(|| vector.decided());
        assert_eq!(code, vector.code, "{}", vector.name);
        assert_eq!(count, 0, "{}", vector.name);
    }
}

#[test]
fn the_count_counts() {
    let (count, text) = allocations(|| std::hint::black_box("a text".to_owned()));
    assert_eq!((count, text.len()), (1, 6));
}
