//! The target on its mirror's page: whether it can be used, where it is set, and its end.

use super::api::{DeleteMirror, ProbeMirror};
use super::tried::Told;
use crate::ui::button::{LinkButton, Submit, Weight};
use crate::ui::dialog::{CancelDialog, Dialog, dialog_href};
use crate::ui::field::{Check, Hidden};
use crate::ui::form::Form;
use crate::ui::note::{Matter, Note};
use crate::{paths, say, words};
use leptos::prelude::*;
use wire::target::MirrorProbe;

/// The section.
#[component]
pub fn TargetPart(
    /// The mirror's name.
    name: String,
    /// Whether somebody added it.
    added: bool,
    /// Whether it is to be emptied, and then deleted.
    emptying: bool,
    /// What tries it.
    probe: ServerAction<ProbeMirror>,
    /// What deletes it.
    delete: ServerAction<DeleteMirror>,
    /// What was tried last, where no script shows it.
    begun: Signal<Option<MirrorProbe>>,
) -> impl IntoView {
    let answered = Signal::derive(move || probe.value().get().map(|told| told.ok().flatten()));
    let (called, target) = (words::mirror_name(&name), paths::mirror_target(&name));
    let changes = (added && !emptying).then(|| {
        view! {
            <li>
                <div>
                    <h3>{say!(target.change)}</h3>
                    <p class="muted">{say!(target.change_text)}</p>
                </div>
                <LinkButton href=target label=say!(target.change_do)/>
            </li>
        }
    });
    let removes = added.then(|| {
        view! {
            <li>
                <div>
                    <h3>{say!(target.remove)}</h3>
                    <p class="muted">{say!(target.remove_text)}</p>
                </div>
                <a class="button button-grave" href=dialog_href("remove") data-noscroll=true>{say!(target.remove_ask)}</a>
            </li>
        }
    });
    let of_probe = name.clone();
    let configured = (!added).then(|| view! { <p class="hint">{say!(target.configured_text)}</p> });
    view! {
        <section class="grid gap-3">
            <h2>{say!(target.title)}</h2>
            {emptying.then(|| view! { <Note matter=Matter::Warn title=say!(target.emptying)><p>{say!(target.emptying_text)}</p></Note> })}
            <Told begun=begun answered=answered pending=probe.pending()/>
            <ul class="panel deeds">
                <li>
                    <div>
                        <h3>{say!(target.probe)}</h3>
                        <p class="muted">{say!(target.probe_text)}</p>
                    </div>
                    <Form action=probe>
                        <Hidden name="name" value=of_probe/>
                        <Submit label=say!(target.probe) weight=Weight::Plain/>
                    </Form>
                </li>
                {changes}
                {removes}
            </ul>
            {configured}
        </section>
        {added.then(|| view! { <Remove name=name called=called emptying=emptying action=delete/> })}
    }
}

#[component]
fn Remove(
    name: String,
    called: String,
    emptying: bool,
    action: ServerAction<DeleteMirror>,
) -> impl IntoView {
    let (name, label) = (StoredValue::new(name), StoredValue::new(called.clone()));
    view! {
        <Dialog name="remove" title=say!(target.remove_title, name = called)>
            <p>{say!(target.remove_stays)}</p>
            <Form action=action>
                <Hidden name="name" value=name.get_value()/>
                {(!emptying).then(|| view! { <Check name="empty" label=say!(target.remove_empty) hint=say!(target.remove_empty_hint)/> })}
                <div class="dialog-buttons">
                    <CancelDialog/>
                    <Submit label=say!(target.remove_do, name = label.get_value()) weight=Weight::Danger/>
                </div>
            </Form>
        </Dialog>
    }
}
