//! Bodies are bounded, whoever reads them: a server function would read one of any size.

use super::{BODY_MAX, failure};
use axum::RequestExt as _;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use domain::Code;
use http::header;

/// Refuses a body that says it is too large, and cuts off one that does not say so. Needs `DefaultBodyLimit` around it.
pub async fn bound(request: Request, next: Next) -> Response {
    let said = request.headers().get(header::CONTENT_LENGTH);
    let bytes =
        said.and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<usize>().ok());
    if bytes.is_some_and(|bytes| bytes > BODY_MAX) {
        return failure::response(Code::BodyTooLarge);
    }
    next.run(request.with_limited_body()).await
}
