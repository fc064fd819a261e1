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
use crate::domain::{Comparison, Horizon};

/// Columns before the horizons in the block of returns: name, close, session.
const BEFORE: usize = 3;

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

fn horizon_heads(horizons: &[Horizon], unit: &str, year: i32) -> Vec<String> {
    let head = |h: &Horizon| match h {
        Horizon::Since(date) => format!("since {}", text::short_date(*date, year).trim()),
        h => format!("{}{unit}", h.label()),
    };
    horizons.iter().map(head).collect()
}

/// A table of which the first column is cut and the last ones are dropped until it fits; says which
/// columns went.
fn fitted(page: &mut Page, rows: Vec<Vec<String>>, left: usize, mut order: Vec<usize>) -> Vec<usize> {
    let style = page.style;
    let columns = rows.first().map_or(0, Vec::len);
    let natural: Vec<usize> =
        (0..columns).map(|at| layout::widest(rows.iter().filter_map(|row| row.get(at)))).collect();
    order.retain(|at| *at > 0 && *at < columns);
    let fit = layout::choose(&natural, &order, style.cells());
    let pick = |row: Vec<String>| -> Vec<String> {
        let cells = fit.kept.iter().filter_map(|at| row.get(*at).map(|cell| (at, cell)));
        cells
            .map(|(at, cell)| if *at == 0 { text::fit(cell, fit.name, style) } else { cell.clone() })
            .collect()
    };
    let rows: Vec<Vec<String>> = rows.into_iter().map(pick).collect();
    let align = |at: &usize| if *at < left && *at != 1 { Align::Left } else { Align::Right };
    let aligns: Vec<Align> = fit.kept.iter().map(align).collect();
    for (line, cells) in layout::pad(&rows, &aligns).iter().enumerate() {
        page.painted(layout::join(cells, fit.gap, style, |at, cell| match fit.kept.get(at) {
            _ if line == 0 => style.paint(Tone::Head, cell),
            Some(2) if left == BEFORE => paint_session(cell, style),
            Some(column) if *column >= left => style.paint(Tone::of_move(cell), cell),
            _ => cell.to_owned(),
        }));
    }
    (0..columns).filter(|at| !fit.kept.contains(at)).collect()
}

fn returns(page: &mut Page, report: &Comparison) {
    let style = page.style;
    let year = report.as_of.year();
    page.blank();
    let mut rows = vec![
        [
            vec!["Return, %".to_owned(), "Close".into(), "Session".into()],
            horizon_heads(&report.horizons, "", year),
        ]
        .concat(),
    ];
    for row in &report.instruments {
        let close = row.close.and_then(|c| number::level(c, row.decimals));
        let session = row.session.date.map(|date| grid::session(date, row.session.status, year));
        let moves = report.horizons.iter().map(|h| percent(row.moves.get(h).and_then(|m| m.pct), style));
        let mut cells = vec![
            label(row, style),
            close.unwrap_or_else(|| "no data".to_owned()),
            session.unwrap_or_else(|| style.dash().to_owned()),
        ];
        cells.extend(moves);
        rows.push(cells);
    }
    // From the last horizon to the second, then the session, the close, and the first horizon.
    let last = BEFORE + report.horizons.len();
    let order = (BEFORE + 1..last).rev().chain([2, 1, BEFORE]).collect();
    let hidden = fitted(page, rows, BEFORE, order);
    let labels: Vec<String> = hidden
        .iter()
        .filter_map(|at| report.horizons.get(at.checked_sub(BEFORE)?))
        .map(Horizon::label)
        .collect();
    if !labels.is_empty() {
        let says = format!("not shown at this width: {}; --width or --json shows them", labels.join(", "));
        page.hanging(Tone::Dim, "", &says);
    }
}

/// Which sessions each one's move spans, for the horizons where they are not the same.
fn dates(page: &mut Page, report: &Comparison) {
    let spans = |h: &Horizon| -> Vec<(String, Option<(NaiveDate, NaiveDate)>)> {
        let row = |row: &Compared| {
            let cell = row.moves.get(h);
            let span = cell.and_then(|c| c.from.zip(c.to));
            (text::clean(row.id.as_str(), page.style), span)
        };
        report.instruments.iter().map(row).filter(|(_, span)| span.is_some()).collect()
    };
    let mut says = Vec::new();
    for horizon in &report.horizons {
        let spans = spans(horizon);
        if spans.iter().all(|(_, span)| Some(span) == spans.first().map(|(_, first)| first)) {
            continue;
        }
        let parts: Vec<String> = spans
            .iter()
            .filter_map(|(id, span)| span.map(|(from, to)| format!("{id} {from} to {to}")))
            .collect();
        says.push(format!("{}: {}", horizon.label(), parts.join(", ")));
    }
    for say in says {
        page.hanging(Tone::Dim, "", &say);
    }
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
    let mut rows = vec![vec!["Spread, pp (ratio, %)".to_owned()]];
    rows.iter_mut().for_each(|row| row.extend(horizon_heads(&report.horizons, "", report.as_of.year())));
    for pair in &report.pairs {
        let cell = |say: &dyn Fn(&Spread) -> String| {
            let say = |h| pair.spreads.get(h).map_or_else(|| style.dash().to_owned(), say);
            report.horizons.iter().map(say).collect::<Vec<_>>()
        };
        rows.push([vec![pair_label(pair, style)], cell(&|s| points(s, style))].concat());
        rows.push([vec!["  ratio, %".to_owned()], cell(&|s| percent(s.relative_pct, style))].concat());
    }
    let order = (2..=report.horizons.len()).rev().collect();
    fitted(page, rows, 1, order);
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
        let [a, b] =
            [&pair.a, &pair.b].map(|id| text::fit(&text::clean(id.as_str(), style), LONGEST_ID, style));
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
            2 | 4 | 5 if !title => style.paint(Tone::of_move(cell), cell),
            0 | 1 | 3 if !title => cell.to_owned(),
            0 => cell.to_owned(),
            _ => style.paint(Tone::Dim, cell),
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
        let says = format!("{label}: {a} {first} {first_pct} %, {b} {second} {second_pct} %, {pp} pp");
        page.hanging(Tone::Plain, "  ", &says);
    }
}

/// The pair's alignments with what each is called; one that equals an earlier one shares its line.
fn alignments<'a>(pair: &'a Pair, style: &Style) -> Vec<(String, &'a Spread)> {
    let close = |id: &crate::domain::InstrumentId| {
        format!("at {} close", text::fit(&text::clean(id.as_str(), style), LONGEST_ID, style))
    };
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
