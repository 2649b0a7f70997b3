//! Where a token is: what each mirror makes of it, by what the server knows. While something is on its way, the panel looks again by itself.

use super::api::list_token_mirrors;
use crate::ui::live::live;
use crate::ui::load::Load;
use crate::ui::moment::{LiveMoment, instant};
use crate::ui::status::{Status, Tone};
use crate::{Seen, paths, say, words};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::mirror::{TokenMirror, TokenPresence};

/// The section.
#[component]
pub fn Places(
    /// The token's id.
    id: String,
) -> impl IntoView {
    let places = Resource::new(|| (), {
        let id = id.clone();
        move |()| list_token_mirrors(id.clone())
    });
    view! {
        <section class="grid gap-3" id="mirrors">
            <h2>{say!(token.places)}</h2>
            <Load of=places view=move |seen| view! { <List id=id.clone() seen=seen/> }.into_any()/>
        </section>
    }
}

#[component]
fn List(id: String, seen: Seen<Vec<TokenMirror>>) -> impl IntoView {
    if seen.it.is_empty() {
        return view! { <p class="muted">{say!(token.places_none)}</p> }.into_any();
    }
    let seen = live(seen, unsettled, move || list_token_mirrors(id.clone()));
    let now = Signal::derive(move || seen.with(|seen| seen.now));
    let places = Memo::new(move |_| seen.with(|seen| seen.it.clone()));
    view! {
        <ul class="panel deeds">
            {move || places.get().into_iter().map(|place| view! { <Place place=place now=now/> }).collect_view()}
        </ul>
    }
    .into_any()
}

/// Whether something is on its way.
fn unsettled(seen: &Seen<Vec<TokenMirror>>) -> bool {
    let coming = |place: &TokenMirror| {
        matches!(place.presence, TokenPresence::Coming | TokenPresence::MayAccept)
    };
    seen.it.iter().any(coming)
}

#[component]
fn Place(place: TokenMirror, now: Signal<OffsetDateTime>) -> impl IntoView {
    let (tone, word) = match place.presence {
        TokenPresence::Holds => (Tone::Ok, say!(token.place_holds)),
        TokenPresence::Coming => (Tone::Plain, say!(token.place_coming)),
        TokenPresence::MayAccept => (Tone::Danger, say!(token.place_may_accept)),
        TokenPresence::Absent => (Tone::Plain, say!(token.place_absent)),
        TokenPresence::SetAside => (Tone::Warn, say!(token.place_set_aside)),
    };
    let when = match (place.since, place.confirmed_at) {
        (Some(at), _) => {
            view! { <span class="num">{say!(token.place_since, at = instant(at))}</span> }
                .into_any()
        }
        (None, Some(at)) => {
            view! { <span>{say!(token.place_confirmed)}" "<LiveMoment at=at now=now/></span> }
                .into_any()
        }
        (None, None) => ().into_any(),
    };
    view! {
        <li>
            <div>
                <h3><a href=paths::mirror(&place.mirror)>{words::mirror_name(&place.mirror)}</a></h3>
                <p class="muted">{when}</p>
            </div>
            <Status tone=tone word=word/>
        </li>
    }
}
