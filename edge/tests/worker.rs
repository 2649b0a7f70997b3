//! The Worker as it is built (`make edge`), in the real Workers runtime, on what the server writes to KV over Cloudflare's REST API.

#[path = "worker/answers.rs"]
mod answers;
#[path = "worker/forwarding.rs"]
mod forwarding;
#[path = "worker/head.rs"]
mod head;
#[path = "worker/keys.rs"]
mod keys;
#[path = "../../crates/storage/tests/outside/process.rs"]
mod process;
#[path = "worker/runtime.rs"]
mod runtime;
#[path = "worker/usage.rs"]
mod usage;
#[path = "worker/vectors.rs"]
mod vectors;
