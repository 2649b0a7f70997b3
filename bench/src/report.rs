//! What was measured, printed and written to bench/RESULTS.md.

use crate::Result;
use crate::load::Figures;
use std::time::Duration;

/// The report of a run.
pub struct Report {
    text: String,
    tables: String,
    notes: Vec<String>,
}

impl Report {
    /// An empty report, with the machine and the date.
    pub fn new(tokens: usize) -> Self {
        let machine = machine();
        #[expect(clippy::disallowed_methods, reason = "a report says on which day it was made")]
        let today = time::OffsetDateTime::now_utc().date();
        let text = format!(
            "# Results\n\nWritten by `make bench`. Minimum, median and maximum of the rounds, or the median with the other two behind it; ratios are \
             of medians of the same run. Load and servers share the machine's cores, so that what a request costs, in time of all processes that have a part \
             in its answer, says more than how many there are in a second. At half load the server has one core, and whoever asks another.\n\nMachine: {machine}. Date: {today}. Command: `make bench` with {tokens} tokens.\n\n\
             | what | min | median | max |\n|---|---|---|---|\n"
        );
        Self { text, tables: String::new(), notes: Vec::new() }
    }

    fn row(&mut self, what: &str, figures: [String; 3]) {
        let line = format!("| {what} | {} |\n", figures.join(" | "));
        print!("{line}");
        self.text.push_str(&line);
    }

    /// A rate.
    pub fn line(&mut self, what: &str, figures: &Figures) {
        let (min, median, max) = figures.spread();
        self.row(what, [format!("{min:.0}"), format!("{median:.0}"), format!("{max:.0}")]);
    }

    /// Times.
    pub fn latency(&mut self, what: &str, times: &mut [Duration]) {
        times.sort();
        let at =
            |share: usize| times.get((times.len() - 1) * share / 100).copied().unwrap_or_default();
        let millis = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1000.0);
        self.row(
            &format!("{what} (min, p50, p99)"),
            [millis(at(0)), millis(at(50)), millis(at(99))],
        );
    }

    /// Times of several rounds: the median, then what 99 of 100 are within, each as the least, the median and the most of the rounds. A machine that has
    /// something else to do for a moment spoils a round, and not the figure.
    pub fn latencies(&mut self, what: &str, rounds: &mut [Vec<Duration>]) {
        rounds.iter_mut().for_each(|times| times.sort());
        for (name, share) in [("p50", 50), ("p99", 99)] {
            let at =
                |times: &Vec<Duration>| times.get((times.len().max(1) - 1) * share / 100).copied();
            let each = rounds.iter().filter_map(at).map(|time| time.as_secs_f64() * 1000.0);
            let (min, median, max) = Figures(each.collect()).spread();
            self.row(
                &format!("{what}, {name} of each round"),
                [min, median, max].map(|ms| format!("{ms:.2} ms")),
            );
        }
    }

    /// A size: as it is, in gzip, in brotli.
    pub fn size(&mut self, name: &str, size: [usize; 3]) {
        let [raw, gzip, brotli] =
            size.map(|bytes| format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100));
        self.row(&format!("{name} (raw, gzip, brotli)"), [raw, gzip, brotli]);
    }

    /// A table of its own, under a title.
    pub fn table(&mut self, title: &str, header: &[&str], rows: &[Vec<String>]) {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
        let rows: String = rows.iter().map(|row| line(row)).collect();
        let rule = "|---".repeat(header.len());
        let table = format!("\n## {title}\n\n{}{rule}|\n{rows}", line(&header));
        print!("{table}");
        self.tables.push_str(&table);
    }

    /// What is to be known of the table before.
    pub fn beneath(&mut self, text: &str) {
        println!("{text}");
        self.tables.push_str(&format!("\n{text}\n"));
    }

    /// Something to look at.
    pub fn note(&mut self, text: &str) {
        println!("note: {text}");
        self.notes.push(format!("\nNote: {text}.\n"));
    }

    /// Writes the file.
    pub fn write(&self) -> Result<()> {
        std::fs::write(
            "bench/RESULTS.md",
            format!("{}{}{}", self.text, self.tables, self.notes.concat()),
        )?;
        println!("written to bench/RESULTS.md");
        Ok(())
    }
}

/// What so many of 100 are within.
pub fn percentile(figures: &mut [f64], share: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().saturating_sub(1) * share / 100).copied().unwrap_or_default()
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{model}, {cores} cores, Linux")
}
