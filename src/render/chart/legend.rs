//! The legend's cells: of each line its name, first and last session with their closes, and the change
//! between them.
//!
//! Not for: how wide a cell is (`scene`, `terminal`).

use chrono::Datelike;

use super::super::cells;
use super::words;
use crate::domain::chart::ChartLine;
use crate::domain::{Absent, Chart};
use crate::render::{number, session, text};

/// How many columns there are.
pub(super) const COLUMNS: usize = 6;

/// What they are called.
pub(super) const HEADS: [&str; COLUMNS] = ["", "from", "close", "to", "close", "change, %"];

/// Columns that stand to the right.
pub(super) const TO_THE_RIGHT: [bool; COLUMNS] = [false, false, true, false, true, true];

/// Which columns go first where there is no room: the first close, then its date.
pub(super) const DROPPED: [usize; 2] = [2, 1];

/// A line's cells, the name being `name`; `dash` stands for what is not there.
pub(super) fn cells(report: &Chart, line: &ChartLine, name: String, dash: &str) -> [String; COLUMNS] {
    let year = report.as_of.year();
    let level = |value: f64| number::close(value, line.decimals);
    let (first, last) = (line.points.first(), line.points.last());
    let none = || dash.to_owned();
    let late = if line.begins_late { " late" } else { "" };
    let from = first.map(|p| format!("{}{late}", text::short_date(p.date, year).trim()));
    let to = last.map(|p| session::dated(p.date, line.session.status, year).trim().to_owned());
    let change = words::change(line).map(|c| c.trim_end_matches(" %").to_owned());
    let absent = line.absent.filter(|why| line.close.is_some() || *why == Absent::NoFx).map(cells::why);
    [
        name,
        from.unwrap_or_else(none),
        first.and_then(|p| level(p.close)).unwrap_or_else(none),
        to.or(absent).unwrap_or_else(|| "no data".to_owned()),
        last.and_then(|p| level(p.close)).unwrap_or_else(none),
        change.unwrap_or_else(none),
    ]
}
