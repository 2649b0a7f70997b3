//! The fields of each kind of target.

use super::TargetKind;

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// It can be told to everybody who may see mirrors.
    Plain,
    /// The same; and it says to whom the secrets are shown, so that none of them outlives a change of it.
    Address,
    /// It goes in, and is never told again.
    Secret,
}

/// A field of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, on the wire and in the database.
    pub name: &'static str,
    /// What it is for.
    pub sort: Sort,
    /// Whether it can be left out.
    pub needed: bool,
}

const fn needed(name: &'static str, sort: Sort) -> Field {
    Field { name, sort, needed: true }
}

const fn optional(name: &'static str, sort: Sort) -> Field {
    Field { name, sort, needed: false }
}

/// For whom the objects are written: [`crate::mirror::Format`].
const FORMAT: Field = optional("format", Sort::Plain);

const KV: &[Field] = &[
    needed("account_id", Sort::Plain),
    needed("namespace_id", Sort::Plain),
    optional("api_base", Sort::Address),
    needed("api_token", Sort::Secret),
    FORMAT,
];

const S3: &[Field] = &[
    needed("endpoint", Sort::Address),
    needed("bucket", Sort::Plain),
    optional("region", Sort::Plain),
    optional("prefix", Sort::Plain),
    needed("access_key", Sort::Secret),
    needed("secret_key", Sort::Secret),
    FORMAT,
];

const GIT: &[Field] = &[
    needed("url", Sort::Address),
    optional("branch", Sort::Plain),
    needed("username", Sort::Plain),
    needed("token", Sort::Secret),
    FORMAT,
];

/// Who connects without TLS shows the password to others than who asks for it: so that is the address' too.
const POSTGRES: &[Field] = &[
    needed("host", Sort::Address),
    optional("port", Sort::Address),
    needed("database", Sort::Plain),
    needed("username", Sort::Plain),
    optional("password", Sort::Secret),
    optional("sslmode", Sort::Address),
    optional("schema", Sort::Plain),
    FORMAT,
];

/// The names of all fields of all kinds.
pub const FIELDS: &[&str] = &[
    "account_id",
    "namespace_id",
    "api_base",
    "api_token",
    "endpoint",
    "bucket",
    "region",
    "prefix",
    "access_key",
    "secret_key",
    "url",
    "branch",
    "username",
    "token",
    "host",
    "port",
    "database",
    "password",
    "sslmode",
    "schema",
    "format",
];

impl TargetKind {
    /// The fields of a kind, in the order in which people fill them in.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Kv => KV,
            Self::S3 => S3,
            Self::Git => GIT,
            Self::Postgres => POSTGRES,
        }
    }

    /// The field of that name, if the kind has one.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_kind_is_among_all_of_them() {
        for kind in TargetKind::ALL {
            for field in kind.fields() {
                assert!(FIELDS.contains(&field.name), "{} of {kind:?}", field.name);
            }
        }
        let known = |name: &&str| TargetKind::ALL.iter().any(|kind| kind.field(name).is_some());
        assert!(FIELDS.iter().all(known));
    }
}
