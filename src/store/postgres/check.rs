//! Verifying and pruning: what reads or rewrites the whole store.
//!
//! Not for: the start of a run, or the server's own files, which the server looks after.

use chrono::{Days, NaiveDate, NaiveTime};
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::{Failure, day, read};
use crate::store::{Fault, Pruned};

type Result<T> = std::result::Result<T, Failure>;

/// A number of rows that should be none, and what to say of them: those of the file, in the server's words.
const CONTRADICTIONS: [(&str, &str); 15] = [
    (
        "closes that are not finite",
        "SELECT count(*) FROM marketsnap.close WHERE close IN ('NaN', 'Infinity', '-Infinity')",
    ),
    (
        "closes dated or fetched outside the years 1000 to 9999",
        "SELECT count(*) FROM marketsnap.close WHERE session NOT BETWEEN '1000-01-01' AND '9999-12-31' \
         OR fetched_at NOT BETWEEN '1000-01-01 00:00:00+00' AND '9999-12-31 23:59:59+00'",
    ),
    (
        "closes of no series",
        "SELECT count(*) FROM marketsnap.close AS c LEFT JOIN marketsnap.series AS s ON s.id = c.series \
         WHERE s.id IS NULL",
    ),
    (
        "revisions of no series",
        "SELECT count(*) FROM marketsnap.revision AS r LEFT JOIN marketsnap.series AS s ON s.id = r.series \
         WHERE s.id IS NULL",
    ),
    (
        "closes fetched before their session's day began anywhere",
        "SELECT count(*) FROM marketsnap.close WHERE fetched_at < (session - 1)::timestamp AT TIME ZONE 'UTC'",
    ),
    (
        "closes fetched after their series was last fetched",
        "SELECT count(*) FROM marketsnap.close AS c JOIN marketsnap.series AS s ON s.id = c.series \
         WHERE c.fetched_at > s.fetched_at",
    ),
    (
        "versions that were replaced by an equal close of the same time",
        "SELECT count(*) FROM marketsnap.revision AS r \
         JOIN marketsnap.close AS c ON c.series = r.series AND c.session = r.session \
         WHERE c.close = r.close AND c.fetched_at = r.fetched_at",
    ),
    (
        "series asked for up to a day before their first",
        "SELECT count(*) FROM marketsnap.series WHERE covered_to < covered_from",
    ),
    (
        // A source that moves to another basis may have fewer sessions then.
        "closes dated after what their series covers",
        "SELECT count(*) FROM marketsnap.close AS c JOIN marketsnap.series AS s ON s.id = c.series \
         WHERE c.session > s.covered_to AND s.id NOT IN (SELECT series FROM marketsnap.rebase)",
    ),
    (
        "closes first seen before their series was first fetched",
        "SELECT count(*) FROM marketsnap.close AS c JOIN marketsnap.series AS s ON s.id = c.series \
         WHERE c.fetched_at < s.began_at",
    ),
    (
        // A clock that was set back replaces a version before it was fetched, but not before the first.
        "versions fetched or replaced before their series was first fetched",
        "SELECT count(*) FROM marketsnap.revision AS r JOIN marketsnap.series AS s ON s.id = r.series \
         WHERE least(r.fetched_at, r.replaced_at) < s.began_at",
    ),
    (
        "times, warnings and ranges of no series",
        "SELECT count(*) FROM (SELECT series FROM marketsnap.asked UNION ALL SELECT series FROM marketsnap.note \
         UNION ALL SELECT series FROM marketsnap.odd_range) AS t \
         LEFT JOIN marketsnap.series AS s ON s.id = t.series WHERE s.id IS NULL",
    ),
    (
        "times at which a series was fetched after it was last fetched, or before it first was",
        "SELECT count(*) FROM marketsnap.asked AS a JOIN marketsnap.series AS s ON s.id = a.series \
         WHERE a.at > s.fetched_at OR a.at < s.began_at",
    ),
    (
        "series first fetched after they last were",
        "SELECT count(*) FROM marketsnap.series WHERE began_at > fetched_at",
    ),
    (
        "live values of a session that has a close",
        "SELECT count(*) FROM marketsnap.series AS s \
         JOIN marketsnap.close AS c ON c.series = s.id AND c.session = s.latest_session",
    ),
];

pub(super) async fn verify(client: &Client) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for (what, count) in CONTRADICTIONS {
        let rows = client.query_typed(count, &[]).await?;
        let count: i64 = rows.first().map(|row| read::at(row, 0)).transpose()?.unwrap_or(0);
        if count > 0 {
            faults.push(Fault { message: format!("{count} {what}") });
        }
    }
    Ok(faults)
}

/// The series first: they are what keeping locks, and in the same order, so that neither stands in the
/// other's way.
const LOCK: &str = "SELECT id FROM marketsnap.series ORDER BY id FOR UPDATE";
/// What is pruned can be asked for again.
const UNCOVER: &str = "UPDATE marketsnap.series SET covered_from = greatest(covered_from, $1), \
    covered_to = greatest(covered_to, $1)";
/// When the closes that are pruned were fetched: of each series the last time before a day, and every time
/// from that day on.
const FETCHED: &str = "INSERT INTO marketsnap.asked (series, at) \
    WITH gone AS (SELECT series, fetched_at AS at FROM marketsnap.close WHERE session < $1 \
        UNION ALL SELECT series, fetched_at FROM marketsnap.revision WHERE session < $1) \
    SELECT DISTINCT series, at FROM gone WHERE at >= $2 \
    UNION ALL SELECT series, max(at) FROM gone WHERE at < $2 GROUP BY series ON CONFLICT DO NOTHING";
/// What no report as of a day or later needs beside the closes.
const FORGOTTEN: [&str; 2] = [
    "DELETE FROM marketsnap.asked AS a WHERE a.at < $1 AND a.at < \
     (SELECT max(b.at) FROM marketsnap.asked AS b WHERE b.series = a.series AND b.at < $1)",
    "DELETE FROM marketsnap.note WHERE until_at <= $1",
];
const FORGOTTEN_RANGES: &str = "DELETE FROM marketsnap.odd_range WHERE until_at <= $2 OR session < $1";

pub(super) async fn prune(client: &Client, before: NaiveDate) -> Result<Pruned> {
    let before = day(before);
    // The day before, so that it is over in no time zone.
    let edge = day(before - Days::new(1)).and_time(NaiveTime::MIN).and_utc();
    let by_day: read::Told<'_> = &[(&before, Type::DATE)];
    let by_both: read::Told<'_> = &[(&before, Type::DATE), (&edge, Type::TIMESTAMPTZ)];
    client.execute_typed(LOCK, &[]).await?;
    client.execute_typed(UNCOVER, by_day).await?;
    client.execute_typed(FETCHED, by_both).await?;
    let closes = client.execute_typed("DELETE FROM marketsnap.close WHERE session < $1", by_day).await?;
    let revisions =
        client.execute_typed("DELETE FROM marketsnap.revision WHERE session < $1", by_day).await?;
    for forget in FORGOTTEN {
        client.execute_typed(forget, &[(&edge, Type::TIMESTAMPTZ)]).await?;
    }
    client.execute_typed(FORGOTTEN_RANGES, by_both).await?;
    client.execute_typed("DELETE FROM marketsnap.split WHERE session < $1", by_day).await?;
    let count = |n| usize::try_from(n).unwrap_or(usize::MAX);
    Ok(Pruned { closes: count(closes), revisions: count(revisions) })
}
