//! What holds while things break: real servers on a real Postgres, ended without warning in the middle of a storm.
//!
//! Clients create, verify and revoke, and write down what they were told ([`history`]). Round after round something is killed, cut off or paused
//! ([`fault`]). Then a program reads the history: no acknowledged token is lost, and none whose end was acknowledged is accepted. Start at [`storm`].
//! In [`snapshot`] a server starts while there is no database.
//!
//! Beside it, three servers behind nginx, of which one after the other fails: [`instances`]; and two with one mirror: [`mirrors`]; and one
//! with mirrors that never answer: [`silent`].

#[path = "faults/client.rs"]
mod client;
#[path = "faults/cluster.rs"]
mod cluster;
#[path = "faults/fault.rs"]
mod fault;
#[path = "faults/gate.rs"]
mod gate;
#[path = "faults/history.rs"]
mod history;
#[path = "faults/instances.rs"]
mod instances;
#[allow(dead_code, reason = "the tests of storage use more of it")]
#[path = "../../crates/storage/tests/kv"]
mod kv {
    pub mod server;
}
#[path = "faults/mirrors.rs"]
mod mirrors;
#[path = "doors/proxy/nginx.rs"]
mod nginx;
#[allow(dead_code, reason = "the tests of storage use more of it")]
#[path = "../../crates/storage/tests/outside"]
mod outside {
    pub mod misbehaving;
    pub mod process;
    pub mod way;
}
#[path = "faults/poll.rs"]
mod poll;
#[allow(dead_code, reason = "the tests of storage use more of it")]
#[path = "../../crates/storage/tests/s3"]
mod s3 {
    pub mod servers;
}
#[path = "faults/server.rs"]
mod server;
#[path = "faults/silent.rs"]
mod silent;
#[path = "faults/snapshot.rs"]
mod snapshot;
#[path = "faults/storm.rs"]
mod storm;
