//! What pages say of the use of tokens: the chart, and why tokens were refused.

use crate::ui::bars::{Bar, Bars, Legend};
use crate::ui::moment::{clock, date};
use crate::ui::table::{Column, Table};
use crate::{say, words};
use leptos::prelude::*;
use std::collections::BTreeMap;
use wire::usage::{Bucket, Step};

/// Good and refused over time.
#[component]
pub fn UsageChart(
    /// What it shows.
    title: &'static str,
    /// The parts of the time.
    series: Vec<Bucket>,
    /// How wide they are.
    step: Step,
) -> impl IntoView {
    let label = |bucket: &Bucket| match step {
        Step::Hour => clock(bucket.from),
        Step::Day => date(bucket.from),
    };
    let bar = |bucket: &Bucket| Bar {
        label: label(bucket),
        good: bucket.counts.valid,
        bad: bucket.counts.refused,
    };
    let bars = series.iter().map(bar).collect::<Vec<_>>();
    let legend = Legend {
        good: say!(usage.valid),
        bad: say!(usage.refused),
        most: say!(usage.most),
        nothing: say!(usage.nothing),
        as_table: say!(usage.as_table),
        label: say!(usage.time),
    };
    view! { <Bars title=title bars=bars legend=legend/> }
}

/// Why tokens were refused, the most frequent first. Nothing when none was.
#[component]
pub fn Reasons(
    /// What it lists.
    title: &'static str,
    /// How often by each code.
    reasons: BTreeMap<String, u64>,
) -> impl IntoView {
    if reasons.is_empty() {
        return ().into_any();
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rows = reasons
        .into_iter()
        .map(|(code, count)| {
            view! {
                <tr>
                    <td>{words::reason_of(&code)}" "<code class="muted">{code.clone()}</code></td>
                    <td class="tight num" data-label=say!(usage.count)>{count}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![Column::wide(say!(usage.reason)), Column::tight(say!(usage.count))];
    view! {
        <section class="grid gap-3">
            <h3 class="font-semibold">{title}</h3>
            <Table caption=title columns=columns>{rows}</Table>
        </section>
    }
    .into_any()
}
