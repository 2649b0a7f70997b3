//! The files of the server's doors that read what strangers and proxies say, with as much around them as they need: the fuzzer instruments what it
//! compiles, and the whole server would take it a quarter of an hour.

use domain::verify::Origins;
use std::sync::Arc;

#[path = "../../server/src/http/fields.rs"]
pub mod fields;

#[path = "../../server/src/http/origin.rs"]
#[expect(dead_code, reason = "what hands a request to it is not here")]
pub mod origin;

#[path = "../../server/src/trace/parent.rs"]
pub mod parent;

/// What the file needs of the doors.
pub struct Web {
    trusted_proxies: Option<Arc<Origins>>,
}
