//! What is told of series beside their closes, and when they were fetched without bringing any that are newer.
//!
//! Not for: what a fetched series changes of it (`store::told`).

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::try_join;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::Failure;
use super::read::{self, Told, at};
use crate::domain::{Bar, Warning, WarningKind};
use crate::store::Coverage;
use crate::store::told::{self, OddRange};

type Result<T> = std::result::Result<T, Failure>;

const NOTES: &str = "SELECT series, kind, message, told_at, until_at FROM marketsnap.note \
    WHERE series = ANY ($1) AND (until_at IS NULL OR told_at <= $2 AND until_at > $2) ORDER BY series, place";
const RANGES: &str = "SELECT r.series, r.session, r.close, r.low, r.high, r.told_at, r.until_at \
    FROM unnest($1::bigint[], $2::date[]) AS w (series, since) \
    JOIN marketsnap.odd_range AS r ON r.series = w.series AND r.session >= w.since \
    WHERE r.until_at IS NULL OR r.told_at <= $3 AND r.until_at > $3";
/// Of the closes fetched by an instant, the newest dated before a day tell when the series was fetched last.
const ASKED: &str = "SELECT w.series, \
    (SELECT max(a.at) FROM marketsnap.asked AS a WHERE a.series = w.series AND a.at <= $3), greatest( \
    (SELECT c.fetched_at FROM marketsnap.close AS c WHERE c.series = w.series AND c.session < w.since \
        AND c.fetched_at <= $3 ORDER BY c.session DESC LIMIT 1), \
    (SELECT r.fetched_at FROM marketsnap.revision AS r WHERE r.series = w.series AND r.session < w.since \
        AND r.fetched_at <= $3 ORDER BY r.session DESC, r.fetched_at DESC LIMIT 1)) \
    FROM unnest($1::bigint[], $2::date[]) AS w (series, since)";

const ASK: &str = "INSERT INTO marketsnap.asked (series, at) \
    SELECT * FROM unnest($1::bigint[], $2::timestamptz[]) ON CONFLICT DO NOTHING";
const END_NOTES: &str = "UPDATE marketsnap.note AS n SET until_at = w.at \
    FROM unnest($1::bigint[], $2::timestamptz[]) AS w (series, at) WHERE n.series = w.series AND n.until_at IS NULL";
const NOTE: &str = "INSERT INTO marketsnap.note (series, place, kind, message, told_at) \
    SELECT w.series, w.nth + (SELECT coalesce(max(n.place), 0) FROM marketsnap.note AS n WHERE n.series = w.series), \
    w.kind, w.message, w.at \
    FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[]) \
    AS w (series, nth, kind, message, at)";
const END_RANGES: &str = "UPDATE marketsnap.odd_range AS r SET until_at = w.at \
    FROM unnest($1::bigint[], $2::date[], $3::timestamptz[]) AS w (series, session, at) \
    WHERE r.series = w.series AND r.session = w.session AND r.until_at IS NULL";
const ODD_RANGE: &str = "INSERT INTO marketsnap.odd_range (series, session, told_at, close, low, high) \
    SELECT * FROM unnest($1::bigint[], $2::date[], $3::timestamptz[], $4::float8[], $5::float8[], $6::float8[]) \
    ON CONFLICT (series, session, told_at) DO UPDATE \
    SET close = excluded.close, low = excluded.low, high = excluded.high, until_at = NULL";

/// What a clock that was wrong has written of a time still to come; where a range would then stand twice,
/// the one in force stays.
const SET_RIGHT: [&str; 5] = [
    "UPDATE marketsnap.close AS c SET fetched_at = w.at FROM unnest($1::bigint[], $2::timestamptz[]) AS w (series, at) \
     WHERE c.series = w.series AND c.fetched_at > w.at",
    "DELETE FROM marketsnap.asked AS a USING unnest($1::bigint[], $2::timestamptz[]) AS w (series, at) \
     WHERE a.series = w.series AND a.at > w.at",
    "UPDATE marketsnap.note AS n SET told_at = w.at FROM unnest($1::bigint[], $2::timestamptz[]) AS w (series, at) \
     WHERE n.series = w.series AND n.until_at IS NULL AND n.told_at > w.at",
    "DELETE FROM marketsnap.odd_range AS r USING unnest($1::bigint[], $2::timestamptz[]) AS w (series, at) \
     WHERE r.series = w.series AND r.told_at = w.at AND EXISTS (SELECT 1 FROM marketsnap.odd_range AS f \
     WHERE f.series = r.series AND f.session = r.session AND f.until_at IS NULL AND f.told_at > w.at)",
    "UPDATE marketsnap.odd_range AS r SET told_at = w.at \
     FROM unnest($1::bigint[], $2::timestamptz[]) AS w (series, at) \
     WHERE r.series = w.series AND r.until_at IS NULL AND r.told_at > w.at",
];

/// What is in force of a series.
#[derive(Debug, Default)]
pub(super) struct InForce {
    pub(super) warnings: Vec<Warning>,
    pub(super) ranges: Vec<OddRange>,
}

/// Something told, from when on, and until when.
type Spoken<T> = (T, DateTime<Utc>, Option<DateTime<Utc>>);

/// What was told of series and is in force now, or was at an instant.
#[derive(Debug)]
pub(super) struct AllTold {
    notes: HashMap<i64, Vec<Spoken<Warning>>>,
    ranges: HashMap<i64, Vec<Spoken<OddRange>>>,
}

impl AllTold {
    /// What is in force of a series now, or at the instant that was read.
    pub(super) fn of(&self, id: &i64, then: Option<DateTime<Utc>>) -> InForce {
        fn counts<T: Clone>(all: Option<&Vec<Spoken<T>>>, then: Option<DateTime<Utc>>) -> Vec<T> {
            let counts = |(_, told, until): &&Spoken<T>| match then {
                Some(at) => *told <= at && until.is_none_or(|until| until > at),
                None => until.is_none(),
            };
            all.into_iter().flatten().filter(counts).map(|(what, ..)| what.clone()).collect()
        }
        InForce { warnings: counts(self.notes.get(id), then), ranges: counts(self.ranges.get(id), then) }
    }
}

/// What is in force of series, and their ranges from a day on, now and at an instant.
pub(super) async fn in_force(
    client: &Client,
    series: &[i64],
    since: &[NaiveDate],
    then: Option<DateTime<Utc>>,
) -> Result<AllTold> {
    let then = then.unwrap_or(DateTime::UNIX_EPOCH);
    let of: Told<'_> = &[(&series, Type::INT8_ARRAY), (&then, Type::TIMESTAMPTZ)];
    let notes = read::by_series(client, NOTES, of, |row| {
        // A kind that a later program knows is something that the source said all the same.
        let kind = WarningKind::named(at(row, 1)?).unwrap_or(WarningKind::Source);
        Ok((Warning { kind, message: at(row, 2)? }, at(row, 3)?, at(row, 4)?))
    });
    let window: Told<'_> =
        &[(&series, Type::INT8_ARRAY), (&since, Type::DATE_ARRAY), (&then, Type::TIMESTAMPTZ)];
    let ranges = read::by_series(client, RANGES, window, |row| {
        let range =
            OddRange { session: at(row, 1)?, close: at(row, 2)?, low: at(row, 3)?, high: at(row, 4)? };
        Ok((range, at(row, 5)?, at(row, 6)?))
    });
    let (notes, ranges) = try_join(notes, ranges).await?;
    Ok(AllTold { notes, ranges })
}

/// When each series was last fetched by an instant: without regard to its closes, and by those dated before
/// a day.
pub(super) async fn asked(
    client: &Client,
    series: &[i64],
    since: &[NaiveDate],
    by: DateTime<Utc>,
) -> Result<HashMap<i64, (Option<DateTime<Utc>>, Option<DateTime<Utc>>)>> {
    let told: Told<'_> = &[(&series, Type::INT8_ARRAY), (&since, Type::DATE_ARRAY), (&by, Type::TIMESTAMPTZ)];
    let rows = client.query_typed(ASKED, told).await?;
    rows.iter().map(|row| Ok((at(row, 0)?, (at(row, 1)?, at(row, 2)?)))).collect()
}

/// What a transaction writes of all this.
#[derive(Debug, Default)]
pub(super) struct Sayings {
    set_right: Vec<(i64, DateTime<Utc>)>,
    asked: Vec<(i64, DateTime<Utc>)>,
    notes_ended: Vec<(i64, DateTime<Utc>)>,
    notes: Vec<(i64, i64, Warning, DateTime<Utc>)>,
    ranges_ended: Vec<(i64, NaiveDate, DateTime<Utc>)>,
    ranges: Vec<(i64, OddRange, DateTime<Utc>)>,
}

impl Sayings {
    /// What was told by a clock that has been set right is taken back.
    pub(super) fn set_clock_right(&mut self, id: i64, at: DateTime<Utc>) {
        self.set_right.push((id, at));
    }

    pub(super) fn ask(&mut self, id: i64, at: DateTime<Utc>) {
        self.asked.push((id, at));
    }

    /// The warnings of a series that covers `asked`, where `covered` is covered now.
    pub(super) fn warnings(
        &mut self,
        id: i64,
        in_force: &[Warning],
        fetched: &[Warning],
        asked: Coverage,
        covered: Coverage,
    ) {
        let change = told::warnings(in_force, fetched, asked, covered);
        if change.ended {
            self.notes_ended.push((id, asked.fetched_at));
        }
        let numbered = (1..).zip(change.told).map(|(nth, warning)| (id, nth, warning, asked.fetched_at));
        self.notes.extend(numbered);
    }

    /// The range of each settled close that lies outside of it.
    pub(super) fn ranges(&mut self, id: i64, in_force: &[OddRange], settled: &[Bar], at: DateTime<Utc>) {
        let change = told::ranges(in_force, settled);
        self.ranges_ended.extend(change.ended.into_iter().map(|session| (id, session, at)));
        self.ranges.extend(change.told.into_iter().map(|range| (id, range, at)));
    }

    /// Sends all; almost always there is little.
    pub(super) async fn send(&self, client: &Client) -> Result<()> {
        for statement in SET_RIGHT {
            pairs(client, statement, &self.set_right).await?;
        }
        pairs(client, END_NOTES, &self.notes_ended).await?;
        if !self.notes.is_empty() {
            self.send_notes(client).await?;
        }
        if !self.ranges_ended.is_empty() {
            let series: Vec<i64> = self.ranges_ended.iter().map(|r| r.0).collect();
            let session: Vec<NaiveDate> = self.ranges_ended.iter().map(|r| r.1).collect();
            let at: Vec<DateTime<Utc>> = self.ranges_ended.iter().map(|r| r.2).collect();
            let told: Told<'_> =
                &[(&series, Type::INT8_ARRAY), (&session, Type::DATE_ARRAY), (&at, Type::TIMESTAMPTZ_ARRAY)];
            client.execute_typed(END_RANGES, told).await?;
        }
        if !self.ranges.is_empty() {
            self.send_ranges(client).await?;
        }
        pairs(client, ASK, &self.asked).await
    }

    async fn send_notes(&self, client: &Client) -> Result<()> {
        let series: Vec<i64> = self.notes.iter().map(|n| n.0).collect();
        let nth: Vec<i64> = self.notes.iter().map(|n| n.1).collect();
        let kind: Vec<&str> = self.notes.iter().map(|n| n.2.kind.name()).collect();
        let message: Vec<&str> = self.notes.iter().map(|n| n.2.message.as_str()).collect();
        let at: Vec<DateTime<Utc>> = self.notes.iter().map(|n| n.3).collect();
        let told: Told<'_> = &[
            (&series, Type::INT8_ARRAY),
            (&nth, Type::INT8_ARRAY),
            (&kind, Type::TEXT_ARRAY),
            (&message, Type::TEXT_ARRAY),
            (&at, Type::TIMESTAMPTZ_ARRAY),
        ];
        client.execute_typed(NOTE, told).await?;
        Ok(())
    }

    async fn send_ranges(&self, client: &Client) -> Result<()> {
        let series: Vec<i64> = self.ranges.iter().map(|r| r.0).collect();
        let session: Vec<NaiveDate> = self.ranges.iter().map(|r| r.1.session).collect();
        let at: Vec<DateTime<Utc>> = self.ranges.iter().map(|r| r.2).collect();
        let close: Vec<f64> = self.ranges.iter().map(|r| r.1.close).collect();
        let low: Vec<Option<f64>> = self.ranges.iter().map(|r| r.1.low).collect();
        let high: Vec<Option<f64>> = self.ranges.iter().map(|r| r.1.high).collect();
        let told: Told<'_> = &[
            (&series, Type::INT8_ARRAY),
            (&session, Type::DATE_ARRAY),
            (&at, Type::TIMESTAMPTZ_ARRAY),
            (&close, Type::FLOAT8_ARRAY),
            (&low, Type::FLOAT8_ARRAY),
            (&high, Type::FLOAT8_ARRAY),
        ];
        client.execute_typed(ODD_RANGE, told).await?;
        Ok(())
    }
}

/// Sends series and instants, if there are any.
async fn pairs(client: &Client, sql: &str, pairs: &[(i64, DateTime<Utc>)]) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let series: Vec<i64> = pairs.iter().map(|p| p.0).collect();
    let at: Vec<DateTime<Utc>> = pairs.iter().map(|p| p.1).collect();
    client.execute_typed(sql, &[(&series, Type::INT8_ARRAY), (&at, Type::TIMESTAMPTZ_ARRAY)]).await?;
    Ok(())
}
