//! Columns of the table by the names of the JSON's fields.
//!
//! Not for: the usual columns (`grid`), nor which fields there are (`domain::fields`).

use std::io::{self, Write};

use super::cells::{Cell, Column};
use super::number;
use super::rows::{self, Tree};
use super::style::Style;
use super::text;
use crate::domain::fields::{self, HORIZON};
use crate::domain::snapshot::Item;
use crate::domain::{Horizon, Snapshot};

/// The name of the sparkline's column, which the JSON does not have.
const TREND: &str = "trend";
/// Longer values are cut.
const LONGEST: usize = 40;

/// The columns that the reader named.
pub(super) struct Named {
    pub names: Vec<String>,
    pub columns: Vec<Column>,
    rows: Vec<Tree>,
}

impl Named {
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What a row has under the name at this place.
    pub(super) fn cell(&self, at: usize, item: Item, report: &Snapshot, style: &Style) -> Cell {
        let row = match item {
            Item::Instrument(at) => at,
            Item::Composite(at) => report.instruments.len() + at,
        };
        let name = self.names.get(at).map_or("", String::as_str);
        let value = self.rows.get(row).and_then(|row| row.at(name));
        let words = value.map(|value| words(name, value)).filter(|words| !words.is_empty());
        let cell = |words: String| Cell::Text(text::fit(&text::clean(&words, style), LONGEST, style));
        words.map_or(Cell::Absent, cell)
    }
}

/// A value for a reader: a percentage with two digits after the point as everywhere, another number with at most four.
fn words(name: &str, value: &Tree) -> String {
    let plain = value.cell();
    let digits = |most: usize| plain.split_once('.').is_some_and(|(_, after)| after.len() > most);
    let rounded = match value {
        Tree::Number(figure) if name.ends_with("pct") || name.ends_with("_pp") => Some((figure, 2)),
        Tree::Number(figure) if digits(4) => Some((figure, 4)),
        _ => None,
    };
    let rounded = rounded.and_then(|(figure, digits)| number::level(figure.as_f64()?, digits));
    rounded.unwrap_or(plain)
}

/// The columns that the reader named; none where he named none.
pub(super) fn columns(report: &Snapshot) -> Named {
    let labels: Vec<String> = report.horizons.iter().map(|horizon| horizon.label()).collect();
    let names = fields::expanded(&report.columns, |_| labels.clone());
    let known: Vec<Option<Column>> = names.iter().map(|name| known(name)).collect();
    let plain = known.iter().any(Option::is_none);
    let rows = if plain { rows::of(report).unwrap_or_default() } else { Vec::new() };
    let column = |(at, (name, known)): (usize, (&String, Option<Column>))| {
        let figure = || rows.iter().any(|row| matches!(row.at(name), Some(Tree::Number(_))));
        known.unwrap_or_else(|| Column::Plain { at, figure: figure() })
    };
    let columns = names.iter().zip(known).enumerate().map(column).collect();
    Named { names, columns, rows }
}

/// The column that shows a field in its own way.
fn known(name: &str) -> Option<Column> {
    Some(match name {
        "name" => Column::Name,
        "close" => Column::Close,
        "change" => Column::Points,
        "range_52w.position_pct" => Column::Position,
        "session.date" => Column::Session,
        "source.name" => Column::Source,
        TREND => Column::Trend,
        _ => {
            let (block, rest) = name.split_once('.')?;
            let (horizon, key) = rest.split_once('.')?;
            let horizon: Horizon = horizon.parse().ok()?;
            match (block, key) {
                ("moves", "pct") => Column::Move(horizon),
                ("moves", "local_pct") => Column::Local(horizon),
                ("moves", "fx_pct") => Column::Fx(horizon),
                ("relative", "excess_pp") => Column::Versus(horizon),
                _ => return None,
            }
        }
    })
}

/// Writes the fields of a document's rows, a line each.
pub(super) fn list(document: &str, out: &mut dyn Write) -> io::Result<()> {
    let fields = fields::fields(document);
    let widest = fields.iter().map(|field| field.name.len()).max().unwrap_or(0);
    for field in &fields {
        let long = if field.long { " (a column of CSV only where it is named)" } else { "" };
        writeln!(out, "{:widest$}  {}{long}", field.name, field.about)?;
    }
    if document == "snapshot" {
        writeln!(out, "{TREND:widest$}  The newest closes as a line; in tables only.")?;
    }
    let any = fields.iter().any(|field| field.name.contains(HORIZON));
    let horizon =
        if any { " HORIZON is 1D, YTD or any other, or HORIZON for each that is shown." } else { "" };
    writeln!(
        out,
        "\nThe name of a block, such as `{}`, stands for all of its fields.{horizon}",
        block(&fields)
    )
}

/// A block's name for an example.
fn block(fields: &[fields::Field]) -> &str {
    let blocks = fields.iter().filter_map(|field| Some(field.name.split_once('.')?.0));
    blocks.into_iter().find(|block| *block != fields::REPORT).unwrap_or(fields::REPORT)
}
