//! Reading: only the rows that are asked for, in one transaction, so that all are of one moment.
//!
//! Not for: which version was known at an instant (`store::versions`).

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, Row as SqlRow, params};

use super::super::asked;
use super::super::versions::{self, Version};
use super::{date, days, instant, told};
use crate::domain::{About, Bar, Basis, InstrumentId, Mic, Provenance, Series, Split};
use crate::store::told::give_back;
use crate::store::{Coverage, Covered, Held, History, Latest, Revision, Row};

type Result<T> = rusqlite::Result<T>;

/// So many instruments are looked for in all series.
const MANY: usize = 500;

macro_rules! series_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, instrument, source, symbol, currency, venue, basis, raw, covered_from, covered_to, \
            fetched_at, latest_session, latest_close, latest_low, latest_high, latest_stamp, \
            latest_fetched_at, began_at, told, name, kind, decimals FROM series ",
            $rest
        )
    };
}
const OF_INSTRUMENT: &str = series_where!("WHERE instrument = ?1 ORDER BY id");
const ALL_SERIES: &str = series_where!("ORDER BY id");
const CLOSES: [&str; 2] = [
    "SELECT session, close FROM close WHERE series = ?1 AND session >= ?2 ORDER BY session",
    "SELECT session, close FROM recent WHERE series = ?1 AND session >= ?2 ORDER BY session",
];
const VERSIONS: &str = "SELECT session, close, fetched_at, NULL FROM used WHERE series = ?1 AND session >= ?2 \
    UNION ALL SELECT session, close, fetched_at, replaced_at FROM revision WHERE series = ?1 AND session >= ?2";
const REBASES: &str = "SELECT at FROM rebase WHERE series = ?1";
const SPLITS: &str =
    "SELECT session, factor, fetched_at FROM split WHERE series = ?1 AND session >= ?2 ORDER BY session";
const HISTORY: [&str; 2] = [
    "SELECT session, close, fetched_at FROM close WHERE series = ?1 AND session BETWEEN ?2 AND ?3 \
     ORDER BY session",
    "SELECT session, close, fetched_at FROM recent WHERE series = ?1 AND session BETWEEN ?2 AND ?3 \
     ORDER BY session",
];
const REVISIONS: &str = "SELECT session, close, fetched_at, replaced_at, coalesce( \
    (SELECT c.close FROM close AS c WHERE c.series = r.series AND c.session = r.session), \
    (SELECT c.close FROM recent AS c WHERE c.series = r.series AND c.session = r.session)) \
    FROM revision AS r WHERE series = ?1 ORDER BY session, replaced_at, fetched_at";

/// A row of the table of series.
pub(super) struct Listed {
    pub(super) id: i64,
    /// When it was first fetched.
    began_at: DateTime<Utc>,
    /// There are splits, warnings, ranges or changes of basis of it.
    pub(super) told: bool,
    about: Option<About>,
    pub(super) covered: Covered,
}

pub(super) fn held(
    db: &mut Connection,
    ids: &[InstrumentId],
    since: NaiveDate,
    known_at: Option<DateTime<Utc>>,
) -> Result<Vec<Held>> {
    let moment = db.transaction()?;
    let mut found = Vec::new();
    for listed in listed(&moment, ids)? {
        let held = match known_at {
            Some(at) => as_known(&moment, listed, since, at)?,
            None => newest(&moment, listed, since)?,
        };
        found.push(held);
    }
    Ok(found)
}

/// The closes in use, from where the series was asked for without a gap.
fn newest(db: &Connection, listed: Listed, since: NaiveDate) -> Result<Held> {
    let Listed { id, told, about, covered: Covered { provenance, coverage, latest }, .. } = listed;
    let since = since.max(coverage.from);
    let mut bars = Vec::with_capacity(expected(since, coverage.to));
    for part in CLOSES {
        let mut statement = db.prepare_cached(part)?;
        let mut rows = statement.query(params![id, days(since)])?;
        let begin = bars.len();
        while let Some(row) = rows.next()? {
            bars.push(bar(date(row.get(0)?)?, row.get(1)?));
        }
        if !bars.get(begin..).unwrap_or_default().is_sorted_by(|a, b| a.date < b.date) {
            return Err(wrong(format!(
                "closes of {} from {} out of order",
                provenance.instrument, provenance.source
            )));
        }
    }
    // Nearly always they are in order.
    bars.sort_by_key(|b| b.date);
    let (mut splits_told, mut warnings) = (Vec::new(), Vec::new());
    if told {
        splits_told = splits(db, id, since, None)?;
        warnings = told::warnings(db, id, None)?;
        give_back(&told::ranges(db, id, since, None)?, &mut bars);
    }
    let mut series = series(provenance, bars, splits_told)?;
    (series.warnings, series.about) = (warnings, about);
    Ok(Held { series, coverage, asked_at: Some(coverage.fetched_at), latest, reconstructed: Vec::new() })
}

/// The closes as known at an instant.
fn as_known(db: &Connection, listed: Listed, since: NaiveDate, at: DateTime<Utc>) -> Result<Held> {
    let Listed { id, began_at, about, covered: Covered { provenance, coverage, .. }, .. } = listed;
    // Where the gaps were before the last fetch is not known any more.
    let since = if at >= coverage.fetched_at { since.max(coverage.from) } else { since };
    let mut statement = db.prepare_cached(VERSIONS)?;
    let versions = statement.query_map(params![id, days(since)], |row| {
        let replaced_at = row.get::<_, Option<i64>>(3)?.map(instant).transpose()?;
        Ok(Version { row: close(row)?, replaced_at })
    })?;
    let versions = versions.collect::<Result<Vec<_>>>()?;
    let mut statement = db.prepare_cached(REBASES)?;
    let rebased = statement.query_map([id], |row| instant(row.get(0)?))?.collect::<Result<Vec<_>>>()?;
    let known = versions::known_at(versions, at, &rebased);
    let then = known.fetched_at.map(|_| at);
    let mut bars: Vec<Bar> = known.rows.iter().map(|r| bar(r.session, r.close)).collect();
    let reconstructed = |s: &NaiveDate| known.reconstructed.binary_search(s).is_ok();
    let mut ranges = told::ranges(db, id, since, None)?;
    ranges.retain(|r| reconstructed(&r.session));
    ranges.extend(told::ranges(db, id, since, Some(at))?.into_iter().filter(|r| !reconstructed(&r.session)));
    give_back(&ranges, &mut bars);
    let mut series = series(provenance, bars, splits(db, id, since, then)?)?;
    series.warnings = told::warnings(db, id, (began_at <= at).then_some(at))?;
    series.about = about;
    let asked_at = match known.fetched_at {
        _ if began_at > at => None,
        Some(fetched_at) => told::asked(db, id, at)?.max(Some(fetched_at)),
        None => told::asked(db, id, at)?.max(told::fetched_before(db, id, since, at)?).max(Some(began_at)),
    };
    Ok(Held { series, coverage, asked_at, latest: None, reconstructed: known.reconstructed })
}

/// The splits told of, or those told of by an instant.
fn splits(db: &Connection, id: i64, since: NaiveDate, by: Option<DateTime<Utc>>) -> Result<Vec<Split>> {
    let mut statement = db.prepare_cached(SPLITS)?;
    let mut rows = statement.query(params![id, days(since)])?;
    let mut splits = Vec::new();
    while let Some(row) = rows.next()? {
        let told = instant(row.get(2)?)?;
        if by.is_none_or(|by| told <= by) {
            splits.push(Split { date: date(row.get(0)?)?, factor: row.get(1)? });
        }
    }
    Ok(splits)
}

pub(super) fn covered(db: &mut Connection, ids: &[InstrumentId]) -> Result<Vec<Covered>> {
    let moment = db.transaction()?;
    Ok(listed(&moment, ids)?.into_iter().map(|l| l.covered).collect())
}

pub(super) fn revisions(db: &mut Connection, id: &InstrumentId) -> Result<Vec<Revision>> {
    let moment = db.transaction()?;
    let mut found = Vec::new();
    for Listed { id, covered: Covered { provenance, .. }, .. } in listed(&moment, std::slice::from_ref(id))? {
        let mut statement = moment.prepare_cached(REVISIONS)?;
        let mut rows = statement.query([id])?;
        while let Some(row) = rows.next()? {
            let Row { session, close, fetched_at } = close(row)?;
            let (replaced_at, now) = (instant(row.get(3)?)?, row.get(4)?);
            let provenance = provenance.clone();
            found.push(Revision { provenance, session, close, fetched_at, replaced_at, now });
        }
    }
    found.sort_by_key(|r| r.session);
    Ok(found)
}

pub(super) fn all(
    db: &mut Connection,
    id: &InstrumentId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<History>> {
    let moment = db.transaction()?;
    let mut found = Vec::new();
    for Listed { id, covered: Covered { provenance, .. }, .. } in listed(&moment, std::slice::from_ref(id))? {
        found.push(History { provenance, rows: rows(&moment, id, from, to)? });
    }
    Ok(found)
}

/// The closes in use of a series between two dates, both included.
pub(super) fn rows(db: &Connection, id: i64, from: NaiveDate, to: NaiveDate) -> Result<Vec<Row>> {
    let mut found: Vec<Row> = Vec::new();
    for part in HISTORY {
        let mut statement = db.prepare_cached(part)?;
        let mut rows = statement.query(params![id, days(from), days(to)])?;
        while let Some(row) = rows.next()? {
            found.push(close(row)?);
        }
    }
    found.sort_by_key(|r| r.session);
    Ok(found)
}

pub(super) fn instruments(db: &Connection) -> Result<Vec<InstrumentId>> {
    let mut statement = db.prepare("SELECT DISTINCT instrument FROM series ORDER BY instrument")?;
    statement.query_map([], |row| Ok(InstrumentId::new(row.get_ref(0)?.as_str()?)))?.collect()
}

/// The series of each instrument, an instrument named twice once.
fn listed(db: &Connection, ids: &[InstrumentId]) -> Result<Vec<Listed>> {
    if ids.len() >= MANY {
        return of_all(db, ids);
    }
    let mut statement = db.prepare_cached(OF_INSTRUMENT)?;
    let mut seen = BTreeSet::new();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids.iter().filter(|id| seen.insert(*id)) {
        let mut rows = statement.query([id.as_str()])?;
        while let Some(row) = rows.next()? {
            found.push(one(row)?);
        }
    }
    Ok(found)
}

/// The same, in one pass over all series.
fn of_all(db: &Connection, ids: &[InstrumentId]) -> Result<Vec<Listed>> {
    let mut places = HashMap::with_capacity(ids.len());
    for (place, id) in ids.iter().enumerate() {
        places.entry(id).or_insert(place);
    }
    let mut found = Vec::with_capacity(ids.len());
    let mut statement = db.prepare_cached(ALL_SERIES)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let listed = one(row)?;
        let place = places.get(&listed.covered.provenance.instrument);
        found.extend(place.map(|place| (*place, listed)));
    }
    // Stable: series of one instrument stay in the order of their ids.
    found.sort_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, listed)| listed).collect())
}

/// The series that has exactly this key.
pub(super) fn find(db: &Connection, key: &Provenance) -> Result<Option<Listed>> {
    let found = listed(db, std::slice::from_ref(&key.instrument))?;
    let same = |p: &Provenance| {
        (&p.source, &p.symbol, &p.currency, &p.venue, p.basis, p.raw)
            == (&key.source, &key.symbol, &key.currency, &key.venue, key.basis, key.raw)
    };
    Ok(found.into_iter().find(|l| same(&l.covered.provenance)))
}

fn one(row: &SqlRow<'_>) -> Result<Listed> {
    let text = |at: usize| -> Result<String> { row.get(at) };
    let named = |text: String| (!text.is_empty()).then_some(text);
    let fetched_at = instant(row.get(10)?)?;
    let provenance = Provenance {
        instrument: InstrumentId::new(row.get_ref(1)?.as_str()?),
        source: text(2)?,
        symbol: text(3)?,
        currency: named(text(4)?),
        venue: named(text(5)?).map(|v| Mic::new(&v)),
        basis: basis(&text(6)?)?,
        raw: row.get(7)?,
        fetched_at,
        stamp: None,
    };
    let coverage = Coverage { from: date(row.get(8)?)?, to: date(row.get(9)?)?, fetched_at };
    let began_at = instant(row.get(17)?)?;
    let (id, told) = (row.get(0)?, row.get(18)?);
    let about = asked::about(row.get(19)?, row.get::<_, Option<String>>(20)?.as_deref(), row.get(21)?);
    let covered = Covered { provenance, coverage, latest: latest(row)? };
    Ok(Listed { id, began_at, told, about, covered })
}

fn latest(row: &SqlRow<'_>) -> Result<Option<Latest>> {
    let (Some(session), Some(close), Some(fetched_at)) =
        (row.get::<_, Option<i64>>(11)?, row.get(12)?, row.get::<_, Option<i64>>(16)?)
    else {
        return Ok(None);
    };
    let bar = Bar { date: date(session)?, close, low: row.get(13)?, high: row.get(14)? };
    let stamp = row.get::<_, Option<i64>>(15)?.map(instant).transpose()?;
    Ok(Some(Latest { bar, stamp, fetched_at: instant(fetched_at)? }))
}

fn basis(text: &str) -> Result<Basis> {
    asked::basis_of(text).ok_or_else(|| wrong(format!("a series with the basis {text}")))
}

fn close(row: &SqlRow<'_>) -> Result<Row> {
    Ok(Row { session: date(row.get(0)?)?, close: row.get(1)?, fetched_at: instant(row.get(2)?)? })
}

fn bar(date: NaiveDate, close: f64) -> Bar {
    Bar { date, close, low: None, high: None }
}

fn series(provenance: Provenance, bars: Vec<Bar>, splits: Vec<Split>) -> Result<Series> {
    let what = format!("closes of {} from {}", provenance.instrument, provenance.source);
    Series::of_bars(provenance, bars, splits)
        .ok_or_else(|| wrong(format!("{what} out of order or not finite")))
}

/// Rows that nothing of this program can have written.
fn wrong(what: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Null, what.into())
}

/// About how many closes lie between two dates.
fn expected(from: NaiveDate, to: NaiveDate) -> usize {
    usize::try_from((to - from).num_days().clamp(0, 40_000) * 5 / 7 + 4).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

    #[test]
    fn closes_are_sought_by_series_and_session_and_never_all_read() {
        let mut db = Connection::open_in_memory().unwrap();
        schema::migrate(&mut db).unwrap();
        let single = [OF_INSTRUMENT, VERSIONS, SPLITS, REVISIONS, told::FETCHED_BEFORE];
        let statements = single.into_iter().chain(CLOSES).chain(HISTORY);
        for sql in statements {
            let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let nothing = rusqlite::params_from_iter(vec![None::<i64>; plan.parameter_count()]);
            let steps = plan.query_map(nothing, |r| r.get::<_, String>(3)).unwrap().map(Result::unwrap);
            let steps: Vec<String> = steps.collect();
            assert!(steps.iter().any(|s| s.starts_with("SEARCH")), "{sql}: {steps:?}");
            let scan = |s: &String| s.starts_with("SCAN") && !s.contains("subquery");
            assert!(!steps.iter().any(scan), "{sql}: {steps:?}");
        }
    }
}
