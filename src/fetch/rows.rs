//! Makes a series of rows that a source has already dated: clips them to the window asked for, refuses
//! what lies in the future, and tells where they came from.
//!
//! Not for: reading a format (the sources) or dating rows by a time zone (`yahoo::dating`).

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::source::{Found, SourceError};
use super::{Described, Query, Want};
use crate::domain::series::listed;
use crate::domain::{Mic, Provenance, RawRow, Series, Split, Warning, WarningKind};

/// Days kept before the earliest close needed.
const MARGIN: u64 = 7;

/// Rows of one want, as read from an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// Dated rows in any order.
    pub(crate) rows: Vec<RawRow>,
    /// Splits that the rows are adjusted for.
    pub(crate) splits: Vec<Split>,
    /// The closes are as they were traded: not adjusted for splits that the source does not tell.
    pub(crate) raw: bool,
    /// What the source said that a reader should know.
    pub(crate) remarks: Vec<String>,
    /// The instant the source gives for its newest value.
    pub(crate) stamp: Option<DateTime<Utc>>,
    /// The venue whose hours apply instead of the catalogue's.
    pub(crate) venue: Option<&'static str>,
    /// Currency that the source states; the catalogue's otherwise.
    pub(crate) currency: Option<String>,
    /// What the source says of a symbol that is not in the catalogue.
    pub(crate) described: Option<Described>,
}

/// Whose rows they are, and when they came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// The source's short name.
    pub(crate) source: &'static str,
    /// The symbol it was asked by.
    pub(crate) symbol: &'a str,
    /// The query that the want is of.
    pub(crate) query: &'a Query,
    /// What they were asked for.
    pub(crate) want: &'a Want,
    /// When the answer had arrived.
    pub(crate) received_at: DateTime<Utc>,
}

/// The first date whose rows are kept, a week before the earliest close needed; to be asked from there.
pub(crate) fn first_kept(query: &Query) -> NaiveDate {
    query.from.checked_sub_days(Days::new(MARGIN)).unwrap_or(query.from)
}

/// The series of these rows.
///
/// # Errors
/// [`SourceError::NoData`] when no row inside the window has a usable close.
pub(crate) fn found(origin: &Origin<'_>, rows: Rows) -> Result<Found, SourceError> {
    let Origin { source, symbol, query, want, received_at } = *origin;
    let id = &want.instrument.id;
    let first = first_kept(query);
    let today = want.zone.map_or(received_at.date_naive(), |z| received_at.with_timezone(&z).date_naive());
    let last = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let had_rows = !rows.rows.is_empty();
    let future: Vec<NaiveDate> = rows.rows.iter().map(|r| r.date).filter(|d| *d > last).collect();
    let kept: Vec<RawRow> = rows.rows.into_iter().filter(|r| r.date >= first && r.date <= last).collect();
    let warnings = warnings(origin, &future, rows.currency.as_deref(), rows.remarks);
    let described = rows.described;
    let kind = described.as_ref().and_then(|d| d.kind).unwrap_or(want.instrument.kind);
    let provenance = Provenance {
        instrument: id.clone(),
        source: source.to_owned(),
        symbol: symbol.to_owned(),
        currency: rows.currency.or_else(|| want.instrument.currency.clone()),
        venue: rows.venue.map(Mic::new),
        basis: want.instrument.basis,
        raw: rows.raw,
        fetched_at: received_at,
        stamp: rows.stamp.filter(|at| *at <= received_at + chrono::Duration::days(1)),
    };
    let mut series = Series::from_rows(provenance, kind, kept, rows.splits);
    if series.bars().is_empty() {
        let why = if had_rows { "no row has a usable close in the window" } else { "no rows" };
        return Err(SourceError::NoData(why.to_owned()));
    }
    series.warnings.extend(warnings);
    Ok(Found { series, described })
}

/// What a reader should know of the rows: which were refused, a currency that is not the catalogue's, and
/// what the source itself remarked.
fn warnings(
    origin: &Origin<'_>,
    future: &[NaiveDate],
    currency: Option<&str>,
    remarks: Vec<String>,
) -> Vec<Warning> {
    let Origin { source, want, .. } = *origin;
    let id = &want.instrument.id;
    let mut warnings = Vec::new();
    if !future.is_empty() {
        let message = format!("{id}: rows dated in the future refused from {source}: {}", listed(future));
        warnings.push(Warning { kind: WarningKind::Refused, message });
    }
    if let Some((told, expected)) = currency.zip(want.instrument.currency.as_deref())
        && told != expected
        && !want.ad_hoc
    {
        let message = format!("{id}: {source} gives the closes in {told}, the catalogue has {expected}");
        warnings.push(Warning { kind: WarningKind::Mismatch, message });
    }
    let said =
        |said: String| Warning { kind: WarningKind::Source, message: format!("{id}: {source} {said}") };
    warnings.extend(remarks.into_iter().map(said));
    warnings
}
