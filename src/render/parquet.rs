//! Closes as Parquet, in groups of rows that are written as they fill.
//!
//! Not for: reading it; that is what DuckDB, pandas and Spark are for.

use std::io::{self, Write};
use std::mem::take;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::history::basis;
use super::sheet::Sheet;
use crate::domain::History;
use crate::domain::history::HeldSeries;

/// Rows of a group: as many as DuckDB's own.
const GROUP: usize = 122_880;
/// Rows of closes come sorted, so that neighbouring dates differ by little.
const SORTED: &str = "session";
/// Hardly a close comes twice, so that a dictionary of them is waste.
const SINGLE: &str = "close";

/// Columns in the order of the store's view.
const SCHEMA: [&str; 8] = [
    "REQUIRED BYTE_ARRAY instrument (STRING);",
    "REQUIRED BYTE_ARRAY source (STRING);",
    "REQUIRED BYTE_ARRAY symbol (STRING);",
    "REQUIRED INT32 session (DATE);",
    "REQUIRED DOUBLE close;",
    "OPTIONAL BYTE_ARRAY currency (STRING);",
    "REQUIRED BYTE_ARRAY basis (STRING);",
    "REQUIRED INT64 fetched_at (TIMESTAMP(MILLIS,true));",
];
const REPLACED: &str = "OPTIONAL INT64 replaced_at (TIMESTAMP(MILLIS,true));";

pub(super) fn begin<'a>(revisions: bool, out: &'a mut (dyn Write + Send)) -> io::Result<Box<dyn Sheet + 'a>> {
    let columns = SCHEMA.iter().chain(revisions.then_some(&REPLACED)).copied().collect::<String>();
    let schema = parse_message_type(&format!("message closes {{ {columns} }}")).map_err(plain)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("marketsnap {}", env!("CARGO_PKG_VERSION")))
        .set_column_dictionary_enabled(ColumnPath::from(SORTED), false)
        .set_column_encoding(ColumnPath::from(SORTED), Encoding::DELTA_BINARY_PACKED)
        .set_column_dictionary_enabled(ColumnPath::from(SINGLE), false)
        .build();
    let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)).map_err(plain)?;
    Ok(Box::new(Parquet { file, rows: Rows::default(), revisions }))
}

type Out<'a> = &'a mut (dyn Write + Send);
type Group<'g, 'a> = SerializedRowGroupWriter<'g, Out<'a>>;

struct Parquet<'a> {
    file: SerializedFileWriter<Out<'a>>,
    rows: Rows,
    revisions: bool,
}

/// The columns of a group; of texts each row repeats a reference and no copy.
#[derive(Default)]
struct Rows {
    instrument: Vec<ByteArray>,
    source: Vec<ByteArray>,
    symbol: Vec<ByteArray>,
    session: Vec<i32>,
    close: Vec<f64>,
    currency: Maybe<ByteArray>,
    basis: Vec<ByteArray>,
    fetched_at: Vec<i64>,
    replaced_at: Maybe<i64>,
}

/// A column that some rows have nothing in: a level for every row, and the values that there are.
struct Maybe<T> {
    levels: Vec<i16>,
    values: Vec<T>,
}

impl Parquet<'_> {
    fn series(&mut self, id: &ByteArray, series: &HeldSeries) -> Result<()> {
        let [source, symbol, basis] =
            [&series.source, &series.symbol, basis(series.basis)].map(ByteArray::from);
        let currency = series.currency.as_deref().map(ByteArray::from);
        let closes = series.closes.iter().map(|c| (c.date, c.close, c.fetched_at, None));
        let revisions = self.revisions;
        let revised = series.revisions.iter().flatten().filter(|_| revisions);
        let revised = revised.map(|r| (r.date, r.close, r.fetched_at, Some(r.replaced_at)));
        for (date, close, fetched_at, replaced_at) in closes.chain(revised) {
            let rows = &mut self.rows;
            rows.instrument.push(id.clone());
            rows.source.push(source.clone());
            rows.symbol.push(symbol.clone());
            rows.session.push(date.to_epoch_days());
            rows.close.push(close);
            rows.currency.push(currency.clone());
            rows.basis.push(basis.clone());
            rows.fetched_at.push(fetched_at.timestamp_millis());
            rows.replaced_at.push(replaced_at.map(|at| at.timestamp_millis()));
            if rows.close.len() >= GROUP {
                self.group()?;
            }
        }
        Ok(())
    }

    /// Writes the rows held as one group, columns in the order of the schema.
    fn group(&mut self) -> Result<()> {
        let rows = take(&mut self.rows);
        if rows.close.is_empty() {
            return Ok(());
        }
        let mut row_group = self.file.next_row_group()?;
        let group = &mut row_group;
        column::<ByteArrayType>(group, &rows.instrument, None)?;
        column::<ByteArrayType>(group, &rows.source, None)?;
        column::<ByteArrayType>(group, &rows.symbol, None)?;
        column::<Int32Type>(group, &rows.session, None)?;
        column::<DoubleType>(group, &rows.close, None)?;
        column::<ByteArrayType>(group, &rows.currency.values, Some(&rows.currency.levels))?;
        column::<ByteArrayType>(group, &rows.basis, None)?;
        column::<Int64Type>(group, &rows.fetched_at, None)?;
        if self.revisions {
            column::<Int64Type>(group, &rows.replaced_at.values, Some(&rows.replaced_at.levels))?;
        }
        row_group.close().map(|_| ())
    }
}

/// Writes the next column of a group.
fn column<T: DataType>(group: &mut Group<'_, '_>, values: &[T::T], levels: Option<&[i16]>) -> Result<()> {
    let next = group.next_column()?;
    let mut column = next.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self { levels: Vec::new(), values: Vec::new() }
    }
}

impl<T> Maybe<T> {
    fn push(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }
}

impl Sheet for Parquet<'_> {
    fn add(&mut self, held: &History) -> io::Result<()> {
        let id = ByteArray::from(held.id.as_str());
        held.series.iter().try_for_each(|s| self.series(&id, s)).map_err(plain)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.group().and_then(|()| self.file.close()).map(|_| ()).map_err(plain)
    }
}

/// The system's own error, where that is what happened.
fn plain(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(io) => *io,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
