//! Routes at a mirror that nobody here made: a person may take them for routes of ours.
//!
//! A route that is ours, above one of ours or below one is left alone: requests go where they went. Its secrets come with it where they can be read there, and are delivered once somebody
//! chose that.

use super::foreign::begin;
use super::pass::{Pass, Trouble};
use super::routes;
use crate::route::insert;
use domain::audit::Caller;
use domain::policy::Actor;
use domain::route::listed::ROUTES_MAX;
use domain::route::{Auth, Credentials, NewRoute, Route, SecretName};
use domain::text::Description;
use serde::Deserialize;
use storage::{ObjectKey, Storage};
use zeroize::Zeroizing;

/// Takes the routes there, and says how many that were and how many are left.
pub(super) async fn adopt(pass: &Pass<'_>) -> Result<(usize, usize), Trouble> {
    let Some((bytes, told)) = routes::foreign(pass).await? else { return Ok((0, 0)) };
    let mut adopted = 0;
    for theirs in record::their_routes(&bytes).unwrap_or_default() {
        let good = told.iter().any(|one| one.path == theirs.path && one.code.is_none());
        if let Some(route) = theirs.route.filter(|_| good)
            && adopt_one(pass, route).await?
        {
            adopted += 1;
        }
    }
    Ok((adopted, told.len() - adopted))
}

async fn adopt_one(pass: &Pass<'_>, theirs: Route) -> Result<bool, Trouble> {
    let credentials = match pass.service.sealer() {
        Some(_) => credentials(pass, &theirs.auth).await?,
        None => None,
    };
    let mut tx = begin(pass).await?;
    if tx.list_route_paths().await?.len() >= ROUTES_MAX {
        return Ok(false);
    }
    let new = NewRoute {
        name: None,
        description: Description::default(),
        path: theirs.path,
        backend: theirs.backend,
        tags: theirs.tags,
        scopes: theirs.scopes,
        auth: theirs.auth.kind(),
        credentials,
        // Whoever wrote the route could have it bring somebody else's secret to them: a person looks at it first.
        deliver: false,
    };
    let from = Some(pass.name().to_owned());
    match insert(pass.service, tx, &Caller::local(Actor::Clock), new, from).await {
        Ok(_) => Ok(true),
        Err(crate::Error::Refused(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The secrets that a route needs, if all of them can be read there.
async fn credentials(pass: &Pass<'_>, auth: &Auth) -> Result<Option<Credentials>, Trouble> {
    let mut values = Vec::new();
    for name in auth.names() {
        match value(pass, name).await? {
            Some(value) => values.push(value),
            None => return Ok(None),
        }
    }
    Ok(match (auth, values.as_slice()) {
        (Auth::Bearer { .. }, [token]) => Credentials::one(token, "token").ok(),
        (Auth::ApiKey { .. }, [key]) => Credentials::one(key, "key").ok(),
        (Auth::Basic { .. }, [username, password]) => Credentials::basic(username, password).ok(),
        _ => None,
    })
}

/// `{"value": …}`, as Workers KV has it in clear.
#[derive(Deserialize)]
struct Object {
    value: String,
}

async fn value(pass: &Pass<'_>, name: &SecretName) -> Result<Option<Zeroizing<String>>, Trouble> {
    // Those of our own routes are for those alone.
    if !pass.target.delivers_secrets() || name.as_str().starts_with(routes::OUR_NAMES) {
        return Ok(None);
    }
    let path = format!("{}/{}.json", routes::SECRETS, name.as_str());
    let Some(key) = ObjectKey::parse(&path) else { return Ok(None) };
    let bytes = pass.target.place().get(&key).await?.map(Zeroizing::new);
    let object = bytes.and_then(|bytes| serde_json::from_slice::<Object>(&bytes).ok());
    Ok(object.map(|object| Zeroizing::new(object.value)))
}
