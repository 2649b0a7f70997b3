//! The one file of the server's doors that reads what proxies say, with as much around it as it needs: the fuzzer instruments what it compiles, and
//! the whole server would take it a quarter of an hour.

use domain::verify::Origins;
use std::sync::Arc;

#[path = "../../server/src/http/origin.rs"]
#[expect(dead_code, reason = "what hands a request to it is not here")]
pub mod origin;

/// What the file needs of the doors.
pub struct Web {
    trusted_proxies: Option<Arc<Origins>>,
}
