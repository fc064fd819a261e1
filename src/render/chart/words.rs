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
use crate::render::style::Style;
use crate::render::{number, text};

/// Longest text from outside.
const LONGEST: usize = 400;

/// Which letters a picture can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// All: the viewer has them.
    Any,
    /// Those in `glyphs`.
    Baked,
    /// Those of ASCII.
    Ascii,
}

impl Letters {
    /// Those that a style allows.
    pub(super) fn of(style: &Style) -> Self {
        if style.ascii { Letters::Ascii } else { Letters::Any }
    }

    /// A text from outside, harmless, with a mark for each letter that cannot be shown.
    pub(super) fn shown(self, text: &str) -> String {
        let safe = sanitise(text, LONGEST);
        let can = |c: char| match self {
            Letters::Any => !matches!(c, '\u{fffe}' | '\u{ffff}'),
            Letters::Baked => glyphs::glyph(c).is_some(),
            Letters::Ascii => true,
        };
        let safe = self.plain(safe);
        safe.chars().map(|c| if can(c) { c } else { '?' }).collect()
    }

    /// A text of ours in the letters that there are.
    pub(super) fn plain(self, words: String) -> String {
        if self != Letters::Ascii {
            return words;
        }
        words.chars().map(text::ascii).collect()
    }

    /// A line's name, or its id where the name is empty or cannot be shown.
    pub(super) fn name(self, line: &ChartLine) -> String {
        let name = sanitise(&line.name, LONGEST);
        let unshown = match self {
            Letters::Any => false,
            Letters::Baked => !glyphs::has(&name),
            Letters::Ascii => !name.is_ascii(),
        };
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
        Measure::Rebased if report.currency == "local" => facts.push("rebased to 100".to_owned()),
        Measure::Rebased => {
            facts.push(format!("rebased to 100, in {}", Letters::Baked.shown(&report.currency)));
        }
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

/// Lists longer than this are shortened to so many and the number of the others.
const LONG_LIST: usize = 6;
const NAMED: usize = 2;

/// The order of the notes below a picture; a low one leaves out from the end. What is live has its own.
const ORDER: [NoteKind; 9] = [
    NoteKind::Period,
    NoteKind::Stale,
    NoteKind::Warning,
    NoteKind::Currency,
    NoteKind::Absent,
    NoteKind::Basis,
    NoteKind::Composite,
    NoteKind::Shut,
    NoteKind::Benchmark,
];

/// What stands below a picture.
pub(super) struct Remarks {
    /// Stays at every size: what the star means, and the sources.
    pub always: Vec<String>,
    /// The rest, the most important first.
    pub rest: Vec<String>,
}

/// What stands below a picture.
pub(super) fn remarks(report: &Chart, letters: Letters) -> Remarks {
    let told = |kind: NoteKind| report.notes.iter().filter(move |n| n.kind == kind);
    let said = |note: &crate::domain::snapshot::Note| letters.shown(&shortened(&note.message));
    let mut rest: Vec<String> = missing(report).map(|m| letters.shown(&m)).into_iter().collect();
    rest.extend(ORDER.into_iter().flat_map(told).map(said));
    let open: Vec<String> = report.lines.iter().filter(|l| open(l)).map(|l| letters.name(l)).collect();
    let star = format!("* ends on a value that may still change: {}.", listed(&open));
    let mut always: Vec<String> = (!open.is_empty()).then(|| letters.shown(&star)).into_iter().collect();
    always.extend(told(NoteKind::Source).map(said));
    Remarks { always, rest }
}

/// What could not be had and why, all in one sentence.
fn missing(report: &Chart) -> Option<String> {
    if let [one] = report.errors.as_slice() {
        return Some(format!("Missing: {}.", one.message));
    }
    let mut causes: Vec<(&str, Vec<String>)> = Vec::new();
    for error in &report.errors {
        let why = if error.reason.is_empty() { error.message.as_str() } else { error.reason.as_str() };
        match causes.iter_mut().find(|(known, _)| *known == why) {
            Some((_, ids)) => ids.push(error.id.to_string()),
            None => causes.push((why, vec![error.id.to_string()])),
        }
    }
    let says: Vec<String> = causes.iter().map(|(why, ids)| format!("{} ({why})", listed(ids))).collect();
    (!says.is_empty()).then(|| format!("Missing: {}.", says.join("; ")))
}

/// Names in a row, the last ones of a long list only counted.
fn listed(names: &[String]) -> String {
    match names.get(..NAMED).filter(|_| names.len() > LONG_LIST) {
        Some(first) => format!("{} and {} more", first.join(", "), names.len() - NAMED),
        None => names.join(", "),
    }
}

/// A sentence whose long lists of ids are shortened.
fn shortened(sentence: &str) -> String {
    let is_id = |word: &str| word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase);
    let words: Vec<&str> = sentence.split(' ').collect();
    let (mut kept, mut rest) = (Vec::new(), words.as_slice());
    while let [first, after @ ..] = rest {
        let before = rest.iter().take_while(|w| w.strip_suffix(',').is_some_and(is_id)).count();
        let ids: Vec<String> = rest
            .iter()
            .take(before + 1)
            .map(|w| w.trim_end_matches([',', ';', ':', '.']).to_owned())
            .collect();
        let last = ids.get(before).is_some_and(|id| is_id(id));
        if last && ids.len() > LONG_LIST {
            let end = rest.get(before).and_then(|w| w.strip_prefix(ids.last()?.as_str())).unwrap_or_default();
            kept.push(format!("{}{end}", listed(&ids)));
            rest = rest.get(before + 1..).unwrap_or_default();
        } else {
            kept.push((*first).to_owned());
            rest = after;
        }
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_ids_is_shortened_and_its_statement_stays() {
        let says = "Bases differ: A, B1, C^X, D, E.F, G, H leave dividends out; DAX includes dividends.";
        assert_eq!(
            shortened(says),
            "Bases differ: A, B1 and 5 more leave dividends out; DAX includes dividends."
        );
        assert_eq!(shortened("Shut: A, B, C, D, E, F, G."), "Shut: A, B and 5 more.");
        let short = "Bases differ: A, B, C leave dividends out; DAX includes dividends.";
        assert_eq!(shortened(short), short);
    }
}
