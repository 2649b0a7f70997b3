//! Problem documents (RFC 9457): how every refusal and fault crosses HTTP.

use domain::audit::Entry;
use domain::{Code, Kind, OffsetDateTime, Refusals, Refused};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A problem document. It never echoes what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Always `about:blank`: the code says which problem it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in English words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Why, as a stable word to program against.
    pub code: String,
    /// The field it is about, named as in the request; in a list with its place, as `items[3].scopes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Every refusal of the request, when there is more than one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Of `token_changed`: what happened to the token since the state that the request named, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meanwhile: Vec<Meanwhile>,
    /// What to quote when asking the operator about it.
    pub request_id: String,
}

/// Something that happened to a thing while somebody was looking at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meanwhile {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What happened, as the audit log names it.
    pub action: String,
    /// Who did it.
    pub actor: String,
    /// Further facts, as the audit log has them.
    pub detail: BTreeMap<String, String>,
}

impl From<Entry> for Meanwhile {
    fn from(entry: Entry) -> Self {
        Self {
            at: entry.at,
            action: entry.kind.as_str().to_owned(),
            actor: entry.actor_label,
            detail: entry.detail.into_iter().collect(),
        }
    }
}

/// One of several refusals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// Why.
    pub code: String,
    /// The field it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Problem {
    /// The problem document of some refusals.
    pub fn of(refusals: &Refusals, request_id: impl Into<String>) -> Self {
        let first = refusals.first();
        let all = refusals.all();
        let errors = if all.len() > 1 { all } else { &[] };
        Self {
            kind: "about:blank".to_owned(),
            title: first.code.as_str().replace('_', " "),
            status: status(first.code.kind()),
            code: first.code.as_str().to_owned(),
            field: field(&first),
            errors: errors
                .iter()
                .map(|refused| FieldProblem {
                    code: refused.code.as_str().to_owned(),
                    field: field(refused),
                })
                .collect(),
            meanwhile: Vec::new(),
            request_id: request_id.into(),
        }
    }

    /// The code, where this version knows it.
    pub fn code(&self) -> Option<Code> {
        Code::parse(&self.code)
    }

    /// Every code of the document with its field; at least one.
    pub fn codes(&self) -> Vec<FieldProblem> {
        if self.errors.is_empty() {
            vec![FieldProblem { code: self.code.clone(), field: self.field.clone() }]
        } else {
            self.errors.clone()
        }
    }
}

/// The field as the caller finds it in what was sent.
fn field(refused: &Refused) -> Option<String> {
    let name = refused.field?;
    Some(match refused.item {
        Some(item) if name == "items" => format!("items[{item}]"),
        Some(item) => format!("items[{item}].{name}"),
        None => name.to_owned(),
    })
}

/// The one place that maps a refusal's kind to an HTTP status.
pub const fn status(kind: Kind) -> u16 {
    match kind {
        Kind::Malformed => 400,
        Kind::Unauthenticated => 401,
        Kind::Forbidden => 403,
        Kind::NotFound => 404,
        Kind::MethodNotAllowed => 405,
        Kind::Conflict => 409,
        Kind::PreconditionFailed => 412,
        Kind::TooLarge => 413,
        Kind::UnsupportedType => 415,
        Kind::Invalid => 422,
        Kind::PreconditionRequired => 428,
        Kind::TooMany => 429,
        Kind::Broken => 500,
        Kind::Unavailable => 503,
    }
}
