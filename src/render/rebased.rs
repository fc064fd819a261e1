//! Lines rebased to 100 in the terminal: one or two rows an instrument, on one scale and one date axis.
//!
//! Not for: rebasing (`compute`), nor for files (a chart is a format of its own).

use chrono::{Datelike, Days, NaiveDate};

use super::chart;
use super::compare::label;
use super::document::DataTable;
use super::layout::{self, Align};
use super::number;
use super::page::Page;
use super::spark;
use super::style::{Style, Tone};
use super::text;
use crate::domain::comparison::{Point, Rebased};
use crate::domain::{Comparison, Horizon};

/// Fewest and most cells of a line.
const SHORTEST: usize = 8;
const LONGEST: usize = 60;

/// Cells that a name keeps where lines need room.
const NAME: usize = 14;

/// Lines are two rows high from this width on, for at most so many of them.
const WIDE: usize = 60;
const FEW: usize = 6;

/// The dates and values that all lines share.
struct Axes {
    start: NaiveDate,
    end: NaiveDate,
    scale: (f64, f64),
}

/// The block of rebased lines.
pub(super) fn block(page: &mut Page, report: &Comparison) {
    let Some(horizon) = report.rebased_over else { return };
    let style = page.style;
    let year = report.as_of.year();
    let over = if matches!(horizon, Horizon::Since(_)) { "" } else { "over " };
    page.heading(&format!("Rebased to 100 {over}{}", horizon.label()));
    let axes = axes(report);
    if page.document().is_some() {
        flowing(page, report, horizon);
        return;
    }
    let (rows, cells, kept) = sized(report, axes.as_ref(), style);
    let aligns: Vec<Align> = kept.iter().map(|at| if *at < 3 { Align::Left } else { Align::Right }).collect();
    for (at, cells) in layout::pad(&rows, &aligns).iter().enumerate() {
        page.painted(layout::join(cells, gap(style), style, |column, cell| match (at, kept.get(column)) {
            (0, _) => style.paint(Tone::Head, cell),
            (_, Some(1)) => style.paint(Tone::Dim, cell),
            _ => cell.to_owned(),
        }));
    }
    if let Some(axes) = axes.filter(|_| cells > 0) {
        let level = |value| number::level(value, 2).unwrap_or_default();
        let (low, high) = axes.scale;
        let dates = format!(
            "{} to {}",
            text::short_date(axes.start, year).trim(),
            text::short_date(axes.end, year).trim()
        );
        let says = format!("one scale from {} to {}, one axis from {dates}", level(low), level(high));
        page.hanging(Tone::Dim, "", &says);
    }
}

/// The lines as a picture of a document, and their ends as its table.
fn flowing(page: &mut Page, report: &Comparison, horizon: Horizon) {
    let style = page.style;
    // What no terminal line is drawn for is told in words that have room.
    let mut rows = rows(report, None, LONGEST, style);
    let mut at = 0;
    rows.retain(|row| {
        at += 1;
        at == 1 || row.first().is_some_and(|name| !name.is_empty())
    });
    for row in &mut rows {
        // The place of the drawn line.
        let drawn = row.remove(2);
        if let Some(from) = row.get_mut(1).filter(|_| !drawn.is_empty()) {
            *from = drawn;
        }
    }
    let tone = |_: usize, _: &str| Tone::Plain;
    let Some(document) = page.document() else { return };
    if let Some(figure) = chart::compared(report, horizon, style) {
        document.parts.push(figure);
    }
    let mut table = DataTable::of("Rebased to 100", &rows, &[2, 3, 4], tone);
    if let Some(first) = table.head.first_mut() {
        "Name".clone_into(first);
    }
    document.table(table);
}

/// The rows, drawn as wide as the other columns allow, and the columns that stay: where not all have room,
/// low and high go, then the first session; no lines at all where less than a few cells are left.
fn sized(report: &Comparison, axes: Option<&Axes>, style: &Style) -> (Vec<Vec<String>>, usize, Vec<usize>) {
    let bare = rows(report, axes, 0, style);
    let wide = |at| layout::widest(bare.iter().filter_map(move |row: &Vec<String>| row.get(at)));
    let taken = |kept: &[usize]| {
        let cells: usize = kept.iter().filter(|at| **at != 2).map(|at| wide(*at)).sum();
        cells + kept.len().saturating_sub(1) * gap(style)
    };
    let choices = [vec![0, 1, 2, 3, 4, 5], vec![0, 1, 2, 3], vec![0, 2, 3]];
    let fitting = choices.iter().find(|kept| taken(kept) <= style.cells());
    let kept = fitting.or(choices.last()).cloned().unwrap_or_default();
    let line = style.cells().saturating_sub(taken(&kept)).min(LONGEST);
    let line = if line < SHORTEST { 0 } else { line };
    let pick = |row: Vec<String>| kept.iter().filter_map(|at| row.get(*at).cloned()).collect();
    (rows(report, axes, line, style).into_iter().map(pick).collect(), line, kept)
}

/// Whether there is room for lines two rows high, which keep apart what one scale flattens.
fn tall(report: &Comparison, style: &Style) -> bool {
    !style.ascii && style.cells() >= WIDE && report.instruments.len() <= FEW
}

/// Blanks between columns.
fn gap(style: &Style) -> usize {
    if style.cells() < 80 { 1 } else { 2 }
}

fn axes(report: &Comparison) -> Option<Axes> {
    let points = || report.instruments.iter().flat_map(|row| &row.rebased.points);
    Some(Axes {
        start: points().map(|p| p.date).min()?,
        end: points().map(|p| p.date).max()?,
        scale: spark::extent(points().map(|p| p.value))?,
    })
}

fn rows(report: &Comparison, axes: Option<&Axes>, cells: usize, style: &Style) -> Vec<Vec<String>> {
    let year = report.as_of.year();
    let name = if style.cells() < 80 { NAME } else { super::compare::LONGEST_NAME };
    let tall = tall(report, style);
    let mut rows = vec![["", "from", "", "end", "low", "high"].map(str::to_owned).to_vec()];
    for row in &report.instruments {
        let line = &row.rebased;
        let own = spark::extent(line.points.iter().map(|p| p.value));
        let level = |value: Option<f64>| {
            value.and_then(|v| number::level(v, 2)).unwrap_or_else(|| style.dash().to_owned())
        };
        let from = line.from.map(|date| text::short_date(date, year));
        let [upper, lower] = drawn(line, axes, cells, tall, style);
        if tall && cells > 0 && line.absent.is_none() {
            rows.push(["", "", &upper, "", "", ""].map(str::to_owned).to_vec());
        }
        rows.push(vec![
            text::fit(&label(row, style), name, style),
            from.unwrap_or_else(|| style.dash().to_owned()),
            lower,
            level(line.points.last().map(|p| p.value)),
            level(own.map(|(low, _)| low)),
            level(own.map(|(_, high)| high)),
        ]);
    }
    rows
}

/// The upper row, blank where lines are one row high, and the lower one.
fn drawn(line: &Rebased, axes: Option<&Axes>, cells: usize, tall: bool, style: &Style) -> [String; 2] {
    let one = |lower: String| [String::new(), lower];
    match (axes, line.absent) {
        (_, Some(absent)) => one(text::fit(&absent.code().replace('_', " "), cells, style)),
        (Some(axes), None) => {
            let values: Vec<Option<f64>> =
                (0..cells).map(|at| at_cell(&line.points, axes, at, cells)).collect();
            if tall {
                spark::draw_tall(&values, axes.scale)
            } else {
                one(spark::draw(&values, axes.scale, style))
            }
        }
        (None, None) => one(String::new()),
    }
}

/// The value a cell shows: the newest one on or before the last day that the cell stands for; none
/// before the line begins and after it ends.
fn at_cell(points: &[Point], axes: &Axes, at: usize, cells: usize) -> Option<f64> {
    let day = |at: usize| {
        let span = u64::try_from((axes.end - axes.start).num_days()).ok()?;
        let step = u64::try_from(cells.saturating_sub(1).max(1)).ok()?;
        axes.start.checked_add_days(Days::new(span * u64::try_from(at).ok()? / step))
    };
    let until = day(at)?;
    let newest = points.iter().rfind(|p| p.date <= until)?;
    let ended = points
        .last()
        .is_some_and(|last| at > 0 && day(at - 1).is_some_and(|d| last.date <= d) && last.date < until);
    (!ended).then_some(newest.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(day: &str, value: f64) -> Point {
        Point { date: day.parse().unwrap(), value }
    }

    #[test]
    fn a_line_is_blank_before_it_begins_and_after_it_ends() {
        let axes = Axes {
            start: "2026-01-05".parse().unwrap(),
            end: "2026-01-09".parse().unwrap(),
            scale: (100.0, 110.0),
        };
        let points = [point("2026-01-06", 100.0), point("2026-01-08", 110.0)];
        let values: Vec<_> = (0..5).map(|at| at_cell(&points, &axes, at, 5)).collect();
        assert_eq!(values, [None, Some(100.0), Some(100.0), Some(110.0), None]);
    }

    #[test]
    fn a_coarse_axis_keeps_a_line_that_ends_a_day_early() {
        let axes = Axes {
            start: "2025-01-21".parse().unwrap(),
            end: "2026-01-21".parse().unwrap(),
            scale: (100.0, 110.0),
        };
        let points = [point("2025-01-21", 100.0), point("2026-01-20", 110.0)];
        assert_eq!(at_cell(&points, &axes, 9, 10), Some(110.0));
    }
}
