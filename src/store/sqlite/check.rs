//! Verifying and pruning: what reads or rewrites the whole file.
//!
//! Not for: the start of a run.

use chrono::NaiveDate;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use super::days;
use crate::store::{Fault, Pruned};

type Result<T> = rusqlite::Result<T>;

/// A number of rows that should be none, and what to say of them.
const CONTRADICTIONS: [(&str, &str); 15] = [
    ("closes of no series", "SELECT count(*) FROM used WHERE series NOT IN (SELECT id FROM series)"),
    ("revisions of no series", "SELECT count(*) FROM revision WHERE series NOT IN (SELECT id FROM series)"),
    (
        "closes fetched before their session's day began anywhere",
        "SELECT count(*) FROM used WHERE fetched_at < session * 86400 - 86400",
    ),
    (
        "closes fetched after their series was last fetched",
        "SELECT count(*) FROM used AS c JOIN series AS s ON s.id = c.series WHERE c.fetched_at > s.fetched_at",
    ),
    (
        "versions that were replaced by an equal close of the same time",
        "SELECT count(*) FROM revision AS r JOIN used AS c ON c.series = r.series AND c.session = r.session \
         WHERE c.close = r.close AND c.fetched_at = r.fetched_at",
    ),
    (
        "series asked for up to a day before their first",
        "SELECT count(*) FROM series WHERE covered_to < covered_from",
    ),
    (
        // A source that moves to another basis may have fewer sessions then.
        "closes dated after what their series covers",
        "SELECT count(*) FROM used AS c JOIN series AS s ON s.id = c.series \
         WHERE c.session > s.covered_to AND s.id NOT IN (SELECT series FROM rebase)",
    ),
    (
        "closes first seen before their series was first fetched",
        "SELECT count(*) FROM used AS c JOIN series AS s ON s.id = c.series WHERE c.fetched_at < s.began_at",
    ),
    (
        // A clock that was set back replaces a version before it was fetched, but not before the first.
        "versions fetched or replaced before their series was first fetched",
        "SELECT count(*) FROM revision AS r JOIN series AS s ON s.id = r.series \
         WHERE min(r.fetched_at, r.replaced_at) < s.began_at",
    ),
    (
        "times, warnings and ranges of no series",
        "SELECT count(*) FROM (SELECT series FROM asked UNION ALL SELECT series FROM note \
         UNION ALL SELECT series FROM odd_range) WHERE series NOT IN (SELECT id FROM series)",
    ),
    (
        "times at which a series was fetched after it was last fetched, or before it first was",
        "SELECT count(*) FROM asked AS a JOIN series AS s ON s.id = a.series \
         WHERE a.at > s.fetched_at OR a.at < s.began_at",
    ),
    (
        "closes held twice",
        "SELECT count(*) FROM recent AS r JOIN close AS c ON c.series = r.series AND c.session = r.session",
    ),
    (
        "series of which more is told than they say",
        "SELECT count(*) FROM series WHERE told = 0 AND id IN (SELECT series FROM note \
         UNION ALL SELECT series FROM odd_range UNION ALL SELECT series FROM split \
         UNION ALL SELECT series FROM rebase)",
    ),
    ("series first fetched after they last were", "SELECT count(*) FROM series WHERE began_at > fetched_at"),
    (
        "live values of a session that has a close",
        "SELECT count(*) FROM series AS s JOIN used AS c ON c.series = s.id AND c.session = s.latest_session",
    ),
];

/// Rows that no close, date or instant can be read from.
const UNREADABLE: [(&str, &str); 2] = [
    ("closes that are not finite", "SELECT count(*) FROM used WHERE abs(close) > 1.7976931348623157e308"),
    (
        "closes dated or fetched outside the years 1000 to 9999",
        "SELECT count(*) FROM used WHERE session NOT BETWEEN -354285 AND 2932896 \
         OR fetched_at NOT BETWEEN -30610224000 AND 253402300799",
    ),
];

pub(super) fn verify(db: &mut Connection) -> Result<Vec<Fault>> {
    let moment = db.transaction()?;
    let mut faults = Vec::new();
    if let Some(reason) = damage(&moment, "PRAGMA integrity_check(20)")? {
        faults.push(Fault { message: format!("the file: {reason}") });
        return Ok(faults);
    }
    for (what, count) in UNREADABLE.into_iter().chain(CONTRADICTIONS) {
        faults.extend(counted(&moment, what, count)?.map(|message| Fault { message }));
    }
    Ok(faults)
}

/// Why the file is of no use, if it is not: broken pages, or rows that nothing can be read from.
pub(super) fn broken(db: &Connection) -> Result<Option<String>> {
    if let Some(reason) = damage(db, "PRAGMA quick_check(20)")? {
        return Ok(Some(reason));
    }
    for (what, count) in UNREADABLE {
        if let Some(reason) = counted(db, what, count)? {
            return Ok(Some(reason));
        }
    }
    Ok(None)
}

/// What SQLite says of its pages; the check itself may stumble over them.
fn damage(db: &Connection, check: &str) -> Result<Option<String>> {
    let mut statement = db.prepare(check)?;
    let said = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>>>();
    match said {
        Ok(lines) => Ok(lines.into_iter().find(|line| line != "ok")),
        Err(e) if e.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => Ok(Some(e.to_string())),
        Err(e) => Err(e),
    }
}

fn counted(db: &Connection, what: &str, count: &str) -> Result<Option<String>> {
    let count: i64 = db.query_row(count, [], |row| row.get(0))?;
    Ok((count > 0).then(|| format!("{count} {what}")))
}

/// One page of so many without use is worth writing the file anew.
const WORTH: i64 = 8;

/// When the closes that are pruned were fetched: of each series the last time before a day, and every time
/// from that day on.
const FETCHED: &str = "INSERT OR IGNORE INTO asked (series, at) \
    WITH gone AS (SELECT series, fetched_at AS at FROM used WHERE session < ?1 \
        UNION ALL SELECT series, fetched_at FROM revision WHERE session < ?1) \
    SELECT DISTINCT series, at FROM gone WHERE at >= ?2 \
    UNION ALL SELECT series, max(at) FROM gone WHERE at < ?2 GROUP BY series";

/// What no report as of a day or later needs beside the closes.
const FORGOTTEN: [&str; 4] = [
    "DELETE FROM asked WHERE at < ?2 AND ?1 = ?1 \
     AND at < (SELECT max(b.at) FROM asked AS b WHERE b.series = asked.series AND b.at < ?2)",
    "DELETE FROM note WHERE until_at <= ?2 AND ?1 = ?1",
    "DELETE FROM odd_range WHERE until_at <= ?2 OR session < ?1",
    "DELETE FROM split WHERE session < ?1 AND ?2 = ?2",
];

pub(super) fn prune(db: &mut Connection, before: NaiveDate) -> Result<Pruned> {
    let all = Transaction::new(db, TransactionBehavior::Immediate)?;
    let before = days(before);
    // The day before, so that it is over in no time zone.
    let edge = (before - 1) * 86_400;
    all.execute(FETCHED, [before, edge])?;
    let closes = all.execute("DELETE FROM close WHERE session < ?1", [before])?
        + all.execute("DELETE FROM recent WHERE session < ?1", [before])?;
    let revisions = all.execute("DELETE FROM revision WHERE session < ?1", [before])?;
    for forget in FORGOTTEN {
        all.execute(forget, [before, edge])?;
    }
    // What is pruned can be asked for again.
    all.execute(
        "UPDATE series SET covered_from = max(covered_from, ?1), covered_to = max(covered_to, ?1)",
        [before],
    )?;
    all.commit()?;
    // What was to be forgotten is forgotten: where there is no room for this, the file stays as long as it is.
    let _ = shrink(db);
    Ok(Pruned { closes, revisions })
}

/// Gives the space back if it is worth writing the file anew. Others read on meanwhile, and a process that is
/// killed at it leaves the file as it was.
fn shrink(db: &Connection) -> Result<()> {
    let pages = |of: &str| db.pragma_query_value(None, of, |row| row.get::<_, i64>(0));
    if pages("freelist_count")? * WORTH > pages("page_count")? {
        db.execute_batch("VACUUM")?;
    }
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}
