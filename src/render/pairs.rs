//! The pairs of `compare`: their spreads over each horizon, and the day by each one's clock.
//!
//! Not for: taking differences or aligning sessions (`compute`).

use chrono::Datelike;

use super::block::{Block, Part};
use super::compare::{horizon_heads, id_label, percent};
use super::document::{DataTable, Text};
use super::layout::{self, Align};
use super::number;
use super::page::Page;
use super::style::{Style, Tone};
use super::text;
use crate::domain::comparison::{Leg, Pair, Spread};
use crate::domain::snapshot::Status;
use crate::domain::{Comparison, Horizon, InstrumentId};

/// Up to this many instruments every pair is printed, beyond it those of the first one named.
const EVERY_PAIR: usize = 4;

/// The one that the printed pairs share, where the others are left to JSON.
fn hub(report: &Comparison) -> Option<&InstrumentId> {
    let first = report.instruments.first().map(|row| &row.id);
    first.filter(|_| report.instruments.len() > EVERY_PAIR)
}

/// The pairs that are printed.
pub(super) fn shown(report: &Comparison) -> impl Iterator<Item = &Pair> {
    let hub = hub(report);
    report.pairs.iter().filter(move |pair| hub.is_none_or(|hub| pair.a == *hub || pair.b == *hub))
}

pub(super) fn pair_label(pair: &Pair, style: &Style) -> String {
    format!("{} - {}", id_label(&pair.a, style), id_label(&pair.b, style))
}

fn points(spread: &Spread, style: &Style) -> String {
    spread.excess_pp.and_then(|p| number::percent(p.0)).unwrap_or_else(|| style.dash().to_owned())
}

/// Two lines a pair: the difference in points, and the ratio.
pub(super) fn spread_block(report: &Comparison, horizons: &[Horizon], style: &Style) -> Block {
    let mut head = vec!["Spread, pp".to_owned()];
    head.extend(horizon_heads(horizons, report.as_of.year()));
    let mut rows = vec![head];
    for pair in shown(report) {
        let cell = |say: &dyn Fn(&Spread) -> String| {
            let say = |h| pair.spreads.get(h).map_or_else(|| style.dash().to_owned(), say);
            horizons.iter().map(say).collect::<Vec<_>>()
        };
        rows.push([vec![pair_label(pair, style)], cell(&|s| points(s, style))].concat());
        rows.push([vec!["  ratio, %".to_owned()], cell(&|s| percent(s.relative_pct, style))].concat());
    }
    let mut parts = vec![Part::Words];
    parts.extend(horizons.iter().map(|_| Part::Move));
    Block { parts, rows }
}

/// The spreads over the horizons that both blocks show.
pub(super) fn spreads(page: &mut Page, report: &Comparison, horizons: &[Horizon]) {
    if shown(report).next().is_none() {
        return;
    }
    page.blank();
    let block = spread_block(report, horizons, page.style);
    block.print(page, &(2..block.parts.len()).rev().collect::<Vec<_>>(), &[]);
    if hub(report).is_some() {
        page.hanging(Tone::Dim, "", "pairs of the others: --json");
    }
}

/// The day's move of each pair in up to three alignments; equal ones are told once.
pub(super) fn clocks(page: &mut Page, report: &Comparison) {
    if shown(report).next().is_none() {
        return;
    }
    let style = page.style;
    let against = hub(report).map(|id| format!(": {} against the others", id_label(id, style)));
    page.heading(&format!("The day, by clock{}", against.unwrap_or_default()));
    let year = report.as_of.year();
    let mut rows = Vec::new();
    for pair in shown(report) {
        let [a, b] = [&pair.a, &pair.b].map(|id| id_label(id, style));
        rows.push([pair_label(pair, style), a, "%".into(), b, "%".into(), "pp".into()].to_vec());
        for (label, spread) in alignments(pair, report, style) {
            let leg = |leg: &Leg| {
                let span = leg.from.zip(leg.to).map(|(from, to)| text::span(from, to, year));
                [span.unwrap_or_else(|| style.dash().to_owned()), percent(leg.pct, style)]
            };
            let [a_span, a_pct] = leg(&spread.a);
            let [b_span, b_pct] = leg(&spread.b);
            rows.push(vec![format!("  {label}"), a_span, a_pct, b_span, b_pct, points(spread, style)]);
        }
    }
    if let Some(document) = page.document() {
        document.table(clock_document(&rows));
        return;
    }
    let columns = rows.first().map_or(0, Vec::len);
    let wide = |at| layout::widest(rows.iter().filter_map(move |row: &Vec<String>| row.get(at)));
    let gap = if style.cells() < 60 { 1 } else { 2 };
    let total: usize = (0..columns).map(wide).sum::<usize>() + gap * columns.saturating_sub(1);
    if total <= style.cells() { clock_table(page, &rows, gap) } else { clock_lines(page, &rows) }
}

/// The same as a document's table: a section a pair.
fn clock_document(rows: &[Vec<String>]) -> DataTable {
    let head = ["Aligned", "first, sessions", "first, %", "second, sessions", "second, %", "pp"];
    let mut sections: Vec<(Option<String>, Vec<Vec<Text>>)> = Vec::new();
    for row in rows {
        if row.last().is_some_and(|cell| cell == "pp") {
            sections.push((row.first().cloned(), Vec::new()));
        } else if let Some((_, body)) = sections.last_mut() {
            let tone = |at: usize, cell: &str| match at {
                2 | 4 | 5 => Tone::of_move(cell),
                _ => Tone::Plain,
            };
            let cells = row.iter().enumerate();
            body.push(cells.map(|(at, c)| Text { tone: tone(at, c), ..Text::plain(c.trim()) }).collect());
        }
    }
    DataTable {
        caption: "First and second in the order of the pair".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        figures: vec![false, true, true, true, true, true],
        sections,
    }
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
fn alignments<'a>(pair: &'a Pair, report: &Comparison, style: &Style) -> Vec<(String, &'a Spread)> {
    let live = |id: &InstrumentId| {
        report.instruments.iter().any(|i| i.id == *id && i.session.status == Some(Status::Live))
    };
    let close = |id: &InstrumentId| {
        let id_text = id_label(id, style);
        if live(id) { format!("as {id_text} stands") } else { format!("at {id_text} close") }
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
