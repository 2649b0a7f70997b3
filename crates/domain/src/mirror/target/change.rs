//! What becomes of a target when something of it is said anew.

use super::draft::{Read, missing, read};
use super::{NewTarget, Sort, TargetKind, TargetSecrets, TargetSettings};
use crate::refusal::Judge;
use crate::{Code, Refusals, Refused};
use zeroize::Zeroizing;

/// What is said anew. No `Debug`: it may hold a secret.
#[derive(Default)]
pub struct TargetChange {
    /// The version that was looked at. With it, a target that was changed meanwhile is refused.
    pub version: Option<i64>,
    given: Vec<(String, Zeroizing<String>)>,
}

impl TargetChange {
    /// Names of fields, and texts. What is not among them stays; an empty text takes a value away, and keeps a secret.
    pub fn new(
        version: Option<i64>,
        given: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        let given = given.into_iter().map(|(name, text)| (name.to_owned(), Zeroizing::new(text)));
        Self { version, given: given.collect() }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// The secrets of the kind that are given anew.
    pub fn secrets(&self, kind: TargetKind) -> Vec<&'static str> {
        let given = self.given.iter().filter(|(_, text)| !text.is_empty());
        let fields = given.filter_map(|(name, _)| kind.field(name));
        fields.filter(|field| field.sort == Sort::Secret).map(|field| field.name).collect()
    }

    /// The target as it shall be. A secret that was kept is shown to nobody else than before: where the address changes, it has to be given anew.
    ///
    /// # Errors
    /// As [`NewTarget::parse`]; `secret_not_kept` on each secret that would be.
    pub fn of(
        &self,
        before: &TargetSettings,
        secrets: TargetSecrets,
    ) -> Result<NewTarget, Refusals> {
        let kind = before.kind();
        let mut judge = Judge::default();
        let mut values: std::collections::BTreeMap<_, _> =
            before.pairs().map(|(name, value)| (name, value.to_owned())).collect();
        let mut kept = secrets.into_values();
        let mut fresh = Vec::new();
        for (name, text) in &self.given {
            match judge.take(read(kind, name, text)) {
                Some(Some(Read::Plain(field, value))) => {
                    values.insert(field.name, value);
                }
                Some(Some(Read::Secret(field, secret))) => {
                    kept.insert(field.name, secret);
                    fresh.push(field.name);
                }
                Some(None) => {
                    values.remove(name.as_str());
                }
                None => {}
            }
        }
        let after = TargetSettings::of(kind, values);
        if is_elsewhere(before, &after) {
            for name in kept.keys().filter(|name| !fresh.contains(name)) {
                judge.refuse(Refused::field(name, Code::SecretNotKept));
            }
        }
        let values = after.pairs().map(|(name, value)| (name, value.to_owned())).collect();
        for name in missing(kind, &values, &kept) {
            judge.refuse(Refused::field(name, Code::Empty));
        }
        judge.verdict()?;
        Ok(NewTarget { settings: after, secrets: TargetSecrets::of(kept) })
    }
}

fn is_elsewhere(before: &TargetSettings, after: &TargetSettings) -> bool {
    let addresses = before.kind().fields().iter().filter(|field| field.sort == Sort::Address);
    addresses.into_iter().any(|field| before.get(field.name) != after.get(field.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mirror::TargetKind;

    fn before() -> NewTarget {
        let given = [("account_id", "0a"), ("namespace_id", "0b"), ("api_token", "old")];
        NewTarget::parse(TargetKind::Kv, given).map_err(|refusals| refusals.first()).expect("good")
    }

    fn changed(given: &[(&'static str, &str)]) -> Result<(String, String), Vec<(Code, String)>> {
        let before = before();
        let given = given.iter().map(|(name, text)| (*name, (*text).to_owned()));
        let after = TargetChange::new(None, given).of(&before.settings, before.secrets);
        let after = after.map_err(|refusals| {
            let told = |refused: &Refused| (refused.code, refused.field.unwrap_or("").to_owned());
            refusals.all().iter().map(told).collect::<Vec<_>>()
        })?;
        let token = after.secrets.expose("api_token").map(|it| it.as_str().to_owned());
        Ok((after.settings.told(), token.unwrap_or_default()))
    }

    #[test]
    fn what_is_not_said_stays_and_so_does_a_secret_that_is_left_empty() {
        let (told, token) = changed(&[("namespace_id", "0c"), ("api_token", "")]).expect("good");
        assert_eq!((&*told, &*token), ("kv\naccount_id 0a\nnamespace_id 0c", "old"));
        let (_, token) = changed(&[("api_token", "new")]).expect("good");
        assert_eq!(token, "new");
    }

    #[test]
    fn a_secret_is_not_shown_at_another_address() {
        let elsewhere = ("api_base", "https://elsewhere.example");
        let refused = changed(&[elsewhere]).expect_err("refused");
        assert_eq!(refused, [(Code::SecretNotKept, "api_token".to_owned())]);
        let (told, token) = changed(&[elsewhere, ("api_token", "new")]).expect("good");
        assert!(told.contains("elsewhere") && token == "new");
    }

    #[test]
    fn what_is_needed_cannot_be_taken_away() {
        let refused = changed(&[("account_id", " ")]).expect_err("refused");
        assert_eq!(refused, [(Code::Empty, "account_id".to_owned())]);
        let refused = changed(&[("bucket", "a")]).expect_err("refused");
        assert_eq!(refused, [(Code::BodyMalformed, "bucket".to_owned())]);
    }
}
