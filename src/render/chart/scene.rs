//! The layout of a picture: everything on it with its place, in pixels from the upper left corner. SVG and PNG
//! are written from it.
//!
//! Not for: file formats (`svg`, `png`), nor colours (`palette`).

mod plot;

use super::ChartSize;
use super::glyphs;
use super::legend;
use super::palette::Paint;
use super::words::{self, Letters};
use crate::domain::Chart;

/// The usual size.
const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 675.0;

/// From where a text runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// One thing on a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// A straight line.
    Rule { from: (f64, f64), to: (f64, f64), paint: Paint, width: f64 },
    /// Points joined by straight lines, with the dash of line number `line`.
    Path { points: Vec<(f64, f64)>, line: usize, width: f64 },
    /// An end; a ring where its value may still change.
    Dot { at: (f64, f64), radius: f64, line: usize, ring: bool },
    /// Words; `at` is on their base line.
    Text { at: (f64, f64), size: f64, anchor: Anchor, paint: Paint, text: String },
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scene {
    pub width: f64,
    pub height: f64,
    pub title: String,
    pub description: String,
    /// From the ground up.
    pub items: Vec<Item>,
}

/// Lays a chart out.
pub(super) fn of(report: &Chart, size: ChartSize, letters: Letters) -> Scene {
    let width = size.width.map_or(WIDTH, f64::from);
    let height = size.height.map_or(width * HEIGHT / WIDTH, f64::from);
    let unit = (width / WIDTH).min(height / HEIGHT).clamp(0.72, 5.0);
    let mut sheet = Sheet { report, letters, unit, width, height, items: Vec::new() };
    sheet.fit(size.height.is_none());
    let top = sheet.head();
    let bottom = sheet.foot();
    sheet.plot(top, bottom);
    Scene {
        width: sheet.width,
        height: sheet.height,
        title: words::title(report, letters),
        description: description(report, letters),
        items: sheet.items,
    }
}

/// The chart in words, for readers who do not see it.
fn description(report: &Chart, letters: Letters) -> String {
    let told = report.lines.iter().map(|line| {
        let cells = legend::cells(report, line, letters.name(line), "unknown");
        let [name, from, _, to, close, change] = cells;
        format!("{name}: {close} on {to}, {change} % since {from}")
    });
    let demo = if report.demo { "DEMO: closes built into the program. " } else { "" };
    format!("{demo}{}: {}.", words::facts(report).join(", "), told.collect::<Vec<_>>().join("; "))
}

/// A picture in the making. Lengths are in `unit`, which is 1 at the usual size.
struct Sheet<'a> {
    report: &'a Chart,
    letters: Letters,
    unit: f64,
    width: f64,
    height: f64,
    items: Vec<Item>,
}

/// Sizes of letters and distances, in units.
const MARGIN: f64 = 28.0;
const TITLE: f64 = 23.0;
const TEXT: f64 = 14.0;
const SMALL: f64 = 12.0;
const ROW: f64 = 20.0;
const SMALL_ROW: f64 = 16.0;
/// A plot is at least so high.
const LOWEST: f64 = 110.0;
/// A picture that may be as high as it likes has a plot so high.
const COMFORT: f64 = 300.0;
/// At most so many lines of remarks.
const REMARKS: usize = 5;

impl Sheet<'_> {
    fn text(&mut self, at: (f64, f64), size: f64, anchor: Anchor, paint: Paint, text: impl Into<String>) {
        let (size, text) = (size * self.unit, text.into());
        self.items.push(Item::Text { at, size, anchor, paint, text });
    }

    /// The text cut to `room` pixels at a size in units.
    fn fitted(&self, text: &str, size: f64, room: f64) -> String {
        let size = size * self.unit;
        if glyphs::width(text) * size <= room {
            return text.to_owned();
        }
        let mut kept = String::new();
        for letter in text.chars() {
            kept.push(letter);
            if glyphs::width(&format!("{kept}…")) * size > room {
                kept.pop();
                break;
            }
        }
        format!("{}…", kept.trim_end())
    }

    /// Makes a picture of no given height high enough for its legend.
    fn fit(&mut self, free: bool) {
        let above = if self.report.demo { 5.0 } else { 4.0 };
        let needed = (above + 2.0) * ROW + 2.0 * MARGIN + COMFORT + self.below(usize::MAX, REMARKS);
        if free {
            self.height = self.height.max((needed * self.unit).round());
        }
    }

    /// What legend and remarks take below the plot, in units.
    fn below(&self, rows: usize, remarks: usize) -> f64 {
        let rows = self.report.lines.len().min(rows) + 1;
        let remarks = self.remarks().len().min(remarks);
        count(rows) * ROW + count(remarks) * SMALL_ROW + 1.25 * ROW
    }

    /// The remarks in lines that fit.
    fn remarks(&self) -> Vec<String> {
        let room = self.width - 2.0 * MARGIN * self.unit;
        let mut lines = Vec::new();
        for said in words::remarks(self.report, self.letters) {
            let mut line = String::new();
            for word in said.split(' ') {
                let tried = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if glyphs::width(&tried) * SMALL * self.unit > room && !line.is_empty() {
                    lines.push(std::mem::replace(&mut line, word.to_owned()));
                } else {
                    line = tried;
                }
            }
            lines.push(self.fitted(&line, SMALL, room));
        }
        lines
    }

    /// Title, what the values are, and that they are a demo's; gives back where the plot may begin.
    fn head(&mut self) -> f64 {
        let left = MARGIN * self.unit;
        let room = self.width - 2.0 * left;
        let mut y = left + TITLE * 0.8 * self.unit;
        let title = self.fitted(&words::title(self.report, self.letters), TITLE, room);
        self.text((left, y), TITLE, Anchor::Start, Paint::Ink, title);
        y += 1.25 * ROW * self.unit;
        let as_of = self.report.as_of.format("%Y-%m-%d %H:%M UTC");
        let mut facts = format!("{} · marketsnap, as of {as_of}", words::facts(self.report).join(" · "));
        if let Some(first) = facts.get(..1).map(str::to_uppercase) {
            facts.replace_range(..1, &first);
        }
        let facts = self.fitted(&facts, TEXT, room);
        self.text((left, y), TEXT, Anchor::Start, Paint::Dim, facts);
        if self.report.demo {
            y += ROW * self.unit;
            let says = self.fitted("DEMO: closes built into the program, not today's market", TEXT, room);
            self.text((left, y), TEXT, Anchor::Start, Paint::Ink, says);
        }
        y + ROW * self.unit
    }

    /// Legend and remarks; gives back where the plot and its dates must end.
    fn foot(&mut self) -> f64 {
        let unit = self.unit;
        let above = (if self.report.demo { 5.0 } else { 4.0 }) * ROW + MARGIN + LOWEST;
        let fits = |sheet: &Self, rows, remarks| {
            (above + sheet.below(rows, remarks) + 3.0 * ROW) * unit <= sheet.height
        };
        let lines = self.report.lines.len();
        let remarks = (0..=REMARKS).rev().find(|n| fits(self, lines, *n)).unwrap_or(0);
        let rows = (0..=lines).rev().find(|n| fits(self, *n, remarks)).unwrap_or(0);
        let bottom = self.height - (self.below(rows, remarks) + MARGIN - ROW) * unit;
        let mut y = bottom + ROW * unit;
        y = self.legend(rows, y) + 0.25 * ROW * unit;
        let left = MARGIN * unit;
        for line in self.remarks().into_iter().take(remarks) {
            self.text((left, y), SMALL, Anchor::Start, Paint::Dim, line);
            y += SMALL_ROW * unit;
        }
        bottom - ROW * unit
    }

    /// A row for each of the first `rows` lines; gives back where the next row stands.
    fn legend(&mut self, rows: usize, mut y: f64) -> f64 {
        let (unit, left) = (self.unit, MARGIN * self.unit);
        let mut table: Vec<[String; legend::COLUMNS]> = vec![legend::HEADS.map(str::to_owned)];
        for line in self.report.lines.iter().take(rows) {
            let name = words::entry(self.letters.name(line), line);
            table.push(legend::cells(self.report, line, name, "–"));
        }
        let hidden = self.report.lines.len().saturating_sub(rows);
        if hidden > 0 && rows > 0 {
            let more = format!("and {hidden} more");
            if let Some(name) = table.last_mut().and_then(|r| r.first_mut()) {
                name.push_str(&format!("  ({more})"));
            }
        }
        let wide = |at: usize| {
            table.iter().filter_map(|r| r.get(at)).map(|c| glyphs::width(c) * TEXT * unit).fold(0.0, f64::max)
        };
        let gap = 22.0 * unit;
        let swatch = 40.0 * unit;
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
                let points =
                    vec![(left, y - 0.35 * TEXT * unit), (left + 30.0 * unit, y - 0.35 * TEXT * unit)];
                self.items.push(Item::Path { points, line, width: 2.2 * unit });
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

fn count(n: usize) -> f64 {
    f64::from(u16::try_from(n).unwrap_or(u16::MAX))
}
