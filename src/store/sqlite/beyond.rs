//! Looking backwards for what outdates a record: by its key from the newest close on, until one is found.
//!
//! Not for: what is at or beyond a bound (`store::beyond`).

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, params};

use super::read::find;
use super::{date, days};
use crate::store::{Beyond, Bound, Sought};

type Result<T> = rusqlite::Result<T>;

const ON: &str = "SELECT close FROM used WHERE series = ?1 AND session = ?2";
const FIRST: &str = "SELECT session FROM used WHERE series = ?1 AND session >= ?2 ORDER BY session LIMIT 1";
const SPLIT: &str = "SELECT 1 FROM split WHERE series = ?1 LIMIT 1";
const AT_LEAST: [&str; 2] = [
    "SELECT session FROM recent WHERE series = ?1 AND session >= ?2 AND session < ?3 AND close >= ?4 \
     ORDER BY session DESC LIMIT 1",
    "SELECT session FROM close WHERE series = ?1 AND session >= ?2 AND session < ?3 AND close >= ?4 \
     ORDER BY session DESC LIMIT 1",
];
const AT_MOST: [&str; 2] = [
    "SELECT session FROM recent WHERE series = ?1 AND session >= ?2 AND session < ?3 AND close <= ?4 \
     ORDER BY session DESC LIMIT 1",
    "SELECT session FROM close WHERE series = ?1 AND session >= ?2 AND session < ?3 AND close <= ?4 \
     ORDER BY session DESC LIMIT 1",
];
const BACKWARDS: &str = "SELECT session, close FROM used WHERE series = ?1 AND session >= ?2 AND session <= ?3 \
    ORDER BY session DESC";
const HIGHEST: &str = "SELECT session, close FROM used WHERE series = ?1 AND session >= ?2 AND session < ?3 \
    ORDER BY close DESC, session DESC LIMIT 1";
const OLDER: &str = "SELECT count(*) FROM used WHERE series = ?1 AND session >= ?2 AND session < ?3";

pub(super) fn beyond(db: &mut Connection, sought: &[Sought<'_>]) -> Result<Vec<Option<Beyond>>> {
    let moment = db.transaction()?;
    sought.iter().map(|one| answer(&moment, one)).collect()
}

fn answer(db: &Connection, sought: &Sought<'_>) -> Result<Option<Beyond>> {
    let Some(listed) = find(db, sought.of)? else { return Ok(None) };
    let (id, since) = (listed.id, listed.covered.coverage.from);
    let on = |sql, day: NaiveDate| -> Result<Option<_>> {
        db.prepare_cached(sql)?.query_row(params![id, days(day)], |row| row.get(0)).optional()
    };
    let Some(close) = on(ON, sought.before)? else { return Ok(None) };
    let first: Option<i64> =
        db.prepare_cached(FIRST)?.query_row(params![id, days(since)], |row| row.get(0)).optional()?;
    let Some(first) = first.map(date).transpose()? else { return Ok(None) };
    let splits = listed.told && db.prepare_cached(SPLIT)?.exists([id])?;
    let days = (since, sought.before);
    let highest = if sought.bound == Bound::Highest { highest(db, id, days)? } else { None };
    let from = match sought.bound {
        Bound::CloseAtLeast(bound) => level(db, id, &AT_LEAST, days, bound)?,
        Bound::CloseAtMost(bound) => level(db, id, &AT_MOST, days, bound)?,
        Bound::MoveAtLeast(_) | Bound::MoveAtMost(_) => moved(db, id, days, sought.bound)?,
        Bound::Highest => highest.map(|(session, _)| session),
    };
    let older = if from.is_none() { Some(older(db, id, days)?) } else { None };
    Ok(Some(Beyond { first, close, from, highest: highest.map(|(_, close)| close), older, splits }))
}

/// The newest of the highest closes between two days, the later one excluded.
fn highest(
    db: &Connection,
    id: i64,
    (since, before): (NaiveDate, NaiveDate),
) -> Result<Option<(NaiveDate, f64)>> {
    let mut statement = db.prepare_cached(HIGHEST)?;
    let of_row = |row: &rusqlite::Row<'_>| Ok((date(row.get(0)?)?, row.get(1)?));
    statement.query_row(params![id, days(since), days(before)], of_row).optional()
}

/// How many sessions are held between two days, the later one excluded.
fn older(db: &Connection, id: i64, (since, before): (NaiveDate, NaiveDate)) -> Result<usize> {
    let mut statement = db.prepare_cached(OLDER)?;
    let count: i64 = statement.query_row(params![id, days(since), days(before)], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The newest close between two days, the later one excluded, that is at or beyond a bound.
fn level(
    db: &Connection,
    id: i64,
    parts: &[&str],
    (since, before): (NaiveDate, NaiveDate),
    bound: f64,
) -> Result<Option<NaiveDate>> {
    let mut newest = None;
    for part in parts {
        let mut statement = db.prepare_cached(part)?;
        let of_part = params![id, days(since), days(before), bound];
        newest = newest.max(statement.query_row(of_part, |row| row.get(0)).optional()?);
    }
    newest.map(date).transpose()
}

/// The session that the newest move between two days, the later one included, starts from.
fn moved(
    db: &Connection,
    id: i64,
    (since, until): (NaiveDate, NaiveDate),
    bound: Bound,
) -> Result<Option<NaiveDate>> {
    let mut statement = db.prepare_cached(BACKWARDS)?;
    let mut rows = statement.query(params![id, days(since), days(until)])?;
    let mut later: Option<f64> = None;
    while let Some(row) = rows.next()? {
        let close: f64 = row.get(1)?;
        if later.is_some_and(|later| bound.met_by_move(close, later)) {
            return date(row.get(0)?).map(Some);
        }
        later = Some(close);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

    #[test]
    fn it_is_looked_for_by_key_and_nothing_is_sorted() {
        let mut db = Connection::open_in_memory().unwrap();
        schema::migrate(&mut db).unwrap();
        for sql in [ON, FIRST, SPLIT, BACKWARDS].into_iter().chain(AT_LEAST).chain(AT_MOST) {
            let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let nothing = rusqlite::params_from_iter(vec![None::<i64>; plan.parameter_count()]);
            let steps = plan.query_map(nothing, |r| r.get::<_, String>(3)).unwrap().map(Result::unwrap);
            let steps: Vec<String> = steps.collect();
            assert!(steps.iter().any(|s| s.starts_with("SEARCH")), "{sql}: {steps:?}");
            let slow = |s: &String| s.starts_with("SCAN") || s.contains("TEMP B-TREE");
            assert!(!steps.iter().any(slow), "{sql}: {steps:?}");
        }
        // The highest close is sorted by nothing but itself, in one series.
        for sql in [HIGHEST, OLDER] {
            let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps =
                plan.query_map([None::<i64>; 3], |r| r.get::<_, String>(3)).unwrap().map(Result::unwrap);
            let steps: Vec<String> = steps.collect();
            let scan = |s: &String| s.starts_with("SCAN recent") || s.starts_with("SCAN close");
            assert!(steps.iter().any(|s| s.starts_with("SEARCH")), "{sql}: {steps:?}");
            assert!(!steps.iter().any(scan), "{sql}: {steps:?}");
        }
    }
}
