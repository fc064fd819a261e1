//! What is told of a series beside its closes, and when it was fetched without bringing any that are newer.
//!
//! Not for: what a fetched series changes of it (`store::told`).

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, Row as SqlRow, params};

use super::{date, days, instant};
use crate::domain::{Bar, Warning, WarningKind};
use crate::store::told::{self, OddRange};
use crate::store::{Coverage, Settled};

type Result<T> = rusqlite::Result<T>;

const ASK: &str = "INSERT INTO asked (series, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
const ASKED: &str = "SELECT max(at) FROM asked WHERE series = ?1 AND at <= ?2";
macro_rules! newest_of {
    ($table:literal) => {
        concat!(
            "SELECT * FROM (SELECT fetched_at FROM ",
            $table,
            " WHERE series = ?1 AND session < ?2 AND fetched_at <= ?3 ORDER BY session DESC LIMIT 1)"
        )
    };
}
/// Of the closes fetched by an instant, the newest dated before a day tell when the series was fetched last.
pub(super) const FETCHED_BEFORE: &str = concat!(
    "SELECT max(fetched_at) FROM (",
    newest_of!("close"),
    " UNION ALL ",
    newest_of!("recent"),
    " UNION ALL ",
    newest_of!("revision"),
    ")"
);

const ADD_SPLIT: &str = "INSERT INTO split (series, session, factor, fetched_at) VALUES (?1, ?2, ?3, ?4) \
    ON CONFLICT (series, session) DO UPDATE SET factor = excluded.factor";

const NOTES: &str = "SELECT kind, message FROM note WHERE series = ?1 AND until_at IS NULL ORDER BY place";
const NOTES_AT: &str = "SELECT kind, message FROM note WHERE series = ?1 AND told_at <= ?2 \
    AND (until_at IS NULL OR until_at > ?2) ORDER BY place";
const END_NOTES: &str = "UPDATE note SET until_at = ?2 WHERE series = ?1 AND until_at IS NULL";
const NOTE: &str = "INSERT INTO note (series, place, kind, message, told_at) \
    VALUES (?1, (SELECT coalesce(max(place), 0) + 1 FROM note WHERE series = ?1), ?2, ?3, ?4)";

const RANGES: &str = "SELECT session, close, low, high FROM odd_range \
    WHERE series = ?1 AND session >= ?2 AND until_at IS NULL ORDER BY session";
const RANGES_AT: &str = "SELECT session, close, low, high FROM odd_range WHERE series = ?1 AND session >= ?2 \
    AND told_at <= ?3 AND (until_at IS NULL OR until_at > ?3) ORDER BY session";
const END_RANGE: &str =
    "UPDATE odd_range SET until_at = ?3 WHERE series = ?1 AND session = ?2 AND until_at IS NULL";
const ODD_RANGE: &str = "INSERT INTO odd_range (series, session, told_at, close, low, high) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (series, session, told_at) DO UPDATE \
    SET close = excluded.close, low = excluded.low, high = excluded.high, until_at = NULL";

/// What a clock that was wrong has written of a time still to come.
const SET_RIGHT: [&str; 5] = [
    "UPDATE close SET fetched_at = ?2 WHERE series = ?1 AND fetched_at > ?2",
    "UPDATE recent SET fetched_at = ?2 WHERE series = ?1 AND fetched_at > ?2",
    "DELETE FROM asked WHERE series = ?1 AND at > ?2",
    "UPDATE note SET told_at = ?2 WHERE series = ?1 AND until_at IS NULL AND told_at > ?2",
    "UPDATE OR REPLACE odd_range SET told_at = ?2 WHERE series = ?1 AND until_at IS NULL AND told_at > ?2",
];

/// Remembers that a series was fetched.
pub(super) fn ask(db: &Connection, id: i64, at: DateTime<Utc>) -> Result<()> {
    db.prepare_cached(ASK)?.execute(params![id, at.timestamp()])?;
    Ok(())
}

/// When a series was last fetched by an instant, without regard to its closes.
pub(super) fn asked(db: &Connection, id: i64, by: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let at = db.prepare_cached(ASKED)?.query_row(params![id, by.timestamp()], |row| row.get(0))?;
    Option::<i64>::map(at, instant).transpose()
}

/// When a series was last fetched by an instant, by its closes dated before a day.
pub(super) fn fetched_before(
    db: &Connection,
    id: i64,
    day: NaiveDate,
    by: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let asked = params![id, days(day), by.timestamp()];
    let at = db.prepare_cached(FETCHED_BEFORE)?.query_row(asked, |row| row.get(0))?;
    Option::<i64>::map(at, instant).transpose()
}

/// The warnings in force now, or at an instant, in the order in which they were told.
pub(super) fn warnings(db: &Connection, id: i64, then: Option<DateTime<Utc>>) -> Result<Vec<Warning>> {
    match then {
        None => db.prepare_cached(NOTES)?.query_map([id], warning)?.collect(),
        Some(at) => db.prepare_cached(NOTES_AT)?.query_map(params![id, at.timestamp()], warning)?.collect(),
    }
}

fn warning(row: &SqlRow<'_>) -> Result<Warning> {
    // A kind that a later program knows is something that the source said all the same.
    let kind = WarningKind::named(row.get_ref(0)?.as_str()?).unwrap_or(WarningKind::Source);
    Ok(Warning { kind, message: row.get(1)? })
}

/// The ranges in force from a day on, now or at an instant, by session.
pub(super) fn ranges(
    db: &Connection,
    id: i64,
    since: NaiveDate,
    then: Option<DateTime<Utc>>,
) -> Result<Vec<OddRange>> {
    match then {
        None => db.prepare_cached(RANGES)?.query_map(params![id, days(since)], range)?.collect(),
        Some(at) => {
            let asked = params![id, days(since), at.timestamp()];
            db.prepare_cached(RANGES_AT)?.query_map(asked, range)?.collect()
        }
    }
}

fn range(row: &SqlRow<'_>) -> Result<OddRange> {
    Ok(OddRange { session: date(row.get(0)?)?, close: row.get(1)?, low: row.get(2)?, high: row.get(3)? })
}

/// Whether a series tells anything beside its closes.
pub(super) fn tells(fetched: Settled<'_>) -> bool {
    let Settled { series, until, .. } = fetched;
    !series.splits.is_empty()
        || !series.warnings.is_empty()
        || series.bars_until(until).iter().any(Bar::outside_own_range)
}

/// Remembers what a series tells beside its closes; of what it covers and what is covered now, if there is
/// no newer answer.
pub(super) fn keep(
    db: &Connection,
    id: i64,
    fetched: Settled<'_>,
    newest: Option<(Coverage, Coverage)>,
) -> Result<()> {
    let Settled { series, until, .. } = fetched;
    let at = series.provenance.fetched_at;
    for split in &series.splits {
        db.prepare_cached(ADD_SPLIT)?.execute(params![id, days(split.date), split.factor, at.timestamp()])?;
    }
    let Some((asked, covered)) = newest else { return Ok(()) };
    keep_warnings(db, id, &series.warnings, asked, covered)?;
    keep_ranges(db, id, series.bars_until(until), at)
}

/// Remembers the warnings of a series that covers `asked`, where `covered` is covered now.
fn keep_warnings(
    db: &Connection,
    id: i64,
    fetched: &[Warning],
    asked: Coverage,
    covered: Coverage,
) -> Result<()> {
    let (in_force, at) = (warnings(db, id, None)?, asked.fetched_at.timestamp());
    let change = told::warnings(&in_force, fetched, asked, covered);
    if change.ended {
        db.prepare_cached(END_NOTES)?.execute(params![id, at])?;
    }
    for warning in &change.told {
        db.prepare_cached(NOTE)?.execute(params![id, warning.kind.name(), warning.message, at])?;
    }
    Ok(())
}

/// Remembers the range of each settled close that lies outside of it.
fn keep_ranges(db: &Connection, id: i64, settled: &[Bar], at: DateTime<Utc>) -> Result<()> {
    let Some(first) = settled.first() else { return Ok(()) };
    let change = told::ranges(&ranges(db, id, first.date, None)?, settled);
    for session in change.ended {
        db.prepare_cached(END_RANGE)?.execute(params![id, days(session), at.timestamp()])?;
    }
    for OddRange { session, close, low, high } in change.told {
        let row = params![id, days(session), at.timestamp(), close, low, high];
        db.prepare_cached(ODD_RANGE)?.execute(row)?;
    }
    Ok(())
}

/// Takes back what was told by a clock that has been set right at an instant.
pub(super) fn set_clock_right(db: &Connection, id: i64, at: DateTime<Utc>) -> Result<()> {
    for statement in SET_RIGHT {
        db.prepare_cached(statement)?.execute(params![id, at.timestamp()])?;
    }
    Ok(())
}
