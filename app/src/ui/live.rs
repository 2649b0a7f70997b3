//! What stays true while somebody looks: asked for again every few seconds, so that only the words that differ change.

use crate::Refusal;
use domain::Code;
use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(3);
/// A page that is left open stops looking after an hour: it would keep its session from ending by itself.
const LOOKS: u32 = 1200;

/// `first`, and in the browser what `look` answers since, for as long as what is shown is `open`. What is not answered, or while the page is
/// hidden, changes nothing.
pub fn live<T, L, A>(first: T, open: fn(&T) -> bool, look: L) -> Signal<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
    L: Fn() -> A + Clone + 'static,
    A: Future<Output = Result<T, Refusal>> + 'static,
{
    let shown = RwSignal::new(first);
    // Runs in the browser only, and once.
    Effect::new(move || {
        let look = look.clone();
        let left = StoredValue::new(LOOKS);
        let again = move || {
            let looks = left.try_get_value().unwrap_or(0);
            let done = shown.try_with_untracked(|shown| !open(shown)).unwrap_or(true);
            if looks == 0 || done || document().hidden() {
                return;
            }
            left.set_value(looks - 1);
            let answer = look();
            spawn_local(async move {
                // The page may be left meanwhile.
                match answer.await {
                    Ok(it) => drop(shown.try_set(it)),
                    Err(refusal) if refusal.is(Code::Unauthenticated) => {
                        let _ = left.try_set_value(0);
                    }
                    Err(_) => {}
                }
            });
        };
        if let Ok(handle) = set_interval_with_handle(again, EVERY) {
            on_cleanup(move || handle.clear());
        }
    });
    shown.into()
}
