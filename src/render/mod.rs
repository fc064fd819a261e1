//! Finished reports as text: the terminal table and JSON. Every format is a view of the same report.
//!
//! Not for: deriving, sorting or filtering figures (`compute`), nor reading a terminal, a clock or the
//! environment: all that a renderer may know of the outside is in [`Style`].

mod block;
mod breadth;
pub mod cells;
mod chart;
mod check;
mod compare;
mod directives;
mod document;
mod documents;
pub mod grid;
mod history;
mod html;
mod json;
mod layout;
mod listing;
mod markdown;
mod movers;
mod named;
mod number;
mod page;
mod pairs;
#[cfg(feature = "parquet")]
mod parquet;
mod rebased;
mod rows;
mod search;
mod session;
mod settings;
mod sheet;
mod show;
mod sources;
mod spark;
mod style;
mod sync;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod together;
mod wait;

use std::io::{self, Write};

use serde::Serialize;

use crate::domain::history::PriceList;
use crate::domain::wait::{Awaited, Wait};
use crate::domain::{
    Chart, Check, Comparison, History, Listing, Movers, Report, Search, Settings, Show, Snapshot, Sources,
    Sync,
};

use document::Document;

pub use chart::{ChartSize, Picture, Theme};
pub use directives::Dialect;
pub use sheet::{PARQUET, Sheet, SheetFormat};
pub use style::{Palette, Style};

/// The form a report is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Aligned columns for a reader.
    #[default]
    Table,
    /// One JSON object in full precision.
    Json,
    /// One JSON object for each row, a line each.
    JsonLines,
    /// A row for each instrument, under a header.
    Csv,
    /// Markdown with tables.
    Markdown,
    /// One self-contained page.
    Html,
}

/// A text in lines of at most `cells`; all but the first begin with `indent` blanks.
#[must_use]
pub fn wrapped(text: &str, cells: usize, indent: usize) -> Vec<String> {
    text::wrap(text, cells, indent)
}

/// Writes what is held of an instrument.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn history(held: &History, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Csv => history::write_csv(held, out),
        _ => in_form(held, format, style, out, history::write, documents::history),
    }
}

/// Writes the rows of a report that was written as JSON with these fields only, by their names in `domain::fields`:
/// as JSON (whose other keys stay), JSON lines or CSV.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn chosen(json: &[u8], format: Format, fields: &[String], out: &mut dyn Write) -> io::Result<()> {
    rows::chosen(json, format, fields, out)
}

/// Writes what fields there are, a line each.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn field_list(document: &str, out: &mut dyn Write) -> io::Result<()> {
    named::list(document, out)
}

/// Writes prices for an accounting program.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn prices(list: &PriceList, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    directives::write(list, dialect, out)
}

/// Begins a sheet of closes, with `revisions` also of those that were changed.
///
/// # Errors
/// What writing to `out` fails with, and a format that the build does not include.
pub fn sheet<'a>(
    format: SheetFormat,
    revisions: bool,
    out: &'a mut (dyn Write + Send),
) -> io::Result<Box<dyn Sheet + 'a>> {
    sheet::begin(format, revisions, out)
}

/// Begins a sheet of closes as CSV, with `revisions` also of those that were changed.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn csv_sheet<'a>(revisions: bool, out: &'a mut dyn Write) -> io::Result<Box<dyn Sheet + 'a>> {
    sheet::csv(revisions, out)
}

/// Writes a report in a form: by its own writer as a table, the others by one writer each for all reports.
fn in_form<T: Serialize>(
    report: &T,
    format: Format,
    style: &Style,
    out: &mut dyn Write,
    table: impl FnOnce(&T, &Style, &mut dyn Write) -> io::Result<()>,
    document: impl FnOnce(&T, &Style) -> Document,
) -> io::Result<()> {
    match format {
        Format::Table => table(report, style, out),
        Format::Json => json::write(report, out),
        Format::JsonLines | Format::Csv => rows::write(report, format, out),
        Format::Markdown | Format::Html => documents::write(&document(report, style), format, style, out),
    }
}

/// Writes the report of `today`.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn snapshot(report: &Snapshot, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    in_form(report, format, style, out, table::write, documents::snapshot)
}

/// Writes the daily report; as JSON, JSONL and CSV its snapshot.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn report(report: &Report, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Markdown | Format::Html => {
            documents::write(&documents::report(report, style), format, style, out)
        }
        _ => snapshot(&report.snapshot, format, style, out),
    }
}

/// Writes the list of what exists.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn listing(list: &Listing, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    in_form(list, format, style, out, listing::write, documents::listing)
}

/// Writes the sources.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn sources(list: &Sources, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    in_form(list, format, style, out, sources::write, documents::sources)
}

/// Writes lasting choices; the table with their origin only where that is wanted.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn settings(
    list: &Settings,
    origin: bool,
    format: Format,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Json => json::write(list, out),
        _ => settings::write(list, origin, style, out),
    }
}

/// Writes what a search found.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn search(found: &Search, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    in_form(found, format, style, out, search::write, documents::search)
}

/// Writes what `sync` did.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn sync(done: &Sync, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    sync::write(done, style, out)
}

/// Writes the report of `movers`.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn movers(report: &Movers, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    in_form(report, format, style, out, movers::write, documents::movers)
}

/// Writes the page of `show`, with `why` also how each figure came about.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn show(page: &Show, format: Format, why: bool, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    in_form(
        page,
        format,
        style,
        out,
        |page, style, out| show::write(page, why, style, out),
        |page, style| documents::show(page, why, style),
    )
}

/// Writes the report of `compare`.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn comparison(report: &Comparison, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    in_form(report, format, style, out, compare::write, documents::comparison)
}

/// Writes the report of `check`.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn check(report: &Check, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    in_form(report, format, style, out, check::write, documents::check)
}

/// Writes the report of `chart` as text or JSON; `size` is in cells.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn chart(
    report: &Chart,
    format: Format,
    size: ChartSize,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    in_form(
        report,
        format,
        style,
        out,
        |report, style, out| chart::write(report, size, style, out),
        documents::chart,
    )
}

/// Writes what is waited for; any other format than JSON is the table.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn wait(told: &Wait, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Json => json::write(told, out),
        _ => wait::write(told, style, out),
    }
}

/// What is waited for, in one sentence and what a reader should know beside it.
#[must_use]
pub fn awaited(told: &Wait) -> (String, Vec<String>) {
    (wait::summary(told), wait::remarks(told))
}

/// A line for each instant at which closes of these markets are due, or once they are `out`.
#[must_use]
pub fn awaited_lines(markets: &[&Awaited], out: bool) -> Vec<String> {
    wait::lines(markets, out)
}

/// What is waited for next, for a progress line.
#[must_use]
pub fn awaited_next(markets: &[&Awaited], now: chrono::DateTime<chrono::Utc>) -> String {
    wait::next(markets, now)
}

/// Writes the fields that conditions can name.
///
/// # Errors
/// What writing to `out` fails with; a closed pipe keeps its kind.
pub fn fields(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    check::fields(style, out)
}

/// Writes the report of `chart` as a picture; `size` is in pixels.
///
/// # Errors
/// What writing to `out` fails with, and a size that there is no memory for.
pub fn picture(
    report: &Chart,
    picture: Picture,
    theme: Theme,
    size: ChartSize,
    ascii: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    chart::draw(report, picture, theme, size, ascii, out)
}
