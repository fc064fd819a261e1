//! Reading: all that is asked for in a few statements, within one transaction, so that all is of one moment.
//!
//! Not for: which version was known at an instant (`store::versions`).

use std::collections::{BTreeMap, HashMap};
use std::pin::pin;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::TryStreamExt;
use futures_util::future::{try_join3, try_join5};
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Client, Row as SqlRow};

use super::super::asked::{self, basis_of};
use super::super::versions::{self, Version};
use super::told::{self, InForce};
use super::{Failure, day};
use crate::domain::{About, Bar, InstrumentId, Mic, Provenance, Series, Split};
use crate::store::told::give_back;
use crate::store::{Coverage, Covered, Held, History, Latest, Revision, Row};

type Result<T> = std::result::Result<T, Failure>;
/// What a statement is told, with its types.
pub(super) type Told<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];
/// Rows by their series.
type BySeries<T> = HashMap<i64, Vec<T>>;

/// The columns of a series, in the order in which [`one`] reads them.
pub(super) const COLUMNS: &str = "s.id, s.instrument, s.source, s.symbol, s.currency, s.venue, s.basis, s.raw, \
    s.covered_from, s.covered_to, s.fetched_at, s.latest_session, s.latest_close, s.latest_low, s.latest_high, \
    s.latest_stamp, s.latest_fetched_at, s.began_at, s.name, s.kind, s.decimals";
const CLOSES: &str = "SELECT c.series, c.session, c.close FROM unnest($1::bigint[], $2::date[]) AS w (series, since) \
    JOIN marketsnap.close AS c ON c.series = w.series AND c.session >= w.since";
const SPLITS: &str = "SELECT p.series, p.session, p.factor, p.fetched_at \
    FROM unnest($1::bigint[], $2::date[]) AS w (series, since) \
    JOIN marketsnap.split AS p ON p.series = w.series AND p.session >= w.since";
const VERSIONS: &str = "SELECT c.series, c.session, c.close, c.fetched_at, NULL::timestamptz \
    FROM unnest($1::bigint[], $2::date[]) AS w (series, since) \
    JOIN marketsnap.close AS c ON c.series = w.series AND c.session >= w.since \
    UNION ALL SELECT r.series, r.session, r.close, r.fetched_at, r.replaced_at \
    FROM unnest($1::bigint[], $2::date[]) AS w (series, since) \
    JOIN marketsnap.revision AS r ON r.series = w.series AND r.session >= w.since";
const REBASES: &str = "SELECT series, at FROM marketsnap.rebase WHERE series = ANY ($1)";
const HISTORY: &str = "SELECT series, session, close, fetched_at FROM marketsnap.close \
    WHERE series = ANY ($1) AND session BETWEEN $2 AND $3";
const REVISIONS: &str = "SELECT r.series, r.session, r.close, r.fetched_at, r.replaced_at, c.close \
    FROM marketsnap.revision AS r LEFT JOIN marketsnap.close AS c ON c.series = r.series AND c.session = r.session \
    WHERE r.series = ANY ($1) ORDER BY r.session, r.replaced_at, r.fetched_at";

/// A row of the table of series.
pub(super) struct Listed {
    pub(super) id: i64,
    /// When it was first fetched.
    began_at: DateTime<Utc>,
    about: Option<About>,
    pub(super) covered: Covered,
}

pub(super) async fn held(
    client: &Client,
    ids: &[InstrumentId],
    since: NaiveDate,
    known_at: Option<DateTime<Utc>>,
) -> Result<Vec<Held>> {
    let listed = listed(client, ids).await?;
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    match known_at {
        Some(at) => as_known(client, listed, since, at).await,
        None => newest(client, listed, since).await,
    }
}

/// The closes in use, from where each series was asked for without a gap.
async fn newest(client: &Client, listed: Vec<Listed>, since: NaiveDate) -> Result<Vec<Held>> {
    let series: Vec<i64> = listed.iter().map(|l| l.id).collect();
    let begin: Vec<NaiveDate> = listed.iter().map(|l| day(since.max(l.covered.coverage.from))).collect();
    let window: Told<'_> = &[(&series, Type::INT8_ARRAY), (&begin, Type::DATE_ARRAY)];
    let bars = by_series(client, CLOSES, window, |row| Ok(bar(at(row, 1)?, at(row, 2)?)));
    let splits = by_series(client, SPLITS, window, split);
    let told = told::in_force(client, &series, &begin, None);
    let (mut bars, mut splits, told) = try_join3(bars, splits, told).await?;
    let whole = |Listed { id, about, covered: Covered { provenance, coverage, latest }, .. }| {
        let bars = bars.remove(&id).unwrap_or_default();
        let splits = splits.remove(&id).unwrap_or_default().into_iter().map(|(s, _)| s).collect();
        let InForce { warnings, ranges } = told.of(&id, None);
        let mut series = in_order(provenance, bars, splits, |bars| give_back(&ranges, bars))?;
        (series.warnings, series.about) = (warnings, about);
        Ok(Held { series, coverage, asked_at: Some(coverage.fetched_at), latest, reconstructed: Vec::new() })
    };
    listed.into_iter().map(whole).collect()
}

/// The closes as known at an instant.
async fn as_known(
    client: &Client,
    listed: Vec<Listed>,
    since: NaiveDate,
    instant: DateTime<Utc>,
) -> Result<Vec<Held>> {
    let series: Vec<i64> = listed.iter().map(|l| l.id).collect();
    // Where the gaps were before the last fetch is not known any more.
    let begins = |l: &Listed| {
        let Coverage { from, fetched_at, .. } = l.covered.coverage;
        day(if instant >= fetched_at { since.max(from) } else { since })
    };
    let begin: Vec<NaiveDate> = listed.iter().map(begins).collect();
    let window: Told<'_> = &[(&series, Type::INT8_ARRAY), (&begin, Type::DATE_ARRAY)];
    let versions =
        by_series(client, VERSIONS, window, |row| Ok(Version { row: close(row)?, replaced_at: at(row, 4)? }));
    let of: Told<'_> = &[(&series, Type::INT8_ARRAY)];
    let rebases = by_series(client, REBASES, of, |row| at::<DateTime<Utc>>(row, 1));
    let splits = by_series(client, SPLITS, window, split);
    let told = told::in_force(client, &series, &begin, Some(instant));
    let asked = told::asked(client, &series, &begin, instant);
    let (mut versions, mut rebases, mut splits, told, asked) =
        try_join5(versions, rebases, splits, told, asked).await?;
    let whole = |Listed { id, began_at, about, covered: Covered { provenance, coverage, .. } }: Listed| {
        let rebased = rebases.remove(&id).unwrap_or_default();
        let known = versions::known_at(versions.remove(&id).unwrap_or_default(), instant, &rebased);
        let bars = known.rows.iter().map(|r| bar(r.session, r.close)).collect();
        let splits = splits.remove(&id).unwrap_or_default().into_iter();
        let by_then = |(_, told): &(Split, DateTime<Utc>)| known.fetched_at.is_none() || *told <= instant;
        let splits = splits.filter(by_then).map(|(s, _)| s).collect();
        let then = told.of(&id, Some(instant));
        let later = |session: &NaiveDate| known.reconstructed.binary_search(session).is_ok();
        let mut ranges = then.ranges;
        ranges.retain(|r| !later(&r.session));
        let now = told.of(&id, None);
        ranges.extend(now.ranges.into_iter().filter(|r| later(&r.session)));
        let mut series = in_order(provenance, bars, splits, |bars| give_back(&ranges, bars))?;
        let begun = began_at <= instant;
        series.warnings = if begun { then.warnings } else { now.warnings };
        series.about = about;
        // Of the closes read none had been fetched by then: those before them tell.
        let (asked, before) = asked.get(&id).copied().unwrap_or_default();
        let fetched = known.fetched_at.or_else(|| before.max(Some(began_at)));
        let asked_at = if begun { asked.max(fetched) } else { None };
        Ok(Held { series, coverage, asked_at, latest: None, reconstructed: known.reconstructed })
    };
    listed.into_iter().map(whole).collect()
}

pub(super) async fn covered(client: &Client, ids: &[InstrumentId]) -> Result<Vec<Covered>> {
    Ok(listed(client, ids).await?.into_iter().map(|l| l.covered).collect())
}

pub(super) async fn revisions(client: &Client, id: &InstrumentId) -> Result<Vec<Revision>> {
    let listed = listed(client, std::slice::from_ref(id)).await?;
    let series: Vec<i64> = listed.iter().map(|l| l.id).collect();
    let of: BTreeMap<i64, Provenance> = listed.into_iter().map(|l| (l.id, l.covered.provenance)).collect();
    let mut found = Vec::new();
    for row in client.query_typed(REVISIONS, &[(&series, Type::INT8_ARRAY)]).await? {
        let id: i64 = at(&row, 0)?;
        let Some(provenance) = of.get(&id).cloned() else { continue };
        let Row { session, close, fetched_at } = close(&row)?;
        let (replaced_at, now) = (at(&row, 4)?, at(&row, 5)?);
        found.push((id, Revision { provenance, session, close, fetched_at, replaced_at, now }));
    }
    found.sort_by_key(|(id, r)| (r.session, *id));
    Ok(found.into_iter().map(|(_, r)| r).collect())
}

pub(super) async fn all(
    client: &Client,
    id: &InstrumentId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<History>> {
    let listed = listed(client, std::slice::from_ref(id)).await?;
    let series: Vec<i64> = listed.iter().map(|l| l.id).collect();
    let (from, to) = (day(from), day(to));
    let window: Told<'_> = &[(&series, Type::INT8_ARRAY), (&from, Type::DATE), (&to, Type::DATE)];
    let mut rows = by_series(client, HISTORY, window, close).await?;
    let whole = |l: Listed| {
        let mut rows = rows.remove(&l.id).unwrap_or_default();
        rows.sort_by_key(|r| r.session);
        History { provenance: l.covered.provenance, rows }
    };
    Ok(listed.into_iter().map(whole).collect())
}

pub(super) async fn instruments(client: &Client) -> Result<Vec<InstrumentId>> {
    let rows = client.query_typed("SELECT DISTINCT instrument FROM marketsnap.series", &[]).await?;
    let mut found: Vec<InstrumentId> =
        rows.iter().map(|row| Ok(InstrumentId::new(at(row, 0)?))).collect::<Result<_>>()?;
    found.sort();
    Ok(found)
}

/// The series of each instrument in the order of the instruments, one named twice once.
pub(super) async fn listed(client: &Client, ids: &[InstrumentId]) -> Result<Vec<Listed>> {
    let sql =
        format!("SELECT {COLUMNS} FROM marketsnap.series AS s WHERE s.instrument = ANY ($1) ORDER BY s.id");
    let names: Vec<&str> = ids.iter().map(InstrumentId::as_str).collect();
    let rows = client.query_typed(&sql, &[(&names, Type::TEXT_ARRAY)]).await?;
    let mut found = rows.iter().map(one).collect::<Result<Vec<_>>>()?;
    let places: HashMap<&InstrumentId, usize> = ids.iter().enumerate().rev().map(|(n, id)| (id, n)).collect();
    found.sort_by_key(|l| places.get(&l.covered.provenance.instrument).copied());
    Ok(found)
}

/// Reads rows that begin with their series.
pub(super) async fn by_series<T>(
    client: &Client,
    sql: &str,
    told: Told<'_>,
    read: impl Fn(&SqlRow) -> Result<T>,
) -> Result<BySeries<T>> {
    let told = told.iter().map(|(value, of_type)| (*value, of_type.clone()));
    let mut rows = pin!(client.query_typed_raw(sql, told).await?);
    let mut found: BySeries<T> = HashMap::new();
    while let Some(row) = rows.try_next().await? {
        found.entry(at(&row, 0)?).or_default().push(read(&row)?);
    }
    Ok(found)
}

pub(super) fn at<'r, T: FromSql<'r>>(row: &'r SqlRow, column: usize) -> Result<T> {
    Ok(row.try_get(column)?)
}

/// A row of [`COLUMNS`].
pub(super) fn one(row: &SqlRow) -> Result<Listed> {
    let named = |column| at::<String>(row, column).map(|text| (!text.is_empty()).then_some(text));
    let fetched_at = at(row, 10)?;
    let basis: &str = at(row, 6)?;
    let provenance = Provenance {
        instrument: InstrumentId::new(at(row, 1)?),
        source: at(row, 2)?,
        symbol: at(row, 3)?,
        currency: named(4)?,
        venue: named(5)?.map(|v| Mic::new(&v)),
        basis: basis_of(basis).ok_or_else(|| Failure::Wrong(format!("a series has the basis {basis:?}")))?,
        raw: at(row, 7)?,
        fetched_at,
        stamp: None,
    };
    let coverage = Coverage { from: at(row, 8)?, to: at(row, 9)?, fetched_at };
    let covered = Covered { provenance, coverage, latest: latest(row)? };
    let decimals = at::<Option<i16>>(row, 20)?.and_then(|d| u8::try_from(d).ok());
    let about = asked::about(at(row, 18)?, at::<Option<&str>>(row, 19)?, decimals);
    Ok(Listed { id: at(row, 0)?, began_at: at(row, 17)?, about, covered })
}

fn latest(row: &SqlRow) -> Result<Option<Latest>> {
    let (Some(date), Some(close), Some(fetched_at)) = (at(row, 11)?, at(row, 12)?, at(row, 16)?) else {
        return Ok(None);
    };
    let bar = Bar { date, close, low: at(row, 13)?, high: at(row, 14)? };
    Ok(Some(Latest { bar, stamp: at(row, 15)?, fetched_at }))
}

/// A close after its series.
pub(super) fn close(row: &SqlRow) -> Result<Row> {
    Ok(Row { session: at(row, 1)?, close: at(row, 2)?, fetched_at: at(row, 3)? })
}

fn split(row: &SqlRow) -> Result<(Split, DateTime<Utc>)> {
    Ok((Split { date: at(row, 1)?, factor: at(row, 2)? }, at(row, 3)?))
}

fn bar(date: NaiveDate, close: f64) -> Bar {
    Bar { date, close, low: None, high: None }
}

/// A series of rows that came in any order; `adorn` is done to its closes.
fn in_order(
    provenance: Provenance,
    mut bars: Vec<Bar>,
    mut splits: Vec<Split>,
    adorn: impl FnOnce(&mut [Bar]),
) -> Result<Series> {
    bars.sort_by_key(|b| b.date);
    splits.sort_by_key(|s| s.date);
    adorn(&mut bars);
    let what = format!("closes of {} from {}", provenance.instrument, provenance.source);
    let wrong = || Failure::Wrong(format!("{what} are not finite; `marketsnap store verify` counts them"));
    Series::of_bars(provenance, bars, splits).ok_or_else(wrong)
}
