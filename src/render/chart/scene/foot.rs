//! The part of a picture below its plot: legend and remarks.
//!
//! Not for: what they say (`words`, `legend`).
//!
//! A picture of no given height is high enough for all. In a given height there stand, in this order, as long
//! as there is room: the remarks that always stay, the legend (as a table, else as names and changes in up to
//! three columns), then the other remarks, each one whole; a last line counts what is left out.

use super::{Anchor, COMFORT, Item, LOWEST, MARGIN, ROW, SMALL, SMALL_ROW, Sheet, TEXT, count};
use crate::domain::chart::ChartLine;
use crate::render::chart::palette::Paint;
use crate::render::chart::{glyphs, legend, words};

/// Most columns of a legend of names and changes.
const COLUMNS: usize = 3;
/// The fewest units that a name has there.
const NAME: f64 = 60.0;
/// From the left of a sample of a line to its name, in units.
const SWATCH: f64 = 40.0;

/// What stands below the plot.
pub(super) struct Foot {
    /// Columns of a legend of names and changes; none for a table.
    columns: Option<usize>,
    /// Rows of the legend, with its head.
    rows: usize,
    /// Lines of remarks.
    remarks: Vec<String>,
}

impl Foot {
    /// What it takes, in units.
    fn high(&self) -> f64 {
        count(self.rows) * ROW + count(self.remarks.len()) * SMALL_ROW + 1.25 * ROW
    }
}

impl Sheet<'_> {
    /// Decides what stands below the plot; a picture of no given height is made high enough for it.
    pub(super) fn plan(&mut self, free: bool) -> Foot {
        let lines = self.report.lines.len();
        let said = words::remarks(self.report, self.letters);
        let cut = |says: &Vec<String>| -> Vec<Vec<String>> {
            says.iter().map(|s| self.wrapped(s, SMALL)).collect()
        };
        let (always, rest) = (cut(&said.always).concat(), cut(&said.rest));
        if free {
            let foot = Foot { columns: None, rows: lines + 1, remarks: [rest.concat(), always].concat() };
            let plot = COMFORT.max(count(lines) * 1.3 * TEXT);
            let needed = (self.above() + 2.0) * ROW + 2.0 * MARGIN + plot + foot.high();
            self.height = self.height.max((needed * self.unit).round());
            self.listed = lines;
            return foot;
        }
        let room = self.height / self.unit - (self.above() + 4.25) * ROW - MARGIN - LOWEST;
        let fits = |rows: usize, remarks: usize| count(rows) * ROW + count(remarks) * SMALL_ROW <= room;
        let last = usize::from(!rest.is_empty());
        let table = fits(lines + 1, always.len() + last);
        let columns = self.columns();
        let rows = if table {
            lines + 1
        } else {
            (0..=lines.div_ceil(columns)).rev().find(|n| fits(*n, always.len() + last)).unwrap_or(0)
        };
        self.listed = if table { lines } else { lines.min(rows * columns) };
        let unlisted = lines - self.listed;
        let lines_of = |n: usize| rest.iter().take(n).map(Vec::len).sum::<usize>();
        let whole = |n: &usize| {
            let left_out = usize::from(*n < rest.len() || unlisted > 0);
            fits(rows, always.len() + lines_of(*n) + left_out)
        };
        let kept = (0..=rest.len()).rev().find(whole).unwrap_or(0);
        let mut remarks: Vec<String> = rest.iter().take(kept).flatten().cloned().chain(always).collect();
        let says = left_out(rest.len() - kept, unlisted);
        remarks.extend(says.into_iter().flat_map(|says| self.wrapped(&says, SMALL)));
        Foot { columns: (!table).then_some(columns), rows, remarks }
    }

    /// Writes it; gives back where the plot and its dates must end.
    pub(super) fn foot(&mut self, foot: &Foot) -> f64 {
        let unit = self.unit;
        let bottom = self.height - (foot.high() + MARGIN - ROW) * unit;
        let y = bottom + ROW * unit;
        let y = match foot.columns {
            None => self.table(y),
            Some(columns) => self.names(columns, foot.rows, y),
        };
        let mut y = y + 0.25 * ROW * unit;
        for line in &foot.remarks {
            self.text((MARGIN * unit, y), SMALL, Anchor::Start, Paint::Dim, line.clone());
            y += SMALL_ROW * unit;
        }
        bottom - ROW * unit
    }

    /// What stands behind a name: its change, or that there is none.
    fn value(&self, line: &ChartLine) -> String {
        let mark = if words::open(line) { "*" } else { "" };
        match words::change(line) {
            Some(change) => format!("{change}{mark}"),
            None if line.close.is_none() => "no data".to_owned(),
            None => format!("–{mark}"),
        }
    }

    /// The widest of these, in pixels.
    fn widest_value(&self) -> f64 {
        let widths = self.report.lines.iter().map(|l| glyphs::width(&self.value(l)) * TEXT * self.unit);
        widths.fold(0.0, f64::max)
    }

    /// How many columns of names and changes stand side by side.
    fn columns(&self) -> usize {
        let one = (SWATCH + NAME + 26.0) * self.unit + self.widest_value();
        let room = self.width - 2.0 * MARGIN * self.unit;
        (1..=COLUMNS).rev().find(|n| count(*n) * one <= room).unwrap_or(1)
    }

    /// A sample, name and change of each line that has room, column by column; gives back where the next row
    /// stands.
    fn names(&mut self, columns: usize, rows: usize, y: f64) -> f64 {
        let (unit, left) = (self.unit, MARGIN * self.unit);
        let wide = (self.width - 2.0 * left) / count(columns);
        let value = self.widest_value();
        for (at, line) in self.report.lines.iter().enumerate().take(rows * columns) {
            let x = left + count(at / rows) * wide;
            let y = y + count(at % rows) * ROW * unit;
            self.sample(at, (x, y));
            let end = x + wide - 16.0 * unit;
            let room = end - value - 10.0 * unit - (x + SWATCH * unit);
            let name = self.fitted(&words::entry(self.letters.name(line), line), TEXT, room);
            self.text((x + SWATCH * unit, y), TEXT, Anchor::Start, Paint::Ink, name);
            let value = self.value(line);
            self.text((end, y), TEXT, Anchor::End, Paint::Ink, value);
        }
        y + count(rows) * ROW * unit
    }

    /// A short piece of a line.
    fn sample(&mut self, line: usize, (x, y): (f64, f64)) {
        let middle = y - 0.35 * TEXT * self.unit;
        let points = vec![(x, middle), (x + 30.0 * self.unit, middle)];
        self.items.push(Item::Path { points, line, width: 2.2 * self.unit });
    }

    /// A row for each line; gives back where the next row stands.
    fn table(&mut self, mut y: f64) -> f64 {
        let (unit, left) = (self.unit, MARGIN * self.unit);
        let mut table: Vec<[String; legend::COLUMNS]> = vec![legend::HEADS.map(str::to_owned)];
        for line in &self.report.lines {
            let name = words::entry(self.letters.name(line), line);
            let mut cells = legend::cells(self.report, line, name, "–");
            let failed = self.report.errors.iter().find(|e| e.id == line.id && line.close.is_none());
            let failed = failed.filter(|e| e.kind != "no_data");
            if let (Some(error), Some(to)) = (failed, cells.get_mut(3)) {
                to.push_str(&self.letters.shown(&format!(": {}", error.kind.replace('_', " "))));
            }
            table.push(cells);
        }
        let wide = |at: usize| {
            table.iter().filter_map(|r| r.get(at)).map(|c| glyphs::width(c) * TEXT * unit).fold(0.0, f64::max)
        };
        let gap = 22.0 * unit;
        let swatch = SWATCH * unit;
        let room = self.width - 2.0 * left - swatch;
        let mut kept: Vec<usize> = (0..legend::COLUMNS).collect();
        let total = |kept: &[usize]| kept.iter().skip(1).map(|at| wide(*at) + gap).sum::<f64>();
        for gone in legend::DROPPED {
            if total(&kept) + wide(0).min(160.0 * unit) > room {
                kept.retain(|at| *at != gone);
            }
        }
        let name = wide(0).min(room - total(&kept)).max(20.0 * unit);
        for (at, cells) in table.iter().enumerate() {
            let mut x = left + swatch;
            if let Some(line) = at.checked_sub(1) {
                self.sample(line, (left, y));
            }
            for column in &kept {
                let Some(cell) = cells.get(*column) else { continue };
                let width = if *column == 0 { name } else { wide(*column) };
                let to_the_right = legend::TO_THE_RIGHT.get(*column) == Some(&true);
                let (place, anchor) =
                    if to_the_right { (x + width, Anchor::End) } else { (x, Anchor::Start) };
                let cell = if *column == 0 { self.fitted(cell, TEXT, name) } else { cell.clone() };
                let paint = if at == 0 { Paint::Dim } else { Paint::Ink };
                if !cell.is_empty() {
                    self.text((place, y), TEXT, anchor, paint, cell);
                }
                x += width + gap;
            }
            y += ROW * unit;
        }
        y
    }
}

/// What a picture has no room for, in words.
fn left_out(notes: usize, lines: usize) -> Option<String> {
    let some = |n: usize, one: &str, more: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {more}")),
    };
    let of_legend = some(lines, "line of the legend", "lines of the legend");
    let what: Vec<String> = [some(notes, "note", "notes"), of_legend].into_iter().flatten().collect();
    (!what.is_empty()).then(|| format!("{} left out: see the JSON or a taller picture", what.join(" and ")))
}
