//! Keyset pages.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows, newest first unless the endpoint says otherwise.
    pub items: Vec<T>,
    /// Give this as `cursor` to read on; absent on the last page.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page of other things, for a cursor that is printed.
    pub fn of<S, C: ToString>(page: domain::page::Page<S, C>, f: impl FnMut(S) -> T) -> Self {
        let page = page.map(f);
        Self { items: page.items, next_cursor: page.next.map(|place| place.to_string()) }
    }
}

/// Which page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct PageQuery {
    /// The `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Rows a page: 1 to 200, 50 if absent.
    #[serde(default)]
    pub limit: Option<i64>,
}
