//! A server, as it is said field by field. Nothing of it comes from the environment or from files of this machine, and it is no socket of it.

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::net::Ipv6Addr;
use std::str::FromStr as _;
use zeroize::Zeroizing;

/// The usual port.
pub const PORT: u16 = 5432;

/// A database of a server, and who we are there.
pub struct Server<'a> {
    /// The host, as [`Server::is_host`] has it.
    pub host: &'a str,
    /// The port.
    pub port: u16,
    /// The database.
    pub database: &'a str,
    /// The role.
    pub username: &'a str,
    /// Its password; `None` is none.
    pub password: Option<&'a Zeroizing<String>>,
    /// Whether TLS is used, and what is checked, as [`Server::is_tls`] has it.
    pub tls: &'a str,
}

impl Server<'_> {
    /// Whether a text is a host: a name of letters, digits, `.`, `-` and `_`, an IPv4 address, or an IPv6 address, maybe in brackets.
    pub fn is_host(text: &str) -> bool {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        let name = (1..=253).contains(&text.len())
            && text.bytes().all(plain)
            && !text.starts_with(['-', '.'])
            && !text.ends_with('.');
        name || bare(text).parse::<Ipv6Addr>().is_ok()
    }

    /// Whether a text says how TLS is used: libpq's `disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`.
    pub fn is_tls(text: &str) -> bool {
        PgSslMode::from_str(text).is_ok()
    }

    /// For the driver. What is not said is said to be nothing, or the driver would take it from the environment.
    pub(super) fn options(&self) -> PgConnectOptions {
        let password = self.password.map_or("", |password| password.as_str());
        PgConnectOptions::new_without_pgpass()
            .host(bare(self.host))
            .port(self.port)
            .database(self.database)
            .username(self.username)
            .password(password)
            .ssl_mode(PgSslMode::from_str(self.tls).unwrap_or(PgSslMode::VerifyFull))
    }
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_no_socket() {
        for good in ["db", "db.example.com", "10.0.0.7", "::1", "[fd00::1]", "db_1"] {
            assert!(Server::is_host(good), "{good}");
        }
        for bad in ["", "/run/postgresql", "%2Frun", "a b", "-a", "a.", "a:1", "@a", "[db]"] {
            assert!(!Server::is_host(bad), "{bad}");
        }
    }

    #[test]
    fn the_driver_is_told_everything() {
        let server = Server {
            host: "[::1]",
            port: PORT,
            database: "tokens",
            username: "mirror",
            password: None,
            tls: "require",
        };
        let options = server.options();
        assert_eq!((options.get_host(), options.get_port()), ("::1", PORT));
        assert_eq!(options.get_database(), Some("tokens"));
        assert!(matches!(options.get_ssl_mode(), PgSslMode::Require));
        assert!(options.get_socket().is_none());
        assert!(Server::is_tls("verify-full") && !Server::is_tls("maybe"));
    }
}
