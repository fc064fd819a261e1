//! One part of `compare` as a table with a head line: how its cells are padded, cut and painted.
//!
//! Not for: what the cells say (`compare`, `pairs`), nor which columns fit in general (`layout`).

use super::document::DataTable;
use super::layout::{self, Align};
use super::page::Page;
use super::session;
use super::style::{Style, Tone};
use super::text;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Words,
    Aside,
    Figure,
    Session,
    Move,
}

/// Cells as words, the first row being the head.
pub(super) struct Block {
    pub parts: Vec<Part>,
    pub rows: Vec<Vec<String>>,
}

impl Block {
    /// The widest cell of each column.
    pub(super) fn natural(&self) -> Vec<usize> {
        let cells = |at: usize| self.rows.iter().filter_map(move |row| row.get(at));
        (0..self.parts.len()).map(|at| layout::widest(cells(at))).collect()
    }

    /// Whether every column fits with at least `floor` cells of the first one.
    pub(super) fn fits(&self, floor: usize, style: &Style) -> bool {
        layout::holds(&self.natural(), floor, style.cells())
    }

    /// Whether a column stays where it is printed so.
    pub(super) fn keeps(&self, column: usize, order: &[usize], last: &[usize], style: &Style) -> bool {
        layout::choose(&self.natural(), order, last, style.cells()).kept.contains(&column)
    }

    /// The same as a document's table, called by its first head. A label that stands deeper belongs to the one
    /// above, and is told with it: a row has to speak for itself there.
    fn titled(&self) -> DataTable {
        let caption = self.rows.first().and_then(|head| head.first()).map_or("", |cell| cell.trim());
        let mut rows = self.rows.clone();
        let mut above = String::new();
        for label in rows.iter_mut().filter_map(|row| row.first_mut()) {
            if label.starts_with(' ') {
                *label = format!("{above}, {}", label.trim());
            } else {
                above.clone_from(label);
            }
        }
        Self { parts: self.parts.clone(), rows }.flowing(caption)
    }

    /// The same as a document's table, whole.
    pub(super) fn flowing(&self, caption: &str) -> DataTable {
        let figures = self.parts.iter().enumerate().filter(|(_, p)| matches!(p, Part::Figure | Part::Move));
        let figures: Vec<usize> = figures.map(|(at, _)| at).collect();
        let tone = |at: usize, cell: &str| match self.parts.get(at) {
            Some(Part::Aside) => Tone::Dim,
            Some(Part::Session) => session::tone(cell),
            Some(Part::Move) => Tone::of_move(cell),
            _ => Tone::Plain,
        };
        let mut table = DataTable::of(caption, &self.rows, &figures, tone);
        if let Some(first) = table.head.first_mut().filter(|head| head.is_empty() || *head == caption) {
            "Name".clone_into(first);
        }
        table
    }

    /// Prints it; the first column is cut and others are dropped as `order` and `last` say until it fits.
    pub(super) fn print(&self, page: &mut Page, order: &[usize], last: &[usize]) {
        let style = page.style;
        if let Some(document) = page.document() {
            document.table(self.titled());
            return;
        }
        let fit = layout::choose(&self.natural(), order, last, style.cells());
        let pick = |row: &Vec<String>| -> Vec<String> {
            let cut = |at: &usize, cell: &String| match at {
                0 => text::fit(cell, fit.name, style),
                _ => cell.clone(),
            };
            fit.kept.iter().filter_map(|at| row.get(*at).map(|cell| cut(at, cell))).collect()
        };
        let rows: Vec<Vec<String>> = self.rows.iter().map(pick).collect();
        let kept: Vec<Part> = fit.kept.iter().filter_map(|at| self.parts.get(*at).copied()).collect();
        let align = |part: &Part| match part {
            Part::Figure | Part::Move => Align::Right,
            _ => Align::Left,
        };
        let aligns: Vec<Align> = kept.iter().map(align).collect();
        for (line, cells) in layout::pad(&rows, &aligns).iter().enumerate() {
            page.painted(layout::join(cells, fit.gap, style, |at, cell| match kept.get(at) {
                _ if line == 0 => style.paint(Tone::Head, cell),
                Some(Part::Aside) => style.paint(Tone::Dim, cell),
                Some(Part::Session) => session::paint(cell, style),
                Some(Part::Move) => style.paint(Tone::of_move(cell), cell),
                _ => cell.to_owned(),
            }));
        }
    }
}
