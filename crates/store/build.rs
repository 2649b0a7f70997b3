//! Has the crate built anew when a file of `migrations/` comes, goes or changes: `sqlx::migrate!` reads them while it compiles, and cargo does
//! not know that it does.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../migrations");
}
