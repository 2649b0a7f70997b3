//! The routes, as the edge reads them: one object beside the records, and in Workers KV the secrets of those backends whose owner chose that.

use super::head::{self, signed};
use super::pass::{Pass, Trouble};
use crate::route::{Published, delivered, published};
use domain::Code;
use domain::audit::Caller;
use domain::mirror::Format;
use domain::mirror::state::ForeignRoute;
use domain::policy::Actor;
use domain::route::RoutePath;
use domain::route::listed::ROUTES_MAX;
use record::TheirRoute;
use std::collections::BTreeSet;
use storage::{Object, ObjectKey, Place, Storage};

/// Where the secrets are. In Workers KV their names begin with `secret:`.
pub(super) const SECRETS: &str = "secrets";
/// What the names of our own begin with; a secret of another name is somebody else's.
pub(super) const OUR_NAMES: &str = "route.";

/// Where the routes are.
fn at() -> ObjectKey {
    ObjectKey::parse("routes.json").expect("a key")
}

/// Writes them, when they are others than those that were written last; and whenever `all` is looked at, if what is there is not that. Where none were written
/// yet, what somebody else wrote stays, unless that was released: it waits for a person, and ours with it.
pub(super) async fn push(pass: &mut Pass<'_>, all: bool, released: bool) -> Result<(), Trouble> {
    let clock = Caller::local(Actor::Clock);
    let Published { bytes, digest, paths } = published(pass.service, &clock).await?;
    let written = pass.written;
    let nothing = written.is_none() && paths.is_empty();
    if !all && (nothing || written == Some(digest)) {
        return Ok(());
    }
    let there = pass.target.place().get(&at()).await?;
    // Where nobody remembers that routes were written: what we signed once is not true any more, and what is there of others is not ours to overwrite.
    if written.is_none() && !released && !there.as_ref().is_some_and(|there| is_ours(pass, there)) {
        let theirs = theirs(there.as_deref().unwrap_or_default(), &paths);
        let waits = !theirs.is_empty();
        pass.foreign_routes = Some(theirs);
        if waits || nothing {
            return Ok(());
        }
    }
    let now = pass.service.now();
    // What was written without saying when is written anew.
    let written_at = pass.routes_at.filter(|_| written == Some(digest)).unwrap_or(now);
    let bytes = match pass.target.format() {
        Format::Full => signed(pass, record::ROUTES, record::dated(bytes, written_at)),
        Format::TokenManager => bytes,
    };
    if bytes.len() > pass.target.place().object_max() {
        let (mirror, size) = (pass.name(), bytes.len());
        tracing::error!(
            mirror,
            size,
            "the routes are more than this mirror takes: they are not told"
        );
        return Ok(());
    }
    // The secrets first: a route must not lead to a backend that would not know us.
    if pass.target.delivers_secrets() {
        secrets(pass, &clock).await?;
    }
    let others = written != Some(digest) || pass.routes_at.is_none();
    if others || there.as_ref() != Some(&bytes) {
        let object = Object { key: at(), bytes, expires_at: None };
        pass.target.place().put(vec![object]).await?;
    }
    pass.routes = Some((digest, written_at));
    (pass.written, pass.routes_at) = (Some(digest), Some(written_at));
    pass.foreign_routes = Some(Vec::new());
    if others {
        // Readers hear that older ones are not good any more.
        head::push(pass, None, true).await?;
    }
    Ok(())
}

fn is_ours(pass: &Pass<'_>, there: &[u8]) -> bool {
    record::verify(record::ROUTES, there, &pass.service.public_keys()).is_ok()
}

/// The routes there that are not among ours, each with why it cannot be. What is no list of routes at all is one that cannot be read, so that a person looks at it.
fn theirs(there: &[u8], ours: &[RoutePath]) -> Vec<ForeignRoute> {
    let Some(routes) = record::their_routes(there) else {
        let unreadable =
            || ForeignRoute { path: at().as_str().to_owned(), code: Some(Code::RouteUnreadable) };
        return (!there.is_empty()).then(unreadable).into_iter().collect();
    };
    let unknown =
        routes.into_iter().filter(|one| ours.iter().all(|path| path.as_str() != one.path));
    let told = |one: TheirRoute| {
        let code = match &one.route {
            None => Some(Code::RouteUnreadable),
            Some(route) => overlaps(&route.path, ours).then_some(Code::PathOverlaps),
        };
        ForeignRoute { path: one.path, code }
    };
    unknown.map(told).take(ROUTES_MAX).collect()
}

/// Whether requests would be taken from one of these routes, or by it from this path.
pub(super) fn overlaps(path: &RoutePath, ours: &[RoutePath]) -> bool {
    ours.iter().any(|one| one == path || one.is_below(path) || path.is_below(one))
}

/// What somebody else wrote there, if anybody did and we did not: the bytes, and its routes.
pub(super) async fn foreign(
    pass: &Pass<'_>,
) -> Result<Option<(Vec<u8>, Vec<ForeignRoute>)>, Trouble> {
    if pass.written.is_some() {
        return Ok(None);
    }
    let Some(there) = pass.target.place().get(&at()).await? else { return Ok(None) };
    if is_ours(pass, &there) {
        return Ok(None);
    }
    let clock = Caller::local(Actor::Clock);
    let theirs = theirs(&there, &published(pass.service, &clock).await?.paths);
    Ok((!theirs.is_empty()).then_some((there, theirs)))
}

async fn secrets(pass: &Pass<'_>, clock: &Caller) -> Result<(), Trouble> {
    let place = pass.target.place();
    let all = delivered(pass.service, clock).await?;
    for route in &all.lost {
        tracing::error!(route = %route, "no configured key opens the secret of a route: it is not delivered");
    }
    let mut left = ours(place).await?;
    let mut put = Vec::new();
    for secret in &all.secrets {
        let path = format!("{SECRETS}/{}.json", secret.name.as_str());
        let Some(key) = ObjectKey::parse(&path) else { continue };
        left.remove(&key);
        put.push(Object { key, bytes: secret.object().to_vec(), expires_at: None });
    }
    if !put.is_empty() {
        place.put(put).await?;
    }
    // Of a secret that no key opens any more nothing is known: it stays as it is.
    if !left.is_empty() && all.lost.is_empty() {
        place.delete(left.into_iter().collect()).await?;
    }
    Ok(())
}

fn is_our_secret(path: &str) -> bool {
    let name = path.strip_prefix(SECRETS).and_then(|rest| rest.strip_prefix('/'));
    name.is_some_and(|name| name.starts_with(OUR_NAMES))
}

/// The secrets of ours that are there.
async fn ours(place: &Place) -> Result<BTreeSet<ObjectKey>, Trouble> {
    let at = ObjectKey::parse(SECRETS).expect("a directory");
    let mut found = BTreeSet::new();
    let mut see = |page: Vec<storage::Listed>| {
        let ours = page.into_iter().map(|listed| listed.path).filter(|path| is_our_secret(path));
        found.extend(ours.filter_map(|path| ObjectKey::parse(&path)));
    };
    place.list(&at, &mut see).await?;
    Ok(found)
}

/// Takes away the routes that are there, if we wrote them.
pub(super) async fn take_away(pass: &Pass<'_>) -> Result<(), Trouble> {
    let place = pass.target.place();
    let there = place.get(&at()).await?;
    if pass.written.is_some() || there.is_some_and(|there| is_ours(pass, &there)) {
        place.delete(vec![at()]).await?;
    }
    Ok(())
}

/// Takes away the secrets of ours that are there, and says how many that were.
pub(super) async fn take_secrets_away(pass: &Pass<'_>) -> Result<usize, Trouble> {
    let place = pass.target.place();
    let ours = ours(place).await?;
    let count = ours.len();
    if count > 0 {
        place.delete(ours.into_iter().collect()).await?;
    }
    Ok(count)
}
