//! A sentence in which the values stand out: each is marked before it goes into the words, so that a language may put it anywhere.

use leptos::prelude::*;

/// Private characters that no text of ours holds: a name may hold any other.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// Marks a value, to be given to `say!`.
pub fn mark(value: &str) -> String {
    format!("{OPEN}{}{CLOSE}", value.replace([OPEN, CLOSE], ""))
}

/// The sentence, with what was marked in it set in bold.
#[component]
pub fn Strong(
    /// A sentence with marks.
    #[prop(into)]
    of: String,
) -> impl IntoView {
    parts(&of)
        .into_iter()
        .map(|(strong, text)| {
            if strong {
                view! { <strong>{text}</strong> }.into_any()
            } else {
                view! { <span>{text}</span> }.into_any()
            }
        })
        .collect_view()
}

fn parts(sentence: &str) -> Vec<(bool, String)> {
    sentence
        .split(OPEN)
        .enumerate()
        .flat_map(|(index, piece)| match piece.split_once(CLOSE) {
            Some((inside, after)) if index > 0 => {
                vec![(true, inside.to_owned()), (false, after.to_owned())]
            }
            _ => vec![(false, piece.to_owned())],
        })
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_values_stand_out() {
        let sentence = format!("{} may use {}.", mark("a\u{E000}b"), mark("x"));
        let expected = [(true, "ab"), (false, " may use "), (true, "x"), (false, ".")];
        assert_eq!(parts(&sentence), expected.map(|(strong, text)| (strong, text.to_owned())));
    }
}
