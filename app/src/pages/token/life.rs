//! What became of a token, in order: what the audit log tells of it, and its expiry, which no event tells.

use crate::ui::icon::{Glyph, Icon};
use crate::ui::moment::Moment;
use crate::ui::strong::{Strong, mark};
use crate::{paths, say, words};
use domain::OffsetDateTime;
use domain::audit::{EventKind, SubjectKind};
use domain::token::RevokeReason;
use leptos::prelude::*;
use wire::audit::AuditEntry;
use wire::token::Token;

/// One thing that became of it.
struct Step {
    /// When; not known of what is left out.
    at: Option<OffsetDateTime>,
    glyph: Glyph,
    words: String,
}

impl Step {
    fn new(at: OffsetDateTime, glyph: Glyph, words: impl Into<String>) -> Self {
        Self { at: Some(at), glyph, words: words.into() }
    }
}

/// The timeline.
#[component]
pub fn Life(
    /// The token.
    token: Token,
    /// Its lines of the audit log, newest first.
    events: Vec<AuditEntry>,
    /// Whether earlier ones are left out.
    partial: bool,
    /// The server's time.
    now: OffsetDateTime,
) -> impl IntoView {
    let href = paths::audit_of(SubjectKind::Token, token.id);
    let steps = steps(&token, events, partial, now)
        .into_iter()
        .map(|Step { at, glyph, words }| {
            view! {
                <li class:ahead={at.is_some_and(|at| at > now)}>
                    <Icon glyph=glyph/>
                    <span><Strong of=words/></span>
                    {at.map(|at| view! { <span class="muted"><Moment at=at now=now/></span> })}
                </li>
            }
        })
        .collect_view();
    view! {
        <ol class="timeline">{steps}</ol>
        <p class="hint"><a href=href>{say!(token.life_all)}</a></p>
    }
}

fn steps(token: &Token, events: Vec<AuditEntry>, partial: bool, now: OffsetDateTime) -> Vec<Step> {
    let tells = |kind: EventKind| events.iter().any(|event| event.action == kind.as_str());
    let (created, revoked) = (tells(EventKind::TokenCreated), tells(EventKind::TokenRevoked));
    let mut steps: Vec<Step> = events.into_iter().rev().map(step).collect();
    // The token knows it too, for when that line is left out.
    if !created {
        let words = say!(token.life_created, who = mark(&token.created_by));
        steps.insert(0, Step::new(token.created_at, Glyph::Plus, words));
    }
    if let Some(at) = token.revoked_at.filter(|_| !revoked) {
        steps.push(Step::new(at, Glyph::DashRound, say!(token.revoked)));
    }
    // A token that was revoked before its time never began; one whose time had begun already began when it was made.
    let begins = token.not_before.filter(|at| token.created_at < *at);
    if let Some(at) = begins.filter(|at| token.revoked_at.is_none_or(|revoked| *at <= revoked)) {
        let words = if at <= now { say!(token.life_began) } else { say!(token.life_begins) };
        steps.push(Step::new(at, Glyph::Clock, words));
    }
    // No event tells that a pause is over.
    if let Some(at) = token.disabled_until {
        steps.push(Step::new(at, Glyph::CheckRound, say!(life.pause_ends)));
    }
    // A token that was revoked before its date did not live to see it.
    if let Some(at) =
        token.expires_at.filter(|at| token.revoked_at.is_none_or(|revoked| *at <= revoked))
    {
        let words = if at <= now { say!(token.life_expired) } else { say!(token.life_expires) };
        steps.push(Step::new(at, Glyph::Clock, words));
    }
    steps.sort_by_key(|step| step.at);
    if partial {
        let words = say!(token.life_earlier).to_owned();
        steps.insert(1, Step { at: None, glyph: Glyph::Dots, words });
    }
    steps
}

fn step(event: AuditEntry) -> Step {
    let who = mark(&words::who(&event.actor_kind, event.actor));
    let kind = EventKind::parse(&event.action);
    let from = event.detail.get("used_from").map_or("", String::as_str);
    let (glyph, words) = match kind {
        Some(EventKind::TokenCreated) => (Glyph::Plus, say!(token.life_created, who = who)),
        Some(EventKind::TokenRevealed) => (Glyph::Eye, say!(token.life_revealed, who = who)),
        Some(EventKind::TokenDisabled) if event.detail.contains_key("until") => {
            (Glyph::Pause, say!(life.paused, who = who))
        }
        Some(EventKind::TokenDisabled) => (Glyph::Pause, say!(token.life_disabled, who = who)),
        Some(EventKind::TokenExtended) => (Glyph::Clock, say!(life.extended, who = who)),
        Some(EventKind::TokenEnabled) => (Glyph::CheckRound, say!(token.life_enabled, who = who)),
        Some(EventKind::TokenChanged) => (Glyph::Sliders, say!(life.changed, who = who)),
        Some(EventKind::TokenConditionsChanged) => {
            (Glyph::Sliders, say!(token.life_conditions, who = who))
        }
        Some(EventKind::TokenScopesNarrowed) => {
            (Glyph::Sliders, say!(token.life_scopes, who = who))
        }
        Some(EventKind::TokenRotated) => (Glyph::Key, say!(token.life_rotated, who = who)),
        Some(EventKind::TokenRotationFinished) => {
            (Glyph::DashRound, say!(token.life_finished, who = who))
        }
        Some(EventKind::TokenRevoked) => {
            let reason = event.detail.get("reason").and_then(|reason| RevokeReason::stored(reason));
            let words = match reason {
                Some(reason) => {
                    say!(life.revoked_for, who = who, reason = words::why_revoked(reason))
                }
                None => say!(token.life_revoked, who = who),
            };
            (Glyph::DashRound, words)
        }
        // The server tells it, which is nobody's deed.
        Some(EventKind::TokenNewOrigin) if !from.is_empty() => {
            (Glyph::Info, say!(token.life_new_origin, place = mark(from)))
        }
        Some(EventKind::TokenUsedAfterEnd) if !from.is_empty() => {
            (Glyph::Triangle, say!(token.life_used_after, place = mark(from)))
        }
        _ => {
            let what = kind.map_or(event.action, |kind| words::happening(kind).to_owned());
            (Glyph::Info, say!(token.life_other, what = what, who = who))
        }
    };
    Step::new(event.at, glyph, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;
    use wire::token::Status;

    const BORN: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    fn day(days: i64) -> OffsetDateTime {
        BORN + Duration::days(days)
    }

    fn token(expires: Option<i64>, revoked: Option<i64>) -> Token {
        Token {
            id: Uuid::nil(),
            name: "import".to_owned(),
            team_id: Uuid::nil(),
            team_name: "platform".to_owned(),
            description: String::new(),
            scopes: Vec::new(),
            display: String::new(),
            revealable: true,
            status: Status::Active,
            created_at: BORN,
            created_by: "ada".to_owned(),
            expires_at: expires.map(day),
            not_before: None,
            allowed_cidrs: Vec::new(),
            rate_limit: None,
            uses_limit: None,
            uses_left: None,
            uses_refill_at: None,
            disabled_at: None,
            retired_until: None,
            revoked_at: revoked.map(day),
            last_used_at: None,
            tags: Vec::new(),
            version: 1,
            protected: false,
            disabled_until: None,
            revoke_reason: None,
            revoke_note: None,
        }
    }

    fn event(kind: &str, days: i64, actor_kind: &str) -> AuditEntry {
        AuditEntry {
            id: Uuid::nil(),
            at: day(days),
            actor_kind: actor_kind.to_owned(),
            actor_id: None,
            actor: "grace".to_owned(),
            action: kind.to_owned(),
            subject_kind: "token".to_owned(),
            subject_id: None,
            subject: "import".to_owned(),
            team_id: None,
            detail: BTreeMap::new(),
            request_id: None,
            origin: None,
        }
    }

    /// The words of each step, with the day on which it was, at day 10.
    fn told(token: &Token, events: Vec<AuditEntry>, partial: bool) -> Vec<String> {
        let plain = |words: &str| words.replace(['\u{E000}', '\u{E001}'], "");
        steps(token, events, partial, day(10))
            .into_iter()
            .map(|step| match step.at {
                Some(at) => format!("{} {}", (at - BORN).whole_days(), plain(&step.words)),
                None => plain(&step.words),
            })
            .collect()
    }

    #[test]
    fn what_happened_is_told_oldest_first_with_the_expiry_ahead() {
        let events = vec![
            event("token_revealed", 3, "person"),
            event("token_revealed", 2, "machine"),
            event("token_created", 0, "person"),
        ];
        let told = told(&token(Some(30), None), events, false);
        let expected =
            ["0 Created by grace", "2 Revealed by grace", "3 Revealed by grace", "30 Expires"];
        assert_eq!(told, expected);
    }

    #[test]
    fn its_beginning_is_told_ahead_and_after() {
        let told = |days| {
            let token = Token { not_before: Some(day(days)), ..token(None, None) };
            told(&token, Vec::new(), false)
        };
        assert_eq!(told(20), ["0 Created by ada", "20 Begins"]);
        assert_eq!(told(5), ["0 Created by ada", "5 Began"]);
        assert_eq!(told(-1), ["0 Created by ada"]);
    }

    #[test]
    fn an_expiry_that_has_passed_is_among_the_rest() {
        let events =
            vec![event("token_revoked", 8, "operator"), event("token_created", 0, "person")];
        let told = told(&token(Some(5), Some(8)), events, false);
        assert_eq!(told, ["0 Created by grace", "5 Expired", "8 Revoked by the operator"]);
    }

    #[test]
    fn a_token_that_was_revoked_before_its_date_does_not_expire() {
        let events = vec![event("token_revoked", 2, "person"), event("token_created", 0, "person")];
        let told = told(&token(Some(5), Some(2)), events, false);
        assert_eq!(told, ["0 Created by grace", "2 Revoked by grace"]);
    }

    #[test]
    fn of_many_events_the_earlier_ones_are_left_out_but_for_the_first() {
        let events =
            vec![event("token_revealed", 7, "person"), event("token_revealed", 6, "person")];
        let told = told(&token(None, None), events, true);
        let expected = [
            "0 Created by ada",
            "Earlier events are left out here",
            "6 Revealed by grace",
            "7 Revealed by grace",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn without_the_log_the_token_still_tells_what_it_knows() {
        assert_eq!(
            told(&token(None, Some(4)), Vec::new(), false),
            ["0 Created by ada", "4 Revoked"]
        );
    }

    #[test]
    fn what_the_server_noticed_is_told_with_the_place() {
        let noticed = |kind, days, from: &str| AuditEntry {
            detail: BTreeMap::from([("used_from".to_owned(), from.to_owned())]),
            ..event(kind, days, "clock")
        };
        let events = vec![
            noticed("token_used_after_end", 4, "192.0.2.7"),
            noticed("token_new_origin", 1, "2001:db8::/64"),
            event("token_created", 0, "person"),
        ];
        let expected = [
            "0 Created by grace",
            "1 Used from 2001:db8::/64 for the first time",
            "4 Used after its end, from 192.0.2.7",
        ];
        assert_eq!(told(&token(None, None), events, false), expected);
    }

    #[test]
    fn what_this_version_cannot_name_is_told_as_it_is() {
        let events = vec![event("token_painted", 1, "person"), event("token_created", 0, "person")];
        let told = told(&token(None, None), events, false);
        assert_eq!(told, ["0 Created by grace", "1 token_painted: grace"]);
    }
}
