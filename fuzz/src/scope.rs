//! Scopes: their grammar, what covers what, and sets of them.

use domain::token::scope::{SCOPE_MAX, SCOPES_MAX};
use domain::token::{Scope, Scopes};

/// Lines of UTF-8: a scope each.
pub fn check(bytes: &[u8]) {
    let lines = crate::lines(bytes);
    let scopes: Vec<Scope> = lines.iter().filter_map(|line| check_one(line)).collect();
    // Every pair of many lines would be most of the time.
    for one in scopes.iter().take(20) {
        for other in scopes.iter().take(20) {
            assert_eq!(
                one.covers(other),
                covers(one.as_str(), other.as_str()),
                "{one:?} {other:?}"
            );
            if one.covers(other) && other.covers(one) {
                assert_eq!(one, other, "two that cover each other are the same");
            }
        }
    }
    check_set(&lines);
}

fn check_one(text: &str) -> Option<Scope> {
    let scope = Scope::parse(text);
    assert_eq!(scope.is_some(), is_scope(text), "{text:?}");
    let scope = scope?;
    assert_eq!(scope.as_str(), text);
    assert!(scope.covers(&scope), "{text:?} covers itself");
    let star = Scope::parse("*")?;
    assert!(star.covers(&scope), "the star covers {text:?}");
    assert_eq!(scope.covers(&star), scope == star, "only the star covers the star: {text:?}");
    Some(scope)
}

/// `"*" / segment *( ":" segment ) [ ":*" ]`, segment by segment.
fn is_scope(text: &str) -> bool {
    let segments: Vec<&str> = text.split(':').collect();
    let named = |segment: &str| {
        !segment.is_empty()
            && segment.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c))
    };
    let good = match &segments[..] {
        ["*"] => true,
        [named_ones @ .., "*"] => !named_ones.is_empty() && named_ones.iter().all(|s| named(s)),
        all => all.iter().all(|segment| named(segment)),
    };
    good && text.len() <= SCOPE_MAX
}

/// Whether one covers the other, segment by segment.
fn covers(granted: &str, wanted: &str) -> bool {
    if granted == "*" || granted == wanted {
        return true;
    }
    let granted: Vec<&str> = granted.split(':').collect();
    let wanted: Vec<&str> = wanted.split(':').collect();
    match granted.split_last() {
        Some((&"*", stem)) => wanted.len() > stem.len() && wanted.starts_with(stem),
        _ => false,
    }
}

fn check_set(lines: &[&str]) {
    let texts: Vec<&str> = lines.iter().map(|l| l.trim()).filter(|l| !l.is_empty()).collect();
    let parsed = Scopes::parse(lines.iter().copied());
    let good = (1..=SCOPES_MAX).contains(&texts.len()) && texts.iter().all(|text| is_scope(text));
    assert_eq!(parsed.is_ok(), good, "{texts:?}");
    let Ok(set) = parsed else { return };

    let strings = set.to_strings();
    assert!(strings.windows(2).all(|pair| pair[0] < pair[1]), "sorted, each once: {strings:?}");
    assert!(texts.iter().all(|text| strings.iter().any(|kept| kept == text)), "nothing is lost");
    let back = Scopes::parse(strings.iter().map(String::as_str));
    assert_eq!(back.as_ref(), Ok(&set), "what is written reads back");
    assert_eq!(Scopes::parse(texts.iter().rev().copied()), back, "in whichever order");
    assert_eq!(Scopes::stored(&strings), set);
    assert_eq!(set.joined().split(' ').collect::<Vec<_>>(), strings);

    let all: Vec<Scope> = set.iter().cloned().collect();
    assert!(set.cover(&all) && set.cover(&[]));
    let minimal = set.minimal();
    assert!(minimal.cover(&all), "what is left out was covered: {minimal:?}");
    assert_eq!(minimal.minimal(), minimal);
    assert!(minimal.iter().all(|scope| all.contains(scope)), "nothing is added");
}
