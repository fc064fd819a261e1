//! The snapshot as columns of typed cells, and the one place that picks columns by width.
//!
//! Not for: how a format spells or paints them (`table`). Every tabular format reads the same grid, so
//! that no two of them disagree.
//!
//! # Which columns fit
//!
//! Name, close, the day's move and the session stay. The others are dropped in this order until the
//! rest fits: sparkline, source, 52-week position, points, a converted move's parts, against the benchmark, then the other
//! horizons from the last one asked for to the first. Before a column is dropped, the benchmark is
//! headed by its id, the sparkline is shortened, names are cut to 18 cells, and, from 120 cells on and
//! below 80, columns stand one blank apart instead of two. With none left to drop, names are cut to 12
//! cells and a session's state to a letter; only if that is not enough either, the session and then the
//! day's move go.

use chrono::{Datelike, NaiveDate};

use super::cells::{self, Cell, Column, Mark, NO_DATA, NO_RATE};
use super::layout::{self, Align};
use super::named;
use super::number;
use super::session;
use super::spark;
use super::style::Style;
use super::text;
use crate::domain::snapshot::{CompositeRow, Item, Row};
use crate::domain::{Horizon, Snapshot};

/// Cells of a sparkline, and of a shortened one.
const SPARK: usize = 10;
const SHORT_SPARK: usize = 8;

/// Longest benchmark name that a heading spells out.
const LONGEST_BENCHMARK: usize = 9;

/// Rank from which on a column is dropped only when names are at their shortest.
const LAST_RESORT: usize = 6;

/// Rows under one heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The heading; none when the reader named the rows.
    pub title: Option<String>,
    /// One cell a column.
    pub rows: Vec<Vec<Cell>>,
}

/// The table's columns and rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Columns, in order.
    pub columns: Vec<Column>,
    /// Sections, in order.
    pub sections: Vec<Section>,
    /// The names of the columns, where the reader named them.
    pub names: Vec<String>,
    /// Horizons that were asked for and do not fit.
    pub hidden: Vec<Horizon>,
    /// Columns that the reader named and that do not fit.
    pub missed: Vec<String>,
    /// Cells for the name column.
    pub name: usize,
    /// Blanks between columns.
    pub gap: usize,
    short: bool,
    terse: bool,
    as_of: NaiveDate,
    benchmark: (String, String),
}

impl Grid {
    /// Every column.
    #[must_use]
    pub fn full(report: &Snapshot, style: &Style) -> Self {
        let named = named::columns(report);
        let columns = if named.is_empty() { columns(report) } else { named.columns.clone() };
        let spread = |(row, item): (&Row, Item)| {
            let cell = |column: &Column| match column {
                Column::Plain { at, .. } => named.cell(*at, item, report, style),
                _ => cells::cell(row, *column, style),
            };
            columns.iter().map(cell).collect()
        };
        let pair = |item: &Item| Some((row(report, *item)?, *item));
        let sections = report.blocks.iter().map(|block| Section {
            title: block.title.as_deref().map(|title| text::clean(title, style)).filter(|t| !t.is_empty()),
            rows: block.items.iter().filter_map(pair).map(spread).collect(),
        });
        let id = text::clean(report.benchmark.as_str(), style);
        let name = text::name(&report.benchmark_name, report.benchmark.as_str(), style);
        Self {
            sections: sections.filter(|s| !s.rows.is_empty()).collect(),
            columns,
            names: named.names,
            hidden: Vec::new(),
            missed: Vec::new(),
            name: cells::LONGEST_NAME,
            gap: 2,
            short: false,
            terse: false,
            as_of: report.as_of.date_naive(),
            benchmark: (name, id),
        }
    }

    /// The columns that fit the style's width.
    #[must_use]
    pub fn fitting(report: &Snapshot, style: &Style) -> Self {
        let full = Self::full(report, style);
        let loose = full.fit(style);
        if loose.kept.len() == full.columns.len() && !full.cuts_names(&loose) {
            return full.keep(&loose);
        }
        let short = Self { short: true, ..full };
        let fit = short.fit(style);
        let dated = fit.kept.iter().any(|at| short.columns.get(*at) == Some(&Column::Session));
        if dated {
            return short.keep(&fit);
        }
        let terse = Self { terse: true, ..short };
        let fit = terse.fit(style);
        terse.keep(&fit)
    }

    /// Whether a name does not fit whole.
    fn cuts_names(&self, fit: &layout::Fit) -> bool {
        let cells = self.sections.iter().flat_map(|s| &s.rows).filter_map(|row| row.first());
        cells.into_iter().any(|cell| matches!(cell, Cell::Text(name) if text::width(name) > fit.name))
    }

    /// The letters that stand for a state in the column of sessions, each once, with their meaning.
    pub(super) fn letters(&self) -> Vec<(char, &'static str)> {
        let mut found = Vec::new();
        for cell in self.sections.iter().flat_map(|s| &s.rows).flatten() {
            let Cell::Session { status, .. } = cell else { continue };
            let letter = session::letter(*status).filter(|_| self.terse);
            found.extend(letter.filter(|letter| !found.contains(letter)));
        }
        found
    }

    fn fit(&self, style: &Style) -> layout::Fit {
        let texts = self.texts(style);
        let natural: Vec<usize> = (0..self.columns.len())
            .map(|at| layout::widest(texts.iter().filter_map(|row| row.get(at))))
            .collect();
        let named = || ((1..natural.len()).rev().collect(), Vec::new());
        let (order, last) = if self.names.is_empty() { drop_order(&self.columns) } else { named() };
        layout::choose(&natural, &order, &last, style.cells())
    }

    fn keep(self, fit: &layout::Fit) -> Self {
        let dropped = self.columns.iter().enumerate().filter(|(at, _)| !fit.kept.contains(at));
        let hidden = dropped.filter_map(|(_, column)| match column {
            Column::Move(horizon) => Some(*horizon),
            _ => None,
        });
        let hidden = hidden.collect();
        let missed = self.names.iter().enumerate().filter(|(at, _)| !fit.kept.contains(at));
        let missed = missed.map(|(_, name)| name.clone()).collect();
        let pick = |cells: Vec<Cell>| fit.kept.iter().filter_map(|at| cells.get(*at).cloned()).collect();
        let sections = self.sections.into_iter().map(|section| Section {
            title: section.title,
            rows: section.rows.into_iter().map(pick).collect(),
        });
        Self {
            columns: fit.kept.iter().filter_map(|at| self.columns.get(*at).copied()).collect(),
            sections: sections.collect(),
            names: self.names,
            hidden,
            missed,
            name: fit.name,
            gap: fit.gap,
            short: self.short,
            terse: self.terse,
            as_of: self.as_of,
            benchmark: self.benchmark,
        }
    }

    /// The marks that the cells carry, each once.
    #[must_use]
    pub fn marks(&self) -> Vec<Mark> {
        let mut found = Vec::new();
        for cell in self.sections.iter().flat_map(|s| &s.rows).flatten() {
            if let Cell::Signed { marks, .. } = cell {
                for mark in marks {
                    if !found.contains(mark) {
                        found.push(*mark);
                    }
                }
            }
        }
        found
    }

    /// On which side each column is padded.
    pub(super) fn aligns(&self) -> Vec<Align> {
        let align = |column: &Column| match column {
            Column::Name | Column::Trend | Column::Session | Column::Source => Align::Left,
            Column::Plain { figure: false, .. } => Align::Left,
            _ => Align::Right,
        };
        self.columns.iter().map(align).collect()
    }

    /// The heading of each column, then the cells of each row, as words.
    pub(super) fn texts(&self, style: &Style) -> Vec<Vec<String>> {
        let tails = self.tails();
        let tail = |at: usize| tails.get(at).copied().unwrap_or(0);
        let head = self.columns.iter().enumerate().map(|(at, column)| match column {
            Column::Move(_) => format!("{}{}", self.head(*column), " ".repeat(tail(at))),
            _ => self.head(*column),
        });
        let mut texts = vec![head.collect::<Vec<_>>()];
        for cells in self.sections.iter().flat_map(|s| &s.rows) {
            let row = cells.iter().enumerate().map(|(at, cell)| self.spell(cell, at, tail(at), style));
            texts.push(row.collect());
        }
        texts
    }

    /// How many marks the widest cell of each column carries; the others are padded by as many blanks,
    /// so that digits line up.
    fn tails(&self) -> Vec<usize> {
        let count = |cell: &Cell| match cell {
            Cell::Signed { marks, .. } => marks.len(),
            _ => 0,
        };
        let rows = || self.sections.iter().flat_map(|s| &s.rows);
        (0..self.columns.len())
            .map(|at| rows().filter_map(|row| row.get(at)).map(count).max().unwrap_or(0))
            .collect()
    }

    /// The heading of a column.
    pub(super) fn head(&self, column: Column) -> String {
        match column {
            Column::Name if self.columns.first() == Some(&column) => String::new(),
            Column::Name => "Name".to_owned(),
            Column::Close => "Close".to_owned(),
            Column::Points => "Points".to_owned(),
            Column::Move(Horizon::Since(date)) => format!("since{}", pad_day(date, self.as_of.year())),
            Column::Move(horizon) => format!("{} %", horizon.label()),
            Column::Versus(horizon) => {
                let over =
                    if self.names.is_empty() { String::new() } else { format!("{} ", horizon.label()) };
                let (name, id) = &self.benchmark;
                let words = if self.short { [id, name] } else { [name, id] };
                let short = words.into_iter().find(|n| text::width(n) <= LONGEST_BENCHMARK);
                format!("{over}vs {}", short.map_or("bench.", String::as_str))
            }
            Column::Local(horizon) => format!("{} local", horizon.label()),
            Column::Fx(horizon) => format!("{} fx", horizon.label()),
            Column::Position => "52w".to_owned(),
            Column::Trend => "Trend".to_owned(),
            Column::Session => "Session".to_owned(),
            Column::Source => "Source".to_owned(),
            Column::Plain { at, .. } => self.names.get(at).cloned().unwrap_or_default(),
        }
    }

    fn spell(&self, cell: &Cell, at: usize, tail: usize, style: &Style) -> String {
        let absent = || Some(format!("{}{}", style.dash(), " ".repeat(tail)));
        let spelled = match cell {
            Cell::Text(words) if at == 0 => Some(text::fit(words, self.name, style)),
            Cell::Text(words) => Some(words.clone()),
            Cell::Level { value, decimals } => number::close(*value, *decimals),
            Cell::NoData => Some(NO_DATA.to_owned()),
            Cell::NoRate => Some(NO_RATE.to_owned()),
            Cell::Signed { value, decimals, marks } => number::signed(*value, *decimals).map(|figure| {
                let marked: String = marks.iter().map(|m| m.glyph()).collect();
                format!("{figure}{marked:<tail$}")
            }),
            Cell::Position(value) => number::level(*value, 0),
            Cell::Trend(values) => spark::line(values, if self.short { SHORT_SPARK } else { SPARK }, style),
            Cell::Session { date, status } if self.terse => Some(session::terse(*date, *status, self.as_of)),
            Cell::Session { date, status } => Some(session::dated(*date, *status, self.as_of.year())),
            Cell::Absent => None,
        };
        spelled.or_else(absent).unwrap_or_default()
    }
}

/// A date that begins with a blank.
fn pad_day(date: NaiveDate, year: i32) -> String {
    format!(" {}", text::short_date(date, year).trim())
}

/// The horizon whose move and comparison are shown first: the day's, where it was asked for.
pub(super) fn lead(horizons: &[Horizon]) -> Option<Horizon> {
    horizons.iter().find(|h| **h == Horizon::ONE_DAY).or(horizons.first()).copied()
}

fn columns(report: &Snapshot) -> Vec<Column> {
    let lead = lead(&report.horizons);
    let mut columns = vec![Column::Name, Column::Close, Column::Points];
    for horizon in &report.horizons {
        columns.push(Column::Move(*horizon));
        if lead == Some(*horizon) {
            columns.push(Column::Versus(*horizon));
            if report.instruments.iter().any(|row| row.moves.get(horizon).is_some_and(|m| m.fx_pct.is_some()))
            {
                columns.extend([Column::Local(*horizon), Column::Fx(*horizon)]);
            }
        }
    }
    columns.push(Column::Position);
    let rows = report.instruments.iter().chain(report.composites.iter().map(|c| &c.row));
    if rows.into_iter().any(|row| row.trend.len() > 1) {
        columns.push(Column::Trend);
    }
    columns.extend([Column::Session, Column::Source]);
    columns
}

/// Columns in the order they are dropped, and the last resorts.
fn drop_order(columns: &[Column]) -> (Vec<usize>, Vec<usize>) {
    let lead =
        columns.iter().find_map(|c| if let Column::Versus(h) = c { Some(Column::Move(*h)) } else { None });
    let rank = |column: &Column| match column {
        Column::Name | Column::Close | Column::Plain { .. } => None,
        Column::Trend => Some(0),
        Column::Source => Some(1),
        Column::Position => Some(2),
        Column::Points => Some(3),
        Column::Versus(_) | Column::Local(_) | Column::Fx(_) => Some(4),
        Column::Session => Some(LAST_RESORT),
        Column::Move(_) if Some(*column) == lead => Some(LAST_RESORT + 1),
        Column::Move(_) => Some(5),
    };
    let mut ranked: Vec<(usize, usize)> =
        columns.iter().enumerate().filter_map(|(at, column)| Some((rank(column)?, at))).collect();
    ranked.sort_by_key(|(rank, at)| (*rank, std::cmp::Reverse(*at)));
    let (last, order): (Vec<_>, Vec<_>) = ranked.into_iter().partition(|(rank, _)| *rank >= LAST_RESORT);
    let places = |ranked: Vec<(usize, usize)>| ranked.into_iter().map(|(_, at)| at).collect();
    (places(order), places(last))
}

/// The row that a block speaks of.
fn row(report: &Snapshot, item: Item) -> Option<&Row> {
    match item {
        Item::Instrument(at) => report.instruments.get(at),
        Item::Composite(at) => report.composites.get(at).map(|CompositeRow { row, .. }| row),
    }
}
