//! What the form will make, as a sentence that follows what is typed; without JavaScript, what tokens are.

use super::api::{Asked, TeamChoice};
use super::limits::sentences;
use crate::say;
use crate::ui::moment::date;
use crate::ui::strong::{Strong, mark};
use domain::OffsetDateTime;
use domain::token::expiry::DAYS_MAX;
use leptos::prelude::*;
use time::Duration;

/// Scopes that the sentence names; of more it says how many.
const NAMED: usize = 4;

/// The summary beside the form.
#[component]
pub fn Plan(
    /// What is in the form; `None` where no script reads it.
    asked: RwSignal<Option<Asked>>,
    /// The teams.
    teams: Vec<TeamChoice>,
    /// The server's time.
    now: OffsetDateTime,
) -> impl IntoView {
    let teams = StoredValue::new(teams);
    view! {
        <aside class="panel plan" aria-labelledby="plan">
            <header><h2 id="plan">{say!(token.plan)}</h2></header>
            <div class="panel-body">
                {move || match asked.get().filter(begun) {
                    None => view! { <p>{say!(token.plan_static)}</p> }.into_any(),
                    Some(asked) => {
                        let team = teams.with_value(|teams| teams.iter().find(|team| team.id == asked.team_id).map(|team| team.name.clone()));
                        let limits = sentences(&asked.limits).into_iter().map(|limit| view! { <p class="plan-sentence"><Strong of=limit/></p> }).collect_view();
                        view! { <p class="plan-sentence"><Strong of=sentence(&asked, team, now)/></p>{limits} }.into_any()
                    }
                }}
                <p class="hint">
                    {move || {
                        let again = asked.with(|asked| asked.as_ref().is_some_and(|asked| asked.revealable));
                        if again { say!(token.plan_again) } else { say!(token.plan_once) }
                    }}
                </p>
            </div>
        </aside>
    }
}

/// Whether there is anything to make a sentence of.
fn begun(asked: &Asked) -> bool {
    [&asked.name, &asked.team_id, &asked.scopes].into_iter().any(|text| !text.is_empty())
}

fn sentence(asked: &Asked, team: Option<String>, now: OffsetDateTime) -> String {
    let or =
        |text: String, words: &str| if text.is_empty() { words.to_owned() } else { mark(&text) };
    let name = or(asked.name.clone(), say!(token.plan_name));
    let team = or(team.unwrap_or_default(), say!(token.plan_team));
    let scopes = scopes(asked);
    if asked.never_expires {
        return say!(token.plan_never, name = name, scopes = scopes, team = team);
    }
    let days = asked.expires_days.trim().parse().ok().filter(|days| (1..=DAYS_MAX).contains(days));
    let until = days
        .map_or(say!(token.plan_date).to_owned(), |days| mark(&date(now + Duration::days(days))));
    say!(token.plan_until, name = name, scopes = scopes, team = team, date = until)
}

fn scopes(asked: &Asked) -> String {
    let all = asked.scope_list();
    let named: Vec<String> = all.iter().take(NAMED).map(|scope| mark(scope)).collect();
    let more = all.len().saturating_sub(NAMED);
    match (named.is_empty(), more) {
        (true, _) => say!(token.plan_nothing).to_owned(),
        (_, 0) if all.iter().any(|scope| scope == "*") => say!(token.plan_everything).to_owned(),
        (_, 0) => named.join(say!(token.list_comma)),
        _ => say!(token.plan_more, scopes = named.join(say!(token.list_comma)), count = more),
    }
}
