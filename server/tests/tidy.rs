//! The tidy ring: the shape of the house, read from its manifests and sources. Needs no database.

#[path = "tidy/arrows.rs"]
mod arrows;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/words.rs"]
mod words;
