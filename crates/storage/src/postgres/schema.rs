//! The name of the schema.

/// The longest name, in bytes; Postgres would cut a longer one (`NAMEDATALEN`).
const NAME_MAX: usize = 63;

/// A schema's name: letters, digits, `_` and `-`, a letter or `_` first, at most 63. Postgres' own schemas (`pg_…`) are none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema(String);

impl Schema {
    /// Reads a name; `None` when it breaks the rule.
    pub fn parse(text: &str) -> Option<Self> {
        let first = text.bytes().next()?;
        let good = text.len() <= NAME_MAX
            && (first.is_ascii_alphabetic() || first == b'_')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
            && !text.starts_with("pg_")
            && text != "information_schema";
        good.then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as an SQL identifier. It keeps its case, and has no quote to double.
    pub(super) fn quoted(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

impl Default for Schema {
    fn default() -> Self {
        Self("tokenkeep_mirror".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_needs_no_escape() {
        for good in ["public", "tokenkeep_mirror", "_a", "Mirror-2"] {
            assert!(Schema::parse(good).is_some(), "{good}");
        }
        let long = "a".repeat(NAME_MAX + 1);
        for bad in [
            "",
            "1a",
            "-a",
            "a b",
            "a\"b",
            "a;b",
            "a.b",
            "pg_catalog",
            "information_schema",
            "ä",
            &long,
        ] {
            assert!(Schema::parse(bad).is_none(), "{bad}");
        }
    }
}
