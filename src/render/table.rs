//! The report of `today` for a terminal.
//!
//! Not for: which columns there are (`grid`) or how they are padded (`layout`).

use std::io::{self, Write};

use chrono::Datelike;

use super::breadth;
use super::cells::{Cell, Column, Mark, NO_DATA, NO_RATE};
use super::document::{DataTable, Text};
use super::grid::Grid;
use super::layout;
use super::page::Page;
use super::session;
use super::spark;
use super::style::{Style, Tone};
use super::text;
use crate::domain::instrument::InstrumentId;
use crate::domain::snapshot::{MoveFlag, NoteKind};
use crate::domain::{Horizon, Snapshot};

/// Writes the report.
pub(super) fn write(report: &Snapshot, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    fill(&mut page, report);
    page.write(out)
}

/// Puts the report on a page.
pub(super) fn fill(page: &mut Page, report: &Snapshot) {
    head(page, report);
    body(page, report);
    groups(page, report);
    page.notes(report.notes.iter().filter(|n| n.kind != NoteKind::Period));
    page.errors(&report.errors);
}

/// The rows and what their columns and marks mean; a document has every column.
pub(super) fn body(page: &mut Page, report: &Snapshot) {
    let style = page.style;
    let flows = page.document().is_some();
    let grid = if flows { Grid::full(report, style) } else { Grid::fitting(report, style) };
    rows(page, &grid);
    legend(page, &grid, report);
}

fn head(page: &mut Page, report: &Snapshot) {
    title(page, report);
    page.periods(&report.notes);
    if !report.highlights.is_empty() {
        page.blank();
    }
    for sentence in highlights(report, page.style) {
        page.item(Tone::Plain, &sentence);
    }
    page.blank();
}

/// What makes the day news, the first first.
pub(super) fn highlights(report: &Snapshot, style: &Style) -> Vec<String> {
    report.highlights.iter().map(|h| spellable(report, &h.id, &h.text, style)).collect()
}

/// What the report is, and for when.
pub(super) fn title(page: &mut Page, report: &Snapshot) {
    let style = page.style;
    let name = text::name(&report.benchmark_name, report.benchmark.as_str(), style);
    let mut facts = vec![format!("as of {}", report.as_of.format("%Y-%m-%d %H:%M UTC"))];
    facts.extend(report.date.map(|date| format!("sessions up to {date}")));
    facts.push(format!("benchmark {name}"));
    page.title("marketsnap", &facts, &report.currency, report.status);
    page.demo(report.demo);
}

/// A sentence on a row; its id stands in for a name that ASCII cannot spell.
fn spellable(report: &Snapshot, id: &InstrumentId, sentence: &str, style: &Style) -> String {
    let mut rows = report.instruments.iter().chain(report.composites.iter().map(|c| &c.row));
    let row = rows.find(|row| row.id == *id).filter(|row| style.ascii && !row.name.is_ascii());
    row.map_or_else(|| sentence.to_owned(), |row| sentence.replace(&row.name, id.as_str()))
}

/// The column heads, then each section under its title.
fn rows(page: &mut Page, grid: &Grid) {
    let style = page.style;
    if grid.sections.is_empty() {
        return;
    }
    if let Some(document) = page.document() {
        document.table(flowing(grid, style));
        return;
    }
    let mut lines = layout::pad(&grid.texts(style), &grid.aligns()).into_iter();
    let heads = lines.next().unwrap_or_default();
    let first = grid.sections.first().and_then(|s| s.title.clone());
    let (shared, alone) = match first {
        Some(title) if text::width(&title) <= grid.name && grid.columns.first() == Some(&Column::Name) => {
            (Some(title), None)
        }
        other => (None, other),
    };
    if let Some(title) = alone {
        page.line(Tone::Head, &title);
    }
    page.painted(layout::join(&heads, grid.gap, style, |at, cell| match (&shared, at) {
        (Some(title), 0) => {
            let blanks = text::width(cell).saturating_sub(text::width(title));
            format!("{}{}", style.paint(Tone::Head, title), " ".repeat(blanks))
        }
        _ => style.paint(Tone::Head, cell),
    }));
    for (at, section) in grid.sections.iter().enumerate() {
        if at > 0 {
            page.blank();
            if let Some(title) = &section.title {
                page.line(Tone::Head, title);
            }
        }
        for cells in lines.by_ref().take(section.rows.len()) {
            page.painted(layout::join(&cells, grid.gap, style, |at, cell| paint(grid, at, cell, style)));
        }
    }
}

fn paint(grid: &Grid, at: usize, cell: &str, style: &Style) -> String {
    match grid.columns.get(at) {
        Some(Column::Points | Column::Move(_) | Column::Versus(_) | Column::Local(_) | Column::Fx(_)) => {
            style.paint(Tone::of_move(cell), cell)
        }
        Some(Column::Close) if [NO_DATA, NO_RATE].contains(&cell.trim()) => style.paint(Tone::Alert, cell),
        Some(Column::Session) => session::paint(cell, style),
        Some(Column::Source) => style.paint(Tone::Dim, cell),
        _ => cell.to_owned(),
    }
}

/// The grid as a document's table.
fn flowing(grid: &Grid, style: &Style) -> DataTable {
    let mut texts = grid.texts(style).into_iter();
    let mut head: Vec<String> =
        texts.next().unwrap_or_default().iter().map(|cell| cell.trim().to_owned()).collect();
    if let Some(first) = head.first_mut().filter(|head| head.is_empty()) {
        "Name".clone_into(first);
    }
    let sections = grid.sections.iter().map(|section| {
        let rows = section.rows.iter().zip(texts.by_ref()).map(|(cells, texts)| {
            let cells = cells.iter().zip(&texts).enumerate();
            cells.map(|(at, (cell, words))| flowing_cell(grid, at, cell, words.trim(), style)).collect()
        });
        (section.title.clone(), rows.collect())
    });
    DataTable {
        caption: "Closes and moves".to_owned(),
        sections: sections.collect(),
        figures: grid.aligns().iter().map(|align| *align == layout::Align::Right).collect(),
        head,
    }
}

fn flowing_cell(grid: &Grid, at: usize, cell: &Cell, words: &str, style: &Style) -> Text {
    let tone = match grid.columns.get(at) {
        Some(Column::Points | Column::Move(_) | Column::Versus(_) | Column::Local(_) | Column::Fx(_)) => {
            Tone::of_move(words)
        }
        Some(Column::Close) if [NO_DATA, NO_RATE].contains(&words) => Tone::Alert,
        Some(Column::Session) => session::tone(words),
        Some(Column::Source | Column::Trend) => Tone::Dim,
        _ => Tone::Plain,
    };
    let spoken = match cell {
        Cell::Trend(values) if words != style.dash() => spark::spoken(values),
        _ => None,
    };
    Text { words: words.to_owned(), tone, spoken }
}

/// What the marks and the less common columns mean, and what does not fit.
fn legend(page: &mut Page, grid: &Grid, report: &Snapshot) {
    if grid.sections.is_empty() {
        return;
    }
    let style = page.style;
    let mut says = Vec::new();
    let marks = grid.marks();
    for column in &grid.columns {
        if let Column::Versus(horizon) = column {
            let name = text::name(&report.benchmark_name, report.benchmark.as_str(), style);
            let head = grid.head(*column);
            let mut say = format!("{head}: {horizon} move minus that of {name}, in percentage points");
            if marks.contains(&Mark::OtherSessions) {
                say.push_str("; * the two span different sessions");
            }
            says.push(say);
        }
        if let Column::Local(horizon) = column {
            let both = grid.columns.contains(&Column::Fx(*horizon));
            let (fx, rate) = if both { (", fx", " and the rate's") } else { ("", "") };
            says.push(format!("{horizon} local{fx}: the part of the closes in their own currency{rate}"));
        }
        if *column == Column::Position {
            says.push("52w: 0 at the lowest, 100 at the highest close of the last 365 days".to_owned());
        }
    }
    let rows = report.instruments.iter().chain(report.composites.iter().map(|c| &c.row));
    if grid.columns.contains(&Column::Source) && rows.into_iter().any(|r| !r.confirmed_by.is_empty()) {
        says.push("Source: +1, +2 are how many other sources have the same close".to_owned());
    }
    says.extend(marks.iter().filter_map(|mark| mark_says(*mark)).map(str::to_owned));
    let letters: Vec<String> = grid.letters().iter().map(|(l, means)| format!("{l} {means}")).collect();
    if !letters.is_empty() {
        says.push(format!("session: {}", letters.join(", ")));
    }
    if !grid.missed.is_empty() {
        let missed = grid.missed.join(", ");
        says.push(format!("not shown at this width: {missed}; --width or --format csv shows them"));
    } else if report.horizons_named && !grid.hidden.is_empty() {
        let labels: Vec<String> = grid.hidden.iter().map(Horizon::label).collect();
        says.push(format!("not shown at this width: {}; --width or --json shows them", labels.join(", ")));
    }
    if says.is_empty() {
        return;
    }
    page.blank();
    for say in says {
        page.hanging(Tone::Dim, "", &say);
    }
}

/// What a mark means; none where the comparison's own line says it.
pub(super) fn mark_says(mark: Mark) -> Option<&'static str> {
    match mark {
        Mark::OtherSessions => None,
        Mark::LimitUp => Some("^ closed at its upper price limit"),
        Mark::LimitDown => Some("v closed at its lower price limit"),
        Mark::Flagged(MoveFlag::AcrossHole) => Some("~ spans a session that is missing"),
        Mark::Flagged(MoveFlag::FxPending) => Some("= converted at the rate of an earlier day"),
        Mark::Flagged(MoveFlag::FromHolidayValue) => Some("~ starts from a value on a holiday"),
    }
}

/// The groups with their breadth.
pub(super) fn groups(page: &mut Page, report: &Snapshot) {
    if report.groups.is_empty() {
        return;
    }
    page.heading("Groups, 1D");
    for group in &report.groups {
        let (breadth, movers) = breadth::says(&group.breadth(), |_| None, page.style, report.as_of.year());
        let name = text::name(&group.name, group.id.as_str(), page.style);
        if let Some(document) = page.document() {
            document.fact(&name, &[breadth, movers].concat().join("; "));
            continue;
        }
        let first = format!("{name}: {}", breadth.first().map_or("", String::as_str));
        let breadth = [&[first], breadth.get(1..).unwrap_or_default()].concat();
        page.facts(Tone::Plain, "", &breadth, "; ");
        page.facts(Tone::Plain, "  ", &movers, "; ");
    }
}
