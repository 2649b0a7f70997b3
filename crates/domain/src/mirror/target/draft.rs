//! What was said of a target, judged field by field.

use super::fields::{FIELDS, Field, Sort};
use super::{TargetKind, TargetName};
use crate::refusal::Judge;
use crate::{Code, Refusals, Refused};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The longest value, in bytes.
const VALUE_MAX: usize = 2048;
/// The longest secret, in bytes.
const SECRET_MAX: usize = 4096;

/// The values of a target's fields, but for its secrets. What was left out is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetSettings {
    kind: TargetKind,
    values: BTreeMap<&'static str, String>,
}

impl TargetSettings {
    /// What the database holds; what is no field of the kind is left out.
    pub fn stored(kind: TargetKind, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let pairs = pairs.into_iter().filter_map(|(name, value)| {
            let field = kind.field(&name).filter(|field| field.sort != Sort::Secret)?;
            Some((field.name, value))
        });
        Self { kind, values: pairs.collect() }
    }

    pub(super) const fn of(kind: TargetKind, values: BTreeMap<&'static str, String>) -> Self {
        Self { kind, values }
    }

    /// The kind.
    pub const fn kind(&self) -> TargetKind {
        self.kind
    }

    /// The value of a field, if one was given.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.values.get(field).map(String::as_str)
    }

    /// Each field that has a value, by name.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// All of it in one text, which is another for each other settings: no value has a line end.
    pub fn told(&self) -> String {
        let lines = self.pairs().map(|(name, value)| format!("{name} {value}"));
        std::iter::once(self.kind.as_str().to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
    }
}

/// The secrets of a target, in clear. No `Debug`, no `Clone`; wiped when dropped.
///
/// ```compile_fail
/// fn shown(secrets: &domain::mirror::TargetSecrets) -> String {
///     format!("{secrets:?}")
/// }
/// ```
#[derive(Default)]
pub struct TargetSecrets(BTreeMap<&'static str, Zeroizing<String>>);

impl TargetSecrets {
    /// What was sealed of a kind, and opened again; what is no secret of the kind is left out.
    pub fn stored(
        kind: TargetKind,
        pairs: impl IntoIterator<Item = (String, Zeroizing<String>)>,
    ) -> Self {
        let pairs = pairs.into_iter().filter_map(|(name, value)| {
            let field = kind.field(&name).filter(|field| field.sort == Sort::Secret)?;
            Some((field.name, value))
        });
        Self(pairs.collect())
    }

    pub(super) fn of(values: BTreeMap<&'static str, Zeroizing<String>>) -> Self {
        Self(values)
    }

    pub(super) fn into_values(self) -> BTreeMap<&'static str, Zeroizing<String>> {
        self.0
    }

    /// The fields that have one.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.keys().copied().collect()
    }

    /// The secret of a field. Called where it is sealed and where the target's client is made, and nowhere else (a test lists the places).
    pub fn expose(&self, field: &str) -> Option<&Zeroizing<String>> {
        self.0.get(field)
    }
}

/// What is needed to add a target.
pub struct NewTarget {
    /// What is told of it.
    pub settings: TargetSettings,
    /// What is not.
    pub secrets: TargetSecrets,
}

impl NewTarget {
    /// Reads what was said: names of fields, and texts. An empty text is none: that of a field in a form that nobody filled in.
    ///
    /// # Errors
    /// For each field that is wrong: `empty` where one is needed, `too_long`, `control_character`, `secret_invalid`, `body_malformed` for a field that the
    /// kind does not have.
    pub fn parse<'a>(
        kind: TargetKind,
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Refusals> {
        let given: Vec<_> = given.into_iter().collect();
        let mut judge = Judge::default();
        let (mut values, mut secrets) = (BTreeMap::new(), BTreeMap::new());
        for (name, text) in &given {
            if let Some(read) = judge.take(read(kind, name, text)).flatten() {
                match read {
                    Read::Plain(field, value) => {
                        values.insert(field.name, value);
                    }
                    Read::Secret(field, secret) => {
                        secrets.insert(field.name, secret);
                    }
                }
            }
        }
        for field in missing(kind, &values, &secrets) {
            // What was refused is not missing too.
            if !given.iter().any(|(name, text)| *name == field && !text.trim().is_empty()) {
                judge.refuse(Refused::field(field, Code::Empty));
            }
        }
        judge.verdict()?;
        Ok(Self { settings: TargetSettings::of(kind, values), secrets: TargetSecrets::of(secrets) })
    }
}

/// Whether a name and a kind are some.
///
/// # Errors
/// `mirror_kind_unknown` on `kind`, and what [`TargetName::parse`] refuses.
pub fn named(name: &str, kind: &str) -> Result<(TargetName, TargetKind), Refusals> {
    let mut judge = Judge::default();
    let name = judge.take(TargetName::parse(name));
    let kind = judge.take(TargetKind::named(kind));
    judge.verdict()?;
    name.zip(kind).ok_or_else(|| Code::BodyMalformed.into())
}

/// A field that was read.
pub(super) enum Read {
    Plain(&'static Field, String),
    Secret(&'static Field, Zeroizing<String>),
}

/// Reads one field; `None` where nothing was given.
pub(super) fn read(kind: TargetKind, name: &str, text: &str) -> Result<Option<Read>, Refused> {
    let Some(field) = kind.field(name) else {
        let known = FIELDS.iter().copied().find(|known| *known == name);
        return match known {
            _ if text.is_empty() => Ok(None),
            Some(known) => Err(Refused::field(known, Code::BodyMalformed)),
            None => Err(Refused::new(Code::BodyMalformed)),
        };
    };
    let refused = |code| Err(Refused::field(field.name, code));
    if field.sort == Sort::Secret {
        let good = |c: char| match kind {
            TargetKind::Postgres => !c.is_control(),
            // It goes into a header: what cannot be written there is a mistake of copying.
            _ => c.is_ascii_graphic(),
        };
        return match text {
            "" => Ok(None),
            _ if text.len() > SECRET_MAX => refused(Code::TooLong),
            _ if !text.chars().all(good) => refused(Code::SecretInvalid),
            _ => Ok(Some(Read::Secret(field, Zeroizing::new(text.to_owned())))),
        };
    }
    match text.trim() {
        "" => Ok(None),
        text if text.len() > VALUE_MAX => refused(Code::TooLong),
        text if text.chars().any(char::is_control) => refused(Code::ControlCharacter),
        text => Ok(Some(Read::Plain(field, text.to_owned()))),
    }
}

/// The fields that are needed and have nothing.
pub(super) fn missing(
    kind: TargetKind,
    values: &BTreeMap<&'static str, String>,
    secrets: &BTreeMap<&'static str, Zeroizing<String>>,
) -> Vec<&'static str> {
    let has = |name| values.contains_key(name) || secrets.contains_key(name);
    let fields = kind.fields().iter().filter(|field| field.needed && !has(field.name));
    fields.map(|field| field.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUCKET: [(&str, &str); 4] = [
        ("endpoint", " https://s3.example.com "),
        ("bucket", "mirror"),
        ("access_key", "AK"),
        ("secret_key", "SK"),
    ];

    fn refused(kind: TargetKind, given: &[(&str, &str)]) -> Vec<(Option<&'static str>, Code)> {
        let refusals = NewTarget::parse(kind, given.iter().copied()).err().expect("refused");
        refusals.all().iter().map(|refused| (refused.field, refused.code)).collect()
    }

    #[test]
    fn what_is_told_is_apart_from_what_is_not() {
        let new = NewTarget::parse(TargetKind::S3, BUCKET.into_iter().chain([("region", "")]));
        let new = new.map_err(|refusals| refusals.first()).expect("good");
        assert_eq!(new.settings.told(), "s3\nbucket mirror\nendpoint https://s3.example.com");
        assert_eq!(new.secrets.names(), ["access_key", "secret_key"]);
        assert_eq!(new.secrets.expose("secret_key").map(|it| it.as_str()), Some("SK"));
        assert_eq!(new.settings.get("secret_key"), None);
    }

    #[test]
    fn every_field_is_judged_at_once() {
        let found = refused(TargetKind::Kv, &[("account_id", "a\u{0}"), ("api_token", "a b")]);
        assert_eq!(
            found,
            [
                (Some("account_id"), Code::ControlCharacter),
                (Some("api_token"), Code::SecretInvalid),
                (Some("namespace_id"), Code::Empty),
            ]
        );
    }

    #[test]
    fn a_field_of_another_kind_is_not_read() {
        let given: Vec<_> = BUCKET.into_iter().chain([("namespace_id", "0b")]).collect();
        assert_eq!(refused(TargetKind::S3, &given), [(Some("namespace_id"), Code::BodyMalformed)]);
    }

    #[test]
    fn a_password_of_postgres_may_be_any_text() {
        let given = [("host", "db"), ("database", "a"), ("username", "b"), ("password", "p w ü")];
        assert!(NewTarget::parse(TargetKind::Postgres, given).is_ok());
        let given = [("host", "db"), ("database", "a"), ("username", "b")];
        assert!(NewTarget::parse(TargetKind::Postgres, given).is_ok());
    }

    #[test]
    fn a_kind_that_there_is_not_is_named_beside_the_name() {
        let refusals = named("S 3", "files").expect_err("refused");
        let codes: Vec<_> = refusals.all().iter().map(|refused| refused.code).collect();
        assert_eq!(codes, [Code::MirrorNameInvalid, Code::MirrorKindUnknown]);
    }
}
