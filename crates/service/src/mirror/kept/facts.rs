//! A target in the words of the audit log. Never a secret.

use domain::audit::{Event, EventKind, SubjectKind};
use domain::mirror::TargetSettings;

/// An event of a mirror.
pub fn event(kind: EventKind, name: &str) -> Event {
    Event::new(kind, SubjectKind::Mirror, Some(name.to_owned()), name)
}

/// What is said of it, each a name as on the wire and a text.
pub fn facts(settings: &TargetSettings) -> Vec<(&'static str, String)> {
    let pairs = settings.pairs().map(|(name, value)| (name, value.to_owned()));
    std::iter::once(("kind", settings.kind().as_str().to_owned())).chain(pairs).collect()
}

/// All of it in one text, for before and after.
pub fn told(settings: &TargetSettings) -> String {
    let each = facts(settings).into_iter().map(|(name, text)| format!("{name} {text}"));
    each.collect::<Vec<_>>().join("; ")
}
