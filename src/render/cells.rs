//! The columns of the table and the typed value that a row has in each.
//!
//! Not for: which columns fit (`grid`), nor how a value is spelled (`grid`, `number`).

use chrono::NaiveDate;

use super::number;
use super::style::Style;
use super::text;
use crate::domain::currency::Fx;
use crate::domain::snapshot::{MoveCell, MoveFlag, RelativeCell, Row, Status};
use crate::domain::{Absent, Horizon, Percent, digits};

/// Longest name and source that a column is made for.
pub(super) const LONGEST_NAME: usize = 32;
const LONGEST_SOURCE: usize = 12;
/// What stands in the place of a close that could not be had, and of one without a rate of exchange.
pub(super) const NO_DATA: &str = "no data";
pub(super) const NO_RATE: &str = "no rate";

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Name.
    Name,
    /// Close, or the live value.
    Close,
    /// Close minus the previous close.
    Points,
    /// Move over a horizon, in percent.
    Move(Horizon),
    /// Move minus the benchmark's over a horizon, in percentage points.
    Versus(Horizon),
    /// The part of a move over a horizon that the closes made in their own currency, in percent.
    Local(Horizon),
    /// The part of that move that the currency made, in percent.
    Fx(Horizon),
    /// Where the close stands in the last 365 days, 0 to 100.
    Position,
    /// The newest closes.
    Trend,
    /// The session and its state.
    Session,
    /// Where the closes come from.
    Source,
    /// Any other field, by its place among those asked for.
    Plain {
        /// Index into the grid's names.
        at: usize,
        /// It holds numbers.
        figure: bool,
    },
}

/// One value of a row, not yet spelled.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words, already safe.
    Text(String),
    /// A price level.
    Level {
        /// The close.
        value: f64,
        /// Its digits after the point.
        decimals: u8,
    },
    /// No close could be had.
    NoData,
    /// The close is held, and no rate to convert it.
    NoRate,
    /// A signed figure with marks that a footnote explains.
    Signed {
        /// The figure.
        value: f64,
        /// Its digits after the point.
        decimals: u8,
        /// Marks behind it: see [`Mark`].
        marks: Vec<Mark>,
    },
    /// A whole number from 0 to 100.
    Position(f64),
    /// Closes for a sparkline, oldest first.
    Trend(Vec<f64>),
    /// A session and its state.
    Session {
        /// Exchange-local date.
        date: NaiveDate,
        /// Its state.
        status: Option<Status>,
    },
    /// Missing, never 0.
    Absent,
}

/// What a footnote says of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Row and benchmark do not span the same sessions.
    OtherSessions,
    /// The move is flagged: across a hole, at one rate for both ends, or from a holiday's value.
    Flagged(MoveFlag),
    /// Closed at its upper price limit.
    LimitUp,
    /// Closed at its lower price limit.
    LimitDown,
}

impl Mark {
    /// The character behind the figure.
    #[must_use]
    pub fn glyph(self) -> char {
        match self {
            Mark::OtherSessions => '*',
            Mark::Flagged(MoveFlag::FxPending) => '=',
            Mark::Flagged(_) => '~',
            Mark::LimitUp => '^',
            Mark::LimitDown => 'v',
        }
    }
}

/// What a row has to say in a column.
pub(super) fn cell(row: &Row, column: Column, style: &Style) -> Cell {
    let level = |value| Cell::Level { value, decimals: row.decimals };
    let found = match column {
        Column::Name => {
            let name = text::name(&row.name, row.id.as_str(), style);
            Some(Cell::Text(text::fit(&name, LONGEST_NAME, style)))
        }
        Column::Close => Some(match row.close {
            Some(value) => level(value),
            None if lacks_rate(row.fx.as_ref()) => Cell::NoRate,
            None => Cell::NoData,
        }),
        Column::Points => match row.change_bp {
            Some(bp) => number::signed(bp, 1).map(|figure| Cell::Text(format!("{figure} bp"))),
            None => {
                let decimals = digits::of_level(row.close.unwrap_or(0.0), row.decimals);
                row.change.map(|value| Cell::Signed { value, decimals, marks: Vec::new() })
            }
        },
        Column::Move(horizon) => {
            let limit = if horizon == Horizon::ONE_DAY { row.limit.side } else { None };
            row.moves.get(&horizon).and_then(|cell| moved(cell, limit))
        }
        Column::Versus(horizon) => row.relative.get(&horizon).and_then(versus),
        Column::Local(horizon) => row.moves.get(&horizon).and_then(|cell| part(cell.local_pct)),
        Column::Fx(horizon) => row.moves.get(&horizon).and_then(|cell| part(cell.fx_pct)),
        Column::Position => row.range_52w.position_pct.map(|p| Cell::Position(p.0)),
        Column::Trend => Some(Cell::Trend(row.trend.clone())),
        Column::Session => row.session.date.map(|date| Cell::Session { date, status: row.session.status }),
        Column::Source => row.source.as_ref().map(|source| {
            let confirmed = match row.confirmed_by.len() {
                0 => String::new(),
                others => format!(" +{others}"),
            };
            let name = text::fit(&text::clean(&source.name, style), LONGEST_SOURCE, style);
            Cell::Text(format!("{name}{confirmed}"))
        }),
        Column::Plain { .. } => None,
    };
    found.unwrap_or(Cell::Absent)
}

/// Whether no rate of exchange is known of a close.
pub(super) fn lacks_rate(fx: Option<&Fx>) -> bool {
    fx.is_some_and(|fx| fx.absent == Some(Absent::NoFx))
}

/// What stands in the place of a close that is not there.
pub(super) fn no_close(fx: Option<&Fx>) -> &'static str {
    if lacks_rate(fx) { NO_RATE } else { NO_DATA }
}

/// Why a figure is absent, in words.
pub(super) fn why(absent: Absent) -> String {
    if absent == Absent::NoFx { NO_RATE.to_owned() } else { absent.code().replace('_', " ") }
}

/// A move with its marks.
pub(super) fn moved(cell: &MoveCell, limit: Option<&str>) -> Option<Cell> {
    let mut marks: Vec<Mark> = match limit {
        Some("up") => vec![Mark::LimitUp],
        Some("down") => vec![Mark::LimitDown],
        _ => Vec::new(),
    };
    marks.extend(cell.flags.first().map(|flag| Mark::Flagged(*flag)));
    cell.pct.map(|pct| Cell::Signed { value: pct.0, decimals: 2, marks })
}

fn part(pct: Option<Percent>) -> Option<Cell> {
    pct.map(|pct| Cell::Signed { value: pct.0, decimals: 2, marks: Vec::new() })
}

/// A move against the benchmark's.
pub(super) fn versus(cell: &RelativeCell) -> Option<Cell> {
    let other = cell.same_session == Some(false) || cell.same_base == Some(false);
    let marks = if other { vec![Mark::OtherSessions] } else { Vec::new() };
    cell.excess_pp.map(|pp| Cell::Signed { value: pp.0, decimals: 2, marks })
}
