//! Tokens, their prefixes, and their hashes as text.

use domain::token::{Prefix, SecretHash, TokenSecret};

/// Bytes of UTF-8: an offered text.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let expected = is_token(text);
    let hash = SecretHash::of_offered(text);
    assert_eq!(hash.is_some(), expected, "offered: {text:?}");
    let secret = TokenSecret::parse(text);
    assert_eq!(secret.is_some(), expected, "parsed: {text:?}");
    if let (Some(hash), Some(secret)) = (hash, secret) {
        assert!(secret.hash() == hash, "one text has one hash: {text:?}");
        let display = secret.display();
        let shown = display.as_str();
        assert_eq!(shown.chars().count(), 17, "{shown:?}");
        assert!(text.starts_with(&shown[..12]) && text.ends_with(&shown[shown.len() - 4..]));
        assert!(SecretHash::from_hex(&hash.to_hex()).is_some_and(|back| back == hash));
        assert!(SecretHash::from_slice(hash.bytes()).is_some_and(|back| back == hash));
    }
    check_prefix(text);
    check_hex(text);
}

/// `prefix = ALPHA *14(ALPHA / DIGIT / "_") "_"` in lower case, then 43 characters of base64url.
fn is_token(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let Some(at) = characters.len().checked_sub(43) else { return false };
    let (prefix, random) = characters.split_at(at);
    is_prefix(prefix) && random.iter().all(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
}

fn is_prefix(characters: &[char]) -> bool {
    let [first, middle @ .., last] = characters else { return false };
    middle.len() <= 14
        && first.is_ascii_lowercase()
        && middle.iter().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))
        && *last == '_'
}

fn check_prefix(text: &str) {
    let characters: Vec<char> = text.chars().collect();
    let prefix = Prefix::parse(text);
    assert_eq!(prefix.is_some(), is_prefix(&characters), "a prefix: {text:?}");
    if let Some(prefix) = prefix {
        assert_eq!(prefix.as_str(), text);
        assert!(SecretHash::of_offered(&format!("{text}{}", "-".repeat(43))).is_some());
    }
}

fn check_hex(text: &str) {
    let is_hex = text.len() == 64 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    let hash = SecretHash::from_hex(text);
    assert_eq!(hash.is_some(), is_hex, "hexadecimal digits: {text:?}");
    if let Some(hash) = hash {
        assert_eq!(hash.to_hex(), text);
    }
}
