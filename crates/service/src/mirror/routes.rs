//! The routes, as the edge reads them: one object beside the records, and in Workers KV the secrets of those backends whose owner chose that.

use super::head::signed;
use super::pass::{Pass, Trouble};
use crate::route::{Published, delivered, published};
use domain::audit::Caller;
use domain::mirror::{Digest, Format};
use domain::policy::Actor;
use std::collections::BTreeSet;
use storage::{Object, ObjectKey, Place, Storage};

/// Where the secrets are. In Workers KV their names begin with `secret:`.
const SECRETS: &str = "secrets";
/// What the names of our own begin with; a secret of another name is somebody else's.
const OURS: &str = "secrets/route.";

/// Writes them, when they are others than those that were written last; and whenever `all` is looked at, if what is there is not that.
pub(super) async fn push(
    pass: &mut Pass<'_>,
    written: Option<Digest>,
    all: bool,
) -> Result<(), Trouble> {
    let clock = Caller::local(Actor::Clock);
    let Published { bytes, digest, is_empty } = published(pass.service, &clock).await?;
    let never = is_empty && written.is_none();
    if never || (written == Some(digest) && !all) {
        return Ok(());
    }
    let bytes = match pass.target.format() {
        Format::Full => signed(pass, record::ROUTES, bytes),
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
    let key = ObjectKey::parse("routes.json").expect("a key");
    // The secrets first: a route must not lead to a backend that would not know us.
    if pass.target.delivers_secrets() {
        secrets(pass, &clock).await?;
    }
    let place = pass.target.place();
    if written != Some(digest) || place.get(&key).await?.as_ref() != Some(&bytes) {
        place.put(vec![Object { key, bytes, expires_at: None }]).await?;
    }
    pass.routes = Some(digest);
    Ok(())
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

/// The secrets of ours that are there.
async fn ours(place: &Place) -> Result<BTreeSet<ObjectKey>, Trouble> {
    let at = ObjectKey::parse(SECRETS).expect("a directory");
    let mut found = BTreeSet::new();
    let mut see = |page: Vec<storage::Listed>| {
        let ours = page.into_iter().map(|listed| listed.path).filter(|path| path.starts_with(OURS));
        found.extend(ours.filter_map(|path| ObjectKey::parse(&path)));
    };
    place.list(&at, &mut see).await?;
    Ok(found)
}

/// Takes away the secrets of ours that are there.
pub(super) async fn take_secrets_away(pass: &Pass<'_>) -> Result<(), Trouble> {
    let place = pass.target.place();
    let ours = ours(place).await?;
    if !ours.is_empty() {
        place.delete(ours.into_iter().collect()).await?;
    }
    Ok(())
}
