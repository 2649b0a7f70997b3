//! Fields: label, control, hint and error belong together, by name.

use crate::say;
use crate::ui::form::{FormState, use_form};
use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;

/// What a field's control needs to be tied to its label, hint and error.
fn ties(
    form: FormState,
    name: &'static str,
    hint: bool,
) -> (impl Fn() -> Option<&'static str> + Copy, impl Fn() -> Option<String> + Copy) {
    let error = move || form.error_of(name);
    let described = move || {
        let hint = hint.then(|| format!("hint-{name}"));
        let error = error().map(|_| format!("error-{name}"));
        match (hint, error) {
            (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
            (one, other) => one.or(other),
        }
    };
    (error, described)
}

/// The hint and the error under a control.
#[component]
fn Beneath(name: &'static str, hint: Option<String>, form: FormState) -> impl IntoView {
    view! {
        {hint.map(|hint| view! { <p class="hint" id=format!("hint-{name}")>{hint}</p> })}
        {move || form.error_of(name).map(|sentence| view! {
            <p class="field-error" id=format!("error-{name}")><Icon glyph=Glyph::Triangle/><span>{sentence}</span></p>
        })}
    }
}

#[component]
fn Label(name: &'static str, label: String, optional: bool) -> impl IntoView {
    view! {
        <label for=format!("field-{name}")>
            {label}
            {optional.then(|| view! { <span class="optional">{say!(ui.optional)}</span> })}
        </label>
    }
}

/// One line of text.
#[component]
pub fn TextField(
    /// The argument of the server function, and the field of a refusal.
    name: &'static str,
    /// A noun.
    #[prop(into)]
    label: String,
    /// `text`, `email`, `number`, `password`, ...; what is typed into a password field is never kept as a draft.
    #[prop(default = "text")]
    kind: &'static str,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// `username`, `current-password`, `off`, ...
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// What it holds without a draft.
    #[prop(optional, into)]
    value: String,
    /// `numeric` and the like, for touch keyboards.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// Whether it is set in monospace.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let form = use_form();
    let draft = form.enter(name, &label);
    // Of a draft, an empty field was emptied by hand.
    let value = if form.has_draft() { draft.unwrap_or_default() } else { value };
    let (error, described) = ties(form, name, hint.is_some());
    view! {
        <div class="field">
            <Label name=name label=label optional=optional/>
            <input
                class="input" class:input-mono=mono id=format!("field-{name}") name=name type=kind value=value
                autocomplete=autocomplete inputmode=inputmode required=!optional
                aria-invalid=move || error().map(|_| "true") aria-describedby=described
            />
            <Beneath name=name hint=hint form=form/>
        </div>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// The argument of the server function, and the field of a refusal.
    name: &'static str,
    /// A noun.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Lines that are seen at once.
    #[prop(default = 3)]
    rows: u32,
    /// Whether it is set in monospace.
    #[prop(optional)]
    mono: bool,
    /// What it holds without a draft.
    #[prop(optional, into)]
    value: String,
    /// The most characters that it may hold: they are counted while it is typed.
    #[prop(optional)]
    most: Option<usize>,
) -> impl IntoView {
    let form = use_form();
    let draft = form.enter(name, &label);
    let value = if form.has_draft() { draft.unwrap_or_default() } else { value };
    let (error, described) = ties(form, name, hint.is_some());
    let count = RwSignal::new(None::<usize>);
    let typed = move |event| {
        if most.is_some() {
            count.set(Some(event_target_value(&event).trim().chars().count()));
        }
    };
    // HTML drops one line end after the tag: a draft that begins with one would lose it, so one is always there.
    view! {
        <div class="field">
            <Label name=name label=label optional=optional/>
            <textarea
                class="input" class:input-mono=mono id=format!("field-{name}") name=name rows=rows.to_string() required=!optional
                aria-invalid=move || error().map(|_| "true") aria-describedby=described on:input=typed
            >
                {value}
            </textarea>
            {move || most.zip(count.get()).map(|(most, count)| view! {
                <p class="hint num count" class:count-over={count > most}>{count}" / "{most}</p>
            })}
            <Beneath name=name hint=hint form=form/>
        </div>
    }
}

/// One of several.
#[component]
pub fn Choice(
    /// The argument of the server function, and the field of a refusal.
    name: &'static str,
    /// A noun.
    #[prop(into)]
    label: String,
    /// Value and words of each.
    options: Vec<(String, String)>,
    /// The words of the empty choice; without them there is none.
    #[prop(optional, into)]
    none: Option<String>,
    /// What helps to choose.
    #[prop(optional_no_strip)]
    hint: Option<String>,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// What is chosen without a draft.
    #[prop(optional, into)]
    value: String,
) -> impl IntoView {
    let form = use_form();
    let chosen = form.enter(name, &label).unwrap_or(value);
    let (error, described) = ties(form, name, hint.is_some());
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect();
    view! {
        <div class="field">
            <Label name=name label=label optional=optional/>
            <select
                class="input" id=format!("field-{name}") name=name required=!optional
                aria-invalid=move || error().map(|_| "true") aria-describedby=described
            >
                {none.map(|none| view! { <option value="">{none}</option> })}
                {options}
            </select>
            <Beneath name=name hint=hint form=form/>
        </div>
    }
}

/// Fields that are judged together: what is refused about them all is said once, beneath them.
#[component]
pub fn FieldGroup(
    /// The field of a refusal.
    name: &'static str,
    /// A noun.
    #[prop(into)]
    label: String,
    /// What helps to fill them in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let form = use_form();
    form.enter(name, &label);
    let (_, described) = ties(form, name, hint.is_some());
    view! {
        <fieldset class="field field-group" id=format!("field-{name}") tabindex="-1" aria-describedby=described>
            <legend>{label}</legend>
            <div class="field-pair">{children()}</div>
            <Beneath name=name hint=hint form=form/>
        </fieldset>
    }
}

/// Yes or no: sends `true`, or nothing, so the server function's argument is a `bool` with `#[server(default)]`.
#[component]
pub fn Check(
    /// The argument of the server function, and the field of a refusal.
    name: &'static str,
    /// What is so when it is ticked.
    #[prop(into)]
    label: String,
    /// What that means.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether it is ticked without a draft.
    #[prop(optional)]
    checked: bool,
    /// Whether it cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let form = use_form();
    let draft = form.enter(name, &label);
    let checked = if form.has_draft() { draft.as_deref() == Some("true") } else { checked };
    let (error, described) = ties(form, name, hint.is_some());
    view! {
        <div class="check">
            <input
                type="checkbox" id=format!("field-{name}") name=name value="true" checked=checked disabled=disabled
                aria-invalid=move || error().map(|_| "true") aria-describedby=described
            />
            <label for=format!("field-{name}")>{label}</label>
            <Beneath name=name hint=hint form=form/>
        </div>
    }
}

/// A value that is sent along.
#[component]
pub fn Hidden(
    /// The argument of the server function.
    name: &'static str,
    /// Its value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}
