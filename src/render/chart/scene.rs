//! The layout of a picture: everything on it with its place, in pixels from the upper left corner. SVG and PNG
//! are written from it.
//!
//! Not for: file formats (`svg`, `png`), nor colours (`palette`).

use super::ChartSize;
use super::glyphs;
use super::labels;
use super::legend;
use super::palette::Paint;
use super::scale::Scale;
use super::ticks::Axis;
use super::words::{self, Letters};
use crate::domain::Chart;
use crate::domain::chart::{ChartLine, Measure};

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

    /// Axes, lines and their labels between `top` and `bottom`.
    fn plot(&mut self, top: f64, bottom: f64) {
        let (report, unit) = (self.report, self.unit);
        let Some((start, end)) = words::extent(report) else {
            let middle = (self.width / 2.0, (top + bottom) / 2.0);
            self.text(middle, TEXT, Anchor::Middle, Paint::Dim, "no line could be drawn");
            return;
        };
        let bottom = bottom.max(top + 20.0 * unit);
        let values = report.lines.iter().flat_map(|l| &l.points).map(|p| p.value);
        let most = ((bottom - top) / (46.0 * unit)).max(2.0);
        let scale = if report.log { Scale::log(values, whole(most)) } else { Scale::of(values, whole(most)) };
        let tags: Vec<(usize, String)> = self.tags();
        let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
        let ticks = widest(&mut scale.ticks.iter().map(|t| glyphs::width(&scale.label(*t)))) * SMALL * unit;
        let tag = widest(&mut tags.iter().map(|(_, t)| glyphs::width(t))) * TEXT * unit;
        let tag = tag.min(self.width * 0.3);
        let margin = MARGIN * unit;
        let frame = Frame {
            left: margin + ticks.min(self.width * 0.2) + 8.0 * unit,
            right: self.width - margin - tag - 26.0 * unit,
            top,
            bottom,
            axis: Axis { start, end },
            scale,
        };
        self.grid(&frame);
        self.lines(&frame);
        self.ends(&frame, &tags, tag);
    }

    /// What stands at the end of each line that is drawn.
    fn tags(&self) -> Vec<(usize, String)> {
        let drawn = self.report.lines.iter().enumerate().filter(|(_, l)| !l.points.is_empty());
        let room = self.width * 0.3;
        let tag = |line: &ChartLine| {
            let mark = if words::open(line) { "*" } else { "" };
            let change = words::change(line).map(|c| format!(" {c}{mark}")).unwrap_or_default();
            let rest = glyphs::width(&change) * TEXT * self.unit;
            format!("{}{change}", self.fitted(&self.letters.name(line), TEXT, room - rest))
        };
        drawn.map(|(at, line)| (at, tag(line))).collect()
    }

    fn grid(&mut self, frame: &Frame) {
        let unit = self.unit;
        let base = (self.report.measure == Measure::Rebased).then_some(100.0);
        for tick in &frame.scale.ticks {
            let y = frame.y(*tick);
            let (from, to) = ((frame.left, y), (frame.right, y));
            let strong = base.is_some_and(|b: f64| (b - tick).abs() < 1e-9);
            let paint = if strong { Paint::Dim } else { Paint::Grid };
            self.items.push(Item::Rule { from, to, paint, width: unit });
            let label = self.fitted(&frame.scale.label(*tick), SMALL, self.width * 0.2);
            let at = (frame.left - 8.0 * unit, y + 0.35 * SMALL * unit);
            self.text(at, SMALL, Anchor::End, Paint::Dim, label);
        }
        let most = ((frame.right - frame.left) / (92.0 * unit)).max(1.0);
        let (from, to) = ((frame.left, frame.bottom), (frame.right, frame.bottom));
        self.items.push(Item::Rule { from, to, paint: Paint::Dim, width: unit });
        for (day, label) in frame.axis.ticks(whole(most)) {
            let x = frame.x(day);
            let (from, to) = ((x, frame.bottom), (x, frame.bottom + 5.0 * unit));
            self.items.push(Item::Rule { from, to, paint: Paint::Dim, width: unit });
            let half = glyphs::width(&label) * SMALL * unit / 2.0;
            let centre = x.max(half + 2.0).min(self.width - half - 2.0);
            self.text((centre, frame.bottom + 18.0 * unit), SMALL, Anchor::Middle, Paint::Dim, label);
        }
    }

    /// The lines, the first one on top.
    fn lines(&mut self, frame: &Frame) {
        for (at, line) in self.report.lines.iter().enumerate().rev() {
            let points: Vec<(f64, f64)> =
                line.points.iter().map(|p| (frame.x(p.date), frame.y(p.value))).collect();
            if points.len() > 1 {
                self.items.push(Item::Path { points, line: at, width: 2.0 * self.unit });
            }
        }
    }

    /// The ends of the lines and their labels, with a thin line to each that had to move.
    fn ends(&mut self, frame: &Frame, tags: &[(usize, String)], room: f64) {
        let unit = self.unit;
        let last =
            |line: usize| self.report.lines.get(line).and_then(|l| Some((l.points.last()?, words::open(l))));
        let ends: Vec<(usize, (f64, f64), bool)> = tags
            .iter()
            .filter_map(|(line, _)| {
                last(*line).map(|(p, open)| (*line, (frame.x(p.date), frame.y(p.value)), open))
            })
            .collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, at, _)| at.1).collect();
        let half = 0.5 * TEXT * unit;
        let places = labels::spread(&wanted, 1.25 * TEXT * unit, frame.top + half, frame.bottom - half);
        let x = self.width - MARGIN * unit - room;
        for (((line, at, open), place), (_, tag)) in ends.iter().zip(places).zip(tags).rev() {
            if let Some(y) = place {
                self.items.push(Item::Rule {
                    from: *at,
                    to: (x - 5.0 * unit, y),
                    paint: Paint::Line(*line),
                    width: 0.8 * unit,
                });
                let tag = self.fitted(tag, TEXT, room);
                self.text((x, y + 0.35 * TEXT * unit), TEXT, Anchor::Start, Paint::Ink, tag);
            }
            self.items.push(Item::Dot { at: *at, radius: 3.6 * unit, line: *line, ring: *open });
        }
    }
}

/// Where the lines are drawn.
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    axis: Axis,
    scale: Scale,
}

impl Frame {
    fn x(&self, day: chrono::NaiveDate) -> f64 {
        self.left + self.axis.share(day) * (self.right - self.left)
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom - self.scale.share(value) * (self.bottom - self.top)
    }
}

fn count(n: usize) -> f64 {
    f64::from(u16::try_from(n).unwrap_or(u16::MAX))
}

/// A count from a length; small and positive.
fn whole(value: f64) -> usize {
    value.clamp(0.0, 1000.0) as usize
}
