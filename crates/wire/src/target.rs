//! The targets of mirrors that people add, on the wire.

use domain::OffsetDateTime;
use domain::Refusals;
use domain::mirror::target::{Probed, Sort, named};
use domain::mirror::{MirrorTarget, NewTarget, TargetChange, TargetKind, TargetName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)+) => {
        /// What is said of a target: of each kind its own fields. A secret is taken, and never shown again. No `Debug`: it may hold one.
        #[derive(Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct TargetSettings {
            $($(#[$doc])* #[serde(default)] pub $name: Option<$type>,)+
        }

        impl TargetSettings {
            /// Each field that was sent, and its text.
            fn given(&self) -> Vec<(&'static str, String)> {
                let all = [$((stringify!($name), self.$name.as_ref().map(ToString::to_string)),)+];
                all.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
            }
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),+];
    };
}

settings! {
    /// Of `kv`: the account's id.
    account_id: String;
    /// Of `kv`: the namespace's id.
    namespace_id: String;
    /// Of `kv`: the API; absent is Cloudflare's own.
    api_base: String;
    /// Of `kv`, secret: an API token that may edit Workers KV.
    api_token: String;
    /// Of `s3`: `https://` or `http://`, a host, maybe a port.
    endpoint: String;
    /// Of `s3`: the bucket, which is made if it is absent.
    bucket: String;
    /// Of `s3`: the region; absent is `us-east-1`.
    region: String;
    /// Of `s3`: what every key begins with.
    prefix: String;
    /// Of `s3`, secret: the access key's id.
    access_key: String;
    /// Of `s3`, secret: the secret access key.
    secret_key: String;
    /// Of `git`: the repository, `https://` or `http://`, without a user.
    url: String;
    /// Of `git`: the branch; absent is `main`.
    branch: String;
    /// Of `git` and `postgres`: who we are there.
    username: String;
    /// Of `git`, secret: a token or a password.
    token: String;
    /// Of `postgres`: a name or an address.
    host: String;
    /// Of `postgres`: the port; absent is 5432.
    port: u16;
    /// Of `postgres`: the database.
    database: String;
    /// Of `postgres`, secret: the password; absent is none.
    password: String;
    /// Of `postgres`: `disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`; absent is `require`.
    sslmode: String;
    /// Of `postgres`: the schema, which is made if it is absent; absent is `tokenkeep_mirror`.
    schema: String;
    /// For whom records are written: `full`, which absent is, or `token-manager`.
    format: String;
}

/// `POST /api/mirrors`. No `Debug`: it may hold a secret.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateMirror {
    /// What it is called: a lower-case letter, then lower-case letters, digits and hyphens, at most 32. Unique.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub name: String,
    /// `kv`, `s3`, `git` or `postgres`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub kind: String,
    /// Where it writes, and as whom.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub settings: TargetSettings,
}

/// `POST /api/mirrors/test`. No `Debug`: it may hold a secret.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProbeMirror {
    /// `kv`, `s3`, `git` or `postgres`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub kind: String,
    /// Where it writes, and as whom.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub settings: TargetSettings,
}

/// `PATCH /api/mirrors/{name}`. No `Debug`: it may hold a secret.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeMirror {
    /// The version that was looked at. With it, a mirror that was changed meanwhile is refused.
    #[serde(default)]
    pub version: Option<i64>,
    /// What is absent stays. An empty text takes a value away, and keeps a secret. Where the address changes, secrets are given anew.
    #[serde(default)]
    pub settings: TargetSettings,
}

/// How a mirror is deleted.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct DeleteMirrorQuery {
    /// Take away first what Tokenkeep wrote there. Without it, all of that stays.
    #[serde(default)]
    pub empty: bool,
}

fn judged(kind: TargetKind, settings: &TargetSettings) -> Result<NewTarget, Refusals> {
    let given = settings.given();
    NewTarget::parse(kind, given.iter().map(|(name, text)| (*name, text.as_str())))
}

impl TryFrom<CreateMirror> for (TargetName, NewTarget) {
    type Error = Refusals;

    fn try_from(asked: CreateMirror) -> Result<Self, Refusals> {
        let (name, kind) = named(&asked.name, &asked.kind)?;
        Ok((name, judged(kind, &asked.settings)?))
    }
}

impl TryFrom<ProbeMirror> for NewTarget {
    type Error = Refusals;

    fn try_from(asked: ProbeMirror) -> Result<Self, Refusals> {
        judged(TargetKind::named(&asked.kind)?, &asked.settings)
    }
}

impl From<ChangeMirror> for TargetChange {
    fn from(asked: ChangeMirror) -> Self {
        Self::new(asked.version, asked.settings.given())
    }
}

/// What is kept of a target that somebody added: never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MirrorSettings {
    /// Each field that has a value.
    pub values: BTreeMap<String, String>,
    /// Each secret of the kind: whether one is kept.
    pub secrets: BTreeMap<String, bool>,
    /// How many times it was written.
    pub version: i64,
    /// When it was added.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl From<MirrorTarget> for MirrorSettings {
    fn from(target: MirrorTarget) -> Self {
        let fields = target.settings.kind().fields().iter();
        let secrets = fields.filter(|field| field.sort == Sort::Secret);
        let is_kept = |name: &str| target.secrets.contains(&name);
        let text = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            values: target.settings.pairs().map(text).collect(),
            secrets: secrets.map(|it| (it.name.to_owned(), is_kept(it.name))).collect(),
            version: target.version,
            created_at: target.created_at,
            updated_at: target.updated_at,
        }
    }
}

/// What came of writing, reading and deleting one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MirrorProbe {
    /// Where that was tried, never with a credential.
    pub target: String,
    /// Whether all three steps went well.
    pub usable: bool,
    /// The first step that failed: `write`, `read` or `delete`; null also when nothing answered in time.
    pub failed_step: Option<String>,
    /// How it failed: `transient`, `denied` or `broken`.
    pub error_class: Option<String>,
    /// What the target said.
    pub error: Option<String>,
}

impl From<Probed> for MirrorProbe {
    fn from(probed: Probed) -> Self {
        let Probed { target, failed } = probed;
        let usable = failed.is_none();
        let failed_step = failed.as_ref().and_then(|it| it.step).map(str::to_owned);
        let (error_class, error) =
            failed.map(|it| (it.failure.class.as_str().to_owned(), it.failure.said)).unzip();
        Self { target, usable, failed_step, error_class, error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::mirror::target::FIELDS;

    #[test]
    fn every_field_of_the_domain_can_be_sent() {
        let (mut here, mut there) = (NAMES.to_vec(), FIELDS.to_vec());
        here.sort_unstable();
        there.sort_unstable();
        assert_eq!(here, there);
    }

    #[test]
    fn a_port_is_a_number() {
        let json = r#"{"kind":"postgres","settings":{"host":"db","port":6432,"database":"a","username":"b"}}"#;
        let asked: ProbeMirror = serde_json::from_str(json).expect("read");
        let new = NewTarget::try_from(asked).map_err(|it| it.first()).expect("good");
        assert_eq!(new.settings.get("port"), Some("6432"));
    }
}
