//! The page of `show` for a terminal: head, moves, what the day means, risk, the newest sessions, source.
//!
//! Not for: how each figure came about (`why`), nor deriving any of them (`compute`).

pub(super) mod facts;
mod moves;
mod why;

use std::io::{self, Write};

use chrono::Datelike;

use super::document::DataTable;
use super::layout::{self, Align};
use super::number;
use super::page::Page;
use super::style::{Style, Tone};
use super::text;
use crate::domain::Show;
use crate::domain::moves::{Absent, Percent};
use crate::domain::show::{Day, MemberDay};
use crate::domain::snapshot::{NoteKind, Row};

/// Cells of the word before a fact.
const LABEL: usize = 13;
/// Blanks between two tables side by side, and the width from which on they stand so.
const APART: usize = 4;
const WIDE: usize = 100;

/// Writes the page, with `why` also how each figure came about.
pub(super) fn write(page: &Show, why: bool, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Page::new(style);
    fill(&mut lines, page, why);
    lines.write(out)
}

/// Puts it on a page.
pub(super) fn fill(lines: &mut Page, page: &Show, why: bool) {
    title(lines, page);
    if let Some(row) = page.row() {
        facts::head(lines, page, row);
        let beside = moves_and_sessions(lines, page, row);
        facts::standing(lines, page, row);
        if !beside {
            sessions(lines, page, row);
        }
        members(lines, page);
        facts::source(lines, page, row);
        if why {
            why::trail(lines, page, row);
        }
    }
    // Every figure's own line says what it spans and why it is absent.
    let told = [NoteKind::Period, NoteKind::Absent, NoteKind::Benchmark];
    lines.notes(page.notes.iter().filter(|n| !told.contains(&n.kind)));
    lines.errors(&page.errors);
}

fn title(lines: &mut Page, page: &Show) {
    let name = text::name(&page.benchmark_name, page.benchmark.as_str(), lines.style);
    let mut facts = vec![format!("as of {}", page.as_of.format("%Y-%m-%d %H:%M UTC"))];
    facts.extend(page.date.map(|date| format!("sessions up to {date}")));
    facts.push(format!("benchmark {name}"));
    lines.title("marketsnap show", &facts, &page.currency, page.status);
    lines.demo(page.demo);
    lines.periods(&page.notes);
}

/// The moves, and beside them the newest sessions where both fit; tells whether they do.
fn moves_and_sessions(lines: &mut Page, page: &Show, row: &Row) -> bool {
    let style = lines.style;
    if lines.document().is_some() {
        moves::table(lines, page, row);
        return false;
    }
    let plain = Style { color: false, ..*style };
    let drawn = |style: &Style| {
        let (mut left, mut right) = (Page::new(style), Page::new(style));
        moves::table(&mut left, page, row);
        sessions(&mut right, page, row);
        (left.into_lines(), right.into_lines())
    };
    let (left, right) = drawn(&plain);
    let widest = |lines: &[String]| lines.iter().map(|l| text::width(l)).max().unwrap_or(0);
    let (room, other) = (widest(&left) + APART, widest(&right));
    if other == 0 || room + other > style.cells() || style.cells() < WIDE {
        moves::table(lines, page, row);
        return false;
    }
    lines.blank();
    let (painted, beside) = drawn(style);
    for at in 0..left.len().max(right.len()) {
        let cells = left.get(at).map_or(0, |l| text::width(l));
        let first = painted.get(at).map_or("", String::as_str);
        match beside.get(at) {
            Some(second) => lines.painted(format!("{first}{}{second}", " ".repeat(room - cells))),
            None => lines.painted(first.to_owned()),
        }
    }
    true
}

/// A fact behind its word; further lines stand under it.
fn fact(lines: &mut Page, label: &str, words: &str) {
    let style = lines.style;
    let words = text::clean(words, style);
    if let Some(document) = lines.document() {
        document.fact(label, &words);
        return;
    }
    let wrapped = text::wrap(&words, style.cells().saturating_sub(LABEL), 0);
    for (at, line) in wrapped.into_iter().enumerate() {
        let label = if at == 0 { label } else { "" };
        let blanks = " ".repeat(LABEL.saturating_sub(text::width(label)));
        lines.painted(format!("{}{blanks}{line}", style.paint(Tone::Head, label)));
    }
}

/// Words behind a prefix that stands on the first line only; further ones `deeper` by some cells.
fn hanging(lines: &mut Page, prefix: &str, words: &str, tone: Tone, deeper: usize) {
    let style = lines.style;
    let words = text::clean(words, style);
    let cells = text::width(prefix);
    for (at, line) in text::wrap(&words, style.cells().saturating_sub(cells), deeper).into_iter().enumerate()
    {
        let before = if at == 0 { prefix.to_owned() } else { " ".repeat(cells) };
        lines.painted(format!("{before}{}", style.paint(tone, &line)));
    }
}

/// Why a figure is missing, in words.
fn reason(absent: Option<Absent>) -> &'static str {
    match absent {
        None => "not known",
        Some(Absent::InsufficientHistory) => "the closes held do not reach back far enough",
        Some(Absent::NoSession) => "no session in the period yet",
        Some(Absent::NoFx) => "no rate of exchange near its session",
        Some(Absent::NoBenchmark) => "the benchmark has no such move",
        Some(Absent::TooFewPairs) => "fewer than 30 pairs of returns",
        Some(Absent::Suspect) => "the closes before a split are not adjusted for it",
        Some(Absent::MixedSource) => "the two ends come from different sources",
        Some(Absent::NonPositive) => "an end is zero or below",
        Some(Absent::Live) => "the value is not final yet",
        Some(Absent::NoneSet) => "none is set",
    }
}

/// `absent: why`.
fn absent(why: Option<Absent>) -> String {
    format!("absent: {}", reason(why))
}

/// A move, or a dash.
fn percent(value: Option<Percent>, style: &Style) -> String {
    value.and_then(|p| number::percent(p.0)).unwrap_or_else(|| style.dash().to_owned())
}

/// A close with the digits that the row is quoted with, or a dash.
fn level(value: Option<f64>, decimals: u8, style: &Style) -> String {
    value.and_then(|v| number::close(v, decimals)).unwrap_or_else(|| style.dash().to_owned())
}

/// Rows of cells under a head line; figures are painted by their sign.
fn table(lines: &mut Page, caption: &str, rows: &[Vec<String>], aligns: &[Align], moves: &[usize]) {
    let style = lines.style;
    if let Some(document) = lines.document() {
        let tone =
            |at: usize, cell: &str| if moves.contains(&at) { Tone::of_move(cell) } else { Tone::Plain };
        let right = aligns.iter().enumerate().filter(|(_, align)| **align == Align::Right);
        let figures: Vec<usize> = right.map(|(at, _)| at).collect();
        document.say(Tone::Head, "", caption);
        let mut table = DataTable::of(caption, rows, &figures, tone);
        if let Some(last) = table.head.last_mut() {
            "State".clone_into(last);
        }
        document.table(table);
        return;
    }
    for (line, cells) in layout::pad(rows, aligns).iter().enumerate() {
        lines.painted(layout::join(cells, 2, style, |at, cell| match line {
            0 => style.paint(Tone::Head, cell),
            _ if moves.contains(&at) => style.paint(Tone::of_move(cell), cell),
            _ => cell.to_owned(),
        }));
    }
}

/// The newest sessions, the newest first.
fn sessions(lines: &mut Page, page: &Show, row: &Row) {
    if page.sessions.is_empty() {
        return;
    }
    lines.blank();
    let style = lines.style;
    let year = page.as_of.year();
    let mut rows = vec![["Session", "Close", "Change", "%", ""].map(str::to_owned).to_vec()];
    let cells = |day: &Day| {
        let mark = match (day.settled, day.flags.is_empty(), day.absent) {
            (false, _, _) => if page.composite.is_some() { "provisional" } else { "live" }.to_owned(),
            (true, false, _) => "across a missing session".to_owned(),
            (true, true, Some(why)) => reason(Some(why)).to_owned(),
            _ => String::new(),
        };
        let change = day.change.and_then(|c| number::change(c, Some(day.close), row.decimals));
        vec![
            text::short_date(day.date, year),
            level(Some(day.close), row.decimals, style),
            change.unwrap_or_else(|| style.dash().to_owned()),
            percent(day.pct, style),
            mark,
        ]
    };
    rows.extend(page.sessions.iter().map(cells));
    let aligns = [Align::Left, Align::Right, Align::Right, Align::Right, Align::Left];
    table(lines, "The newest sessions", &rows, &aligns, &[2, 3]);
}

/// What a composite's members did on its newest date.
fn members(lines: &mut Page, page: &Show) {
    if page.members.is_empty() {
        return;
    }
    lines.blank();
    let style = lines.style;
    let year = page.as_of.year();
    let head = ["Member", "weight %", "sessions", "%", "pp", ""].map(str::to_owned).to_vec();
    let cells = |member: &MemberDay| {
        let name = text::name(&member.name, member.id.as_str(), style);
        let span = member.from.zip(member.to).map(|(from, to)| text::span(from, to, year));
        let points = member.contribution_pp.and_then(|p| number::percent(p.0));
        vec![
            text::fit(&name, 20, style),
            member.weight_pct.and_then(|w| number::level(w.0, 1)).unwrap_or_else(|| style.dash().to_owned()),
            span.unwrap_or_else(|| style.dash().to_owned()),
            percent(member.pct, style),
            points.unwrap_or_else(|| style.dash().to_owned()),
            member.standing.word().to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(page.members.iter().map(cells)).collect();
    use Align::{Left, Right};
    table(lines, "Members", &rows, &[Left, Right, Right, Right, Right, Left], &[3, 4]);
}
