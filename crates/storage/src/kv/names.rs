//! How a key is spelled in KV.
//!
//! `tokens/{name}.json` is `token:{name}`, `secrets/{name}.json` is `secret:{name}`, and a document beside them, `head.json` for instance, is `head`: the
//! names that Workers read. Every other key is its own name. So a name tells its key, but for names that are no key of ours at all: those are listed as
//! they are.

use crate::ObjectKey;

/// The directories whose files have a name of another form, and what that begins with.
const NAMED: [(&str, &str); 2] = [("tokens", "token:"), ("secrets", "secret:")];

/// A key's name.
pub(super) fn name(key: &ObjectKey) -> String {
    if let Some((begin, file)) = named(key) {
        return format!("{begin}{file}");
    }
    match key.split() {
        ("", file) => file.strip_suffix(".json").unwrap_or(file).to_owned(),
        _ => key.as_str().to_owned(),
    }
}

/// What the name of such a file begins with, and the rest of it.
fn named(key: &ObjectKey) -> Option<(&'static str, &str)> {
    let (directory, file) = key.split();
    let (_, begin) = NAMED.iter().find(|(named, _)| *named == directory)?;
    Some((*begin, file.strip_suffix(".json").filter(|file| !file.is_empty())?))
}

/// What the names of a directory begin with.
pub(super) fn prefix(at: &ObjectKey) -> String {
    match NAMED.iter().find(|(directory, _)| *directory == at.as_str()) {
        Some((_, begin)) => (*begin).to_owned(),
        None => format!("{}/", at.as_str()),
    }
}

/// The path of a name in the directory `at`; `None` when it is below one that is in it. One that is no key's name is its own path.
pub(super) fn path(name: &str, at: &ObjectKey) -> Option<String> {
    let rest = name.strip_prefix(&prefix(at)).unwrap_or(name);
    if NAMED.iter().all(|(directory, _)| *directory != at.as_str()) {
        return (!rest.contains('/')).then(|| name.to_owned());
    }
    let path = format!("{}/{rest}.json", at.as_str());
    let ours = ObjectKey::parse(&path)
        .is_some_and(|key| named(&key).is_some_and(|(_, file)| file == rest));
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
    fn a_secret_has_the_name_that_workers_look_for() {
        let named = name(&key("secrets/route.1.token.json"));
        assert_eq!(named, "secret:route.1.token");
        let path = super::path(&named, &key("secrets"));
        assert_eq!(path.as_deref(), Some("secrets/route.1.token.json"));
    }

    #[test]
    fn foreign_names_are_listed_as_they_are() {
        for foreign in ["token:", "token:a b", "token:x/y", "token:.hidden", "token:ä"] {
            assert_eq!(path(foreign, &key("tokens")).as_deref(), Some(foreign));
        }
    }
}
