//! Where we do not go: link-local addresses, and those at which a cloud hands a machine its credentials.
//!
//! Whoever may choose a target's address could otherwise make the server ask there. Names are judged by every address that they resolve to, at
//! each connection, so that a name which changes its mind is judged anew. Loopback and private addresses are allowed: a MinIO is often there.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

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

/// Names of metadata services.
const NAMES: &[&str] = &["metadata.google.internal", "metadata.goog", "instance-data.ec2.internal"];

impl Egress {
    /// Whether an endpoint may be used as it is written; what its name resolves to is judged at each connection.
    pub fn allows(self, endpoint: &crate::Endpoint) -> bool {
        self.judge_host(endpoint.host()).is_ok()
    }

    /// Judges the host of a URL: an address, in brackets if it is IPv6, or a name before it is resolved.
    pub(crate) fn judge_host(self, host: &str) -> Result<(), Forbidden> {
        let bare = host.trim_matches(['[', ']']).trim_end_matches('.');
        match bare.parse() {
            Ok(address) => self.judge(address),
            Err(_) if self.refuses(|| NAMES.iter().any(|name| name.eq_ignore_ascii_case(bare))) => {
                Err(Forbidden)
            }
            Err(_) => Ok(()),
        }
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
            let addresses: Vec<SocketAddr> = found.collect();
            // One bad address condemns the name: which of them is used would be a matter of luck.
            addresses.iter().try_for_each(|address| egress.judge(address.ip()))?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
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
    }
}
