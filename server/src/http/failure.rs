//! What a handler answers when it does not do what was asked. The outermost layer turns it into a problem document with the request's id.

use axum::response::{IntoResponse, Response};
use domain::{Code, Refusals, Refused};
use http::StatusCode;
use std::any::Any;
use std::sync::Arc;
use wire::problem::{self, Meanwhile};

/// A refusal, or a fault with its causes for the log.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What the caller sees.
    pub refusals: Refusals,
    /// What only the log sees.
    pub fault: Option<Arc<str>>,
    /// What happened to the thing that the caller did not see.
    pub meanwhile: Vec<Meanwhile>,
}

impl From<service::Error> for Failure {
    fn from(error: service::Error) -> Self {
        let fault = match &error {
            service::Error::Fault(fault) => Some(fault.chain().into()),
            service::Error::Refused(_) => None,
        };
        Self { fault, ..error.refusals().into() }
    }
}

impl From<Refusals> for Failure {
    fn from(refusals: Refusals) -> Self {
        Self { refusals, fault: None, meanwhile: Vec::new() }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Refusals::from(refused).into()
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Refusals::from(code).into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = problem::status(self.refusals.first().code.kind());
        let mut response = StatusCode::from_u16(status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer of a refusal.
pub fn response(code: Code) -> Response {
    Failure::from(code).into_response()
}

/// The answer when a handler panicked.
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    Failure { fault: Some(format!("panic: {said}").into()), ..Code::Internal.into() }
        .into_response()
}
