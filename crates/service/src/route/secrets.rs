//! The secrets that are delivered to the edge, in clear: for the mirrors' loop, and for nobody else.

use super::credentials::place;
use crate::{Result, Service};
use domain::audit::Caller;
use domain::id::RouteId;
use domain::policy::{Action, permit};
use domain::route::{Credentials, SecretName};
use store::route::SealedSecret;
use zeroize::Zeroizing;

/// One secret for the edge. No `Debug`; wiped when dropped.
pub struct RouteSecret {
    /// Its name; in Workers KV its key is [`SecretName::key`].
    pub name: SecretName,
    /// It, in clear.
    pub value: Zeroizing<String>,
}

impl RouteSecret {
    /// The bytes of its object: `{"value": …}`.
    pub fn object(&self) -> Zeroizing<Vec<u8>> {
        let value = Zeroizing::new(serde_json::to_string(&*self.value).expect("a text is JSON"));
        Zeroizing::new([br#"{"value":"#, value.as_bytes(), b"}"].concat())
    }
}

/// What is to be at the edge of secrets.
pub struct Delivered {
    /// The secrets, by route.
    pub secrets: Vec<RouteSecret>,
    /// The routes whose secret no configured key opens: nothing is known of what to deliver for them.
    pub lost: Vec<RouteId>,
}

/// The secrets of the routes whose owner chose to deliver them. Those of all others are not opened.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn delivered(service: &Service, caller: &Caller) -> Result<Delivered> {
    let permit = permit(&caller.actor, Action::PublishRoutes)?;
    let mut delivered = Delivered { secrets: Vec::new(), lost: Vec::new() };
    for kept in service.store().list_delivered_secrets(&permit).await? {
        match opened(service, &kept) {
            Some(secrets) => delivered.secrets.extend(secrets),
            None => delivered.lost.push(kept.route),
        }
    }
    Ok(delivered)
}

fn opened(service: &Service, kept: &SealedSecret) -> Option<Vec<RouteSecret>> {
    let text = service.sealer()?.open_text(&place(kept.route), &kept.sealed).ok()?;
    let values = Credentials::stored(&kept.auth, text)?.into_parts(&kept.auth);
    let auth = kept.auth.named(kept.route);
    let names = auth.names().into_iter().cloned();
    Some(names.zip(values).map(|(name, value)| RouteSecret { name, value }).collect())
}
