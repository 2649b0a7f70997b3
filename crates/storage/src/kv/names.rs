//! How a key is spelled in KV.
//!
//! `tokens/{name}.json` is `token:{name}`, the form that Workers read, and a document beside them, `head.json` for instance, is `head`. Every other key is
//! its own name. So a name tells its key, but for names
//! that are no key of ours at all: those are listed as they are.

use crate::ObjectKey;

/// The directory of tokens.
const TOKENS: &str = "tokens";

/// A key's name.
pub(super) fn name(key: &ObjectKey) -> String {
    match token(key) {
        Some(token) => format!("token:{token}"),
        None => match key.split() {
            ("", file) => file.strip_suffix(".json").unwrap_or(file).to_owned(),
            _ => key.as_str().to_owned(),
        },
    }
}

fn token(key: &ObjectKey) -> Option<&str> {
    let (directory, file) = key.split();
    file.strip_suffix(".json").filter(|token| directory == TOKENS && !token.is_empty())
}

/// What the names of a directory begin with.
pub(super) fn prefix(at: &ObjectKey) -> String {
    match at.as_str() {
        TOKENS => "token:".to_owned(),
        other => format!("{other}/"),
    }
}

/// The path of a name in the directory `at`; `None` when it is below one that is in it. One that is no key's name is its own path.
pub(super) fn path(name: &str, at: &ObjectKey) -> Option<String> {
    let rest = name.strip_prefix(&prefix(at)).unwrap_or(name);
    if at.as_str() != TOKENS {
        return (!rest.contains('/')).then(|| name.to_owned());
    }
    let path = format!("{TOKENS}/{rest}.json");
    let ours = ObjectKey::parse(&path).is_some_and(|key| token(&key) == Some(rest));
    Some(if ours { path } else { name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &str) -> ObjectKey {
        ObjectKey::parse(path).expect(path)
    }

    #[test]
    fn a_token_has_the_name_that_workers_look_for() {
        let hex = "0a".repeat(32);
        let path = format!("tokens/{hex}.json");
        let named = name(&key(&path));
        assert_eq!(named, format!("token:{hex}"));
        assert_eq!(super::path(&named, &key("tokens")), Some(path));
    }

    #[test]
    fn other_keys_are_their_own_names() {
        for path in ["routes", "routes/a.json", "tokens", "tokens/readme", "tokens/a/b.json"] {
            assert_eq!(name(&key(path)), path);
        }
        let routes = key("routes");
        assert_eq!(path("routes/a.json", &routes).as_deref(), Some("routes/a.json"));
        assert_eq!(path("routes/deep/a.json", &routes), None);
    }

    #[test]
    fn a_document_has_the_name_that_workers_look_for() {
        assert_eq!(name(&key("head.json")), "head");
        assert_eq!(name(&key("routes.json")), "routes");
        assert_eq!(name(&key("routes/a.json")), "routes/a.json");
    }

    #[test]
    fn foreign_names_are_listed_as_they_are() {
        for foreign in ["token:", "token:a b", "token:x/y", "token:.hidden", "token:ä"] {
            assert_eq!(path(foreign, &key("tokens")).as_deref(), Some(foreign));
        }
    }
}
