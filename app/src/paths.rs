//! Every path of the console, and which of them may be returned to.

use domain::audit::SubjectKind;
use domain::token::search::is_secret_like;

/// Overview.
pub const OVERVIEW: &str = "/";
/// The list of tokens.
pub const TOKENS: &str = "/tokens";
/// The form for a new token.
pub const NEW_TOKEN: &str = "/tokens/new";
/// The list of teams.
pub const TEAMS: &str = "/teams";
/// The form for a new team.
pub const NEW_TEAM: &str = "/teams/new";
/// The mirrors.
pub const MIRRORS: &str = "/mirrors";
/// The page that adds a mirror.
pub const NEW_MIRROR: &str = "/mirrors/new";
/// The list of routes.
pub const ROUTES: &str = "/routes";
/// The form for a new route.
pub const NEW_ROUTE: &str = "/routes/new";
/// The tester of routes.
pub const TRY_ROUTE: &str = "/routes/test";
/// The audit log.
pub const AUDIT: &str = "/audit";
/// The settings.
pub const SETTINGS: &str = "/settings";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// Making the first owner.
pub const SETUP: &str = "/setup";
/// Every component in every state; development only.
pub const GALLERY: &str = "/gallery";

/// The page of a token.
pub fn token(id: impl std::fmt::Display) -> String {
    format!("{TOKENS}/{id}")
}

/// The page that shows a token's secret once.
pub fn token_secret(id: impl std::fmt::Display) -> String {
    format!("{TOKENS}/{id}/secret")
}

/// The page that changes what is said of a token.
pub fn token_edit(id: impl std::fmt::Display) -> String {
    format!("{TOKENS}/{id}/edit")
}

/// The page that changes when, from where and how often a token may be used.
pub fn token_conditions(id: impl std::fmt::Display) -> String {
    format!("{TOKENS}/{id}/conditions")
}

/// The page of a route.
pub fn route(id: impl std::fmt::Display) -> String {
    format!("{ROUTES}/{id}")
}

/// The page of a mirror. Its name comes from a form too, and so it is encoded.
pub fn mirror(name: &str) -> String {
    format!("{MIRRORS}/{}", encode(name).replace('/', "%2F"))
}

/// The page that adds a mirror of a kind.
pub fn new_mirror_of(kind: &str) -> String {
    with_query(NEW_MIRROR, &[("kind", Some(kind).filter(|kind| !kind.is_empty()))])
}

/// The page that changes the target of a mirror.
pub fn mirror_target(name: &str) -> String {
    format!("{}/target", mirror(name))
}

/// The list of one team's tokens.
pub fn tokens_of_team(team: impl std::fmt::Display) -> String {
    format!("{TOKENS}?team={team}")
}

/// The form for a new token of a team.
pub fn new_token_for(team: impl std::fmt::Display) -> String {
    format!("{NEW_TOKEN}?team={team}")
}

/// The audit log of one subject.
pub fn audit_of(kind: SubjectKind, id: impl std::fmt::Display) -> String {
    let (kind, id) = (kind.as_str(), id.to_string());
    with_query(AUDIT, &[("subject_kind", Some(kind)), ("subject_id", Some(&id))])
}

/// A path with what there is of its query.
pub fn with_query(path: &str, pairs: &[(&str, Option<&str>)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", encode((*value)?))))
        .collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Whether a path is outside the frame, for people who have not signed in.
pub fn is_door(path: &str) -> bool {
    matches!(path, SIGN_IN | SETUP)
}

/// Signing in, and then back to `next`, a path with its query; without that where it may have a secret in it, which no address repeats.
pub fn sign_in_then(next: &str) -> String {
    let path = next.split('?').next().unwrap_or_default();
    let next = safe_next(if is_secret_like(next) { path } else { next });
    if next == OVERVIEW { SIGN_IN.to_owned() } else { format!("{SIGN_IN}?next={}", encode(next)) }
}

/// `next` when it is a path of this origin that a header can carry, else the overview. `//host` and `/\host` are other origins to a browser.
pub fn safe_next(next: &str) -> &str {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    if is_door(path) { OVERVIEW } else { safe_back(next) }
}

/// As [`safe_next`], and the door is taken too.
pub fn safe_back(next: &str) -> &str {
    let bytes = next.as_bytes();
    let local = bytes.first() == Some(&b'/') && !matches!(bytes.get(1), Some(b'/' | b'\\'));
    let plain = bytes.iter().all(u8::is_ascii_graphic);
    if local && plain && next.len() <= 1024 { next } else { OVERVIEW }
}

/// Percent-encodes a value of a query (RFC 3986, section 2.3: what is unreserved stays).
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_origin_are_returned_to() {
        for good in ["/", "/tokens/new", "/tokens?team=a&cursor=b", "/a//b"] {
            assert_eq!(safe_next(good), good);
        }
        let bad = [
            "",
            "tokens",
            "//evil",
            "/\\evil",
            "https://evil",
            "/a\nb",
            "/\u{e9}",
            "/a b",
            "/sign-in?next=/",
        ];
        for bad in bad {
            assert_eq!(safe_next(bad), "/", "{bad:?}");
        }
    }

    #[test]
    fn a_query_has_what_there_is() {
        assert_eq!(with_query("/a", &[("x", None)]), "/a");
        assert_eq!(
            with_query("/a", &[("x", None), ("y", Some("1")), ("z", Some("a&b"))]),
            "/a?y=1&z=a%26b"
        );
        assert_eq!(
            audit_of(SubjectKind::Mirror, "a b"),
            "/audit?subject_kind=mirror&subject_id=a%20b"
        );
    }

    #[test]
    fn the_page_of_a_mirror_is_one_part_below_all_of_them() {
        assert_eq!(mirror("files"), "/mirrors/files");
        assert_eq!(mirror("../a b"), "/mirrors/..%2Fa%20b");
    }

    #[test]
    fn the_way_back_is_encoded() {
        assert_eq!(sign_in_then("/"), "/sign-in");
        assert_eq!(sign_in_then("/tokens?team=a&b"), "/sign-in?next=/tokens%3Fteam%3Da%26b");
        let secret = format!("ntk_{}", "aB3".repeat(14) + "x");
        assert_eq!(sign_in_then(&format!("/tokens?token={secret}")), "/sign-in?next=/tokens");
    }
}
