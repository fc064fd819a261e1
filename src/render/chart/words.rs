//! What a chart says in words: its title, what the values are, names, changes and remarks.
//!
//! Not for: where the words stand (`scene`, `terminal`), nor the legend's columns (`legend`).

use chrono::NaiveDate;

use super::glyphs;
use crate::domain::Chart;
use crate::domain::Kind;
use crate::domain::chart::{ChartLine, Measure};
use crate::domain::snapshot::{NoteKind, Status};
use crate::domain::text::sanitise;
use crate::render::number;

/// Longest text from outside.
const LONGEST: usize = 400;

/// Which letters a picture can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// All: the viewer has them.
    Any,
    /// Those in `glyphs`.
    Baked,
}

impl Letters {
    /// A text from outside, harmless, with a mark for each letter that cannot be shown.
    pub(super) fn shown(self, text: &str) -> String {
        let safe = sanitise(text, LONGEST);
        let can = |c: char| match self {
            Letters::Any => !matches!(c, '\u{fffe}' | '\u{ffff}'),
            Letters::Baked => glyphs::glyph(c).is_some(),
        };
        safe.chars().map(|c| if can(c) { c } else { '?' }).collect()
    }

    /// A line's name, or its id where the name is empty or cannot be shown.
    pub(super) fn name(self, line: &ChartLine) -> String {
        let name = sanitise(&line.name, LONGEST);
        let unshown = self == Letters::Baked && !glyphs::has(&name);
        self.shown(if name.is_empty() || unshown { line.id.as_str() } else { &name })
    }
}

/// A line's name in the legend, which says what is the benchmark.
pub(super) fn entry(name: String, line: &ChartLine) -> String {
    if line.is_benchmark { format!("{name} (benchmark)") } else { name }
}

/// All names in a row.
pub(super) fn title(report: &Chart, letters: Letters) -> String {
    let names: Vec<String> = report.lines.iter().map(|l| letters.name(l)).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// What the values are, and over which days.
pub(super) fn facts(report: &Chart) -> Vec<String> {
    let mut facts = Vec::new();
    let span = extent(report);
    match report.measure {
        Measure::Rebased => facts.push("rebased to 100".to_owned()),
        Measure::Absolute => facts.push(match unit(report) {
            Some(unit) => format!("closes in {unit}"),
            None => "closes".to_owned(),
        }),
    }
    facts.extend(report.log.then(|| "log scale".to_owned()));
    facts.extend(span.map(|(from, to)| format!("{} to {}", day(from), day(to))));
    facts
}

/// The currency that all values have, if they have one and are sums of money; an index is in points.
fn unit(report: &Chart) -> Option<String> {
    if report.currency != "local" {
        return Some(Letters::Baked.shown(&report.currency));
    }
    let money = |l: &&ChartLine| matches!(l.kind, Kind::Stock | Kind::Etf | Kind::Future | Kind::Coin);
    let mut currencies = report.lines.iter().map(|l| l.currency.as_deref().filter(|_| money(&l)));
    let first = currencies.next()??;
    currencies.all(|c| c == Some(first)).then(|| Letters::Baked.shown(first))
}

/// The first and the last session drawn.
pub(super) fn extent(report: &Chart) -> Option<(NaiveDate, NaiveDate)> {
    let days = || report.lines.iter().flat_map(|l| &l.points).map(|p| p.date);
    Some((days().min()?, days().max()?))
}

/// A date with its year: "5 Jan 2026".
pub(super) fn day(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// A line's change: "+3.53 %".
pub(super) fn change(line: &ChartLine) -> Option<String> {
    let pct = line.change.pct.filter(|_| !line.points.is_empty())?;
    number::percent(pct.0).map(|text| format!("{text} %"))
}

/// Whether a line's last value may still change.
pub(super) fn open(line: &ChartLine) -> bool {
    matches!(line.session.status, Some(Status::Live | Status::Provisional))
}

/// What stands below a picture, the most important first.
pub(super) fn remarks(report: &Chart, letters: Letters) -> Vec<String> {
    let mut said: Vec<String> = report.errors.iter().map(|e| format!("Missing: {}.", e.message)).collect();
    let told = |kinds: &[NoteKind]| {
        let notes = report.notes.iter().filter(|n| kinds.contains(&n.kind));
        notes.map(|n| n.message.clone()).collect::<Vec<_>>()
    };
    said.extend(told(&[NoteKind::Period, NoteKind::Absent, NoteKind::Stale]));
    let open: Vec<String> = report.lines.iter().filter(|l| open(l)).map(|l| letters.name(l)).collect();
    if !open.is_empty() {
        said.push(format!("* ends on a value that may still change: {}.", open.join(", ")));
    }
    said.extend(told(&[NoteKind::Source]).pop());
    said.extend(told(&[NoteKind::Basis]));
    said.iter().map(|s| letters.shown(s)).collect()
}
