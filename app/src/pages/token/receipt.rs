//! The receipt of a revocation: who refuses the token, and since when. While somebody may still accept it, the panel looks again by itself.

use super::api::get_receipt;
use crate::ui::load::Load;
use crate::ui::moment::{instant, took};
use crate::ui::note::{Matter, Note};
use crate::ui::status::{Status, Tone};
use crate::{say, words};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use std::time::Duration;
use wire::receipt::{Kind, Party, Receipt};

/// Between two looks.
const AGAIN: Duration = Duration::from_millis(1000);

/// The section.
#[component]
pub fn ReceiptPanel(
    /// The token's id.
    id: String,
) -> impl IntoView {
    let looks = RwSignal::new(0_u32);
    let receipt = Resource::new(move || looks.get(), move |_| get_receipt(id.clone()));
    // Runs in the browser only, and once for each answer.
    Effect::new(move || {
        let waiting = receipt.with(|answer| matches!(answer, Some(Ok(seen)) if !settled(&seen.it)));
        if waiting {
            // The page may be left meanwhile.
            let again = move || {
                let _ = looks.try_update(|looks| *looks += 1);
            };
            set_timeout(again, AGAIN);
        }
    });
    view! {
        <section class="grid gap-3" aria-live="polite">
            <h2>{say!(token.receipt)}</h2>
            <Load of=receipt view=|seen| view! { <Parties receipt=seen.it/> }.into_any()/>
        </section>
    }
}

fn settled(receipt: &Receipt) -> bool {
    receipt.parties.iter().all(|party| party.refuses)
}

#[component]
fn Parties(receipt: Receipt) -> impl IntoView {
    let verifiers = receipt.parties.iter().filter(|party| party.kind == Kind::Verifier);
    let slowest = verifiers.clone().filter_map(|party| party.after_ms).max();
    let count = verifiers.count();
    let (matter, title) = match (receipt.refused_by_every_verifier, slowest) {
        (true, Some(millis)) => {
            (Matter::Ok, say!(token.receipt_all, count = count, after = took(millis)))
        }
        (true, None) => (Matter::Ok, say!(token.receipt_none).to_owned()),
        (false, _) => (Matter::Warn, say!(token.receipt_waiting).to_owned()),
    };
    let text = if receipt.refused_by_every_verifier {
        say!(token.receipt_all_text)
    } else {
        say!(token.receipt_waiting_text)
    };
    let again = (!settled(&receipt)).then(|| {
        view! { <noscript><p><a href="">{say!(token.receipt_again)}</a></p></noscript> }
    });
    view! {
        <Note matter=matter title=title><p>{text}</p>{again}</Note>
        <ul class="panel deeds">
            {receipt.parties.into_iter().map(|party| view! { <PartyLine party=party/> }).collect_view()}
        </ul>
    }
}

#[component]
fn PartyLine(party: Party) -> impl IntoView {
    let kind = match party.kind {
        Kind::Verifier => say!(token.receipt_verifier),
        Kind::Mirror => say!(token.receipt_mirror),
    };
    let (tone, word) = match (party.refuses, party.kind) {
        (true, Kind::Verifier) => (Tone::Ok, say!(token.receipt_refuses)),
        (true, Kind::Mirror) => (Tone::Ok, say!(token.receipt_removed)),
        (false, _) => (Tone::Warn, say!(token.receipt_may_accept)),
    };
    let when = match (party.after_ms, party.may_accept_until) {
        (Some(millis), _) => say!(token.receipt_after, after = took(millis)),
        (None, Some(until)) => say!(token.receipt_until, until = instant(until)),
        (None, None) => String::new(),
    };
    let caches = (party.refuses && party.readers_lag_seconds > 0).then(|| {
        let seconds = party.readers_lag_seconds;
        view! { <p class="muted">{say!(token.receipt_caches, seconds = seconds)}</p> }
    });
    let name = match party.kind {
        Kind::Verifier => party.name,
        Kind::Mirror => words::mirror_name(&party.name),
    };
    view! {
        <li>
            <div><h3>{name}</h3><p class="muted">{kind}{(!when.is_empty()).then(|| view! { " · "<span class="num">{when}</span> })}</p>{caches}</div>
            <Status tone=tone word=word/>
        </li>
    }
}
