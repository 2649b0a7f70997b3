//! Least privilege: which scopes would do for a token, and the question before it keeps only these.

use super::api::NarrowScopes;
use super::impact::ImpactPreview;
use super::short;
use crate::ui::button::Submit;
use crate::ui::dialog::{CancelDialog, Dialog, dialog_href};
use crate::ui::field::Hidden;
use crate::ui::form::{Form, Gone};
use crate::ui::moment::{Moment, instant};
use crate::ui::note::{Matter, Note};
use crate::ui::status::Chips;
use crate::{Seen, say};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::impact::Impact;
use wire::token::Token;
use wire::usage::{ProposalKind, UsageScopes};

/// What is recorded for less than this is too little to tell by.
const LITTLE: time::Duration = time::Duration::DAY;

/// The part of the page.
#[component]
pub fn Asked(
    /// What it has, asked for, and needs.
    scopes: UsageScopes,
    /// What would be missed of it.
    impact: Impact,
    /// Whose they are.
    token: Token,
    /// The server's time.
    now: OffsetDateTime,
    /// The form's action.
    narrow: ServerAction<NarrowScopes>,
) -> impl IntoView {
    let unnamed: u64 =
        scopes.asked.iter().filter(|asked| asked.scope.is_none()).map(|asked| asked.granted).sum();
    let unnamed = (unnamed > 0).then(|| say!(usage.scopes_unnamed, count = unnamed));
    let lacking: Vec<String> = scopes
        .asked
        .iter()
        .filter(|asked| asked.granted == 0)
        .filter_map(|asked| asked.scope.clone())
        .collect();
    let lacking = (!lacking.is_empty()).then(|| {
        view! { <p>{say!(usage.scopes_lacking)}" "<Chips words=lacking most=20/></p> }
    });
    let gone = (scopes.proposal != ProposalKind::Narrower).then(|| view! { <Gone action=narrow/> });
    let proposal = match scopes.proposal {
        ProposalKind::Unknown => {
            view! { <p class="muted">{say!(usage.scopes_unknown)}</p> }.into_any()
        }
        ProposalKind::TooMany => {
            view! { <p class="muted">{say!(usage.scopes_too_many)}</p> }.into_any()
        }
        ProposalKind::Fits => view! { <p>{say!(usage.scopes_fit)}</p> }.into_any(),
        ProposalKind::Narrower => {
            let unnamed = unnamed.clone();
            view! { <Narrower scopes=scopes impact=impact token=token now=now narrow=narrow unnamed=unnamed/> }
                .into_any()
        }
    };
    view! {
        <section class="grid gap-3">
            <h3 class="font-semibold">{say!(usage.scopes)}</h3>
            {gone}
            {proposal}
            {unnamed.map(|words| view! { <p class="muted">{words}</p> })}
            {lacking}
        </section>
    }
}

/// A narrower set, since when it is known, and the way to it.
#[component]
fn Narrower(
    scopes: UsageScopes,
    impact: Impact,
    token: Token,
    now: OffsetDateTime,
    narrow: ServerAction<NarrowScopes>,
    unnamed: Option<String>,
) -> impl IntoView {
    let UsageScopes { granted, proposed, since, .. } = scopes;
    let lost: Vec<String> = granted.into_iter().filter(|scope| !proposed.contains(scope)).collect();
    let little = since.is_some_and(|since| now - since < LITTLE);
    let offered = !token.status.has_ended();
    let ask = offered.then(|| {
        view! { <p><a class="button" href=dialog_href("narrow") data-noscroll=true>{say!(usage.narrow_ask)}</a></p> }
    });
    let question = offered.then(|| {
        let impact = Seen { now, it: impact };
        let asked =
            Question { token, proposed: proposed.clone(), lost, since, little, unnamed, impact };
        view! { <NarrowDialog asked=asked narrow=narrow/> }
    });
    // Of a little while the note tells enough.
    let told = since.filter(|_| !little).map(|at| {
        view! { <p class="muted">{say!(usage.scopes_since)}" "<Moment at=at now=now/></p> }
    });
    view! {
        <div class="panel panel-body grid gap-4">
            <div class="grid gap-2"><p>{say!(usage.scopes_narrower)}</p><Chips words=proposed most=50/></div>
            {told}
            {little.then(|| view! { <Little/> })}
            {ask}
        </div>
        {question}
    }
}

#[component]
fn Little() -> impl IntoView {
    view! { <Note matter=Matter::Warn title=say!(usage.scopes_little)><p>{say!(usage.scopes_little_text)}</p></Note> }
}

/// What the question says.
#[derive(Clone)]
struct Question {
    token: Token,
    proposed: Vec<String>,
    /// What it has and would no longer have, as it has it.
    lost: Vec<String>,
    since: Option<OffsetDateTime>,
    little: bool,
    unnamed: Option<String>,
    impact: Seen<Impact>,
}

#[component]
fn NarrowDialog(asked: Question, narrow: ServerAction<NarrowScopes>) -> impl IntoView {
    let title = say!(usage.narrow_title, name = short(&asked.token.name));
    let asked = StoredValue::new(asked);
    view! {
        <Dialog name="narrow" title=title>
            {move || {
                let Question { token, proposed, lost, since, little, unnamed, impact } = asked.get_value();
                let never = since.map(|at| say!(usage.narrow_never, at = instant(at)));
                view! {
                    <dl class="keeps">
                        <dt>{say!(usage.narrow_keeps)}</dt><dd><Chips words=proposed.clone() most=50/></dd>
                        <dt>{say!(usage.narrow_loses)}</dt><dd><Chips words=lost most=50/></dd>
                    </dl>
                    {never.map(|words| view! { <p>{words}</p> })}
                    {unnamed.map(|words| view! { <p class="muted">{words}</p> })}
                    {little.then(|| view! { <Little/> })}
                    <ImpactPreview seen=impact/>
                    <p class="muted">{say!(usage.narrow_text)}</p>
                    <Form action=narrow>
                        <Hidden name="id" value=token.id.to_string()/>
                        <Hidden name="scopes" value=proposed.join(" ")/>
                        <div class="dialog-buttons">
                            <CancelDialog/>
                            <Submit label=say!(usage.narrow_do)/>
                        </div>
                    </Form>
                }
            }}
        </Dialog>
    }
}
