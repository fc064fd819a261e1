//! A chart in a terminal: axes, lines in braille or letters, a letter at the end of each line, and a legend.
//!
//! Not for: pictures (`scene`).

use std::io::{self, Write};

use super::canvas::Canvas;
use super::labels;
use super::legend;
use super::palette;
use super::scale::Scale;
use super::ticks::Axis;
use super::words::{self, Letters};
use crate::domain::Chart;
use crate::domain::chart::{ChartLine, Measure};
use crate::domain::snapshot::NoteKind;
use crate::render::document::DataTable;
use crate::render::layout::{self, Align};
use crate::render::page::Page;
use crate::render::style::{Style, Tone};
use crate::render::{session, text};

/// Cells of an id at the end of its line, and how wide a terminal must be for it.
const TAG: usize = 10;
const WIDE: usize = 60;

/// Fewest and most rows of a plot that is given no height.
const LOWEST: usize = 12;
const HIGHEST: usize = 24;

/// Longest name in the legend.
const NAME: usize = 24;

/// Writes the report.
pub(super) fn write(
    report: &Chart,
    rows: Option<usize>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(style);
    head(&mut page, report);
    page.blank();
    plot(&mut page, report, rows.unwrap_or((style.cells() / 5).clamp(LOWEST, HIGHEST)));
    page.blank();
    key(&mut page, report);
    page.notes(report.notes.iter().filter(|n| n.kind != NoteKind::Period));
    page.errors(&report.errors);
    page.write(out)
}

/// Puts the report on a document's page: the picture in the place of the plot.
pub(in crate::render) fn flowing(page: &mut Page, report: &Chart) {
    head(page, report);
    let style = page.style;
    if let Some(document) = page.document() {
        document.parts.push(super::figure(report, style, 1));
    }
    key(page, report);
    page.notes(report.notes.iter().filter(|n| n.kind != NoteKind::Period));
    page.errors(&report.errors);
}

fn head(page: &mut Page, report: &Chart) {
    let mut facts = vec![format!("as of {}", report.as_of.format("%Y-%m-%d %H:%M UTC"))];
    facts.extend(report.date.map(|date| format!("sessions up to {date}")));
    facts.extend(words::facts(report));
    page.title("marketsnap chart", &facts, &report.currency, report.status);
    page.demo(report.demo);
    page.periods(&report.notes);
}

/// The letter of a line.
fn letter(line: usize) -> char {
    char::from_u32(u32::from(b'A') + u32::try_from(line % 26).unwrap_or(0)).unwrap_or('A')
}

fn painted(words: &str, line: usize, style: &Style) -> String {
    if !style.color || words.trim().is_empty() {
        return words.to_owned();
    }
    format!("\u{1b}[38;5;{}m{words}\u{1b}[0m", palette::terminal(line))
}

/// The plot: values at the left, letters at the right, dates below.
fn plot(page: &mut Page, report: &Chart, rows: usize) {
    let style = page.style;
    let Some((start, end)) = words::extent(report) else {
        page.line(Tone::Alert, "no line could be drawn");
        return;
    };
    let axis = Axis { start, end };
    let values = report.lines.iter().flat_map(|l| &l.points).map(|p| p.value);
    let most = (rows / 3).max(2);
    let scale = if report.log { Scale::log(values, most) } else { Scale::of(values, most) };
    let left = scale.ticks.iter().map(|t| text::width(&scale.label(*t))).max().unwrap_or(0);
    let tag = if style.cells() >= WIDE { 2 + tag_width(report, style) } else { 1 };
    let width = style.cells().saturating_sub(left + 3 + tag).max(10);
    let mut canvas = Canvas::new(width, rows, style.ascii);
    for (at, line) in report.lines.iter().enumerate().rev() {
        let points: Vec<(f64, f64)> =
            line.points.iter().map(|p| (axis.share(p.date), scale.share(p.value))).collect();
        canvas.line(&points, at, letter(at));
    }
    let ends = ends(report, &scale, rows);
    let base = (report.measure == Measure::Rebased).then(|| row_of(&scale, 100.0, rows));
    for row in 0..rows {
        let tick = scale.ticks.iter().find(|t| row_of(&scale, **t, rows) == row).map(|t| scale.label(*t));
        let mut line = style.paint(Tone::Dim, &format!("{:>left$}", tick.as_deref().unwrap_or_default()));
        line.push(' ');
        line.push(match (tick.is_some(), style.ascii) {
            (true, false) => '┤',
            (true, true) => '+',
            (false, false) => '│',
            (false, true) => '|',
        });
        line.push_str(&drawn(&canvas.row(row), base == Some(row), style));
        if let Some(at) = ends.iter().find(|(_, place)| *place == row).map(|(at, _)| *at) {
            line.push(' ');
            line.push_str(&painted(&end_label(report, at, tag, style), at, style));
        }
        page.painted(line.trim_end().to_owned());
    }
    dates(page, &axis, left + 2, width);
}

/// Cells of the longest label at a line's end, without its letter.
fn tag_width(report: &Chart, style: &Style) -> usize {
    let ids = report.lines.iter().filter(|l| !l.points.is_empty());
    let long = |l: &ChartLine| text::width(&text::clean(l.id.as_str(), style)) + usize::from(words::open(l));
    ids.map(|l| long(l).min(TAG)).max().unwrap_or(0)
}

/// The letter of a line and, where there is room, its id.
fn end_label(report: &Chart, at: usize, room: usize, style: &Style) -> String {
    let id = report.lines.get(at).map(|l| text::clean(l.id.as_str(), style)).unwrap_or_default();
    let open = report.lines.get(at).is_some_and(words::open);
    let id = if open { format!("{id}*") } else { id };
    let id = if room > 2 { format!(" {}", text::fit(&id, room - 2, style)) } else { String::new() };
    format!("{}{id}", letter(at))
}

/// A row of the canvas; cells of one line are painted together. The row of 100 has a rule where nothing else is.
fn drawn(cells: &[(char, Option<usize>)], rule: bool, style: &Style) -> String {
    let mut shown = String::new();
    for run in cells.chunk_by(|a, b| a.1 == b.1) {
        let words: String = run.iter().map(|(c, _)| *c).collect();
        match run.first().and_then(|(_, line)| *line) {
            Some(line) => shown.push_str(&painted(&words, line, style)),
            None if rule => {
                let mark = if style.ascii { "." } else { "┈" };
                shown.push_str(&style.paint(Tone::Dim, &mark.repeat(words.len())));
            }
            None => shown.push_str(&words),
        }
    }
    shown
}

fn row_of(scale: &Scale, value: f64, rows: usize) -> usize {
    let last = f64::from(u16::try_from(rows.saturating_sub(1)).unwrap_or(0));
    ((1.0 - scale.share(value)) * last).round() as usize
}

/// The row of each line's label, no two in one.
fn ends(report: &Chart, scale: &Scale, rows: usize) -> Vec<(usize, usize)> {
    let drawn: Vec<(usize, f64)> = report
        .lines
        .iter()
        .enumerate()
        .filter_map(|(at, l)| Some((at, row_of(scale, l.points.last()?.value, rows) as f64)))
        .collect();
    let wanted: Vec<f64> = drawn.iter().map(|(_, row)| *row).collect();
    let last = rows.saturating_sub(1) as f64;
    let places = labels::spread(&wanted, 1.0, 0.0, last);
    let mut places: Vec<(usize, f64)> =
        drawn.iter().zip(places).filter_map(|((at, _), place)| Some((*at, place?))).collect();
    places.sort_by(|a, b| a.1.total_cmp(&b.1));
    // Half rows are rounded down for all of a run, so that labels stay a row apart.
    let mut free = 0;
    let whole = |(at, place): (usize, f64)| {
        let row = ((place + 1e-6).floor() as usize).max(free);
        free = row + 1;
        (at, row)
    };
    places.into_iter().map(whole).filter(|(_, row)| *row < rows).collect()
}

/// The axis of dates: marks, and as many labels as have room.
fn dates(page: &mut Page, axis: &Axis, left: usize, width: usize) {
    let style = page.style;
    let (corner, line, mark) = if style.ascii { ('+', '-', '+') } else { ('└', '─', '┬') };
    let mut rule: Vec<char> = vec![line; width];
    let mut words = String::new();
    for (day, label) in axis.ticks((width / 11).max(1)) {
        let at = (axis.share(day) * width.saturating_sub(1) as f64).round() as usize;
        if let Some(cell) = rule.get_mut(at) {
            *cell = mark;
        }
        let long = text::width(&label);
        let begin = (left + at).saturating_sub(long / 2).min((left + width).saturating_sub(long));
        if begin > text::width(&words) || words.is_empty() {
            words.push_str(&" ".repeat(begin.saturating_sub(text::width(&words))));
            words.push_str(&label);
        }
    }
    let rule: String = rule.into_iter().collect();
    page.painted(style.paint(Tone::Dim, &format!("{}{corner}{rule}", " ".repeat(left.saturating_sub(1)))));
    page.painted(style.paint(Tone::Dim, &words));
}

/// The legend as a document's table: what the picture shows, in figures.
pub(in crate::render) fn table(report: &Chart, style: &Style) -> DataTable {
    let mut rows: Vec<Vec<String>> = vec![legend::HEADS.map(str::to_owned).to_vec()];
    for line in &report.lines {
        let name = words::entry(text::name(&line.name, line.id.as_str(), style), line);
        rows.push(legend::cells(report, line, name, style.dash()).to_vec());
    }
    let figures: Vec<usize> =
        (0..legend::COLUMNS).filter(|at| legend::TO_THE_RIGHT.get(*at) == Some(&true)).collect();
    let tone = |at: usize, cell: &str| match at {
        3 => session::tone(cell),
        5 => Tone::of_move(cell),
        _ => Tone::Plain,
    };
    let caption = format!("In figures: {}", words::title(report, Letters::of(style)));
    let mut table = DataTable::of(&caption, &rows, &figures, tone);
    for (at, head) in [(0, "Name"), (1, "from"), (2, "first close"), (3, "to"), (4, "last close")] {
        if let Some(cell) = table.head.get_mut(at) {
            head.clone_into(cell);
        }
    }
    table
}

/// The legend.
fn key(page: &mut Page, report: &Chart) {
    let style = page.style;
    if let Some(document) = page.document() {
        document.table(table(report, style));
        return;
    }
    let mut rows: Vec<Vec<String>> = vec![legend::HEADS.map(str::to_owned).to_vec()];
    for (at, line) in report.lines.iter().enumerate() {
        let name = text::fit(&text::name(&line.name, line.id.as_str(), style), NAME, style);
        let name = format!("{} {}", letter(at), words::entry(name, line));
        rows.push(legend::cells(report, line, name, style.dash()).to_vec());
    }
    let natural: Vec<usize> =
        (0..legend::COLUMNS).map(|at| layout::widest(rows.iter().filter_map(|r| r.get(at)))).collect();
    let fit = layout::choose(&natural, &legend::DROPPED, &[3], style.cells());
    let pick = |row: &Vec<String>| -> Vec<String> {
        let cut = |at: &usize, cell: &String| {
            if *at == 0 { text::fit(cell, fit.name, style) } else { cell.clone() }
        };
        fit.kept.iter().filter_map(|at| row.get(*at).map(|cell| cut(at, cell))).collect()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(pick).collect();
    let align =
        |at: &usize| if legend::TO_THE_RIGHT.get(*at) == Some(&true) { Align::Right } else { Align::Left };
    let aligns: Vec<Align> = fit.kept.iter().map(align).collect();
    for (line, cells) in layout::pad(&rows, &aligns).iter().enumerate() {
        page.painted(layout::join(cells, fit.gap, style, |at, cell| match (line, fit.kept.get(at)) {
            (0, _) => style.paint(Tone::Head, cell),
            (_, Some(0)) => painted(cell, line - 1, style),
            (_, Some(3)) => session::paint(cell, style),
            (_, Some(5)) => style.paint(Tone::of_move(cell), cell),
            _ => cell.to_owned(),
        }));
    }
}
