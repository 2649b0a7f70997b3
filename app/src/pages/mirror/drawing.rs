//! The drawing: Postgres on one side, its mirrors on the other, and how far each is on the line between. One for wide windows, one for phones.
//! What is written on it changes while somebody looks; its shapes stay.

use super::objects;
use super::state::{lag, status_words};
use crate::ui::status::Tone;
use crate::{paths, say, words};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::mirror::{Mirror, MirrorStatus};

/// Distance from one mirror to the next.
const STEP: usize = 92;
/// Height of a node.
const NODE: usize = 64;

/// What it is drawn from.
#[derive(Clone, Copy)]
struct Drawn {
    mirrors: Signal<Vec<Mirror>>,
    now: Signal<OffsetDateTime>,
}

impl Drawn {
    fn of<T: Default>(self, name: &str, read: impl FnOnce(&Mirror, OffsetDateTime) -> T) -> T {
        let now = self.now.get();
        self.mirrors.with(|all| {
            all.iter()
                .find(|mirror| mirror.name == name)
                .map(|mirror| read(mirror, now))
                .unwrap_or_default()
        })
    }

    /// What is on the line to a mirror.
    fn label(self, name: &str) -> String {
        self.of(name, |mirror, now| match mirror.status {
            MirrorStatus::Current | MirrorStatus::Behind => lag(mirror, now),
            status => format!("{} · {}", status_words(status).1, lag(mirror, now)),
        })
    }

    fn tone(self, name: &str) -> &'static str {
        self.of(name, |mirror, _| match status_words(mirror.status).0 {
            _ if mirror.may_still_accept > 0 && mirror.status != MirrorStatus::Behind => {
                "tone-danger"
            }
            Tone::Ok => "tone-ok",
            Tone::Warn => "tone-warn",
            Tone::Danger => "tone-danger",
            Tone::Plain => "",
        })
    }
}

/// The drawing, for any width.
#[component]
pub fn Drawing(
    /// The mirrors, in the order in which they are drawn.
    names: Vec<String>,
    /// How they are.
    mirrors: Signal<Vec<Mirror>>,
    /// The server's time when it said so.
    now: Signal<OffsetDateTime>,
) -> impl IntoView {
    let drawn = Drawn { mirrors, now };
    view! {
        <figure>
            <div class="max-sm:hidden"><Wide names=names.clone() drawn=drawn/></div>
            <div class="sm:hidden"><Tall names=names drawn=drawn/></div>
        </figure>
    }
}

#[component]
fn Source(y: usize) -> impl IntoView {
    view! {
        <g>
            <rect class="source" x="2" y=y.to_string() width="216" height=NODE.to_string() rx="8"></rect>
            <text class="name" x="18" y=(y + 28).to_string()>"Postgres"</text>
            <text class="word" x="18" y=(y + 48).to_string()>{say!(mirror.source)}</text>
        </g>
    }
}

/// A mirror, which leads to its page.
#[component]
fn Node(x: usize, y: usize, width: usize, name: String, drawn: Drawn) -> impl IntoView {
    let href = paths::mirror(&name);
    let called = words::mirror_name(&name);
    let word = move || drawn.of(&name, |mirror, _| objects(mirror.objects));
    view! {
        <g>
            <a href=href>
                <rect class="node" x=x.to_string() y=y.to_string() width=width.to_string() height=NODE.to_string() rx="8"></rect>
                <text class="name" x=(x + 16).to_string() y=(y + 28).to_string()>{called}</text>
                <text class="word" x=(x + 16).to_string() y=(y + 48).to_string()>{word}</text>
            </a>
        </g>
    }
}

/// The line to a mirror, with how far it is.
#[component]
fn Wire(
    name: String,
    drawn: Drawn,
    path: String,
    tip: String,
    at: (usize, usize),
    anchor: &'static str,
) -> impl IntoView {
    let tone = {
        let name = name.clone();
        move || drawn.tone(&name)
    };
    view! {
        <g class=tone>
            <path class="wire" d=path></path>
            <path class="tip" d=tip></path>
            <text class="label" x=at.0.to_string() y=at.1.to_string() text-anchor=anchor>{move || drawn.label(&name)}</text>
        </g>
    }
}

#[component]
fn Wide(names: Vec<String>, drawn: Drawn) -> impl IntoView {
    let height = names.len() * STEP + 16;
    let middle = height / 2;
    // A single line is straight, so its label has the whole of it to sit on.
    let label = if names.len() == 1 { 465 } else { 571 };
    let lines = names.into_iter().enumerate().map(|(i, name)| {
        let y = 8 + i * STEP + STEP / 2;
        let path = format!("M218 {middle}C330 {middle} 350 {y} 430 {y}H712");
        let tip = format!("M712 {}l8 5-8 5z", y - 5);
        view! {
            <Wire name=name.clone() drawn=drawn path=path tip=tip at=(label, y - 10) anchor="middle"/>
            <Node x=722 y=y - NODE / 2 width=236 name=name drawn=drawn/>
        }
    });
    let lines = lines.collect_view();
    view! {
        <svg class="drawing" viewBox=format!("0 0 960 {height}") role="group" aria-label=say!(mirror.drawing)>
            <Source y=middle - NODE / 2/>
            {lines}
        </svg>
    }
}

#[component]
fn Tall(names: Vec<String>, drawn: Drawn) -> impl IntoView {
    let height = NODE + 8 + names.len() * (STEP + 20);
    let last = NODE + 2 + names.len().saturating_sub(1) * (STEP + 20) + 40 + NODE / 2 - 12;
    let lines = names.into_iter().enumerate().map(|(i, name)| {
        let top = NODE + 2 + i * (STEP + 20) + 40;
        let y = top + NODE / 2;
        let path = format!("M28 {}q0 12 12 12H60", y - 12);
        let tip = format!("M60 {}l8 5-8 5z", y - 5);
        view! {
            <Wire name=name.clone() drawn=drawn path=path tip=tip at=(72, top - 10) anchor="start"/>
            <Node x=70 y=top width=286 name=name drawn=drawn/>
        }
    });
    let lines = lines.collect_view();
    view! {
        <svg class="drawing" viewBox=format!("0 0 358 {height}") role="group" aria-label=say!(mirror.drawing)>
            <Source y=2/>
            <path class="wire" d=format!("M28 {}V{last}", NODE + 2)></path>
            {lines}
        </svg>
    }
}
