//! A listing, as it comes.

use crate::Listed;

/// The most objects of a listing that are handed over at a time.
pub const PAGE_MAX: usize = 4_000;

/// Takes a listing page by page: never an empty one, and none of more than [`PAGE_MAX`].
pub type Pages<'a> = &'a mut (dyn FnMut(Vec<Listed>) + Send);

/// Makes pages of single lines.
pub(crate) struct Filling<'a> {
    lines: Vec<Listed>,
    pages: Pages<'a>,
}

impl<'a> Filling<'a> {
    /// For whoever takes the pages.
    pub fn of(pages: Pages<'a>) -> Self {
        Self { lines: Vec::new(), pages }
    }

    /// One more line.
    pub fn push(&mut self, line: Listed) {
        self.lines.push(line);
        if self.lines.len() == PAGE_MAX {
            self.hand_over();
        }
    }

    /// These lines, and what was not handed over yet.
    pub fn hand_over_with(&mut self, lines: impl IntoIterator<Item = Listed>) {
        lines.into_iter().for_each(|line| self.push(line));
        self.hand_over();
    }

    /// What was not handed over yet.
    pub fn hand_over(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        if !lines.is_empty() {
            (self.pages)(lines);
        }
    }
}
