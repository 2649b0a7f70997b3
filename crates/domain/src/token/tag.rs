//! Tags: what people sort tokens by. They open nothing, unlike scopes.

use crate::{Code, Refused};

/// The longest tag, in characters.
pub const TAG_MAX: usize = 32;
/// The most tags that a token has.
pub const TAGS_MAX: usize = 10;

/// A token's tags, maybe none: words of lower-case letters, digits, `.`, `_` and `-`, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<String>);

impl Tags {
    /// Reads tags. A capital letter becomes a small one: nobody tells `Prod` from `prod`.
    ///
    /// # Errors
    /// `tag_invalid`, `tags_too_many`, on the field `tags`.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, Refused> {
        let mut tags = Vec::new();
        for text in texts.into_iter().map(str::trim).filter(|text| !text.is_empty()) {
            let tag = text.to_ascii_lowercase();
            if !is_tag(&tag) {
                return Err(Refused::field("tags", Code::TagInvalid));
            }
            if !tags.contains(&tag) {
                if tags.len() == TAGS_MAX {
                    return Err(Refused::field("tags", Code::TagsTooMany));
                }
                tags.push(tag);
            }
        }
        tags.sort();
        Ok(Self(tags))
    }

    /// Stored tags, as they are.
    pub fn stored(tags: Vec<String>) -> Self {
        Self(tags)
    }

    /// The tags, in order.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// All of them, with spaces between.
    pub fn joined(&self) -> String {
        self.0.join(" ")
    }
}

fn is_tag(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let good = |byte: u8| word(byte) || b"._-".contains(&byte);
    let ends = text.bytes().next().is_some_and(word) && text.bytes().last().is_some_and(word);
    ends && text.len() <= TAG_MAX && text.bytes().all(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_small_words_each_once_in_order() {
        let tags = Tags::parse(["prod", " Billing ", "", "prod", "eu-west.1"]).expect("good tags");
        assert_eq!(tags.joined(), "billing eu-west.1 prod");
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        let long = "a".repeat(TAG_MAX + 1);
        for bad in ["a b", "a:b", "-a", "a-", "é", "a,b", long.as_str()] {
            let refused = Tags::parse([bad]).expect_err(bad);
            assert_eq!((refused.code, refused.field), (Code::TagInvalid, Some("tags")));
        }
        assert!(Tags::parse(["a".repeat(TAG_MAX).as_str()]).is_ok());
        let many: Vec<String> = (0..=TAGS_MAX).map(|n| format!("t{n}")).collect();
        let refused = Tags::parse(many.iter().map(String::as_str)).expect_err("too many");
        assert_eq!(refused.code, Code::TagsTooMany);
        assert!(Tags::parse(many[..TAGS_MAX].iter().chain(&many[..1]).map(String::as_str)).is_ok());
    }
}
