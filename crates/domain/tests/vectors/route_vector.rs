//! `vectors/routes.json`, in the domain's values.

use domain::route::{Auth, BackendUrl, Route, RoutePath, Tags};
use domain::token::Scopes;
use serde_json::Value;

/// A request, and what becomes of it.
pub struct Vector {
    /// What it is about.
    pub name: String,
    /// The request's path, as it was received.
    pub path: String,
    /// What the token has.
    pub scopes: Scopes,
    /// The path of the route that it takes.
    pub route: Option<String>,
    /// The code that says why it goes, or does not.
    pub why: String,
}

fn file() -> Value {
    serde_json::from_str(include_str!("../../vectors/routes.json")).expect("JSON")
}

fn texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The routes that every vector asks.
pub fn routes() -> Vec<Route> {
    file()["routes"].as_object().expect("an object").iter().map(route).collect()
}

fn route((path, told): (&String, &Value)) -> Route {
    let scopes = texts(&told["scopes"]);
    let parsed = || Scopes::parse(scopes.iter().map(String::as_str)).expect("scopes");
    Route {
        path: RoutePath::parse(path).expect("a path"),
        backend: BackendUrl::parse(&text(&told["url"])).expect("an address"),
        tags: Tags::parse(texts(&told["tags"]).iter().map(String::as_str)).expect("tags"),
        scopes: (!scopes.is_empty()).then(parsed),
        auth: Auth::None,
    }
}

impl Vector {
    /// Every vector of the file.
    pub fn all() -> Vec<Self> {
        file()["vectors"].as_array().expect("a list").iter().map(Self::of).collect()
    }

    fn of(vector: &Value) -> Self {
        Self {
            name: text(&vector["name"]),
            path: text(&vector["path"]),
            // A token has one at least; a caller that may do nothing is told as one whose scopes are none.
            scopes: Scopes::stored(&texts(&vector["scopes"])),
            route: vector["route"].as_str().map(str::to_owned),
            why: text(&vector["why"]),
        }
    }
}
