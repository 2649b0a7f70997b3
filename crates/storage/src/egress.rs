//! Where we do not go: link-local addresses, and those at which a cloud hands a machine its credentials.
//!
//! Whoever may choose a target's address could otherwise make the server ask there. Names are judged by every address that they resolve to, at
//! each connection, so that a name which changes its mind is judged anew. Loopback and private addresses are allowed: a MinIO is often there.

use crate::{Error, Result};
use domain::mirror::FailureClass;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// Whether targets may be at link-local and metadata addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Egress {
    /// They may not.
    #[default]
    Guarded,
    /// The operator allows it.
    LinkLocalAllowed,
}

/// Why a target is not asked.
#[derive(Debug, thiserror::Error)]
#[error(
    "its address is link-local or a cloud's metadata service; TOKENKEEP_MIRROR_ALLOW_LINK_LOCAL=on allows it"
)]
pub(crate) struct Forbidden;

impl Forbidden {
    /// As the error of what was attempted.
    pub(crate) fn told(&self, what: impl Into<String>) -> Error {
        Error { class: FailureClass::Denied, what: what.into(), why: self.to_string() }
    }
}

/// How long a name may take to resolve.
const RESOLVE_MAX: Duration = Duration::from_secs(10);

/// Names of metadata services.
const NAMES: &[&str] = &["metadata.google.internal", "metadata.goog", "instance-data.ec2.internal"];

impl Egress {
    /// Whether an endpoint may be used as it is written; what its name resolves to is judged at each connection.
    pub fn allows(self, endpoint: &crate::Endpoint) -> bool {
        self.allows_host(endpoint.host())
    }

    /// The same of a host alone: a name, or an address, in brackets if it is IPv6.
    pub fn allows_host(self, host: &str) -> bool {
        self.judge_host(host).is_ok()
    }

    /// Judges the host of a URL: an address, in brackets if it is IPv6, or a name before it is resolved.
    pub(crate) fn judge_host(self, host: &str) -> Result<(), Forbidden> {
        let bare = host.trim_matches(['[', ']']).trim_end_matches('.');
        match literal(bare) {
            Some(address) => self.judge(address),
            None if self.refuses(|| NAMES.iter().any(|name| name.eq_ignore_ascii_case(bare))) => {
                Err(Forbidden)
            }
            None => Ok(()),
        }
    }

    /// Every address of a host, once all of them were judged; for whoever connects by an address and not by the name.
    ///
    /// # Errors
    /// `denied` for a forbidden one, of the resolver by class.
    pub(crate) async fn addresses(
        self,
        what: &str,
        host: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>> {
        self.judge_host(host).map_err(|forbidden| forbidden.told(what))?;
        let lookup = tokio::net::lookup_host((host.trim_matches(['[', ']']), port));
        let found = tokio::time::timeout(RESOLVE_MAX, lookup).await;
        let found = found.map_err(|_| {
            let limit = RESOLVE_MAX.as_secs();
            Error::transient(what, format!("the name did not resolve within {limit} s"))
        })?;
        let found = found.map_err(|error| Error::transient(what, error.to_string()))?;
        self.judge_all(found).map_err(|forbidden| forbidden.told(what))
    }

    /// One bad address condemns the name: which of them is used would be a matter of luck.
    fn judge_all(
        self,
        found: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, Forbidden> {
        found.map(|address| self.judge(address.ip()).map(|()| address)).collect()
    }

    fn judge(self, address: IpAddr) -> Result<(), Forbidden> {
        if self.refuses(|| forbidden(address)) { Err(Forbidden) } else { Ok(()) }
    }

    fn refuses(self, found: impl FnOnce() -> bool) -> bool {
        self == Self::Guarded && found()
    }
}

impl Resolve for Egress {
    fn resolve(&self, name: Name) -> Resolving {
        let egress = *self;
        Box::pin(async move {
            egress.judge_host(name.as_str())?;
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(egress.judge_all(found)?.into_iter()) as Addrs)
        })
    }
}

/// An address, also as programs in C read it (WHATWG URL, "IPv4 parser"): `2852039166`, `0xa9fea9fe`, `169.254.43518`.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    let odd = || {
        let url = Url::parse(&format!("http://{host}/")).ok()?;
        url.host_str()?.parse().ok()
    };
    host.parse().ok().or_else(odd)
}

fn forbidden(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => forbidden_v4(v4),
        IpAddr::V6(v6) => forbidden_v6(v6) || embedded_v4(v6).is_some_and(forbidden_v4),
    }
}

/// Link-local (RFC 3927), and the metadata services of Alibaba and Oracle, which are elsewhere.
fn forbidden_v4(address: Ipv4Addr) -> bool {
    address.is_link_local() || [[100, 100, 100, 200], [192, 0, 0, 192]].contains(&address.octets())
}

/// Link-local (RFC 4291), and the metadata services of AWS and Google.
fn forbidden_v6(address: Ipv6Addr) -> bool {
    let aws = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    let google = Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254);
    address.is_unicast_link_local() || address == aws || address == google
}

/// The IPv4 address inside a mapped, compatible or translated one (RFC 4291, RFC 6052).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let translated = address.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    let [.., a, b, c, d] = address.octets();
    if translated { Some(Ipv4Addr::new(a, b, c, d)) } else { address.to_ipv4() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_local_and_metadata_are_refused_however_they_are_written() {
        for host in [
            "169.254.169.254",
            "169.254.0.1",
            "100.100.100.200",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[::ffff:169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "169.254.43518",
            "metadata.google.internal",
            "Metadata.Google.Internal.",
        ] {
            assert!(Egress::Guarded.judge_host(host).is_err(), "{host}");
            assert!(Egress::LinkLocalAllowed.judge_host(host).is_ok(), "{host}");
        }
    }

    #[test]
    fn private_and_loopback_are_allowed() {
        for host in [
            "127.0.0.1",
            "[::1]",
            "10.1.2.3",
            "192.168.1.1",
            "[fd00::1]",
            "minio",
            "s3.example.com",
        ] {
            assert!(Egress::Guarded.judge_host(host).is_ok(), "{host}");
        }
    }

    #[tokio::test]
    async fn a_name_is_judged_by_what_it_resolves_to() {
        let resolved = Egress::Guarded.resolve("localhost".parse().expect("a name")).await;
        assert!(resolved.expect("an address").all(|address| address.ip().is_loopback()));
        let refused = Egress::Guarded.resolve("169.254.169.254".parse().expect("a name")).await;
        assert!(refused.err().expect("refused").is::<Forbidden>());
        let found = Egress::Guarded.addresses("connect", "localhost", 5432).await;
        assert!(found.expect("addresses").iter().all(|found| found.port() == 5432));
        let refused = Egress::Guarded.addresses("connect", "2852039166", 5432).await;
        assert_eq!(refused.expect_err("refused").class, FailureClass::Denied);
    }
}
