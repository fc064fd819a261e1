//! The moves of a page: a line a horizon, with its base and the benchmark's sessions.
//!
//! Not for: choosing base sessions (`compute`).

use chrono::Datelike;

use super::super::cells::Mark;
use super::super::document::DataTable;
use super::super::layout::{self, Align};
use super::super::number;
use super::super::page::Page;
use super::super::style::Tone;
use super::super::text;
use super::{absent, hanging, level, percent, reason};
use crate::domain::snapshot::{MoveCell, MoveFlag, RelativeCell, Row};
use crate::domain::{Horizon, Show};

/// Columns that are dropped where they do not fit, the first one first: the benchmark's sessions, the
/// base's close, the rate a year, the base's date.
const ORDER: [usize; 4] = [6, 4, 2, 3];

/// The column of rates a year, which is left out where there is none.
const RATE: usize = 2;

/// The longest benchmark name in a heading.
const LONGEST: usize = 9;

/// The table of moves; an absent one keeps its line and says why.
pub(super) fn table(lines: &mut Page, page: &Show, row: &Row) {
    lines.blank();
    let style = lines.style;
    let own = row.id == page.benchmark;
    let id = text::clean(page.benchmark.as_str(), style);
    let short = if text::width(&id) <= LONGEST { id.as_str() } else { "bench." };
    let mut head = ["Move", "%", "% a year", "from", "base"].map(str::to_owned).to_vec();
    if !own {
        head.extend([format!("vs {short}"), format!("{short}'s sessions")]);
    }
    let mut rows = vec![head];
    rows.extend(row.moves.iter().map(|(horizon, cell)| cells(page, row, *horizon, cell, own, style)));
    let natural: Vec<usize> = (0..rows.first().map_or(0, Vec::len))
        .map(|at| layout::widest(rows.iter().filter_map(move |row| row.get(at))))
        .collect();
    let rates = page.annualised.iter().any(|(_, rate)| rate.pct.is_some());
    if lines.document().is_some() {
        flowing(lines, row, rows, rates);
        legend(lines, page, row, own);
        return;
    }
    let order: Vec<usize> = ORDER.into_iter().filter(|at| *at < natural.len()).collect();
    let mut fit = layout::choose(&natural, &order, &[], style.cells());
    fit.kept.retain(|at| rates || *at != RATE);
    let pick = |row: &Vec<String>| fit.kept.iter().filter_map(|at| row.get(*at).cloned()).collect::<Vec<_>>();
    let picked: Vec<Vec<String>> = rows.iter().map(pick).collect();
    let align = |at: &usize| if matches!(at, 0 | 3 | 6) { Align::Left } else { Align::Right };
    let aligns: Vec<Align> = fit.kept.iter().map(align).collect();
    let says = row.moves.iter().map(|(_, cell)| cell.pct.is_none().then(|| absent(cell.absent)));
    let says: Vec<Option<String>> = std::iter::once(None).chain(says).collect();
    for (line, cells) in layout::pad(&picked, &aligns).iter().enumerate() {
        if let Some(Some(says)) = says.get(line) {
            let label = cells.first().map_or("", String::as_str);
            hanging(lines, &format!("{label}  "), says, Tone::Dim, 0);
            continue;
        }
        lines.painted(layout::join(cells, fit.gap, style, |at, cell| match fit.kept.get(at) {
            _ if line == 0 => style.paint(Tone::Head, cell),
            Some(1 | 2 | 5) => style.paint(Tone::of_move(cell), cell),
            _ => cell.to_owned(),
        }));
    }
    legend(lines, page, row, own);
}

/// The same in a document; an absent move says why in a column of its own.
fn flowing(lines: &mut Page, row: &Row, mut rows: Vec<Vec<String>>, rates: bool) {
    let gaps = row.moves.iter().any(|(_, cell)| cell.pct.is_none());
    for (cells, moved) in rows.iter_mut().skip(1).zip(row.moves.iter()) {
        let why = moved.1.pct.is_none().then(|| reason(moved.1.absent).to_owned());
        cells.extend(gaps.then(|| why.unwrap_or_default()));
    }
    if let Some(head) = rows.first_mut() {
        head.extend(gaps.then(|| "Absent".to_owned()));
    }
    let columns = rows.first().map_or(0, Vec::len);
    for cells in &mut rows {
        cells.resize(columns, String::new());
        if !rates {
            cells.remove(RATE);
        }
    }
    let figures: &[usize] = if rates { &[1, 2, 4, 5] } else { &[1, 3, 4] };
    let moves: &[usize] = if rates { &[1, 2, 5] } else { &[1, 4] };
    let tone = |at: usize, cell: &str| if moves.contains(&at) { Tone::of_move(cell) } else { Tone::Plain };
    let table = DataTable::of("Moves", &rows, figures, tone);
    if let Some(document) = lines.document() {
        document.say(Tone::Head, "", "Moves");
        document.table(table);
    }
}

fn cells(
    page: &Show,
    row: &Row,
    horizon: Horizon,
    cell: &MoveCell,
    own: bool,
    style: &super::Style,
) -> Vec<String> {
    let year = page.as_of.year();
    let flagged: String = cell.flags.iter().map(|flag| Mark::Flagged(*flag).glyph()).collect();
    let mut cells = vec![horizon.label()];
    if cell.pct.is_none() {
        return [cells, vec![String::new(); if own { 4 } else { 6 }]].concat();
    }
    let rate = page.annualised.get(&horizon).map(|rate| percent(rate.pct, style));
    cells.push(format!("{}{flagged}", percent(cell.pct, style)));
    cells.push(rate.unwrap_or_default());
    cells.push(cell.from.map(|d| text::short_date(d, year)).unwrap_or_default());
    cells.push(level(cell.base, row.decimals, style));
    if !own {
        let relative = row.relative.get(&horizon);
        let points = relative.and_then(|r| r.excess_pp).and_then(|p| number::percent(p.0));
        cells.push(points.unwrap_or_else(|| style.dash().to_owned()));
        let ends = |r: &RelativeCell| r.benchmark_from.zip(r.benchmark_session);
        let span = relative.and_then(ends).map(|(from, to)| text::span(from, to, year));
        cells.push(span.unwrap_or_default());
    }
    cells
}

/// What the columns and marks mean, and where the benchmark lacks a move that the row has.
fn legend(lines: &mut Page, page: &Show, row: &Row, own: bool) {
    let mut says = Vec::new();
    if !own {
        let name = text::name(&page.benchmark_name, page.benchmark.as_str(), lines.style);
        says.push(format!("vs: the move minus that of {name}, in percentage points"));
    }
    if page.annualised.iter().any(|(_, rate)| rate.pct.is_some()) {
        says.push("a year: the same move as a rate a year".to_owned());
    }
    let flags = row.moves.iter().flat_map(|(_, cell)| &cell.flags);
    let mut told: Vec<&MoveFlag> = Vec::new();
    for flag in flags {
        if !told.contains(&flag) {
            told.push(flag);
        }
    }
    says.extend(told.into_iter().map(|flag| {
        match flag {
            MoveFlag::AcrossHole => "~ spans a session that is missing",
            MoveFlag::FxPending => "= converted at the rate of an earlier day",
            MoveFlag::FromHolidayValue => "~ starts from a value on a holiday",
        }
        .to_owned()
    }));
    let without = row
        .moves
        .iter()
        .filter(|(h, cell)| cell.pct.is_some() && row.relative.get(h).is_some_and(|r| r.absent.is_some()));
    let without: Vec<String> = without.map(|(h, _)| h.label()).collect();
    if let (Some(first), false) = (without.first(), own) {
        let why = row.moves.iter().find(|(h, _)| h.label() == *first);
        let why = why.and_then(|(h, _)| row.relative.get(h)).and_then(|r| r.absent);
        says.push(format!("vs is absent for {}: {}", without.join(", "), reason(why)));
    }
    for say in says {
        lines.hanging(Tone::Dim, "", &say);
    }
}
