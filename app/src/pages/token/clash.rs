//! What was changed while somebody was editing: told before theirs is saved over it.

use crate::ui::moment::Moment;
use crate::ui::note::{Matter, Note};
use crate::ui::strong::{Strong, mark};
use crate::ui::table::{Column, Table};
use crate::{Refusal, say, words};
use domain::audit::EventKind;
use domain::{Code, OffsetDateTime};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use wire::problem::Meanwhile;

/// A field of which there are several texts by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// Its label.
    pub label: String,
    /// What it held when the form was opened.
    pub was: String,
    /// What the token has now.
    pub now: String,
    /// What was typed.
    pub yours: String,
}

impl Differing {
    /// Whether there is anything to choose: somebody changed it, or it would be changed now.
    pub fn is_some(&self) -> bool {
        self.was != self.now || self.yours != self.now
    }
}

/// How often the server said that the token is another by now. Each time the form has to begin anew.
pub fn clashes<S>(action: ServerAction<S>) -> Memo<u32>
where
    S: ServerFn<Error = Refusal> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let value = action.value();
    Memo::new(move |before: Option<&u32>| {
        let clash = value.with(|value| {
            value
                .as_ref()
                .is_some_and(|done| matches!(done, Err(refusal) if refusal.is(Code::TokenChanged)))
        });
        before.copied().unwrap_or_default() + u32::from(clash)
    })
}

/// The note.
#[component]
pub fn Clash(
    /// What happened, oldest first.
    meanwhile: Vec<Meanwhile>,
    /// The fields; of those that are the same everywhere nothing is said.
    #[prop(optional)]
    fields: Vec<Differing>,
    /// The server's time.
    now: OffsetDateTime,
    /// What else there is to say.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let lines = meanwhile.into_iter().map(|it| {
        let kind = EventKind::parse(&it.action);
        let what = kind.map_or(it.action, |kind| words::happening(kind).to_owned());
        let words = say!(life.clash_line, what = what, who = mark(&it.actor));
        view! { <li><Strong of=words/>" · "<span class="muted"><Moment at=it.at now=now/></span></li> }
    });
    let lines = lines.collect_view();
    let fields: Vec<_> = fields.into_iter().filter(Differing::is_some).collect();
    let table = (!fields.is_empty()).then(|| view! { <Fields fields=fields/> });
    view! {
        <Note matter=Matter::Warn title=say!(life.clash)>
            <p>{say!(life.clash_text)}</p>
            <ul class="plain-list">{lines}</ul>
            {children.map(|children| children())}
        </Note>
        {table}
    }
}

#[component]
fn Fields(fields: Vec<Differing>) -> impl IntoView {
    let columns = vec![
        Column::tight(say!(life.clash_field)),
        Column::wide(say!(life.clash_was)),
        Column::wide(say!(life.clash_now)),
        Column::wide(say!(life.clash_yours)),
    ];
    let rows = fields.into_iter().map(|field| {
        view! {
            <tr>
                <th scope="row">{field.label}</th>
                <td data-label=say!(life.clash_was)>{shown(field.was)}</td>
                <td data-label=say!(life.clash_now)>{shown(field.now)}</td>
                <td data-label=say!(life.clash_yours)>{shown(field.yours)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <Table caption=say!(life.clash_caption) columns=columns>{rows}</Table> }
}

fn shown(text: String) -> AnyView {
    if text.is_empty() {
        view! { <span class="muted">{say!(life.clash_empty)}</span> }.into_any()
    } else {
        view! { <span class="whitespace-pre-wrap break-words">{text}</span> }.into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_everywhere_is_no_choice() {
        let field = |was: &str, now: &str, yours: &str| Differing {
            label: String::new(),
            was: was.to_owned(),
            now: now.to_owned(),
            yours: yours.to_owned(),
        };
        assert!(!field("a", "a", "a").is_some());
        assert!(field("a", "b", "b").is_some());
        assert!(field("a", "b", "a").is_some());
        assert!(field("a", "a", "b").is_some());
    }
}
