//! The report of `compare` for a terminal: returns, spreads, the day by each one's clock, and lines
//! rebased to 100.
//!
//! Not for: aligning sessions or taking differences (`compute`).

use std::io::{self, Write};

use chrono::{Datelike, NaiveDate};

use super::grid;
use super::layout::{self, Align};
use super::number;
use super::page::{Page, paint_session};
use super::rebased;
use super::style::{Style, Tone};
use super::text;
use crate::domain::comparison::{Compared, Leg, Pair, Spread};
use crate::domain::moves::Percent;
use crate::domain::snapshot::NoteKind;
use crate::domain::{Comparison, Horizon, InstrumentId};

/// Columns before the horizons in the block of returns: name, id, close, session.
const BEFORE: usize = 4;

/// Longest name and id that a column is made for.
pub(super) const LONGEST_NAME: usize = 24;
const LONGEST_ID: usize = 14;

/// Writes the report.
pub(super) fn write(report: &Comparison, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    head(&mut page, report);
    returns(&mut page, report);
    dates(&mut page, report);
    spreads(&mut page, report);
    clocks(&mut page, report);
    rebased::block(&mut page, report);
    page.notes(report.notes.iter().filter(|n| n.kind != NoteKind::Period));
    page.errors(&report.errors);
    page.write(out)
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

fn percent(value: Option<Percent>, style: &Style) -> String {
    value.and_then(|p| number::percent(p.0)).unwrap_or_else(|| style.dash().to_owned())
}

fn horizon_heads(horizons: &[Horizon], year: i32) -> Vec<String> {
    let head = |h: &Horizon| match h {
        Horizon::Since(date) => format!("since {}", text::short_date(*date, year).trim()),
        h => h.label(),
    };
    horizons.iter().map(head).collect()
}

/// What a column holds: how it is padded and painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Words,
    Aside,
    Figure,
    Session,
    Move,
}

/// A table with a head, of which the first column is cut and others are dropped until it fits; says
/// which columns went.
fn fitted(page: &mut Page, rows: &[Vec<String>], parts: &[Part], order: &[usize]) -> Vec<usize> {
    let style = page.style;
    let natural: Vec<usize> = (0..parts.len())
        .map(|at| layout::widest(rows.iter().filter_map(|row: &Vec<String>| row.get(at))))
        .collect();
    let fit = layout::choose(&natural, order, &[], style.cells());
    let pick = |row: &Vec<String>| -> Vec<String> {
        let cut = |at: &usize, cell: &String| match at {
            0 => text::fit(cell, fit.name, style),
            _ => cell.clone(),
        };
        fit.kept.iter().filter_map(|at| row.get(*at).map(|cell| cut(at, cell))).collect()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(pick).collect();
    let kept: Vec<Part> = fit.kept.iter().filter_map(|at| parts.get(*at).copied()).collect();
    let align = |part: &Part| match part {
        Part::Figure | Part::Move => Align::Right,
        _ => Align::Left,
    };
    let aligns: Vec<Align> = kept.iter().map(align).collect();
    for (line, cells) in layout::pad(&rows, &aligns).iter().enumerate() {
        page.painted(layout::join(cells, fit.gap, style, |at, cell| match kept.get(at) {
            _ if line == 0 => style.paint(Tone::Head, cell),
            Some(Part::Aside) => style.paint(Tone::Dim, cell),
            Some(Part::Session) => paint_session(cell, style),
            Some(Part::Move) => style.paint(Tone::of_move(cell), cell),
            _ => cell.to_owned(),
        }));
    }
    (0..parts.len()).filter(|at| !fit.kept.contains(at)).collect()
}

/// A line an instrument: name, id, close, session, and its return over each horizon.
fn returns(page: &mut Page, report: &Comparison) {
    let style = page.style;
    let year = report.as_of.year();
    page.blank();
    let mut head = ["Return, %", "Id", "Close", "Session"].map(str::to_owned).to_vec();
    head.extend(horizon_heads(&report.horizons, year));
    let mut rows = vec![head];
    for row in &report.instruments {
        let close = row.close.and_then(|c| number::level(c, row.decimals));
        let session = row.session.date.map(|date| grid::session(date, row.session.status, year));
        let moves = report.horizons.iter().map(|h| percent(row.moves.get(h).and_then(|m| m.pct), style));
        let mut cells = vec![
            label(row, style),
            id_label(&row.id, style),
            close.unwrap_or_else(|| "no data".to_owned()),
            session.unwrap_or_else(|| style.dash().to_owned()),
        ];
        cells.extend(moves);
        rows.push(cells);
    }
    let mut parts = vec![Part::Words, Part::Aside, Part::Figure, Part::Session];
    parts.extend(report.horizons.iter().map(|_| Part::Move));
    // The id, then from the last horizon to the second, then the session and the close.
    let order: Vec<usize> = [1].into_iter().chain((BEFORE + 1..parts.len()).rev()).chain([3, 2]).collect();
    let hidden = fitted(page, &rows, &parts, &order);
    let hidden = hidden.iter().filter_map(|at| report.horizons.get(at.checked_sub(BEFORE)?));
    let labels: Vec<String> = hidden.map(Horizon::label).collect();
    if report.horizons_named && !labels.is_empty() {
        let says = format!("not shown at this width: {}; --width or --json shows them", labels.join(", "));
        page.hanging(Tone::Dim, "", &says);
    }
}

/// Which sessions each one's move spans, for the horizons where they are not the same; horizons of one
/// answer share a line.
fn dates(page: &mut Page, report: &Comparison) {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for horizon in &report.horizons {
        let says = spans(report, horizon, page.style);
        if says.len() < 2 {
            continue;
        }
        match told.iter_mut().find(|(_, earlier)| *earlier == says) {
            Some((labels, _)) => labels.push_str(&format!(", {}", horizon.label())),
            None => told.push((horizon.label(), says)),
        }
    }
    for (labels, mut says) in told {
        if let Some(first) = says.first_mut() {
            *first = format!("{labels}: {first}");
        }
        page.facts(Tone::Dim, "", &says, "; ");
    }
}

/// Each span of sessions behind one horizon with the names of those it is true of.
fn spans(report: &Comparison, horizon: &Horizon, style: &Style) -> Vec<String> {
    let mut found: Vec<((NaiveDate, NaiveDate), String)> = Vec::new();
    for row in &report.instruments {
        let Some(span) = row.moves.get(horizon).and_then(|c| c.from.zip(c.to)) else { continue };
        match found.iter_mut().find(|(earlier, _)| *earlier == span) {
            Some((_, names)) => names.push_str(&format!(", {}", label(row, style))),
            None => found.push((span, label(row, style))),
        }
    }
    found.into_iter().map(|((from, to), names)| format!("{names} {from} to {to}")).collect()
}

/// An id as the blocks print it.
fn id_label(id: &InstrumentId, style: &Style) -> String {
    text::fit(&text::clean(id.as_str(), style), LONGEST_ID, style)
}

fn pair_label(pair: &Pair, style: &Style) -> String {
    let id =
        |id: &crate::domain::InstrumentId| text::fit(&text::clean(id.as_str(), style), LONGEST_ID, style);
    format!("{} - {}", id(&pair.a), id(&pair.b))
}

fn points(spread: &Spread, style: &Style) -> String {
    spread.excess_pp.and_then(|p| number::percent(p.0)).unwrap_or_else(|| style.dash().to_owned())
}

fn spreads(page: &mut Page, report: &Comparison) {
    let style = page.style;
    if report.pairs.is_empty() {
        return;
    }
    page.blank();
    let mut head = vec!["Spread, pp (ratio, %)".to_owned()];
    head.extend(horizon_heads(&report.horizons, report.as_of.year()));
    let mut rows = vec![head];
    for pair in &report.pairs {
        let cell = |say: &dyn Fn(&Spread) -> String| {
            let say = |h| pair.spreads.get(h).map_or_else(|| style.dash().to_owned(), say);
            report.horizons.iter().map(say).collect::<Vec<_>>()
        };
        rows.push([vec![pair_label(pair, style)], cell(&|s| points(s, style))].concat());
        rows.push([vec!["  ratio, %".to_owned()], cell(&|s| percent(s.relative_pct, style))].concat());
    }
    let mut parts = vec![Part::Words];
    parts.extend(report.horizons.iter().map(|_| Part::Move));
    fitted(page, &rows, &parts, &(2..parts.len()).rev().collect::<Vec<_>>());
}

/// The day's move of each pair in up to three alignments; equal ones are told once.
fn clocks(page: &mut Page, report: &Comparison) {
    if report.pairs.is_empty() {
        return;
    }
    page.heading("The day, by clock");
    let style = page.style;
    let year = report.as_of.year();
    let mut rows = Vec::new();
    for pair in &report.pairs {
        let [a, b] = [&pair.a, &pair.b].map(|id| id_label(id, style));
        rows.push([pair_label(pair, style), a, "%".into(), b, "%".into(), "pp".into()].to_vec());
        for (label, spread) in alignments(pair, style) {
            let leg = |leg: &Leg| {
                let span = leg.from.zip(leg.to).map(|(from, to)| text::span(from, to, year));
                [span.unwrap_or_else(|| style.dash().to_owned()), percent(leg.pct, style)]
            };
            let [a_span, a_pct] = leg(&spread.a);
            let [b_span, b_pct] = leg(&spread.b);
            rows.push(vec![format!("  {label}"), a_span, a_pct, b_span, b_pct, points(spread, style)]);
        }
    }
    let columns = rows.first().map_or(0, Vec::len);
    let wide = |at| layout::widest(rows.iter().filter_map(move |row: &Vec<String>| row.get(at)));
    let gap = if style.cells() < 60 { 1 } else { 2 };
    let total: usize = (0..columns).map(wide).sum::<usize>() + gap * columns.saturating_sub(1);
    if total <= style.cells() { clock_table(page, &rows, gap) } else { clock_lines(page, &rows) }
}

fn clock_table(page: &mut Page, rows: &[Vec<String>], gap: usize) {
    use Align::{Left, Right};
    let style = page.style;
    for cells in layout::pad(rows, &[Left, Right, Right, Right, Right, Right]) {
        let title = cells.last().is_some_and(|cell| cell.trim() == "pp");
        page.painted(layout::join(&cells, gap, style, |at, cell| match at {
            0 => cell.to_owned(),
            _ if title => style.paint(Tone::Dim, cell),
            2 | 4 | 5 => style.paint(Tone::of_move(cell), cell),
            _ => cell.to_owned(),
        }));
    }
}

/// The same as sentences, where the columns do not fit.
fn clock_lines(page: &mut Page, rows: &[Vec<String>]) {
    let (mut a, mut b) = (String::new(), String::new());
    for row in rows {
        let [label, first, first_pct, second, second_pct, pp] = row.as_slice() else { continue };
        if pp == "pp" {
            (a, b) = (first.clone(), second.clone());
            page.line(Tone::Plain, label);
            continue;
        }
        let label = label.trim();
        let says = [
            format!("{label}:"),
            format!("{a} {first} {first_pct} %,"),
            format!("{b} {second} {second_pct} %,"),
            format!("{pp} pp"),
        ];
        page.facts(Tone::Plain, "  ", &says, "");
    }
}

/// The pair's alignments with what each is called; one that equals an earlier one shares its line.
fn alignments<'a>(pair: &'a Pair, style: &Style) -> Vec<(String, &'a Spread)> {
    let close = |id: &InstrumentId| format!("at {} close", id_label(id, style));
    let all = &pair.alignments;
    let named = [
        ("newest".to_owned(), &all.newest),
        (close(&pair.a), &all.seen_by_a),
        (close(&pair.b), &all.seen_by_b),
    ];
    let mut told: Vec<(String, &Spread)> = Vec::new();
    for (name, spread) in named {
        match told.iter_mut().find(|(_, earlier)| *earlier == spread) {
            Some((label, _)) => label.push_str(&format!(", {name}")),
            None => told.push((name, spread)),
        }
    }
    if told.len() == 1 {
        told.iter_mut().for_each(|(label, _)| "newest, at both closes".clone_into(label));
    }
    told
}
