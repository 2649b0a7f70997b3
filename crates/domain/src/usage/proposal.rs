//! Least privilege: which narrower set of scopes would have done.

use super::KEPT_MAX;
use crate::OffsetDateTime;
use crate::token::scope::SCOPES_MAX;
use crate::token::{Scope, Scopes};

/// One scope that a token was used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The scope; `None` counts the requests that named none.
    pub scope: Option<Scope>,
    /// How often it was granted.
    pub granted: u64,
    /// How often it was refused, as the token does not have it.
    pub refused: u64,
    /// When it was asked for first.
    pub first_at: OffsetDateTime,
    /// When it was asked for last.
    pub last_at: OffsetDateTime,
}

/// What is proposed for the scopes of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// Nothing: no request has named a scope that the token has.
    Unknown,
    /// Nothing: it asked for so many that not all of them are recorded.
    TooMany,
    /// What it has is what it needs.
    Fits,
    /// These would do.
    Narrower(Scopes),
}

impl Proposal {
    /// What `asked` says about what is `granted`. A scope that was granted and never asked for is left out, and `images:*` becomes what was asked for below
    /// it. Where that would be more scopes than a token may have, the widest stay as they are.
    pub fn of(granted: &Scopes, asked: &[Asked]) -> Self {
        if asked.len() >= KEPT_MAX {
            return Self::TooMany;
        }
        let needed: Vec<&Scope> = asked
            .iter()
            .filter(|asked| asked.granted > 0)
            .filter_map(|asked| asked.scope.as_ref())
            .filter(|scope| granted.cover(std::slice::from_ref(scope)))
            .collect();
        if needed.is_empty() {
            return Self::Unknown;
        }
        // Each belongs to the narrowest of the granted ones that cover it: what covers it besides may go.
        let mut groups: Vec<(&Scope, Vec<&Scope>)> =
            granted.iter().map(|scope| (scope, Vec::new())).collect();
        for scope in needed {
            let narrowest = groups
                .iter_mut()
                .filter(|(granted, _)| granted.covers(scope))
                .max_by_key(|(granted, _)| (*granted == scope, granted.as_str().len()));
            if let Some((_, below)) = narrowest {
                below.push(scope);
            }
        }
        groups.retain(|(_, below)| !below.is_empty());
        groups.sort_by_key(|(_, below)| std::cmp::Reverse(below.len()));
        let mut count: usize = groups.iter().map(|(_, below)| below.len()).sum();
        for (granted, below) in &mut groups {
            if count > SCOPES_MAX {
                count -= below.len() - 1;
                *below = vec![granted];
            }
        }
        let texts = groups.iter().flat_map(|(_, below)| below).map(|scope| scope.as_str());
        match Scopes::parse(texts).map(|narrower| narrower.minimal()) {
            Ok(narrower) if narrower == granted.minimal() => Self::Fits,
            Ok(narrower) => Self::Narrower(narrower),
            Err(_) => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    fn asked(scope: &str, granted: u64) -> Asked {
        let at = datetime!(2026-11-22 10:00 UTC);
        let scope = (!scope.is_empty()).then(|| Scope::parse(scope).expect(scope));
        Asked { scope, granted, refused: 1, first_at: at, last_at: at }
    }

    fn proposal(granted: &[&str], used: &[&str]) -> Proposal {
        let granted = Scopes::parse(granted.iter().copied()).expect("scopes");
        let asked: Vec<_> = used.iter().map(|scope| asked(scope, 1)).collect();
        Proposal::of(&granted, &asked)
    }

    fn narrower(scopes: &[&str]) -> Proposal {
        Proposal::Narrower(Scopes::parse(scopes.iter().copied()).expect("scopes"))
    }

    #[test]
    fn what_was_never_asked_for_is_left_out() {
        assert_eq!(proposal(&["a", "b"], &["a"]), narrower(&["a"]));
        assert_eq!(proposal(&["images:*", "b"], &["images:read"]), narrower(&["images:read"]));
        assert_eq!(proposal(&["*"], &["a", "b:c"]), narrower(&["a", "b:c"]));
        assert_eq!(
            proposal(&["*", "images:*"], &["images:read", "a"]),
            narrower(&["a", "images:read"])
        );
        assert_eq!(proposal(&["a:*", "b"], &["a:*", "a:x"]), narrower(&["a:*"]));
    }

    #[test]
    fn what_is_needed_stays() {
        assert_eq!(proposal(&["a", "b"], &["a", "b"]), Proposal::Fits);
        assert_eq!(proposal(&["*"], &["*"]), Proposal::Fits);
        assert_eq!(proposal(&["images:*"], &["images:*", "images:read"]), Proposal::Fits);
        assert_eq!(proposal(&["a:*", "a:x"], &["a:*"]), Proposal::Fits);
    }

    #[test]
    fn without_a_granted_scope_nothing_is_proposed() {
        assert_eq!(proposal(&["a"], &[]), Proposal::Unknown);
        assert_eq!(proposal(&["a"], &[""]), Proposal::Unknown);
        // It has been taken away since.
        assert_eq!(proposal(&["a"], &["b"]), Proposal::Unknown);
        let refused = [asked("a", 0)];
        let granted = Scopes::parse(["a"]).expect("scopes");
        assert_eq!(Proposal::of(&granted, &refused), Proposal::Unknown);
    }

    #[test]
    fn too_many_stay_one() {
        let used: Vec<_> = (0..60).map(|n| format!("a:{n}")).collect();
        let used: Vec<_> = used.iter().map(String::as_str).chain(["b:x"]).collect();
        assert_eq!(proposal(&["a:*", "b:*", "c"], &used), narrower(&["a:*", "b:x"]));
    }

    #[test]
    fn of_what_is_not_all_recorded_nothing_is_proposed() {
        let used: Vec<_> = (0..KEPT_MAX).map(|n| format!("a:{n}")).collect();
        let used: Vec<_> = used.iter().map(String::as_str).collect();
        assert_eq!(proposal(&["*"], &used), Proposal::TooMany);
        assert_eq!(proposal(&["*"], &used[1..]), Proposal::Fits);
    }

    proptest! {
        #[test]
        fn a_narrower_set_covers_what_was_used_and_nothing_new(
            granted in prop::collection::vec("(\\*|[ab](:[xy]){0,2}(:\\*)?)", 1..6),
            used in prop::collection::vec("(\\*|[ab](:[xy]){0,2}(:\\*)?)", 0..8),
        ) {
            let granted = Scopes::parse(granted.iter().map(String::as_str)).expect("scopes");
            let asked: Vec<_> = used.iter().map(|scope| asked(scope, 1)).collect();
            let good = |scope: &Scope| granted.cover(std::slice::from_ref(scope));
            if let Proposal::Narrower(narrower) = Proposal::of(&granted, &asked) {
                let used: Vec<_> = asked.iter().filter_map(|asked| asked.scope.clone()).filter(good).collect();
                prop_assert!(narrower.cover(&used));
                prop_assert!(narrower.iter().all(good));
                prop_assert_ne!(narrower, granted);
            }
        }
    }
}
