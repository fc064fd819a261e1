//! The closes of all instruments as one sheet, an instrument at a time: CSV, or Parquet where the build
//! includes it. Both have the columns of the store's view `closes`.
//!
//! Not for: one instrument's closes for a reader (`history`).

use std::io::{self, Write};

use super::history::{basis, guarded, plain, second};
use crate::domain::History;
use crate::domain::history::HeldSeries;

/// Whether this build writes Parquet.
pub const PARQUET: bool = cfg!(feature = "parquet");

const HEAD: [&str; 8] =
    ["instrument", "source", "symbol", "session", "close", "currency", "basis", "fetched_at"];

/// The form a sheet is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SheetFormat {
    /// A line for each close.
    #[default]
    Csv,
    /// Columns, compressed.
    Parquet,
}

/// A sheet under way.
pub trait Sheet {
    /// Adds all closes of an instrument.
    ///
    /// # Errors
    /// What writing fails with; a closed pipe keeps its kind.
    fn add(&mut self, held: &History) -> io::Result<()>;

    /// Writes what is not written yet.
    ///
    /// # Errors
    /// What writing fails with; a closed pipe keeps its kind.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

pub(super) fn begin<'a>(
    format: SheetFormat,
    revisions: bool,
    out: &'a mut (dyn Write + Send),
) -> io::Result<Box<dyn Sheet + 'a>> {
    match format {
        SheetFormat::Csv => csv(revisions, out),
        SheetFormat::Parquet => parquet(revisions, out),
    }
}

#[cfg(feature = "parquet")]
fn parquet<'a>(revisions: bool, out: &'a mut (dyn Write + Send)) -> io::Result<Box<dyn Sheet + 'a>> {
    super::parquet::begin(revisions, out)
}

#[cfg(not(feature = "parquet"))]
fn parquet<'a>(_: bool, _: &'a mut (dyn Write + Send)) -> io::Result<Box<dyn Sheet + 'a>> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this build writes no Parquet"))
}

pub(super) fn csv<'a>(revisions: bool, out: &'a mut dyn Write) -> io::Result<Box<dyn Sheet + 'a>> {
    let mut sheet = Csv { csv: ::csv::Writer::from_writer(out), revisions };
    let more: &[&str] = if revisions { &["replaced_at"] } else { &[] };
    sheet.csv.write_record(HEAD.iter().chain(more)).map_err(plain)?;
    Ok(Box::new(sheet))
}

struct Csv<'a> {
    csv: ::csv::Writer<&'a mut dyn Write>,
    revisions: bool,
}

impl Csv<'_> {
    fn series(&mut self, id: &str, series: &HeldSeries) -> Result<(), ::csv::Error> {
        let [id, source, symbol] = [id, &series.source, &series.symbol].map(guarded);
        let [currency, basis] =
            [series.currency.as_deref().unwrap_or_default(), basis(series.basis)].map(guarded);
        let closes = series.closes.iter().map(|c| (c.date, c.close, c.fetched_at, None));
        let revised = series.revisions.iter().flatten();
        let revised = revised.map(|r| (r.date, r.close, r.fetched_at, Some(r.replaced_at)));
        for (date, close, fetched, replaced) in closes.chain(revised.filter(|_| self.revisions)) {
            let (date, close, fetched) = (date.to_string(), close.to_string(), second(fetched));
            let row = [&id, &source, &symbol, &date, &close, &currency, &basis, &fetched];
            let replaced = self.revisions.then(|| replaced.map(second).unwrap_or_default());
            self.csv.write_record(row.into_iter().chain(&replaced))?;
        }
        Ok(())
    }
}

impl Sheet for Csv<'_> {
    fn add(&mut self, held: &History) -> io::Result<()> {
        held.series.iter().try_for_each(|s| self.series(held.id.as_str(), s)).map_err(plain)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.csv.flush()
    }
}
