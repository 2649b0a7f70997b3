//! A bar chart of two counts that stand on each other, drawn on the server, with the same as a table for everybody.

use crate::ui::table::{Column, Table};
use leptos::prelude::*;

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it is of, short enough to stand below the chart.
    pub label: String,
    /// The lower part.
    pub good: u64,
    /// The upper part.
    pub bad: u64,
}

/// What the parts are called.
#[derive(Clone, Copy, Debug)]
pub struct Legend {
    /// The lower part.
    pub good: &'static str,
    /// The upper part.
    pub bad: &'static str,
    /// The highest bar's count, in words.
    pub most: &'static str,
    /// What stands for nothing at all.
    pub nothing: &'static str,
    /// Opens the table.
    pub as_table: &'static str,
    /// The head of the labels' column.
    pub label: &'static str,
}

/// The drawing's height, in its own units. As wide as there are bars, each [`STEP`].
const HEIGHT: f64 = 72.0;
/// From one bar to the next.
const STEP: f64 = 20.0;
/// A bar.
const WIDTH: f64 = 14.0;
/// What came at all is seen, however rare.
const LEAST: f64 = 2.0;

/// The chart.
#[component]
pub fn Bars(
    /// What it shows.
    #[prop(into)]
    title: String,
    /// The bars, the oldest first.
    bars: Vec<Bar>,
    /// Its words.
    legend: Legend,
) -> impl IntoView {
    let most = bars.iter().map(|bar| bar.good.saturating_add(bar.bad)).max().unwrap_or(0);
    if most == 0 {
        return view! {
            <figure class="chart">
                <figcaption>{title}</figcaption>
                <p class="muted">{legend.nothing}</p>
            </figure>
        }
        .into_any();
    }
    #[expect(clippy::cast_precision_loss, reason = "pixels")]
    let height = move |count: u64| {
        if count == 0 { 0.0 } else { (count as f64 / most as f64 * HEIGHT).max(LEAST) }
    };
    #[expect(clippy::cast_precision_loss, reason = "a few dozen bars")]
    let left = |place: usize| place as f64 * STEP;
    let width = left(bars.len());
    let drawn = bars
        .iter()
        .enumerate()
        .map(|(place, bar)| {
            let x = left(place) + (STEP - WIDTH) / 2.0;
            let (good, bad) = (height(bar.good), height(bar.bad));
            // Two that are both rounded up would stand out at the top.
            let good = good.min(HEIGHT - bad);
            let part = move |y: f64, height: f64, class: &'static str| {
                (height > 0.0).then(|| view! {
                    <rect class=class x=format!("{x:.1}") y=format!("{y:.1}") width=format!("{WIDTH}") height=format!("{height:.1}")></rect>
                })
            };
            view! {
                {part(HEIGHT - good, good, "bar-good")}
                {part(HEIGHT - good - bad, bad, "bar-bad")}
            }
        })
        .collect_view();
    let ends =
        (bars.first().map(|bar| bar.label.clone()), bars.last().map(|bar| bar.label.clone()));
    let columns =
        vec![Column::wide(legend.label), Column::tight(legend.good), Column::tight(legend.bad)];
    let rows = bars
        .into_iter()
        .map(|bar| {
            view! {
                <tr>
                    <td class="num">{bar.label}</td>
                    <td class="tight num" data-label=legend.good>{bar.good}</td>
                    <td class="tight num" data-label=legend.bad>{bar.bad}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <figure class="chart">
            <figcaption>{title.clone()}</figcaption>
            <p class="chart-legend">
                <span class="chart-key chart-key-good">{legend.good}</span>
                <span class="chart-key chart-key-bad">{legend.bad}</span>
                <span class="muted num">{format!("{} {most}", legend.most)}</span>
            </p>
            <svg class="chart-bars" aria-hidden="true" viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none">
                {drawn}
            </svg>
            <p class="chart-ends muted num"><span>{ends.0}</span><span>{ends.1}</span></p>
            <details>
                <summary>{legend.as_table}</summary>
                <Table caption=title columns=columns>{rows}</Table>
            </details>
        </figure>
    }
    .into_any()
}
