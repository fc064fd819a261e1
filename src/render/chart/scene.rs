//! The layout of a picture: everything on it with its place, in pixels from the upper left corner. SVG and PNG
//! are written from it.
//!
//! Not for: file formats (`svg`, `png`), nor colours (`palette`).

mod foot;
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
    let mut sheet = Sheet { report, letters, unit, width, height, listed: 0, items: Vec::new() };
    let foot = sheet.plan(size.height.is_none());
    let top = sheet.head();
    let bottom = sheet.foot(&foot);
    sheet.plot(top, bottom);
    Scene {
        width: sheet.width,
        height: sheet.height,
        title: letters.plain(words::title(report, letters)),
        description: description(report, letters),
        items: sheet.items,
    }
}

/// Lays the plot out alone, at a size that a phone still shows legibly, for a page that tells the rest in words.
pub(super) fn plot_alone(report: &Chart, letters: Letters) -> Scene {
    let (width, height) = (560.0, 300.0);
    let mut sheet = Sheet { report, letters, unit: 1.05, width, height, listed: 0, items: Vec::new() };
    sheet.plot(10.0, height - 34.0);
    Scene {
        width,
        height,
        title: letters.plain(words::title(report, letters)),
        description: letters.plain(format!("{}.", lines(report, letters))),
        items: sheet.items,
    }
}

/// Each line's last close and its change.
fn lines(report: &Chart, letters: Letters) -> String {
    let told = report.lines.iter().map(|line| {
        let cells = legend::cells(report, line, letters.name(line), "unknown");
        let [name, from, _, to, close, change] = cells;
        format!("{name}: {close} on {to}, {change} % since {from}")
    });
    told.collect::<Vec<_>>().join("; ")
}

/// The chart in words, for readers who do not see it.
fn description(report: &Chart, letters: Letters) -> String {
    let demo = if report.demo { "DEMO: closes built into the program. " } else { "" };
    let said = words::remarks(report, letters);
    let said: String = said.rest.iter().chain(&said.always).map(|says| format!(" {says}")).collect();
    let lines = lines(report, letters);
    letters.plain(format!("{demo}{}: {lines}.{said}", words::facts(report).join(", ")))
}

/// A picture in the making. Lengths are in `unit`, which is 1 at the usual size.
struct Sheet<'a> {
    report: &'a Chart,
    letters: Letters,
    unit: f64,
    width: f64,
    height: f64,
    /// How many lines the legend has.
    listed: usize,
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

impl Sheet<'_> {
    fn text(&mut self, at: (f64, f64), size: f64, anchor: Anchor, paint: Paint, text: impl Into<String>) {
        let (size, text) = (size * self.unit, self.letters.plain(text.into()));
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

    /// A sentence in lines that fit, at a size in units.
    fn wrapped(&self, said: &str, size: f64) -> Vec<String> {
        let room = self.width - 2.0 * MARGIN * self.unit;
        let (mut lines, mut line) = (Vec::new(), String::new());
        for word in said.split(' ') {
            let tried = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if glyphs::width(&tried) * size * self.unit > room && !line.is_empty() {
                lines.push(self.fitted(&std::mem::replace(&mut line, word.to_owned()), size, room));
            } else {
                line = tried;
            }
        }
        lines.push(self.fitted(&line, size, room));
        lines
    }

    /// What the values are, over which days and as of when, in lines.
    fn facts(&self) -> Vec<String> {
        let as_of = self.report.as_of.format("%Y-%m-%d %H:%M UTC");
        let mut facts = format!("{} · marketsnap, as of {as_of}", words::facts(self.report).join(" · "));
        if let Some(first) = facts.get(..1).map(str::to_uppercase) {
            facts.replace_range(..1, &first);
        }
        self.wrapped(&facts, TEXT)
    }

    /// Rows that the heading takes.
    fn above(&self) -> f64 {
        count(self.facts().len()) + if self.report.demo { 4.0 } else { 3.0 }
    }

    /// Title, what the values are, and that they are a demo's; gives back where the plot may begin.
    fn head(&mut self) -> f64 {
        let left = MARGIN * self.unit;
        let room = self.width - 2.0 * left;
        let mut y = left + TITLE * 0.8 * self.unit;
        let title = self.fitted(&words::title(self.report, self.letters), TITLE, room);
        self.text((left, y), TITLE, Anchor::Start, Paint::Ink, title);
        y += 1.25 * ROW * self.unit;
        for (at, line) in self.facts().into_iter().enumerate() {
            y += if at > 0 { ROW * self.unit } else { 0.0 };
            self.text((left, y), TEXT, Anchor::Start, Paint::Dim, line);
        }
        if self.report.demo {
            y += ROW * self.unit;
            let says = self.fitted("DEMO: closes built into the program, not today's market", TEXT, room);
            self.text((left, y), TEXT, Anchor::Start, Paint::Ink, says);
        }
        y + ROW * self.unit
    }
}

fn count(n: usize) -> f64 {
    f64::from(u16::try_from(n).unwrap_or(u16::MAX))
}
