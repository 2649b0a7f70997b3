//! What a mirror did, and what a look at everything would do.

use crate::say;
use crate::ui::moment::{LiveMoment, took};
use crate::ui::table::{Column, Table};
use domain::OffsetDateTime;
use leptos::prelude::*;
use wire::mirror::{MirrorPlan, MirrorRun, MirrorRunKind};

/// The last plan that was asked for; nothing while there is none.
#[component]
pub fn PlanPart(plan: Option<MirrorPlan>, now: Signal<OffsetDateTime>) -> impl IntoView {
    let Some(plan) = plan else {
        return ().into_any();
    };
    let rows = [
        (say!(mirror.plan_missing), plan.drift.missing),
        (say!(mirror.plan_altered), plan.drift.altered),
        (say!(mirror.plan_ended), plan.ended),
        (say!(mirror.plan_gone), plan.gone),
        (say!(mirror.plan_foreign), plan.drift.foreign),
        (say!(mirror.plan_unchanged), plan.unchanged),
    ];
    let rows = rows.map(|(noun, count)| view! { <dt>{noun}</dt><dd class="num">{count}</dd> });
    let some = (!plan.some.is_empty())
        .then(|| view! { <pre class="panel plan-lines" tabindex="0"><code>{plan.some.join("\n")}</code></pre> });
    view! {
        <section class="grid gap-3" id="plan">
            <h2>{say!(mirror.plan)}</h2>
            <p class="muted">{say!(mirror.plan_at)}" "<LiveMoment at=plan.at now=now/></p>
            <dl class="panel facts">{rows.into_iter().collect_view()}</dl>
            {some}
        </section>
    }
    .into_any()
}

/// The newest runs.
#[component]
pub fn Runs(runs: Vec<MirrorRun>, now: Signal<OffsetDateTime>) -> impl IntoView {
    let list = if runs.is_empty() {
        view! { <p class="muted">{say!(mirror.runs_none)}</p> }.into_any()
    } else {
        let columns = vec![
            Column::tight(say!(mirror.run_when)),
            Column::wide(say!(mirror.run_what)),
            Column::tight(say!(mirror.run_put)),
            Column::tight(say!(mirror.run_deleted)),
            Column::tight(say!(mirror.run_calls)),
            Column::tight(say!(mirror.run_bytes)),
            Column::tight(say!(mirror.run_took)),
        ];
        let rows = runs.into_iter().map(|run| view! { <RunLine run=run now=now/> }).collect_view();
        view! { <Table caption=say!(mirror.runs) columns=columns>{rows}</Table> }.into_any()
    };
    view! { <section class="grid gap-3"><h2>{say!(mirror.runs)}</h2>{list}</section> }
}

#[component]
fn RunLine(run: MirrorRun, now: Signal<OffsetDateTime>) -> impl IntoView {
    let kind = match run.kind {
        MirrorRunKind::Changes => say!(mirror.run_changes),
        MirrorRunKind::Whole => say!(mirror.run_whole),
    };
    let error = run.error.map(|said| view! { <div class="cell-note" tabindex="0">{said}</div> });
    let millis =
        i64::try_from((run.ended_at - run.began_at).whole_milliseconds()).unwrap_or(i64::MAX);
    view! {
        <tr>
            <td class="tight" data-label=say!(mirror.run_when)><LiveMoment at=run.ended_at now=now/></td>
            <td data-label=say!(mirror.run_what)><div>{kind}{error}</div></td>
            <td class="tight num" data-label=say!(mirror.run_put)>{run.put}</td>
            <td class="tight num" data-label=say!(mirror.run_deleted)>{run.deleted}</td>
            <td class="tight num" data-label=say!(mirror.run_calls)>{run.calls}</td>
            <td class="tight num" data-label=say!(mirror.run_bytes)>{size(run.bytes)}</td>
            <td class="tight num" data-label=say!(mirror.run_took)>{took(millis)}</td>
        </tr>
    }
}

/// "712 B", "4.2 kB", "18 MB".
fn size(bytes: u64) -> String {
    match bytes {
        ..1000 => format!("{bytes} B"),
        1000..10_000 => format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100),
        10_000..1_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let sizes = [712, 4_250, 18_000, 18_400_000].map(size);
        assert_eq!(sizes, ["712 B", "4.2 kB", "18 kB", "18.4 MB"]);
    }
}
