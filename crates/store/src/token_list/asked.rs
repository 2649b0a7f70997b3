//! A filter as its statements are given it.

use domain::OffsetDateTime;
use domain::token::list::Unused;
use domain::token::search::Term;
use domain::token::state::SOON_DAYS;
use domain::token::{State, TokenFilter};
use time::Duration;

/// The values of the statements; what is absent is true of every token.
#[derive(Debug)]
pub(super) struct Asked {
    pub team: Option<uuid::Uuid>,
    pub created_by: Option<String>,
    pub scope: Option<String>,
    pub revealable: Option<bool>,
    pub never_used: bool,
    pub unused_since: Option<OffsetDateTime>,
    pub revoked: Option<bool>,
    pub expires_after: Option<OffsetDateTime>,
    pub expires_until: Option<OffsetDateTime>,
    pub disabled: bool,
    pub scheduled: bool,
    pub rotating: bool,
    pub states: Option<Vec<String>>,
    pub now: OffsetDateTime,
    pub soon: OffsetDateTime,
    /// In the form of a `tsquery`.
    pub words: Option<String>,
    pub id: Option<uuid::Uuid>,
    /// Nothing is asked: every token is taken.
    nothing: bool,
}

impl Asked {
    pub(super) fn of(filter: &TokenFilter, now: OffsetDateTime) -> Self {
        let days = |days: u16| now.saturating_sub(Duration::days(days.into()));
        let search = filter.search.as_ref();
        let id = search.and_then(|search| search.id());
        let needs = filter.status.as_ref().map(|set| set.needs(now)).unwrap_or_default();
        let mut states = filter.status.as_ref().map(|set| set.states().to_vec());
        let until = filter.expires_until(now);
        if until.is_some() {
            let lasting = |state: &State| !state.has_ended();
            let all = State::ALL.into_iter();
            states = Some(states.map_or_else(
                || all.filter(lasting).collect(),
                |states| states.into_iter().filter(lasting).collect(),
            ));
        }
        Self {
            team: filter.team.map(|team| team.uuid()),
            created_by: filter.created_by.clone(),
            scope: filter.scope.as_ref().map(|scope| scope.as_str().to_owned()),
            revealable: filter.revealable,
            never_used: filter.unused == Some(Unused::Never),
            unused_since: match filter.unused {
                Some(Unused::Days(count)) => Some(days(count)),
                Some(Unused::Never) | None => None,
            },
            revoked: if until.is_some() { Some(false) } else { needs.revoked },
            expires_after: if until.is_some() { Some(now) } else { needs.expires_after },
            expires_until: [needs.expires_until, until].into_iter().flatten().min(),
            disabled: needs.disabled,
            scheduled: needs.scheduled,
            rotating: needs.rotating,
            states: states
                .map(|states| states.iter().map(|state| state.as_str().to_owned()).collect()),
            now,
            soon: now.saturating_add(Duration::days(SOON_DAYS)),
            words: search.filter(|_| id.is_none()).map(|search| words(search.terms())),
            id: id.map(|id| id.uuid()),
            nothing: filter.is_empty(),
        }
    }

    /// Whether every token is taken.
    pub(super) const fn is_nothing(&self) -> bool {
        self.nothing
    }

    /// Whether it finds one token at most.
    pub(super) const fn is_narrow(&self) -> bool {
        self.id.is_some()
    }
}

/// Terms have none of the characters that mean something in a `tsquery`.
fn words(terms: &[Term]) -> String {
    let quoted = |term: &Term| format!("'{}'{}", term.text, if term.begins { ":*" } else { "" });
    terms.iter().map(quoted).collect::<Vec<_>>().join(" & ")
}
