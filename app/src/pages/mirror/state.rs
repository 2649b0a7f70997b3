//! How a mirror is: a word, how far behind, and a sentence with what to do.

use crate::say;
use crate::ui::icon::Glyph;
use crate::ui::moment::lasting;
use crate::ui::note::{Matter, Note};
use crate::ui::status::{Status, Tone};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::mirror::{Mirror, MirrorStatus};

/// How a status reads.
pub fn status_words(status: MirrorStatus) -> (Tone, &'static str, Option<Glyph>) {
    match status {
        MirrorStatus::Current => (Tone::Ok, say!(mirror.current), None),
        MirrorStatus::Behind => (Tone::Plain, say!(mirror.behind), Some(Glyph::Clock)),
        MirrorStatus::Failing => (Tone::Warn, say!(mirror.failing), None),
        MirrorStatus::Stopped => (Tone::Danger, say!(mirror.stopped), None),
        MirrorStatus::Held => (Tone::Warn, say!(mirror.held), Some(Glyph::Pause)),
        MirrorStatus::Paused => (Tone::Plain, say!(mirror.paused), Some(Glyph::Pause)),
    }
}

/// The word.
#[component]
pub fn State(mirror: Mirror) -> impl IntoView {
    let (tone, word, glyph) = status_words(mirror.status);
    match glyph {
        Some(glyph) => view! { <Status tone=tone word=word glyph=glyph/> }.into_any(),
        None => view! { <Status tone=tone word=word/> }.into_any(),
    }
}

/// How far it is behind: the changes that it has not seen, and since when.
pub fn lag(mirror: &Mirror, now: OffsetDateTime) -> String {
    let behind = match mirror.pending {
        0 => return say!(mirror.pending_none).to_owned(),
        1 => say!(mirror.pending_one).to_owned(),
        count => say!(mirror.pending, count = count),
    };
    match mirror.lagging_since {
        Some(since) => format!("{behind} · {}", lasting((now - since).whole_seconds())),
        None => behind,
    }
}

/// What else somebody should know at a glance.
pub fn concerns(mirror: &Mirror) -> Vec<String> {
    let mut notes = Vec::new();
    if mirror.may_still_accept > 0 {
        notes.push(say!(mirror.concern_accept, count = mirror.may_still_accept));
    }
    if mirror.foreign_waiting > 0 {
        notes.push(say!(mirror.concern_foreign, count = mirror.foreign_waiting));
    }
    if mirror.set_aside_total > 0 {
        notes.push(say!(mirror.concern_aside, count = mirror.set_aside_total));
    }
    notes
}

/// How it is in one sentence, and what to do.
#[component]
pub fn Sentence(mirror: Mirror) -> impl IntoView {
    let class = mirror.last_error_class.as_deref();
    let (matter, title, text) = match (mirror.status, class) {
        (MirrorStatus::Current, _) if mirror.foreign_waiting > 0 => {
            (Matter::Info, say!(mirror.is_current), say!(mirror.do_decide))
        }
        (MirrorStatus::Current, _) => {
            (Matter::Ok, say!(mirror.is_current), say!(mirror.do_nothing))
        }
        (MirrorStatus::Behind, _) if mirror.last_ok_at.is_none() => {
            (Matter::Info, say!(mirror.is_new), say!(mirror.do_wait))
        }
        (MirrorStatus::Behind, _) => (Matter::Info, say!(mirror.is_behind), say!(mirror.do_wait)),
        (MirrorStatus::Held, _) => (Matter::Warn, say!(mirror.is_held), say!(mirror.do_release)),
        (MirrorStatus::Paused, _) => (Matter::Warn, say!(mirror.is_paused), say!(mirror.do_resume)),
        (MirrorStatus::Failing, _) => {
            (Matter::Warn, say!(mirror.is_failing), say!(mirror.do_failing))
        }
        (MirrorStatus::Stopped, Some("denied")) => {
            (Matter::Danger, say!(mirror.is_denied), say!(mirror.do_denied))
        }
        (MirrorStatus::Stopped, _) => {
            (Matter::Danger, say!(mirror.is_broken), say!(mirror.do_broken))
        }
    };
    let said =
        mirror.last_error.map(|said| view! { <p><code class="break-words">{said}</code></p> });
    view! { <Note matter=matter title=title><p>{text}</p>{said}</Note> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::mirror::Mirror as Known;
    use time::macros::datetime;

    #[test]
    fn the_lag_is_counted_and_timed() {
        let now = datetime!(2026-11-22 10:01:30 UTC);
        let since = |pending, since| {
            let known = Known { pending, lagging_since: since, ..Known::fresh("files", "/mirror") };
            lag(&known.into(), now)
        };
        assert_eq!(since(0, None), "up to date");
        assert_eq!(since(1, Some(datetime!(2026-11-22 10:01:26 UTC))), "1 change behind · 4 s");
        assert_eq!(since(3, Some(datetime!(2026-11-22 09:50 UTC))), "3 changes behind · 11 min");
    }
}
