//! The report of `compare` for a terminal: returns, spreads, the day by each one's clock, and lines
//! rebased to 100.
//!
//! Not for: aligning sessions or taking differences (`compute`), nor the blocks of pairs (`pairs`).

use std::io::{self, Write};

use chrono::{Datelike, NaiveDate};

use super::block::{Block, Part};
use super::cells;
use super::number;
use super::page::Page;
use super::pairs;
use super::rebased;
use super::session;
use super::style::{Style, Tone};
use super::text;
use super::together;
use crate::domain::comparison::Compared;
use crate::domain::moves::Percent;
use crate::domain::snapshot::NoteKind;
use crate::domain::{Comparison, Horizon, InstrumentId};

/// Longest name and id that a column is made for.
pub(super) const LONGEST_NAME: usize = 24;
const LONGEST_ID: usize = 14;

/// Names and pairs keep these before a horizon is dropped for them.
const NAME_COMFORT: usize = 18;
const PAIR_COMFORT: usize = 24;

/// Writes the report.
pub(super) fn write(report: &Comparison, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    fill(&mut page, report);
    page.write(out)
}

/// Puts the report on a page.
pub(super) fn fill(page: &mut Page, report: &Comparison) {
    let shown = shown(report, page.style);
    head(page, report);
    returns(page, report, shown);
    legend(page, report, shown);
    pairs::spreads(page, report, shown);
    pairs::clocks(page, report);
    together::ranks(page, report);
    together::links(page, report);
    rebased::block(page, report);
    page.notes(report.notes.iter().filter(|n| n.kind != NoteKind::Period));
    page.errors(&report.errors);
}

/// The horizons that fit both the returns and the spreads, so that one legend is true of both: all
/// but the last ones asked for, and never less than one.
fn shown<'a>(report: &'a Comparison, style: &Style) -> &'a [Horizon] {
    let first = |count: usize| report.horizons.get(..count).unwrap_or_default();
    let fit = |horizons: &[Horizon]| {
        returns_block(report, horizons, false, style).fits(NAME_COMFORT, style)
            && pairs::spread_block(report, horizons, style).fits(PAIR_COMFORT, style)
    };
    let count = (1..=report.horizons.len()).rev().find(|count| fit(first(*count)));
    first(count.unwrap_or(1))
}

fn head(page: &mut Page, report: &Comparison) {
    let mut facts = vec![format!("as of {}", report.as_of.format("%Y-%m-%d %H:%M UTC"))];
    facts.extend(report.date.map(|date| format!("sessions up to {date}")));
    facts.extend(report.end_date.map(|date| format!("common end {date}")));
    page.title("marketsnap compare", &facts, &report.currency, report.status);
    page.demo(report.demo);
    page.periods(&report.notes);
}

/// A name as the blocks print it.
pub(super) fn label(row: &Compared, style: &Style) -> String {
    text::fit(&text::name(&row.name, row.id.as_str(), style), LONGEST_NAME, style)
}

/// A move, or a dash.
pub(super) fn percent(value: Option<Percent>, style: &Style) -> String {
    value.and_then(|p| number::percent(p.0)).unwrap_or_else(|| style.dash().to_owned())
}

/// What the horizons' columns are headed with.
pub(super) fn horizon_heads(horizons: &[Horizon], year: i32) -> Vec<String> {
    let head = |h: &Horizon| match h {
        Horizon::Since(date) => format!("since {}", text::short_date(*date, year).trim()),
        h => h.label(),
    };
    horizons.iter().map(head).collect()
}

/// A line an instrument: name, perhaps id, close, session, and its return over each horizon.
fn returns_block(report: &Comparison, horizons: &[Horizon], ids: bool, style: &Style) -> Block {
    let year = report.as_of.year();
    let aside = |cell: String| ids.then_some(cell);
    let mut head = vec!["Return, %".to_owned()];
    head.extend(aside("Id".to_owned()));
    head.extend(["Close", "Session"].map(str::to_owned));
    head.extend(horizon_heads(horizons, year));
    let mut rows = vec![head];
    for row in &report.instruments {
        let close = row.close.and_then(|c| number::close(c, row.decimals));
        let session = row.session.date.map(|date| session::dated(date, row.session.status, year));
        let mut cells = vec![label(row, style)];
        cells.extend(aside(id_label(&row.id, style)));
        cells.push(close.unwrap_or_else(|| cells::no_close(row.fx.as_ref()).to_owned()));
        cells.push(session.unwrap_or_else(|| style.dash().to_owned()));
        cells.extend(horizons.iter().map(|h| percent(row.moves.get(h).and_then(|m| m.pct), style)));
        rows.push(cells);
    }
    let mut parts = vec![Part::Words];
    parts.extend(ids.then_some(Part::Aside));
    parts.extend([Part::Figure, Part::Session]);
    parts.extend(horizons.iter().map(|_| Part::Move));
    Block { parts, rows }
}

/// The returns; ids stand beside the names where neither a name nor a horizon has to give way.
fn returns(page: &mut Page, report: &Comparison, shown: &[Horizon]) {
    page.blank();
    let full = returns_block(report, shown, true, page.style);
    if shown.len() == report.horizons.len() && full.fits(usize::MAX, page.style) {
        full.print(page, &[], &[]);
    } else {
        // A session tells what is live or stale: it goes only when names are at their shortest, and the
        // close after it. No horizon goes here: they were chosen to fit.
        returns_block(report, shown, false, page.style).print(page, &[], &[2, 1]);
    }
}

/// Which sessions each one's move spans, for the horizons where they are not the same, and what does
/// not fit; horizons of one answer share a line.
fn legend(page: &mut Page, report: &Comparison, shown: &[Horizon]) {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for horizon in shown {
        let says = spans(report, horizon, page.style);
        if says.len() < 2 {
            continue;
        }
        match told.iter_mut().find(|(_, earlier)| *earlier == says) {
            Some((labels, _)) => labels.push_str(&format!(", {}", horizon.label())),
            None => told.push((horizon.label(), says)),
        }
    }
    let hidden = report.horizons.get(shown.len()..).filter(|h| report.horizons_named && !h.is_empty());
    if !told.is_empty() || hidden.is_some() {
        page.blank();
    }
    for (labels, mut says) in told {
        if let Some(first) = says.first_mut() {
            *first = format!("{labels}: {first}");
        }
        page.facts(Tone::Dim, "", &says, "; ");
    }
    if let Some(hidden) = hidden {
        let labels: Vec<String> = hidden.iter().map(Horizon::label).collect();
        let says = format!("not shown at this width: {}; --width or --json shows them", labels.join(", "));
        page.hanging(Tone::Dim, "", &says);
    }
}

/// Each span of sessions behind one horizon with the ids of those it is true of: a name may hold a
/// comma, an id does not.
fn spans(report: &Comparison, horizon: &Horizon, style: &Style) -> Vec<String> {
    let year = report.as_of.year();
    let mut found: Vec<((NaiveDate, NaiveDate), String)> = Vec::new();
    for row in &report.instruments {
        let Some(span) = row.moves.get(horizon).and_then(|c| c.from.zip(c.to)) else { continue };
        match found.iter_mut().find(|(earlier, _)| *earlier == span) {
            Some((_, ids)) => ids.push_str(&format!(", {}", id_label(&row.id, style))),
            None => found.push((span, id_label(&row.id, style))),
        }
    }
    found.into_iter().map(|((from, to), ids)| format!("{ids} {}", text::span(from, to, year))).collect()
}

/// An id as the blocks print it.
pub(super) fn id_label(id: &InstrumentId, style: &Style) -> String {
    text::fit(&text::clean(id.as_str(), style), LONGEST_ID, style)
}
