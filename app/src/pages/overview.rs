//! The overview: what needs somebody now, and what is quiet.

use crate::ui::button::{LinkButton, Weight};
use crate::ui::empty::Empty;
use crate::ui::frame::Page;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::Load;
use crate::ui::moment::{Moment, instant};
use crate::ui::note::{Matter, Note};
use crate::ui::status::{Dot, Status, Tone};
use crate::ui::table::{Column, Table};
use crate::usage::{Reasons, UsageChart};
use crate::{Refusal, Seen, paths, say, words};
use domain::OffsetDateTime;
use domain::mirror::state::ALARM_AFTER;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wire::mirror::{Mirror, MirrorStatus};
use wire::settings::Encryption;
use wire::token::Token;
use wire::usage::{Step, TopToken, Usage};

/// What the overview says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Teams.
    pub teams: usize,
    /// Active tokens.
    pub active: u64,
    /// Whether there are more teams than were counted.
    pub partial: bool,
    /// Active tokens that expire in 14 days.
    pub expiring: usize,
    /// Whether there are more tokens than were looked at.
    pub expiring_partial: bool,
    /// The first few of them, the nearest first.
    pub next: Vec<Token>,
    /// Verifications in 24 hours, by the hour.
    pub usage: Option<Usage>,
    /// Active tokens that were never used.
    pub unused: u64,
    /// Whether there are more of them.
    pub unused_partial: bool,
    /// The mirrors.
    pub mirrors: Vec<Mirror>,
    /// The state of the encryption key.
    pub encryption: Option<Encryption>,
}

/// The overview.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "get_overview")]
pub async fn get_overview() -> Result<Seen<Facts>, Refusal> {
    crate::backend::overview::get().await
}

/// The page.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let facts = Resource::new(|| (), |()| get_overview());
    view! {
        <Page title=say!(ui.overview) lede=say!(overview.lede)>
            <Load of=facts view=|seen| view! { <Body seen=seen/> }.into_any()/>
        </Page>
    }
}

#[component]
fn Body(seen: Seen<Facts>) -> impl IntoView {
    let Seen { now, it: facts } = seen;
    let fresh = facts.teams == 0 || (facts.active == 0 && facts.expiring == 0);
    let next = if facts.teams == 0 {
        view! { <LinkButton href=paths::NEW_TEAM label=say!(overview.start_team) weight=Weight::Primary glyph=Glyph::Plus/> }.into_any()
    } else {
        view! { <LinkButton href=paths::NEW_TOKEN label=say!(overview.start_token) weight=Weight::Primary glyph=Glyph::Plus/> }.into_any()
    };
    let tokens = facts.next.clone();
    let usage = facts.usage.clone();
    let alarms = facts.mirrors.clone();
    view! {
        <div class="grid gap-8">
            <Alarms mirrors=alarms now=now/>
            <Figures facts=facts/>
            {if fresh {
                view! { <Empty glyph=Glyph::Key title=say!(overview.start_title) text=say!(overview.start_text)>{next}</Empty> }.into_any()
            } else {
                view! { <Next tokens=tokens now=now/> }.into_any()
            }}
            {usage.map(|usage| view! { <Verified usage=usage/> })}
        </div>
    }
}

/// How long a mirror may take to let go of what was revoked before people are told, in seconds: it does so by itself in one or two.
const LETS_GO_WITHIN: i64 = 10;

/// Mirrors that keep failing, or that may still accept what was revoked; nothing when there are none.
#[component]
fn Alarms(mirrors: Vec<Mirror>, now: OffsetDateTime) -> impl IntoView {
    let notes: Vec<_> = mirrors.into_iter().flat_map(|mirror| alarms_of(&mirror, now)).collect();
    (!notes.is_empty()).then(|| {
        let note = |(matter, title, text, href): (Matter, String, String, String)| {
            view! { <Note matter=matter title=title><p>{text}" "<a href=href>{say!(overview.mirror_open)}</a></p></Note> }
        };
        view! { <div class="grid gap-3">{notes.into_iter().map(note).collect_view()}</div> }
    })
}

fn alarms_of(mirror: &Mirror, now: OffsetDateTime) -> Vec<(Matter, String, String, String)> {
    let (name, href) = (words::mirror_name(&mirror.name), paths::mirror(&mirror.name));
    let mut notes = Vec::new();
    let late = mirror.lagging_since.is_some_and(|at| (now - at).whole_seconds() > LETS_GO_WITHIN);
    if mirror.may_still_accept > 0 && late {
        let text = say!(overview.mirror_accepts_text, count = mirror.may_still_accept);
        let title = say!(overview.mirror_accepts, name = name.as_str());
        notes.push((Matter::Danger, title, text, href.clone()));
    }
    if let Some(since) = mirror.failing_since.filter(|_| mirror.failures >= ALARM_AFTER) {
        let text =
            say!(overview.mirror_alarm_text, count = mirror.failures, since = instant(since));
        notes.push((Matter::Warn, say!(overview.mirror_alarm, name = name.as_str()), text, href));
    }
    notes
}

#[component]
fn Figures(facts: Facts) -> impl IntoView {
    let at_least = |count: u64, partial: bool| {
        if partial { say!(overview.at_least, count = count) } else { count.to_string() }
    };
    let teams = if facts.teams == 1 {
        say!(overview.active_note_one).to_owned()
    } else {
        say!(overview.active_note, count = facts.teams)
    };
    let expiring = if facts.expiring == 0 {
        say!(overview.expiring_none)
    } else {
        say!(overview.expiring_some)
    };
    let (verified, refused) = facts
        .usage
        .as_ref()
        .map_or((0, 0), |usage| (usage.totals.valid + usage.totals.refused, usage.totals.refused));
    let refused = if refused == 0 {
        say!(usage.verified_note_none).to_owned()
    } else {
        say!(usage.verified_note, count = refused)
    };
    let encryption_on = facts.encryption.is_some_and(|encryption| encryption.on);
    view! {
        <div class="figures">
            <a class="figure" href=paths::TOKENS>
                <span class="figure-name">{say!(overview.active)}</span>
                <span class="figure-value">{at_least(facts.active, facts.partial)}</span>
                <span class="figure-note">{teams}</span>
            </a>
            <a class="figure" href=paths::TOKENS>
                <span class="figure-name">{say!(overview.expiring)}</span>
                <span class="figure-value">{at_least(facts.expiring as u64, facts.expiring_partial)}</span>
                <span class="figure-note">{expiring}</span>
            </a>
            <div class="figure">
                <span class="figure-name">{say!(usage.verified)}</span>
                <span class="figure-value">{verified}</span>
                <span class="figure-note">{refused}</span>
            </div>
            <a class="figure" href=paths::TOKENS>
                <span class="figure-name">{say!(usage.unused)}</span>
                <span class="figure-value">{at_least(facts.unused, facts.unused_partial)}</span>
                <span class="figure-note">{if facts.unused == 0 { say!(usage.unused_none) } else { say!(usage.unused_some) }}</span>
            </a>
            <a class="figure" href=paths::MIRRORS>
                <span class="figure-name">{say!(overview.mirrors)}</span>
                <MirrorFigure mirrors=facts.mirrors/>
            </a>
            <a class="figure" href=paths::SETTINGS>
                <span class="figure-name">{say!(overview.key)}</span>
                <span class="figure-word">
                    {if encryption_on {
                        view! { <Status tone=Tone::Ok word=say!(ui.on)/> }
                    } else {
                        view! { <Status tone=Tone::Warn word=say!(ui.off)/> }
                    }}
                </span>
                <span class="figure-note">{if encryption_on { say!(overview.key_on) } else { say!(overview.key_off) }}</span>
            </a>
        </div>
    }
}

#[component]
fn MirrorFigure(mirrors: Vec<Mirror>) -> impl IntoView {
    let total = mirrors.len();
    let quiet =
        |mirror: &&Mirror| matches!(mirror.status, MirrorStatus::Current | MirrorStatus::Behind);
    let bad = total - mirrors.iter().filter(quiet).count();
    let (tone, word, note) = match (total, bad) {
        (0, _) => (Tone::Plain, say!(overview.mirrors_none), String::new()),
        (1, 0) => {
            (Tone::Ok, say!(overview.mirrors_ok), say!(overview.mirrors_count_one).to_owned())
        }
        (_, 0) => {
            (Tone::Ok, say!(overview.mirrors_ok), say!(overview.mirrors_count, count = total))
        }
        _ => (
            Tone::Danger,
            say!(mirror.failing),
            say!(overview.mirrors_bad, count = bad, total = total),
        ),
    };
    view! {
        <span class="figure-word"><Status tone=tone word=word/></span>
        <span class="figure-note">{note}</span>
    }
}

/// Verifications of the last 24 hours; nothing while there are none.
#[component]
fn Verified(usage: Usage) -> impl IntoView {
    if usage.totals.valid + usage.totals.refused == 0 {
        return ().into_any();
    }
    let row = |token: TopToken| {
        let team = token.team_id.to_string();
        view! {
            <tr>
                <td><a class="cell-name" href=paths::token(token.token_id)>{token.name}</a></td>
                <td data-label=say!(usage.team)><Dot of=team name=token.team_name/></td>
                <td class="tight num" data-label=say!(usage.valid)>{token.valid}</td>
                <td class="tight num" data-label=say!(usage.refused)>{token.refused}</td>
            </tr>
        }
    };
    let top = (!usage.top.is_empty()).then(|| {
        let columns = vec![
            Column::wide(say!(usage.token)),
            Column::wide(say!(usage.team)),
            Column::tight(say!(usage.valid)),
            Column::tight(say!(usage.refused)),
        ];
        let rows = usage.top.into_iter().map(row).collect_view();
        view! {
            <section class="grid gap-3">
                <h3 class="font-semibold">{say!(usage.top)}</h3>
                <Table caption=say!(usage.top) columns=columns>{rows}</Table>
            </section>
        }
    });
    view! {
        <section class="grid gap-6">
            <h2>{say!(usage.title)}</h2>
            <UsageChart title=say!(usage.day) series=usage.series step=Step::Hour/>
            {top}
            <Reasons title=say!(usage.overall_reasons) reasons=usage.totals.reasons/>
        </section>
    }
    .into_any()
}

#[component]
fn Next(tokens: Vec<Token>, now: OffsetDateTime) -> impl IntoView {
    let list = if tokens.is_empty() {
        view! { <p class="muted flex items-center gap-2"><Icon glyph=Glyph::Check/>{say!(overview.soon_empty)}</p> }.into_any()
    } else {
        let columns = vec![
            Column::wide(say!(overview.token)),
            Column::wide(say!(overview.team)),
            Column::tight(say!(overview.expires)),
        ];
        let row = move |token: Token| {
            let team = token.team_id.to_string();
            view! {
                <tr>
                    <td><a class="cell-name" href=paths::token(token.id)>{token.name}</a></td>
                    <td data-label=say!(overview.team)><Dot of=team name=token.team_name/></td>
                    <td class="tight" data-label=say!(overview.expires)>{token.expires_at.map(|at| view! { <Moment at=at now=now/> })}</td>
                </tr>
            }
        };
        view! {
            <Table caption=say!(overview.soon_title) columns=columns>{tokens.into_iter().map(row).collect_view()}</Table>
        }
        .into_any()
    };
    view! { <section class="grid gap-3"><h2>{say!(overview.soon_title)}</h2>{list}</section> }
}
