//! Identifiers. Each noun has its own type, so that one cannot be passed for another.
//!
//! All are UUIDv7 (RFC 9562, section 5.7): sortable by creation, never a secret.

use rand_core::Rng;
use time::OffsetDateTime;
use uuid::Uuid;

/// Makes a UUIDv7 from the caller's clock and generator.
fn uuid_v7(now: OffsetDateTime, rng: &mut (impl Rng + ?Sized)) -> Uuid {
    let mut random = [0; 10];
    rng.fill_bytes(&mut random);
    let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id of the instant `now`.
            pub fn generate(now: OffsetDateTime, rng: &mut (impl Rng + ?Sized)) -> Self {
                Self(uuid_v7(now, rng))
            }

            /// The id as its UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// Reads the hyphenated text form; `None` when it is not a UUID.
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A token, for its whole life.
    TokenId,
    /// A team.
    TeamId,
    /// A route at the edge.
    RouteId,
    /// A person who signs in.
    UserId,
    /// A management API key.
    KeyId,
    /// One line of the audit log.
    EventId,
    /// One life of an instance that verifies.
    VerifierId,
    /// One life of a process that counts uses.
    RecorderId,
    /// One HTTP request or command, as it is named in logs and problem documents.
    RequestId,
}
