//! Fields: empty, filled, refused, on their way.

use super::Group;
use crate::ui::button::Submit;
use crate::ui::field::{Check, Choice, FieldGroup, TextArea, TextField};
use crate::ui::form::FormState;
use crate::ui::summary::ErrorSummary;
use domain::refusal::Judge;
use domain::{Code, Refused};
use leptos::prelude::*;
use wire::Problem;

#[component]
pub fn Fields() -> impl IntoView {
    let draft = || {
        [
            ("filled_name", "image job"),
            ("filled_note", "Resizes what people upload."),
            ("filled_team", "b"),
            ("filled_never", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    let problem = || {
        let mut judge = Judge::default();
        judge.refuse(Refused::field("refused_name", Code::NameTaken));
        judge.refuse(Refused::field("refused_note", Code::TooLong));
        judge.refuse(Refused::field("refused_team", Code::TeamUnknown));
        judge.refuse(Refused::field("refused_never", Code::RevealOff));
        judge.refuse(Refused::field("refused_rate", Code::RateRange));
        judge.refuse(Refused::new(Code::Internal));
        judge
            .verdict()
            .err()
            .map(|refusals| Problem::of(&refusals, "0199f4e2-7a10-7c35-9d1e-2b1f0c5e7a42"))
    };
    view! {
        <Group name="Forms">
            <div class="grid gap-8 lg:grid-cols-3">
                <One form=FormState::fixed(Vec::new(), None, false) names=["empty_name", "empty_note", "empty_team", "empty_never", "empty_rate", "empty_requests", "empty_seconds"]/>
                <One form=FormState::fixed(draft(), None, true) names=["filled_name", "filled_note", "filled_team", "filled_never", "filled_rate", "filled_requests", "filled_seconds"]/>
                <One form=FormState::fixed(Vec::new(), problem(), false) names=["refused_name", "refused_note", "refused_team", "refused_never", "refused_rate", "refused_requests", "refused_seconds"]/>
            </div>
        </Group>
    }
}

#[component]
fn One(form: FormState, names: [&'static str; 7]) -> impl IntoView {
    provide_context(form);
    let [name, note, team, never, rate, requests, seconds] = names;
    let teams =
        vec![("a".to_owned(), "Platform".to_owned()), ("b".to_owned(), "Research".to_owned())];
    let fields = view! {
        <TextField name=name label="Name" hint="What people will call it."/>
        <TextArea name=note label="Description" optional=true/>
        <Choice name=team label="Team" options=teams none="Choose a team"/>
        <Check name=never label="Never expires" hint="A date is kinder: a forgotten token ends by itself."/>
        <FieldGroup name=rate label="Rate limit" hint="Both, or neither.">
            <TextField name=requests label="Requests" kind="number" optional=true/>
            <TextField name=seconds label="Seconds" kind="number" optional=true/>
        </FieldGroup>
        <div><Submit label="Create token"/></div>
    };
    view! {
        <div class="form content-start">
            <ErrorSummary state=form/>
            {fields}
        </div>
    }
}
