//! What would be missed of a token, before it is taken away.

use crate::{Result, Service};
use domain::Code;
use domain::audit::Caller;
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::usage::impact::tries_since;
use domain::usage::{Counts, Impact, Span, Step};

/// Hours of a day, and of seven.
const DAY: u16 = 24;
const WEEK: u16 = 7 * DAY;

/// How a token was used of late, and how often it was tried since it ended.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; a fault.
pub async fn get_impact(service: &Service, caller: &Caller, id: TokenId) -> Result<Impact> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    let (store, now) = (service.store(), service.now());
    let token = store.find_token(&permit, id).await?.ok_or(Code::NotFound)?;
    let (day, week) = (Span::last(DAY, Step::Hour, now), Span::last(WEEK, Step::Hour, now));
    let (mut today, mut of_week) = (Counts::default(), Counts::default());
    for (hour, outcome, count) in store.usage_of_token(&permit, id, &week).await? {
        of_week.add(outcome, count);
        if hour >= day.from() {
            today.add(outcome, count);
        }
    }
    let tries = match tries_since(&token, now) {
        Some(since) => {
            let span = Span::parse(Some(since), Some(now), Some(Step::Day), now)?;
            let mut counts = Counts::default();
            for (_, outcome, count) in store.usage_of_token(&permit, id, &span).await? {
                counts.add(outcome, count);
            }
            Some(Impact::tries_of(&counts))
        }
        None => None,
    };
    Ok(Impact {
        token: id,
        day: today,
        week: of_week,
        origins: Impact::of_late(&store.list_origins(&permit, id).await?, now),
        last_used: store.find_last_used(&permit, id).await?,
        asked: store.list_scopes_asked(&permit, id).await?,
        tries,
    })
}
