//! A short text without memory of its own.

use std::fmt;
use std::ops::Deref;

/// How many bytes of a text are kept in place.
const HERE_MAX: usize = 22;

/// A text in 24 bytes: one of at most 22 bytes is in them, and a longer one is behind a pointer. Of a million short names none has an allocation of its
/// own.
#[derive(Clone)]
pub struct SmallStr(Kept);

#[derive(Clone)]
enum Kept {
    Here { length: u8, bytes: [u8; HERE_MAX] },
    Behind(Box<str>),
}

impl Deref for SmallStr {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Kept::Here { length, bytes } => {
                let text = bytes.get(..usize::from(*length)).unwrap_or_default();
                // It was one.
                std::str::from_utf8(text).unwrap_or_default()
            }
            Kept::Behind(text) => text,
        }
    }
}

impl From<&str> for SmallStr {
    fn from(text: &str) -> Self {
        let mut bytes = [0; HERE_MAX];
        match (u8::try_from(text.len()), bytes.get_mut(..text.len())) {
            (Ok(length), Some(here)) => {
                here.copy_from_slice(text.as_bytes());
                Self(Kept::Here { length, bytes })
            }
            _ => Self(Kept::Behind(text.into())),
        }
    }
}

impl From<String> for SmallStr {
    fn from(text: String) -> Self {
        if text.len() <= HERE_MAX { text.as_str().into() } else { Self(Kept::Behind(text.into())) }
    }
}

impl PartialEq for SmallStr {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for SmallStr {}

impl fmt::Debug for SmallStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_as_small_as_it_says() {
        assert_eq!(size_of::<SmallStr>(), 24);
    }

    proptest! {
        #[test]
        fn a_text_is_what_it_was(text in ".{0,30}") {
            let small = SmallStr::from(text.as_str());
            prop_assert_eq!(&*small, text.as_str());
            prop_assert_eq!(small, SmallStr::from(text));
        }
    }
}
