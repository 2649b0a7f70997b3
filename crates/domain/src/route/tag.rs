//! Tags: what routes have in common, so that a token can be good for all of them.

use crate::token::Scope;
use crate::{Code, Refused};

/// The longest tag, in characters.
pub const TAG_MAX: usize = 64;
/// The most tags that a route has.
pub const TAGS_MAX: usize = 20;
/// What the scope of a tag begins with.
const SCOPE: &str = "tag:";

/// One tag: 1 to [`TAG_MAX`] characters of one segment of a scope, so that `tag:` and it are a scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// Reads one tag; `None` when it breaks the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        let good = text.len() <= TAG_MAX && !text.contains([':', '*']);
        let scope = format!("{SCOPE}{text}");
        (good && Scope::parse(&scope).is_some()).then_some(Self(scope))
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0[SCOPE.len()..]
    }

    /// The scope that a token is good for it by: `tag:` and the tag.
    pub fn scope(&self) -> &str {
        &self.0
    }
}

/// A route's tags, maybe none: sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// Reads tags.
    ///
    /// # Errors
    /// `tag_invalid`, `tags_too_many`, on the field `tags`.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, Refused> {
        let mut tags = Vec::new();
        for text in texts.into_iter().map(str::trim).filter(|text| !text.is_empty()) {
            if tags.len() == TAGS_MAX {
                return Err(Refused::field("tags", Code::TagsTooMany));
            }
            tags.push(Tag::parse(text).ok_or(Refused::field("tags", Code::TagInvalid))?);
        }
        tags.sort();
        tags.dedup();
        Ok(Self(tags))
    }

    /// The tags, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }

    /// The tags as texts, for storing and sending.
    pub fn to_strings(&self) -> Vec<String> {
        self.0.iter().map(|tag| tag.as_str().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_segment_of_a_scope() {
        let tags = Tags::parse(["llm", " eu-west ", "llm", ""]).expect("good tags");
        assert_eq!(tags.to_strings(), ["eu-west", "llm"]);
        assert_eq!(tags.iter().next().expect("a tag").scope(), "tag:eu-west");
        for bad in ["a:b", "*", "a b", "é"] {
            let refused = Tags::parse([bad]).expect_err(bad);
            assert_eq!((refused.code, refused.field), (Code::TagInvalid, Some("tags")));
        }
        assert!(Tag::parse(&"a".repeat(TAG_MAX + 1)).is_none());
        let many: Vec<_> = (0..=TAGS_MAX).map(|n| n.to_string()).collect();
        let refused = Tags::parse(many.iter().map(String::as_str)).expect_err("too many");
        assert_eq!(refused.code, Code::TagsTooMany);
    }
}
