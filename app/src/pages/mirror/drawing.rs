//! The drawing: Postgres on one side, its mirrors on the other, and how far each is on the line between. One for wide windows, one for phones.

use super::{objects, status_words};
use crate::say;
use crate::ui::status::Tone;
use leptos::prelude::*;
use wire::mirror::{Mirror, MirrorStatus};

/// Distance from one mirror to the next.
const STEP: usize = 92;
/// Height of a node.
const NODE: usize = 64;

/// The drawing, for any width.
#[component]
pub fn Drawing(
    /// The mirrors.
    mirrors: Vec<Mirror>,
) -> impl IntoView {
    view! {
        <figure>
            <div class="max-sm:hidden"><Wide mirrors=mirrors.clone()/></div>
            <div class="sm:hidden"><Tall mirrors=mirrors/></div>
        </figure>
    }
}

fn tone(status: MirrorStatus) -> &'static str {
    match status_words(status).0 {
        Tone::Ok => "tone-ok",
        Tone::Warn => "tone-warn",
        Tone::Danger => "tone-danger",
        Tone::Plain => "",
    }
}

/// How far a mirror is, in words.
fn lag(mirror: &Mirror) -> String {
    let behind = match mirror.pending {
        0 => say!(mirror.pending_none).to_owned(),
        1 => say!(mirror.pending_one).to_owned(),
        count => say!(mirror.pending, count = count),
    };
    match mirror.status {
        MirrorStatus::Current | MirrorStatus::Behind => behind,
        status => format!("{} · {behind}", status_words(status).1),
    }
}

/// What the drawing says, for who cannot see it.
fn told(mirrors: &[Mirror]) -> String {
    let told: Vec<String> =
        mirrors.iter().map(|mirror| format!("{}: {}", mirror.name, lag(mirror))).collect();
    format!("{}. {}", say!(mirror.drawing), told.join("; "))
}

#[component]
fn Node(
    x: usize,
    y: usize,
    width: usize,
    name: String,
    word: String,
    source: bool,
) -> impl IntoView {
    let class = if source { "source" } else { "node" };
    view! {
        <g>
            <rect class=class x=x.to_string() y=y.to_string() width=width.to_string() height=NODE.to_string() rx="8"></rect>
            <text class="name" x=(x + 16).to_string() y=(y + 28).to_string()>{name}</text>
            <text class="word" x=(x + 16).to_string() y=(y + 48).to_string()>{word}</text>
        </g>
    }
}

#[component]
fn Wide(mirrors: Vec<Mirror>) -> impl IntoView {
    let height = mirrors.len() * STEP + 16;
    let middle = height / 2;
    // A single line is straight, so its label has the whole of it to sit on.
    let label = if mirrors.len() == 1 { 465 } else { 571 };
    let lines = mirrors.iter().enumerate().map(|(i, mirror)| {
        let y = 8 + i * STEP + STEP / 2;
        let path = format!("M218 {middle}C330 {middle} 350 {y} 430 {y}H712");
        let tip = format!("M712 {}l8 5-8 5z", y - 5);
        view! {
            <g class=tone(mirror.status)>
                <path class="wire" d=path></path>
                <path class="tip" d=tip></path>
                <text class="label" x=label.to_string() y=(y - 10).to_string() text-anchor="middle">{lag(mirror)}</text>
            </g>
            <Node x=722 y=y - NODE / 2 width=236 name=mirror.name.clone() word=objects(mirror.objects) source=false/>
        }
    });
    let lines = lines.collect_view();
    view! {
        <svg class="drawing" viewBox=format!("0 0 960 {height}") role="img" aria-label=told(&mirrors)>
            <Node x=2 y=middle - NODE / 2 width=216 name="Postgres".to_owned() word=say!(mirror.source).to_owned() source=true/>
            {lines}
        </svg>
    }
}

#[component]
fn Tall(mirrors: Vec<Mirror>) -> impl IntoView {
    let height = NODE + 8 + mirrors.len() * (STEP + 20);
    let lines = mirrors.iter().enumerate().map(|(i, mirror)| {
        let top = NODE + 2 + i * (STEP + 20) + 40;
        let y = top + NODE / 2;
        let path = format!("M28 {}q0 12 12 12H60", y - 12);
        let tip = format!("M60 {}l8 5-8 5z", y - 5);
        view! {
            <g class=tone(mirror.status)>
                <path class="wire" d=path></path>
                <path class="tip" d=tip></path>
                <text class="label" x="72" y=(top - 10).to_string()>{lag(mirror)}</text>
            </g>
            <Node x=70 y=top width=286 name=mirror.name.clone() word=objects(mirror.objects) source=false/>
        }
    });
    let lines = lines.collect_view();
    let last = NODE + 2 + mirrors.len().saturating_sub(1) * (STEP + 20) + 40 + NODE / 2 - 12;
    view! {
        <svg class="drawing" viewBox=format!("0 0 358 {height}") role="img" aria-label=told(&mirrors)>
            <Node x=2 y=2 width=216 name="Postgres".to_owned() word=say!(mirror.source).to_owned() source=true/>
            <path class="wire" d=format!("M28 {}V{last}", NODE + 2)></path>
            {lines}
        </svg>
    }
}
