//! What was measured, printed and written to bench/RESULTS.md.

use crate::Result;
use crate::load::Figures;
use std::time::Duration;

/// The report of a run.
pub struct Report {
    text: String,
    notes: Vec<String>,
}

impl Report {
    /// An empty report, with the machine and the date.
    pub fn new(tokens: usize) -> Self {
        let machine = machine();
        #[expect(clippy::disallowed_methods, reason = "a report says on which day it was made")]
        let today = time::OffsetDateTime::now_utc().date();
        let text = format!(
            "# Results\n\nWritten by `make bench`. Minimum, median and maximum of the rounds; ratios are of medians of the same run. Load and servers share \
             the machine's cores.\n\nMachine: {machine}. Date: {today}. Command: `make bench` with {tokens} tokens.\n\n\
             | what | min | median | max | beside bare |\n|---|---|---|---|---|\n"
        );
        Self { text, notes: Vec::new() }
    }

    fn row(&mut self, what: &str, figures: [String; 4]) {
        let line = format!("| {what} | {} |\n", figures.join(" | "));
        print!("{line}");
        self.text.push_str(&line);
    }

    /// A rate.
    pub fn line(&mut self, what: &str, figures: &Figures) {
        let (min, median, max) = figures.spread();
        self.row(
            what,
            [format!("{min:.0}"), format!("{median:.0}"), format!("{max:.0}"), String::new()],
        );
    }

    /// A rate beside another of the same run.
    pub fn beside(&mut self, what: &str, figures: &Figures, other: &Figures) {
        let (min, median, max) = figures.spread();
        let ratio = median / other.spread().1;
        self.row(
            what,
            [
                format!("{min:.0}"),
                format!("{median:.0}"),
                format!("{max:.0}"),
                format!("{ratio:.2}"),
            ],
        );
    }

    /// One figure, in words.
    pub fn figure(&mut self, what: &str, figure: String) {
        self.row(what, [String::new(), figure, String::new(), String::new()]);
    }

    /// Times.
    pub fn latency(&mut self, what: &str, times: &mut [Duration]) {
        times.sort();
        let at =
            |share: usize| times.get((times.len() - 1) * share / 100).copied().unwrap_or_default();
        let millis = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1000.0);
        self.row(
            &format!("{what} (min, p50, p99)"),
            [millis(at(0)), millis(at(50)), millis(at(99)), String::new()],
        );
    }

    /// A size: as it is, in gzip, in brotli.
    pub fn size(&mut self, name: &str, size: [usize; 3]) {
        let [raw, gzip, brotli] =
            size.map(|bytes| format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100));
        self.row(&format!("{name} (raw, gzip, brotli)"), [raw, gzip, brotli, String::new()]);
    }

    /// Something to look at.
    pub fn note(&mut self, text: &str) {
        println!("note: {text}");
        self.notes.push(format!("\nNote: {text}.\n"));
    }

    /// Writes the file.
    pub fn write(&self) -> Result<()> {
        std::fs::write("bench/RESULTS.md", self.text.clone() + &self.notes.concat())?;
        println!("written to bench/RESULTS.md");
        Ok(())
    }
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
